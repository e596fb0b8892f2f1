run "made" {
  assert {
    condition     = terraform_data.network["billing"].output == "10.0.16.0/20"
    error_message = "A network has the range that was given out."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = !contains(keys(terraform_data.network), "billing") && terraform_data.network["orders"].output == run.made.ranges["service orders 10.0.0.0/22"]
    error_message = "What is retired goes, and what is left has its range."
  }
}
