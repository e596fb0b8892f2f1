variable "given" {}
variable "file" {
  type    = number
  default = 0
}
variable "own" {
  type    = list(string)
  default = []
}
variable "auto" {
  default = "no"
}
output "all" {
  value = "${var.given} ${var.file} ${jsonencode(var.own)} ${var.auto}"
}
