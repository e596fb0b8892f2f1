run "pre" {
  variables {
    v = "pre"
  }
  expect_failures = [terraform_data.r]
}
