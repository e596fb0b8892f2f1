variable "name" {}
variable "size" {
  type = number
}
output "text" {
  value = "${var.name}-${var.size}"
}
