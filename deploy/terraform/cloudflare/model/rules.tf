# What the edge refuses, counts and keeps. Hostnames are checked above, so that none can end an expression early.

locals {
  on_api = "http.host eq \"${var.api_hostname}\""

  lists = {
    for name, list in {
      taskmaster_allowed = {
        description = "Networks from which TaskMaster can be reached"
        networks    = var.allowed_networks
      }
      taskmaster_blocked = {
        description = "Networks that TaskMaster refuses"
        networks    = var.blocked_networks
      }
    } : name => list if length(list.networks) > 0
  }

  methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

  firewall_rules = concat(
    [for list in keys(local.lists) : {
      ref         = "blocked_networks"
      description = "Refuse blocked networks"
      expression  = "(${local.on_api} and ip.src in $taskmaster_blocked)"
    } if list == "taskmaster_blocked"],
    [for list in keys(local.lists) : {
      ref         = "allowed_networks"
      description = "Refuse every network that is not allowed"
      expression  = "(${local.on_api} and not ip.src in $taskmaster_allowed)"
    } if list == "taskmaster_allowed"],
    [
      {
        ref         = "metrics"
        description = "Metrics are for the internal network"
        expression  = "(${local.on_api} and (starts_with(http.request.uri.path, \"/metrics\") or starts_with(http.request.uri.path, \"/api/v1/metrics\")))"
      },
      {
        ref         = "methods"
        description = "Methods that the API does not have"
        expression  = "(${local.on_api} and not http.request.method in {${join(" ", [for method in local.methods : "\"${method}\""])}})"
      },
    ],
  )

  # Their bodies hold code, stack traces and SQL, in which managed rules find attacks.
  code_paths = ["/api/v1/errors", "/api/v1/validations"]

  managed_rulesets = {
    cloudflare = "efb7b8c949ac4650a09736fc376e9aee"
    owasp      = "4814384a9e5d4991b9815dcfc25d2f1f"
  }

  managed_rules = [for rule in concat(
    [{
      ref         = "code"
      description = "Reports hold code"
      action      = "skip"
      ruleset     = null
      overrides   = null
      expression  = "(${local.on_api} and (${join(" or ", [for path in local.code_paths : "starts_with(http.request.uri.path, \"${path}\")"])}))"
    }],
    [{
      ref         = "cloudflare"
      description = "Cloudflare Managed Ruleset"
      action      = "execute"
      ruleset     = local.managed_rulesets.cloudflare
      overrides   = null
      expression  = "(${local.on_api})"
    }],
    # Titles and comments quote code too, so the rules that score words only tell.
    [{
      ref         = "owasp"
      description = "OWASP Core Ruleset, which logs"
      action      = "execute"
      ruleset     = local.managed_rulesets.owasp
      overrides   = { action = "log" }
      expression  = "(${local.on_api})"
    }],
  ) : rule if var.plan != "free"]

  http_ddos_ruleset = "4d21379b4f9f4bb088e0729962c8b3cf"
  ddos_rules = [{
    ref         = "http_ddos"
    description = "HTTP DDoS Attack Protection"
    ruleset     = local.http_ddos_ruleset
    # A program cannot solve a challenge.
    overrides  = { action = "block", sensitivity_level = var.ddos_sensitivity }
    expression = "true"
  }]

  # Cloudflare's documentation of rate limiting rules, by plan: how many, how long they count and refuse at most.
  rate_limit_plans = {
    free       = { rules = 1, period = 10, timeout = 10 }
    pro        = { rules = 2, period = 60, timeout = 60 }
    business   = { rules = 5, period = 60, timeout = 60 }
    enterprise = { rules = 5, period = 60, timeout = 60 }
  }
  rate_limit_plan = local.rate_limit_plans[var.plan]

  auth_paths = ["/api/v1/auth/login", "/api/v1/auth/refresh", "/api/v1/auth/password"]

  # The strictest first: a plan with one rule has that one, and the service limits the rest itself.
  all_rate_limits = [
    {
      ref         = "auth"
      description = "Guesses of passwords and tokens"
      expression  = "(${local.on_api} and http.request.uri.path in {${join(" ", [for path in local.auth_paths : "\"${path}\""])}})"
      per_minute  = var.requests_per_minute.auth
    },
    {
      ref         = "api"
      description = "A flood from one address"
      expression  = "(${local.on_api})"
      per_minute  = var.requests_per_minute.api
    },
  ]

  rate_limits = [
    for limit in slice(local.all_rate_limits, 0, min(local.rate_limit_plan.rules, length(local.all_rate_limits))) : {
      ref         = limit.ref
      description = limit.description
      expression  = limit.expression
      # Counters are per data centre of Cloudflare on every plan below the advanced one.
      characteristics     = ["cf.colo.id", "ip.src"]
      period              = local.rate_limit_plan.period
      requests_per_period = floor(limit.per_minute * local.rate_limit_plan.period / 60)
      mitigation_timeout  = local.rate_limit_plan.timeout
    }
  ]

  # The last rule that matches decides. Names of assets hold a hash of their content, and no asset holds data.
  cache_rules = [
    {
      ref         = "private"
      description = "Answers of the API belong to one caller"
      expression  = "(${local.on_api})"
      cache       = false
    },
    {
      ref         = "assets"
      description = "Scripts and styles of the pages"
      expression  = "(${local.on_api} and starts_with(http.request.uri.path, \"/web/assets/\") and http.request.method in {\"GET\" \"HEAD\"})"
      cache       = true
    },
  ]

  zone_settings = {
    # Cloudflare and cloudflared speak TLS of their own; this is for what else the zone serves.
    ssl              = "strict"
    always_use_https = "on"
    min_tls_version  = "1.2"
    tls_1_3          = "on"
  }
}
