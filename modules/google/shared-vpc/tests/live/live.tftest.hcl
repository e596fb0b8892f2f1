run "made" {
  assert {
    condition     = length(module.network.subnets["platform"].secondary_ranges) == 1 && module.network.subnets["platform"].secondary_ranges.pods == "10.128.0.0/16"
    error_message = "A subnet has its named range."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = module.network.subnets["lab"].region == "europe-west4" && length(module.network.subnets["platform"].secondary_ranges) == 2
    error_message = "There is another subnet, and another named range."
  }
}
