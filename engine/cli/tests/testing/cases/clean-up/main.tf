variable "log" {
  default = "log"
}
resource "terraform_data" "made" {
  input = var.log
  provisioner "local-exec" {
    when    = destroy
    command = "echo main ${self.input} >> log"
  }
}
