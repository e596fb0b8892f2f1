# Every private range there is, in one place: two that overlap are refused in each plan, before anything is made.

module "addresses" {
  source = "../../modules/address-plan"

  pools = {
    aws    = { ranges = ["10.0.0.0/12"], description = "VPCs" }
    google = { ranges = ["10.16.0.0/12"], description = "Subnets in Google Cloud" }
  }

  # The network account's own VPC, which people come in by, is the first.
  services = concat(
    [{ name = "people", pool = "aws" }],
    [for service in var.services : {
      name    = service.name
      pool    = service.account == null ? "google" : "aws"
      prefix  = service.prefix
      retired = service.retired
    }],
  )

  reserved = merge(
    { for name, site in var.sites : "site ${name}" => site.ranges },
    { computers = [local.computers] },
  )
}

locals {
  computers = "10.255.0.0/20"
  aws       = "10.0.0.0/12"
  google    = "10.16.0.0/12"
  own       = flatten([for site in var.sites : site.ranges])

  aws_services    = { for service in var.services : service.name => service if service.account != null && !service.retired }
  google_services = { for service in var.services : service.name => service if service.project != null && !service.retired }
  with_bgp        = { for name, site in var.sites : name => site if site.asn != null }
  without_bgp     = { for name, site in var.sites : name => site if site.asn == null }
}

output "ranges" {
  description = "Every range that is given out or reserved, by what it is for."
  value       = module.addresses.ranges
}
