# What the edge refuses, counts and keeps.

variables {
  api_hostname = "api.example.com"
  people       = { domains = ["example.com"] }
}

run "the_firewall_of_every_zone" {
  command = plan

  assert {
    condition     = output.firewall_rules[*].ref == ["metrics", "methods"]
    error_message = "Metrics and unknown methods are refused."
  }
  assert {
    condition     = output.lists == {}
    error_message = "Without networks there are no lists."
  }
  assert {
    condition = alltrue([
      for rule in concat(output.firewall_rules, output.managed_rules, output.rate_limits, output.cache_rules) :
      startswith(rule.expression, "(http.host eq \"api.example.com\"")
    ])
    error_message = "Rules apply to the hostname of the API alone: the zone has others."
  }
}

run "networks" {
  command = plan

  variables {
    allowed_networks = ["203.0.113.0/24", "2001:db8::/32"]
    blocked_networks = ["198.51.100.0/24"]
  }

  assert {
    condition     = output.firewall_rules[*].ref == ["blocked_networks", "allowed_networks", "metrics", "methods"]
    error_message = "What is blocked is refused first."
  }
  assert {
    condition     = output.firewall_rules[1].expression == "(http.host eq \"api.example.com\" and not ip.src in $taskmaster_allowed)"
    error_message = "Anyone who is not allowed is refused."
  }
  assert {
    condition     = output.lists["taskmaster_allowed"].networks == toset(["203.0.113.0/24", "2001:db8::/32"])
    error_message = "The list holds the networks."
  }
}

run "managed_rules_leave_reports_alone" {
  command = plan

  assert {
    condition     = output.managed_rules[0].action == "skip" && strcontains(output.managed_rules[0].expression, "/api/v1/errors")
    error_message = "Reports hold code, so they are skipped before any managed rule."
  }
  assert {
    condition     = [for rule in output.managed_rules : rule.ref if rule.action == "execute"] == ["cloudflare", "owasp"]
    error_message = "Both managed rulesets run."
  }
}

run "a_free_plan" {
  command = plan

  variables {
    plan = "free"
  }

  assert {
    condition     = output.managed_rules == []
    error_message = "A free plan has no managed rulesets to deploy."
  }
  assert {
    condition     = output.rate_limits[*].ref == ["auth"] && output.rate_limits[0].period == 10
    error_message = "A free plan has one rate limit, which counts ten seconds: it guards what is guessed."
  }
  assert {
    condition     = output.rate_limits[0].requests_per_period == 5
    error_message = "Thirty a minute are five in ten seconds."
  }
}

run "rate_limits" {
  command = plan

  assert {
    condition     = [for limit in output.rate_limits : [limit.ref, limit.requests_per_period, limit.period]] == [["auth", 30, 60], ["api", 15000, 60]]
    error_message = "Signing in is limited more strictly than the API."
  }
  assert {
    condition     = alltrue([for limit in output.rate_limits : contains(limit.characteristics, "ip.src")])
    error_message = "Limits count per address."
  }
  assert {
    condition     = strcontains(output.rate_limits[0].expression, "\"/api/v1/auth/login\"")
    error_message = "The login is what is guessed."
  }
}

run "private_data_is_never_cached" {
  command = plan

  assert {
    condition     = output.cache_rules[0].expression == "(http.host eq \"api.example.com\")" && !output.cache_rules[0].cache
    error_message = "Nothing is cached unless a later rule says so."
  }
  assert {
    condition = [for rule in output.cache_rules : rule.ref if rule.cache] == ["assets"] && alltrue([
      for rule in output.cache_rules : strcontains(rule.expression, "starts_with(http.request.uri.path, \"/web/assets/\")") if rule.cache
    ])
    error_message = "Only assets are cached."
  }
}

run "attacks_are_blocked" {
  command = plan

  assert {
    condition     = output.ddos_rules[0].overrides == { action = "block", sensitivity_level = "default" }
    error_message = "A program cannot solve a challenge."
  }
  assert {
    condition     = output.zone_settings["min_tls_version"] == "1.2" && output.zone_settings["always_use_https"] == "on"
    error_message = "Plain HTTP and old TLS are refused."
  }
}

run "refuses_every_address" {
  command         = plan
  expect_failures = [var.allowed_networks]
  variables { allowed_networks = ["0.0.0.0/0"] }
}

run "refuses_to_block_everybody" {
  command         = plan
  expect_failures = [var.blocked_networks]
  variables { blocked_networks = ["::/0"] }
}

run "refuses_a_network_on_both_lists" {
  command         = plan
  expect_failures = [var.blocked_networks]
  variables {
    allowed_networks = ["203.0.113.0/24"]
    blocked_networks = ["203.0.113.0/24"]
  }
}

run "refuses_a_word_as_network" {
  command         = plan
  expect_failures = [var.blocked_networks]
  variables { blocked_networks = ["office"] }
}

run "refuses_a_limit_of_nothing" {
  command         = plan
  expect_failures = [var.requests_per_minute]
  variables { requests_per_minute = { auth = 1 } }
}

run "refuses_a_stricter_limit_of_the_api" {
  command         = plan
  expect_failures = [var.requests_per_minute]
  variables { requests_per_minute = { api = 10, auth = 30 } }
}

run "refuses_another_plan" {
  command         = plan
  expect_failures = [var.plan]
  variables { plan = "trial" }
}

run "refuses_protection_that_is_off" {
  command         = plan
  expect_failures = [var.ddos_sensitivity]
  variables { ddos_sensitivity = "eoff" }
}
