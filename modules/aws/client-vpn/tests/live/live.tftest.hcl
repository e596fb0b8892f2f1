run "made" {
  assert {
    condition     = startswith(module.people.endpoint_id, "cvpn-endpoint-")
    error_message = "There is an endpoint."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = module.people.dns_name != ""
    error_message = "Clients have something to connect to."
  }
}
