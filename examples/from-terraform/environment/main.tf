variable "name" {
  type = string
}

variable "workers" {
  type = number

  validation {
    condition     = var.workers > 0
    error_message = "An environment needs a worker."
  }
}

resource "terraform_data" "this" {
  input = var.name
}

resource "terraform_data" "worker" {
  count = var.workers
  input = "${var.name}-${count.index}"

  lifecycle {
    create_before_destroy = true
  }
}

output "id" {
  value = terraform_data.this.id
}

output "workers" {
  value = terraform_data.worker[*].output
}
