run "made" {
  assert {
    condition     = can(regex("^[0-9]{12}$", module.organization.account_ids["shop"])) && startswith(module.organization.unit_ids["workloads/staging"], "ou-")
    error_message = "Accounts have numbers, and units ids."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = module.organization.access_role_arns["ads"] == "arn:aws:iam::${module.organization.account_ids["ads"]}:role/OrganizationAccountAccessRole"
    error_message = "A new account can be worked in."
  }
}
