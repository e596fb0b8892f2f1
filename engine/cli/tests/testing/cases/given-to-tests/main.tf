variable "everywhere" {}
variable "tests" {}
variable "automatic" {}
variable "file" {}
