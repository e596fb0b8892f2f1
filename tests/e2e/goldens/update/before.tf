resource "terraform_data" "changed" {
  input = { size = 1, tags = ["a", "b"] }
}

resource "terraform_data" "reader" {
  input = terraform_data.changed.output
}

resource "terraform_data" "untouched" {
  input = "same"
}

output "size" {
  value = terraform_data.changed.output.size
}

output "constant" {
  value = 1
}
