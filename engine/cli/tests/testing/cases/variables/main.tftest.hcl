variables {
  file  = "7"
  other = "of the file"
}

run "outside" {
  assert {
    condition     = output.all == "outside 7 [] yes"
    error_message = output.all
  }
  assert {
    condition     = var.other == "of the file"
    error_message = "Variables of the file can be referred to."
  }
}

run "own" {
  variables {
    given = "own"
    file  = var.file + 1
    own   = [run.outside.all, upper(var.other)]
  }
  assert {
    condition     = output.all == "own 8 [\"outside 7 [] yes\",\"OF THE FILE\"] yes"
    error_message = output.all
  }
}

run "undeclared" {
  command = plan
  variables {
    nothing = 1
  }
}

run "later" {
  command = plan
  variables {
    given = run.after.all
  }
}

run "after" {
}
