resource "terraform_data" "replaced" {
  input            = "kept"
  triggers_replace = { version = "1", zone = "a" }
}

resource "terraform_data" "follower" {
  input            = terraform_data.replaced.id
  triggers_replace = [terraform_data.replaced.id]
}

resource "terraform_data" "first_made" {
  triggers_replace = 1

  lifecycle {
    create_before_destroy = true
  }
}
