variable "names" {
  type    = set(string)
  default = ["blue", "green"]
}

resource "terraform_data" "counted" {
  count = 2
  input = "number ${count.index}"
}

resource "terraform_data" "named" {
  for_each = var.names
  input    = { name = each.key, upper = upper(each.value) }
}

resource "terraform_data" "bare" {}

output "first" {
  value = terraform_data.counted[0].input
}

output "ids" {
  description = "Not known before apply."
  value       = terraform_data.counted[*].id
}
