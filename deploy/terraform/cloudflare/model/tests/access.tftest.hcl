# Who gets through. Run with `terraform init && terraform test` in model/.

variables {
  api_hostname = "api.example.com"
  people       = { domains = ["example.com"] }
}

run "nobody_but_the_people" {
  command = plan

  assert {
    condition     = keys(output.applications) == ["api"] && output.applications["api"].domain == "api.example.com"
    error_message = "There must be one application, for the whole hostname."
  }
  assert {
    condition     = output.applications["api"].policies == ["people"] && !output.applications["api"].admits_machines
    error_message = "Only people are admitted by default."
  }
  assert {
    condition     = jsonencode(output.policies.people.include) == jsonencode([{ email_domain = { domain = "example.com" } }])
    error_message = "People are who was named."
  }
  assert {
    condition     = alltrue([for policy in output.policies : policy.decision == "allow"])
    error_message = "No policy may bypass Access by default."
  }
  assert {
    condition     = output.machine_policy == null
    error_message = "Without machines there is no policy for them."
  }
}

run "machines_without_an_identity" {
  command = plan

  variables {
    people   = { emails = ["Ada@Example.com"] }
    machines = ["ci", "importer"]
  }

  assert {
    condition     = output.machine_policy.decision == "non_identity" && output.applications["api"].admits_machines
    error_message = "Service tokens need a policy of Service Auth."
  }
  assert {
    condition     = jsonencode(output.policies.people.include) == jsonencode([{ email = { email = "ada@example.com" } }])
    error_message = "Addresses are compared in lower case."
  }
}

run "operators_alone_reach_postgresql" {
  command = plan

  variables {
    database_hostname = "db.example.com"
    operators         = ["operator@example.com"]
    machines          = ["ci"]
  }

  assert {
    condition     = output.applications["database"].policies == ["operators"] && !output.applications["database"].admits_machines
    error_message = "Neither people nor machines of the API reach PostgreSQL."
  }
  assert {
    condition     = jsonencode(output.policies.operators.include) == jsonencode([{ email = { email = "operator@example.com" } }])
    error_message = "Operators are who was named."
  }
}

run "probes_bypass_access_only_if_asked" {
  command = plan

  variables {
    health_is_public = true
  }

  assert {
    condition     = output.applications["probes"].domain == "api.example.com/api/v1/health"
    error_message = "Only the paths of health bypass Access."
  }
  assert {
    condition     = [for name, policy in output.policies : name if policy.decision == "bypass"] == ["probes"]
    error_message = "Nothing but the probes bypasses Access."
  }
}

run "refuses_an_address_as_hostname" {
  command         = plan
  expect_failures = [var.api_hostname]
  variables { api_hostname = "https://api.example.com" }
}

run "refuses_a_hostname_that_ends_an_expression" {
  command         = plan
  expect_failures = [var.api_hostname]
  variables { api_hostname = "api.example.com\" or true or \"" }
}

run "refuses_one_hostname_for_both" {
  command         = plan
  expect_failures = [var.database_hostname]
  variables {
    database_hostname = "api.example.com"
    operators         = ["operator@example.com"]
  }
}

run "refuses_a_database_for_nobody" {
  command         = plan
  expect_failures = [var.operators]
  variables { database_hostname = "db.example.com" }
}

run "refuses_nobody" {
  command         = plan
  expect_failures = [var.people]
  variables { people = {} }
}

run "refuses_everybody" {
  command         = plan
  expect_failures = [var.people]
  variables { people = { domains = ["gmail.com"] } }
}

run "refuses_an_address_as_domain" {
  command         = plan
  expect_failures = [var.people]
  variables { people = { domains = ["@example.com"] } }
}

run "refuses_a_word_as_address" {
  command         = plan
  expect_failures = [var.people]
  variables { people = { emails = ["ada"] } }
}

run "refuses_a_machine_with_blanks" {
  command         = plan
  expect_failures = [var.machines]
  variables { machines = ["my machine"] }
}

run "refuses_a_session_of_a_month" {
  command         = plan
  expect_failures = [var.session_duration]
  variables { session_duration = "720h" }
}
