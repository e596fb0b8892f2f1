override_resource {
  target = terraform_data.perhaps_in_the_run_that_is_skipped
}

run "stops" {
  variables {
    x = run.skipped.x
  }
}

run "skipped" {
}
