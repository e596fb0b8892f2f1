run "made" {
  assert {
    condition     = startswith(module.hub.transit_gateway_id, "tgw-") && startswith(module.hub.share_arn, "arn:aws:ram:")
    error_message = "There is a transit gateway, and it is shared."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = join(" ", keys(module.hub.route_table_ids)) == "services shared"
    error_message = "The route tables are the same."
  }
}
