run "post" {
  variables {
    v = "post"
  }
  expect_failures = [terraform_data.r[0]]
}
