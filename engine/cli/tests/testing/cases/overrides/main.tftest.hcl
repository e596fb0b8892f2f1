override_data {
  target = data.terraform_remote_state.r
  values = { outputs = { z = 1 } }
}

override_module {
  target  = module.m
  outputs = { o = "over" }
}

override_resource {
  target = terraform_data.r[1]
  values = { id = "one" }
}

run "file" {
  assert {
    condition     = output.o == "over" && output.p == null && output.z == 1
    error_message = "The module and the data are not real."
  }
  assert {
    condition     = output.ids[1] == "one" && length(output.ids[0]) == 36
    error_message = "One instance is not real: ${jsonencode(output.ids)}."
  }
  assert {
    condition     = terraform_data.r[1].output == null
    error_message = "What is not given is made up."
  }
}

run "run" {
  command   = plan
  state_key = "planned"
  override_resource {
    target          = terraform_data.r
    override_during = plan
    values          = { id = "planned", output = 5, nothing = 1, input = "not this" }
  }
  override_resource {
    target          = terraform_data.r[1]
    override_during = plan
    values          = { id = "nearer" }
  }
  assert {
    condition     = join(" ", output.ids) == "planned nearer" && terraform_data.r[0].output == 5
    error_message = jsonencode(output.ids)
  }
  assert {
    condition     = terraform_data.r[0].input == "over"
    error_message = "What the configuration says stays."
  }
}
