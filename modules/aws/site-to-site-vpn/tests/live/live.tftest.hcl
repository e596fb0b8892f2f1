run "made" {
  assert {
    condition     = startswith(module.sites.connection_ids["office"], "vpn-") && length(module.sites.tunnels["plant"]) == 2
    error_message = "A site has a connection with two tunnels."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = startswith(module.sites.attachment_ids["depot"], "tgw-attach-")
    error_message = "A site that has come is attached."
  }
}
