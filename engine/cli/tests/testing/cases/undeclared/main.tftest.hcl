# What is given from outside can be referred to, whether the module declares it or not.

variables {
  of_file = "file"
  over    = "file"
}

run "given" {
  variables {
    size   = var.sizes["small"]
    of_run = "run"
  }
  assert {
    condition     = output.size == 3
    error_message = "The size is ${output.size}."
  }
  assert {
    condition     = var.of_run == "run" && var.of_file == "file"
    error_message = "What is referred to needs no declaration."
  }
  assert {
    condition     = var.count == 2 && var.zones[1] == "b" && var.place == "there"
    error_message = "They are ${jsonencode([var.count, var.zones, var.place])}."
  }
}

run "taken_over" {
  variables {
    size    = 4
    of_file = "run"
    unused  = true
  }
  assert {
    condition     = "${var.of_file} ${var.over}" == "run file"
    error_message = "The nearest value counts, not ${var.of_file} ${var.over}."
  }
}

run "nowhere" {
  variables {
    size = 5
  }
  assert {
    condition     = var.nothing == null
    error_message = "It has no value."
  }
}
