resource "terraform_data" "source" {
  input = "x"
}

resource "terraform_data" "mixed" {
  input = {
    known    = "yes"
    unknown  = terraform_data.source.output
    inside   = ["first", terraform_data.source.id, null]
    template = "id is ${terraform_data.source.id}"
    length   = length([terraform_data.source.id, "b"])
    never    = terraform_data.source.id == null
  }
}

output "mixed" {
  value = terraform_data.mixed.input
}

output "length" {
  value = length(terraform_data.mixed.input.inside)
}
