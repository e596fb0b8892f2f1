sizes = { small = 3 }
over  = "outside"
