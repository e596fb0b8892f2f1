run "made" {
  assert {
    condition     = join(" ", keys(module.roles.role_arns)) == "admin readonly"
    error_message = "There is a role for each variant."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = endswith(module.roles.role_arns["support"], ":role/orders-support")
    error_message = "A variant that has come has its role."
  }
}
