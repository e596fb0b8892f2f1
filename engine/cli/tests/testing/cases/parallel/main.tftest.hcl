test {
  parallel = true
}
run "one" {
  state_key = "one"
  variables {
    name = "one"
  }
}
run "two" {
  state_key = "two"
  variables {
    name = "two"
  }
  assert {
    condition     = output.name == "three"
    error_message = "It is ${output.name}."
  }
}
run "both" {
  state_key = "both"
  variables {
    name = "${run.one.name} and ${run.two.name}"
  }
  assert {
    condition     = output.name == "one and two"
    error_message = output.name
  }
}
run "again" {
  state_key = "one"
  parallel  = false
  variables {
    name = "again"
  }
}
