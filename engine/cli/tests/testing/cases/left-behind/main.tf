resource "terraform_data" "stays" {
  provisioner "local-exec" {
    when    = destroy
    command = "exit 3"
  }
}
