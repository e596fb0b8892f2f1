resource "terraform_data" "a" {
}

resource "terraform_data" "b" {
  input = "b of ${terraform_data.a.id}"
}
