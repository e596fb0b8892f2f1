resource "terraform_data" "base" {
  input = "base"
}

resource "terraform_data" "top" {
  count = 2
  input = "${terraform_data.base.output}-${count.index}"
}

output "base" {
  value = terraform_data.base.output
}
