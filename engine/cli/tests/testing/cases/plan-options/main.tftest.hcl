mock_provider "terraform" {
  mock_resource "terraform_data" {
    defaults = { id = "made-up", output = "a" }
  }
}

run "part" {
  plan_options {
    target = [terraform_data.a]
  }
  assert {
    condition     = terraform_data.a.output == "a"
    error_message = "It is there."
  }
}

run "replaced" {
  command = plan
  plan_options {
    replace = [terraform_data.a]
    refresh = false
  }
  assert {
    condition     = terraform_data.a.input == "a"
    error_message = "It is as before."
  }
}

run "refreshed" {
  plan_options {
    mode = refresh-only
  }
  assert {
    condition     = terraform_data.a.output == "a"
    error_message = "It is as before."
  }
}
