variable "settings" {
  type = object({
    name    = string
    ports   = set(number)
    labels  = optional(map(string), { team = "core" })
    limits  = optional(tuple([number, bool]))
    retries = optional(number, 3)
  })
  default = {
    name  = "web"
    ports = [443, "80", 80]
  }
}

resource "terraform_data" "settings" {
  input = var.settings
}

resource "terraform_data" "literals" {
  input = {
    integer = 12345678901234567890
    decimal = 0.1
    third   = 1 / 3
    nothing = null
    yes     = true
    text    = "grüße\n\"quoted\" $${kept}"
    list    = tolist(["b", "a"])
    set     = toset(["b", "a", "b"])
    map     = tomap({ b = "2", a = 1 })
    tuple   = [1, "two", false, null]
    nested  = { empty_list = [], empty_map = {} }
  }
}

output "labels" {
  value = var.settings.labels
}
