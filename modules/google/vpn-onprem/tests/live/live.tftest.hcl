run "made" {
  assert {
    condition     = length(module.sites.ha_addresses) == 2 && can(cidrnetmask("${module.sites.classic_address}/32"))
    error_message = "Sites have something to connect to."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = length(module.sites.tunnels) == 5 && module.sites.links["depot-1"].there == "169.254.3.2"
    error_message = "A site that has come has two tunnels."
  }
}
