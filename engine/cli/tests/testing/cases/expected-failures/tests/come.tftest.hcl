run "pre" {
  command = plan
  variables {
    v = "pre"
  }
  expect_failures = [terraform_data.r]
}
run "post" {
  variables {
    v = "post"
  }
  expect_failures = [terraform_data.r[1]]
}
run "out" {
  command = plan
  variables {
    v = "out"
  }
  expect_failures = [output.o]
}
run "chk" {
  variables {
    v = "chk"
  }
  expect_failures = [check.c]
}
