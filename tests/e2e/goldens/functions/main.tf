locals {
  ranges  = [for index in range(3) : cidrsubnet("10.0.0.0/8", 8, index)]
  objects = jsondecode("{\"a\": [1, 2.5, null], \"b\": {\"c\": \"d\"}}")
}

resource "terraform_data" "network" {
  for_each = { for range in local.ranges : replace(split("/", range)[0], ".", "-") => range }
  input    = { range = each.value, first = cidrhost(each.value, 1) }
}

resource "terraform_data" "collections" {
  input = {
    merged   = merge({ a = 1 }, { b = 2 }, { a = 3 })
    flat     = flatten([["a"], [["b"], "c"]])
    zipped   = zipmap(["x", "y"], [1, 2])
    distinct = distinct(["a", "b", "a"])
    lookup   = lookup({ a = 1 }, "z", 0)
    try      = try(local.objects.missing, "fallback")
    json     = jsonencode(local.objects)
    grouped  = { for word in ["apple", "avocado", "bean"] : substr(word, 0, 1) => word... }
    filtered = [for number in [1, 2, 3, 4] : number * 10 if number % 2 == 0]
  }
}

resource "terraform_data" "text" {
  input = {
    format   = format("%05.1f|%-5s|%q", 3.14159, "ab", "c")
    file     = trimspace(file("${path.module}/note.txt"))
    template = templatefile("${path.module}/motd.tftpl", { names = ["ken", "yuki"] })
    heredoc  = <<-EOT
      indented
        twice
    EOT
    choice   = length(local.ranges) > 2 ? "many" : "few"
  }
}
