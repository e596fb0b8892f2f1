run "made" {
  assert {
    condition     = startswith(module.audit.writers["all"], "serviceAccount:") && module.audit.archive == "audit-dev-archive"
    error_message = "A sink has an account to write by."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = startswith(module.audit.writers["shop"], "serviceAccount:")
    error_message = "A sink that has come has one too."
  }
}
