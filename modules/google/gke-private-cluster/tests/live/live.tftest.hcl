run "made" {
  assert {
    condition     = startswith(module.cluster["blue"].endpoint, "172.16.0.")
    error_message = "The control plane is in its range."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = startswith(module.cluster["green"].endpoint, "172.16.0.") && module.cluster["green"].name == "platform-green"
    error_message = "A second cluster is beside the first."
  }
}
