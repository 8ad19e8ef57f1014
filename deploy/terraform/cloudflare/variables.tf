variable "account_id" {
  description = "Account of Cloudflare."
  type        = string
}

variable "zone_id" {
  description = "Zone of the hostnames."
  type        = string
}

variable "edge" {
  description = "What the edge admits, refuses, counts and keeps: the variables of the module in model/, which checks them."
  type = object({
    api_hostname      = string
    database_hostname = optional(string)
    plan              = optional(string, "pro")
    people = object({
      emails  = optional(list(string), [])
      domains = optional(list(string), [])
    })
    operators           = optional(list(string), [])
    machines            = optional(set(string), [])
    session_duration    = optional(string, "12h")
    health_is_public    = optional(bool, false)
    allowed_networks    = optional(set(string), [])
    blocked_networks    = optional(set(string), [])
    requests_per_minute = optional(object({ api = optional(number, 15000), auth = optional(number, 30) }), {})
    ddos_sensitivity    = optional(string, "default")
  })
}
