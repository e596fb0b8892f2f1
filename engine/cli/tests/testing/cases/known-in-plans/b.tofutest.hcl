mock_provider "terraform" {
  mock_resource "terraform_data" {
    defaults = { id = "made-up" }
  }
}

run "plan" {
  command = plan
  assert {
    condition     = terraform_data.b.input == "b of made-up"
    error_message = terraform_data.b.input
  }
}

run "apply" {
  assert {
    condition     = terraform_data.b.input == "b of made-up"
    error_message = terraform_data.b.input
  }
}

run "later" {
  command = plan
  override_resource {
    target          = terraform_data.a
    override_during = apply
    values          = { id = "other" }
  }
  state_key = "another"
  assert {
    condition     = terraform_data.b.input == "b of other"
    error_message = "It says that it is known after apply."
  }
}
