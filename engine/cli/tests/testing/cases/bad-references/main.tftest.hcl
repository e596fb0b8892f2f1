run "one" {
  command = plan
  assert {
    condition     = output.idd == ""
    error_message = "An output."
  }
  assert {
    condition     = terraform_data.b.id == ""
    error_message = "A resource."
  }
  assert {
    condition     = run.won.id == ""
    error_message = "A run."
  }
  assert {
    condition     = output.secret == "loud"
    error_message = "It is ${output.secret}."
  }
  assert {
    condition     = output.id
    error_message = "Not known."
  }
}
