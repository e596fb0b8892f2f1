variable "name" {
  type = string
}

variable "size" {
  type    = number
  default = 1
}

resource "terraform_data" "member" {
  count = var.size
  input = "${var.name}-${count.index + 1}"
}

output "members" {
  value = terraform_data.member[*].input
}

output "label" {
  value = "${var.name}(${length(terraform_data.member)})"
}
