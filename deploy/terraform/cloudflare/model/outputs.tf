output "policies" {
  description = "Policies of Access by name."
  value       = local.policies
}

output "machine_policy" {
  description = "The policy of the service tokens; null without machines."
  value       = local.machine_policy
}

output "machines" {
  description = "Names of the service tokens."
  value       = var.machines
}

output "applications" {
  description = "Applications of Access by name."
  value       = local.applications
}

output "lists" {
  description = "Lists of addresses by name."
  value       = local.lists
}

output "firewall_rules" {
  description = "Custom rules of the firewall, in order. Each blocks."
  value       = local.firewall_rules
}

output "managed_rules" {
  description = "Managed rules of the firewall, in order."
  value       = local.managed_rules
}

output "ddos_rules" {
  description = "Overrides of the protection against attacks."
  value       = local.ddos_rules
}

output "rate_limits" {
  description = "Rate limits, in order."
  value       = local.rate_limits
}

output "cache_rules" {
  description = "Cache rules, in order; the last one that matches decides."
  value       = local.cache_rules
}

output "zone_settings" {
  description = "Settings of the zone."
  value       = local.zone_settings
}
