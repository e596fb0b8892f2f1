terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

variable "names" {
  type    = map(object({ size = number, tags = optional(list(string), []) }))
  default = {}
  validation {
    condition     = alltrue([for n, v in var.names : v.size > 0 && length(n) < 10])
    error_message = "Size of ${join(", ", keys(var.names))} must be positive."
  }
}

resource "aws_instance" "web" {
  for_each = { for n, v in var.names : upper(n) => v... if v.size != 1 }
  # comment
  ami       = data.aws_ami.x[0].id // other comment
  user_data = <<-EOT
    #!/bin/sh
    %{~ for t in each.value.tags }
    echo ${t ~} \
    %{ endfor ~}
    $${literal} %%{ literal }
  EOT
  tags = merge(local.tags, { "Name" = "web-${each.key}", (var.k) : null })
  dynamic "disk" {
    for_each = toset(["a", "b"])
    content { size = disk.value == "a" ? 1.5e3 : -2 }
  }
  lifecycle { ignore_changes = [tags["x"], ami] }
}

output "ids" {
  value = values(aws_instance.web)[*].network.*.id /* block
comment */
}
