resource "cloudflare_zero_trust_access_service_token" "machine" {
  for_each = module.model.machines

  account_id = var.account_id
  name       = "taskmaster-${each.key}"
  duration   = "8760h"
}

resource "cloudflare_zero_trust_access_policy" "machines" {
  count = module.model.machine_policy == null ? 0 : 1

  account_id = var.account_id
  name       = module.model.machine_policy.name
  decision   = module.model.machine_policy.decision
  include = [
    for token in cloudflare_zero_trust_access_service_token.machine : { service_token = { token_id = token.id } }
  ]
}

resource "cloudflare_zero_trust_access_policy" "policy" {
  for_each = module.model.policies

  account_id = var.account_id
  name       = each.value.name
  decision   = each.value.decision
  include    = each.value.include
}

resource "cloudflare_zero_trust_access_application" "application" {
  for_each = module.model.applications

  account_id       = var.account_id
  name             = each.value.name
  domain           = each.value.domain
  type             = "self_hosted"
  session_duration = each.value.session_duration
  policies = [
    for place, id in concat(
      [for name in each.value.policies : cloudflare_zero_trust_access_policy.policy[name].id],
      each.value.admits_machines ? cloudflare_zero_trust_access_policy.machines[*].id : [],
    ) : { id = id, precedence = place + 1 }
  ]
  http_only_cookie_attribute = true
  same_site_cookie_attribute = "lax"
  # A program without a token gets 401 instead of a page to sign in.
  service_auth_401_redirect = true
}
