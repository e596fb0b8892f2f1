run "none" {
  variables {
    v = "post"
  }
  expect_failures = [terraform_data.r, output.o]
}
