variable "changed" {
  description = "Whether a service and an environment have come since, and a service has gone."
  type        = bool
  default     = false
}

module "addresses" {
  source = "../.."

  pools = { aws = { ranges = ["10.0.0.0/16"] } }
  services = concat(
    [{ name = "orders", pool = "aws" }, { name = "billing", pool = "aws", prefix = 20, retired = var.changed }],
    var.changed ? [{ name = "search", pool = "aws" }] : [],
  )
  gke = {
    pool         = "10.128.0.0/12"
    master_pool  = "172.31.0.0/24"
    environments = var.changed ? ["dev", "prd"] : ["dev"]
  }
  reserved = { on-premises = ["192.168.0.0/16"] }
}

# Something that has its range from the plan.
resource "terraform_data" "network" {
  for_each = module.addresses.services

  input = each.value.range
}

output "ranges" {
  value = module.addresses.ranges
}
