variable "changed" {
  description = "Whether a site has one more range, and another site has come."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "hub" {
  source = "../../../network-hub"

  name         = "hub"
  route_tables = { sites = {}, services = {} }
}

module "sites" {
  source = "../.."

  name               = "sites"
  transit_gateway_id = module.hub.transit_gateway_id
  route_table_id     = module.hub.route_table_ids["sites"]
  known_in           = { services = module.hub.route_table_ids["services"] }
  static_in          = { services = module.hub.route_table_ids["services"] }
  sites = merge(
    {
      office = { address = "198.51.100.7", asn = 65010 }
      plant  = { address = "203.0.113.9", ranges = var.changed ? ["192.168.0.0/20", "192.168.64.0/20"] : ["192.168.0.0/20"] }
    },
    var.changed ? { depot = { address = "203.0.113.10", asn = 65020 } } : {},
  )
}
