everywhere = "root"
tests      = "root"
automatic  = "root"
file       = "root"
