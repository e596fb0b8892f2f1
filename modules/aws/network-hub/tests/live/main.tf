variable "changed" {
  description = "Whether another account may attach its VPCs, and one more range leads nowhere."
  type        = bool
  default     = false
}

provider "aws" {
  region = "eu-west-1"
}

module "hub" {
  source = "../.."

  name          = var.changed ? "centre" : "hub"
  share_with    = var.changed ? ["222222222222", "333333333333"] : ["222222222222"]
  share_outside = true
  route_tables = {
    shared   = {}
    services = { blackholes = var.changed ? ["10.0.0.0/8", "172.16.0.0/12"] : ["10.0.0.0/8"] }
  }
}
