# The precondition explains what the arguments would only stumble over.
run "unknown" {
  command = plan
  variables {
    key = "two"
  }
  expect_failures = [terraform_data.it]
}
