run "one" {
  override_module {
    target  = module.m[0]
    outputs = { o = "fake" }
  }
  assert {
    condition     = output.o[0] == "fake" && output.o[1] == "real1"
    error_message = jsonencode(output.o)
  }
  assert {
    condition     = output.deep[0] == null && output.deep[1].q == "real1q"
    error_message = jsonencode(output.deep)
  }
}
run "inner" {
  override_module {
    target  = module.m[1].module.n["p"]
    outputs = { o = "fakep" }
  }
  assert {
    condition     = output.deep[1].p == "fakep" && output.deep[0].p == "real0p"
    error_message = jsonencode(output.deep)
  }
}
run "nearer" {
  command   = plan
  state_key = "planned"
  override_module {
    target  = module.m
    outputs = { o = "all" }
  }
  override_module {
    target  = module.m[1]
    outputs = { o = "single", other = 1 }
  }
  assert {
    condition     = output.o[0] == "all" && output.o[1] == "single"
    error_message = jsonencode(output.o)
  }
}
run "none" {
  command   = plan
  state_key = "planned"
  override_module {
    target  = module.m[7]
    outputs = { o = "single" }
  }
}
