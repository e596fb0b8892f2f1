mock_provider "terraform" {
  alias = "one"
  mock_resource "terraform_data" {
    defaults = { id = "one" }
  }
}

mock_provider "terraform" {
  alias = "two"
  mock_resource "terraform_data" {
    defaults = { id = "two" }
  }
}

run "real" {
  assert {
    condition     = length(output.id) == 36
    error_message = "Aliases do not matter here."
  }
}

run "one" {
  state_key = "one"
  providers = {
    terraform = terraform.one
  }
  assert {
    condition     = output.id == "one"
    error_message = output.id
  }
}

run "two" {
  state_key = "two"
  providers = {
    terraform = terraform.two
  }
  assert {
    condition     = output.id == "two"
    error_message = output.id
  }
}

run "missing" {
  providers = {
    terraform = terraform.three
  }
}
