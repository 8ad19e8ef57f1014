output "audience_tags" {
  description = "The audience tag of each application: CLOUDFLARE_ACCESS_AUD of the service is that of api."
  value       = { for name, application in cloudflare_zero_trust_access_application.application : name => application.aud }
}

output "service_tokens" {
  description = "Client id and secret of each machine. `taskmaster identities link USER service-token:CLIENT_ID` gives it a user."
  value = {
    for name, token in cloudflare_zero_trust_access_service_token.machine :
    name => { client_id = token.client_id, client_secret = token.client_secret }
  }
  sensitive = true
}
