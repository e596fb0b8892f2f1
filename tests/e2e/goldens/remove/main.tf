resource "terraform_data" "counted" {
  count = 1
  input = count.index
}

resource "terraform_data" "named" {
  for_each = toset(["kept"])
  input    = each.key
}
