resource "terraform_data" "counted" {
  count = 3
  input = count.index
}

resource "terraform_data" "named" {
  for_each = toset(["kept", "dropped"])
  input    = each.key
}

resource "terraform_data" "gone" {
  input = terraform_data.named["dropped"].id
}

output "gone" {
  value = terraform_data.gone.input != ""
}
