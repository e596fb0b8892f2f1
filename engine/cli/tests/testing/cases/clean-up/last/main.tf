resource "terraform_data" "reads" {
}
output "log" {
  value      = fileexists("log") ? file("log") : ""
  depends_on = [terraform_data.reads]
}
