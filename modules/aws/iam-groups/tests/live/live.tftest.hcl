run "made" {
  assert {
    condition     = join(" ", keys(module.groups.group_arns)) == "Admin Developers Operators" && length(module.groups.passwords["ann"]) >= 8
    error_message = "There are three groups, and somebody who can sign in."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = endswith(module.groups.user_arns["bob"], ":user/teams/bob") && contains(keys(module.groups.policy_arns), "ViewBilling")
    error_message = "Somebody has come, and a policy with it."
  }
}
