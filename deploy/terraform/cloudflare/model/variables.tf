# What an operator decides. Every value is checked here, before anything is asked of Cloudflare.

variable "api_hostname" {
  description = "Hostname of the API, as in cloudflared/api.yml."
  type        = string

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.api_hostname))
    error_message = "api_hostname must be a hostname in lower case, such as api.example.com."
  }
}

variable "database_hostname" {
  description = "Hostname of the tunnel of PostgreSQL, as in cloudflared/database.yml; null without one."
  type        = string
  default     = null

  validation {
    condition = var.database_hostname == null ? true : (
      can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]{2,63}$", var.database_hostname)) &&
      var.database_hostname != var.api_hostname
    )
    error_message = "database_hostname must be another hostname than that of the API, such as db.example.com."
  }
}

variable "plan" {
  description = "Plan of the zone. It decides how many rate limits there can be, how long they count, and whether managed rules exist."
  type        = string
  default     = "pro"

  validation {
    condition     = contains(["free", "pro", "business", "enterprise"], var.plan)
    error_message = "plan must be free, pro, business or enterprise."
  }
}

variable "people" {
  description = "Who may reach the API: e-mail addresses, and domains whose every address may."
  type = object({
    emails  = optional(list(string), [])
    domains = optional(list(string), [])
  })

  validation {
    condition     = length(var.people.emails) + length(var.people.domains) > 0
    error_message = "people must name an address or a domain: without one nobody could sign in."
  }
  validation {
    condition     = alltrue([for email in var.people.emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[a-z]{2,63}$", lower(email)))])
    error_message = "people.emails must be e-mail addresses."
  }
  validation {
    condition     = alltrue([for domain in var.people.domains : can(regex("^([a-z0-9-]+\\.)+[a-z]{2,63}$", domain))])
    error_message = "people.domains must be domains in lower case without an @."
  }
  validation {
    condition = length(setintersection(var.people.domains, [
      "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "gmx.de", "proton.me",
    ])) == 0
    error_message = "people.domains must not be a public mail provider: everybody has an address there. Name the addresses."
  }
}

variable "operators" {
  description = "E-mail addresses of those who may reach PostgreSQL through its tunnel."
  type        = list(string)
  default     = []

  validation {
    condition     = var.database_hostname == null || length(var.operators) > 0
    error_message = "operators must name an address when there is a database_hostname."
  }
  validation {
    condition     = alltrue([for email in var.operators : can(regex("^[^@\\s]+@[^@\\s]+\\.[a-z]{2,63}$", lower(email)))])
    error_message = "operators must be e-mail addresses."
  }
}

variable "machines" {
  description = "Names of the service tokens to make, one for each program that calls the API."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for name in var.machines : can(regex("^[a-z0-9][a-z0-9-]{0,62}$", name))])
    error_message = "machines must be words of lower case letters, digits and hyphens."
  }
}

variable "session_duration" {
  description = "How long a sign-in lasts. Access admits a person for as long after the account was closed elsewhere."
  type        = string
  default     = "12h"

  validation {
    condition     = can(regex("^([1-9]|1[0-9]|2[0-4])h$|^([1-9]|[1-5][0-9])m$", var.session_duration))
    error_message = "session_duration must be whole minutes or hours of at most a day, such as 30m or 12h."
  }
}

variable "health_is_public" {
  description = "Whether the three probes are answered without Access, for a monitor elsewhere. They name no data."
  type        = bool
  default     = false
}

variable "allowed_networks" {
  description = "Networks from which the API can be reached; empty for everywhere."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.allowed_networks : can(cidrhost(network, 0)) && !endswith(network, "/0")])
    error_message = "allowed_networks must be networks such as 203.0.113.0/24, and not every address."
  }
}

variable "blocked_networks" {
  description = "Networks that are refused."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for network in var.blocked_networks : can(cidrhost(network, 0)) && !endswith(network, "/0")])
    error_message = "blocked_networks must be networks such as 198.51.100.0/24, and not every address."
  }
  validation {
    condition     = length(setintersection(var.allowed_networks, var.blocked_networks)) == 0
    error_message = "A network must not be both allowed and blocked."
  }
}

variable "requests_per_minute" {
  description = "Requests that one address may send in a minute before the edge refuses it: to the API, and to sign in."
  type = object({
    api  = optional(number, 15000)
    auth = optional(number, 30)
  })
  default = {}

  validation {
    # Below six, the ten seconds that a free plan counts would hold no request at all.
    condition = alltrue([
      for limit in values(var.requests_per_minute) : limit >= 6 && limit <= 1000000 && floor(limit) == limit
    ])
    error_message = "requests_per_minute must be whole numbers from 6 to 1000000."
  }
  validation {
    condition     = var.requests_per_minute.auth <= var.requests_per_minute.api
    error_message = "requests_per_minute.auth must not be above that of the API, which would refuse first."
  }
}

variable "ddos_sensitivity" {
  description = "From which level on Cloudflare counts traffic as an attack. Its protection cannot be switched off."
  type        = string
  default     = "default"

  validation {
    condition     = contains(["default", "medium", "low"], var.ddos_sensitivity)
    error_message = "ddos_sensitivity must be default (the highest), medium or low."
  }
}
