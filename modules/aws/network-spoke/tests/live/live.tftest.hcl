run "made" {
  assert {
    condition     = startswith(module.spoke.attachment_id, "tgw-attach-") && length(module.spoke.subnet_ids) == 2
    error_message = "The VPC is attached from two zones."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = contains(keys(module.spoke.subnet_ids), "eu-west-1c")
    error_message = "It is in a third zone."
  }
}
