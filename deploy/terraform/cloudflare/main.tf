# Resources of the cloudflare provider, version 5. What they hold is decided and tested in model/.

module "model" {
  source = "./model"

  api_hostname        = var.edge.api_hostname
  database_hostname   = var.edge.database_hostname
  plan                = var.edge.plan
  people              = var.edge.people
  operators           = var.edge.operators
  machines            = var.edge.machines
  session_duration    = var.edge.session_duration
  health_is_public    = var.edge.health_is_public
  allowed_networks    = var.edge.allowed_networks
  blocked_networks    = var.edge.blocked_networks
  requests_per_minute = var.edge.requests_per_minute
  ddos_sensitivity    = var.edge.ddos_sensitivity
}
