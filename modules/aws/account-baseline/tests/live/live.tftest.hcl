run "made" {
  assert {
    condition     = endswith(module.baseline.role_arns["auditor"], ":role/auditor") && module.baseline.log_bucket_arn == "arn:aws:s3:::logs-of-the-account-4711"
    error_message = "The account has its roles and its bucket."
  }
}

run "changed" {
  variables {
    changed = true
  }
  assert {
    condition     = endswith(module.baseline.trail_arn, ":trail/all-regions")
    error_message = "The trail is there."
  }
}
