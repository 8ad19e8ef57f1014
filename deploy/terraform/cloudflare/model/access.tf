# Who gets through. Policies of Access are lists of alternatives, of which a request needs one.

locals {
  # One or none, because a conditional needs the same type on both of its sides.
  database = var.database_hostname == null ? [] : [var.database_hostname]
  # Access guards paths and what lies below them. Of these the service answers three without a token: /health, /health/live and
  # /health/ready.
  probes = var.health_is_public ? ["/api/v1/health"] : []

  policies = merge(
    {
      people = {
        name     = "TaskMaster: people"
        decision = "allow"
        include = concat(
          [for email in var.people.emails : { email = { email = lower(email) } }],
          [for domain in var.people.domains : { email_domain = { domain = domain } }],
        )
      }
    },
    { for name in local.database : "operators" => {
      name     = "TaskMaster: operators of PostgreSQL"
      decision = "allow"
      include  = [for email in var.operators : { email = { email = lower(email) } }]
    } },
    { for name in local.probes : "probes" => {
      name     = "TaskMaster: probes"
      decision = "bypass"
      include  = [{ everyone = {} }]
    } },
  )

  # The ids of service tokens exist after they are made: the resources add them to this policy.
  machine_policy = length(var.machines) == 0 ? null : {
    name     = "TaskMaster: machines"
    decision = "non_identity"
  }

  applications = merge(
    {
      api = {
        name             = "TaskMaster"
        domain           = var.api_hostname
        policies         = ["people"]
        admits_machines  = length(var.machines) > 0
        session_duration = var.session_duration
      }
    },
    { for path in local.probes : "probes" => {
      name             = "TaskMaster probes"
      domain           = "${var.api_hostname}${path}"
      policies         = ["probes"]
      admits_machines  = false
      session_duration = var.session_duration
    } },
    { for hostname in local.database : "database" => {
      name             = "TaskMaster PostgreSQL"
      domain           = hostname
      policies         = ["operators"]
      admits_machines  = false
      session_duration = var.session_duration
    } },
  )
}
