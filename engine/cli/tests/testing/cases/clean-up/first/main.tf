resource "terraform_data" "made" {
  provisioner "local-exec" {
    when    = destroy
    command = "echo first >> log"
  }
}
output "id" {
  value = terraform_data.made.id
}
