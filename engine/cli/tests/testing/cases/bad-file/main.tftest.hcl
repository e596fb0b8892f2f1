run "one" {
  comand = plan
  expect_failures = [local.x, module.y]
}
run "one" {
  command = destroy
  plan_options {
    mode    = refresh-only
    refresh = false
  }
  assert {
    condition = 1 == 1
  }
}
override_data {
  target = terraform_data.x
}
mock_provider "terraform" {
  mock_resource "terraform_data" {}
  mock_resource "terraform_data" {}
}
mock_provider "terraform" {}
