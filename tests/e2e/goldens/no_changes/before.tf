data "terraform_remote_state" "other" {
  backend = "local"

  config = {
    path = "${path.module}/other.tfstate"
  }
}

resource "terraform_data" "reader" {
  input = data.terraform_remote_state.other.outputs.network
}

output "vpc" {
  value = terraform_data.reader.output.vpc
}
