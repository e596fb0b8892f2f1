mock_provider "terraform" {
  mock_resource "terraform_data" {
    defaults = {
      id     = "mocked"
      output = { any = "thing" }
    }
  }
  mock_data "terraform_remote_state" {
    defaults = {
      outputs = { a = 1 }
    }
  }
}

mock_provider "terraform" {
  alias           = "other"
  override_during = plan
  source          = "./tests/values"
}

variables {
  name = "abc"
}

run "plan" {
  command = plan
  assert {
    condition     = terraform_data.a.input == "abc"
    error_message = "The input is in the plan."
  }
  assert {
    condition     = output.from_state.a == 1
    error_message = "Data is read while planning."
  }
  assert {
    condition     = join(" ", output.others) == "planned planned"
    error_message = "These are known already: ${jsonencode(output.others)}."
  }
}

run "apply" {
  assert {
    condition     = output.id == "mocked" && terraform_data.a.output.any == "thing"
    error_message = "It has the values of the mock."
  }
  assert {
    condition     = terraform_data.b[1].input == "mocked-1"
    error_message = "It is used by others."
  }
}

run "update" {
  variables {
    name = upper(run.apply.id)
  }
  assert {
    condition     = terraform_data.a.input == "MOCKED" && output.id == "mocked"
    error_message = "It is updated: ${output.id}."
  }
}

run "too_short" {
  command = plan
  variables {
    name = "a"
  }
  expect_failures = [var.name]
}
