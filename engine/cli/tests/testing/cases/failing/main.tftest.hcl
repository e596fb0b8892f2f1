run "fails" {
  assert {
    condition     = output.name == "two"
    error_message = "It is ${output.name} & not <two>."
  }
  assert {
    condition     = terraform_data.it.input == var.name
    error_message = "The input is another."
  }
}

run "passes" {
  assert {
    condition     = run.fails.name == "one"
    error_message = "A run that fails has outputs all the same."
  }
}

run "breaks" {
  command = plan
  variables {
    name = "other"
  }
  assert {
    condition     = output.name == "other"
    error_message = "It is not known yet."
  }
}
