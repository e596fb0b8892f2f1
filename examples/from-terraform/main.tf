terraform {
  required_version = ">= 1.7"
}

variable "environments" {
  description = "The environments, with how many workers each has."
  type        = map(number)
  default     = { staging = 1, production = 3 }
}

variable "token" {
  description = "Stands for a secret."
  type        = string
  sensitive   = true
  default     = "not-so-secret"
}

module "environment" {
  source   = "./environment"
  for_each = var.environments

  name    = each.key
  workers = each.value
}

resource "terraform_data" "release" {
  input = {
    version = "1.4.0"
    token   = var.token
  }
  triggers_replace = [for name, environment in module.environment : environment.id]
}

output "workers" {
  description = "The workers of all environments."
  value       = { for name, environment in module.environment : name => environment.workers }
}

output "release" {
  description = "What was released, with the token."
  value       = terraform_data.release.output
  sensitive   = true
}
