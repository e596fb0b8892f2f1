run "chk" {
  variables {
    v = "chk"
  }
}
run "skipped" {
}
