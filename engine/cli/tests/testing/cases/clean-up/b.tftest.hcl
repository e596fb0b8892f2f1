# What the file before has destroyed: the state that was used last before the others.
run "read" {
  module {
    source = "./last"
  }
  assert {
    condition     = output.log == "main again\nmain other\nfirst\n"
    error_message = output.log
  }
}
