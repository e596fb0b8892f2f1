run "first" {
  module {
    source = "./first"
  }
}
run "main" {
}
run "other" {
  state_key = "other"
  variables {
    log = run.first.id == "" ? "none" : "other"
  }
}
run "main_again" {
  variables {
    log = "again"
  }
}
