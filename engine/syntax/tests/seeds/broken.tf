a = [1, 2
b "x" {
  c = "unclosed
  d = ${x}
}
e { f = 1, g = 2 }
h = 'quoted'
i = <<EOT
no end ${ j(
