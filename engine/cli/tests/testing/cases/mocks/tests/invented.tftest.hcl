mock_provider "terraform" {}

mock_provider "terraform" {
  alias = "other"
}

run "invented" {
  variables {
    name = "abc"
  }
  assert {
    condition     = can(regex("^[a-z0-9]{8}$", output.id)) && terraform_data.a.output == null
    error_message = "A string of eight letters and digits: ${output.id}."
  }
  assert {
    condition     = length(distinct(concat([output.id], output.others))) == 3
    error_message = "Each has its own."
  }
}
