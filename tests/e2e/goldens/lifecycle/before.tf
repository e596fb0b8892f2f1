variable "revision" {
  type    = number
  default = 1
}

resource "terraform_data" "ignores" {
  input = { kept = var.revision, list = ["a"] }

  lifecycle {
    ignore_changes = [input]
  }
}

resource "terraform_data" "trigger" {
  input = var.revision
}

resource "terraform_data" "triggered" {
  input = "constant"

  lifecycle {
    replace_triggered_by = [terraform_data.trigger.input]
  }
}

resource "terraform_data" "after" {
  input      = "constant"
  depends_on = [terraform_data.triggered]

  lifecycle {
    create_before_destroy = true
  }
}
