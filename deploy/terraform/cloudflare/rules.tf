resource "cloudflare_list" "addresses" {
  for_each = module.model.lists

  account_id  = var.account_id
  name        = each.key
  description = each.value.description
  kind        = "ip"
  items       = [for network in each.value.networks : { ip = network }]
}

resource "cloudflare_ruleset" "firewall" {
  zone_id = var.zone_id
  name    = "TaskMaster firewall"
  kind    = "zone"
  phase   = "http_request_firewall_custom"
  rules = [for rule in module.model.firewall_rules : {
    ref         = rule.ref
    description = rule.description
    expression  = rule.expression
    action      = "block"
  }]

  # Expressions name the lists.
  depends_on = [cloudflare_list.addresses]
}

resource "cloudflare_ruleset" "managed" {
  count = length(module.model.managed_rules) == 0 ? 0 : 1

  zone_id = var.zone_id
  name    = "TaskMaster managed rules"
  kind    = "zone"
  phase   = "http_request_firewall_managed"
  rules = [for rule in module.model.managed_rules : {
    ref         = rule.ref
    description = rule.description
    expression  = rule.expression
    action      = rule.action
    action_parameters = {
      id        = rule.action == "execute" ? rule.ruleset : null
      overrides = rule.overrides
      ruleset   = rule.action == "skip" ? "current" : null
    }
  }]
}

resource "cloudflare_ruleset" "ddos" {
  zone_id = var.zone_id
  name    = "TaskMaster protection against attacks"
  kind    = "zone"
  phase   = "ddos_l7"
  rules = [for rule in module.model.ddos_rules : {
    ref               = rule.ref
    description       = rule.description
    expression        = rule.expression
    action            = "execute"
    action_parameters = { id = rule.ruleset, overrides = rule.overrides }
  }]
}

resource "cloudflare_ruleset" "rate_limits" {
  zone_id = var.zone_id
  name    = "TaskMaster rate limits"
  kind    = "zone"
  phase   = "http_ratelimit"
  rules = [for limit in module.model.rate_limits : {
    ref         = limit.ref
    description = limit.description
    expression  = limit.expression
    action      = "block"
    ratelimit = {
      characteristics     = limit.characteristics
      period              = limit.period
      requests_per_period = limit.requests_per_period
      mitigation_timeout  = limit.mitigation_timeout
    }
  }]
}

resource "cloudflare_ruleset" "cache" {
  zone_id = var.zone_id
  name    = "TaskMaster cache"
  kind    = "zone"
  phase   = "http_request_cache_settings"
  rules = [for rule in module.model.cache_rules : {
    ref         = rule.ref
    description = rule.description
    expression  = rule.expression
    action      = "set_cache_settings"
    action_parameters = {
      cache    = rule.cache
      edge_ttl = rule.cache ? { mode = "respect_origin" } : null
    }
  }]
}

resource "cloudflare_zone_setting" "setting" {
  for_each = module.model.zone_settings

  zone_id    = var.zone_id
  setting_id = each.key
  value      = each.value
}
