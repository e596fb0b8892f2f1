tests     = "tests"
automatic = "tests"
file      = "tests"
other     = "undeclared"
