run "made" {
  assert {
    condition     = endswith(module.step.saml_provider_arn, ":saml-provider/directory") && join(" ", keys(module.step.step_role_arns)) == "orders-admin orders-readonly"
    error_message = "There is a role to sign in to for each variant."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = endswith(module.step.step_role_arns["ads-admin"], ":role/step-ads-admin")
    error_message = "A service that has come has its role."
  }
}
