mock_provider "terraform" {
  mock_resource "terraform_data" {
    defaults = { id = "made-up" }
  }
}

run "apply" {
  assert {
    condition     = terraform_data.b.input == "b of made-up"
    error_message = terraform_data.b.input
  }
}

run "plan" {
  command   = plan
  state_key = "another"
  assert {
    condition     = terraform_data.b.input == "b of made-up"
    error_message = "As in Terraform, it is known after apply."
  }
}
