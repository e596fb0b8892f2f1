variable "changed" {
  description = "Whether the VPC is in a third zone, and more is reached through the hub."
  type        = bool
  default     = false
}

# The hub is in one account, the VPC in another one.

provider "aws" {
  alias  = "hub"
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::111111111111:role/OrganizationAccountAccessRole"
  }
}

provider "aws" {
  region = "eu-west-1"
  assume_role {
    role_arn = "arn:aws:iam::222222222222:role/OrganizationAccountAccessRole"
  }
}

module "hub" {
  source    = "../../../network-hub"
  providers = { aws = aws.hub }

  name          = "hub"
  share_with    = ["222222222222"]
  share_outside = true
}

# Within an organization that shares without being asked, there is nothing to accept.
resource "aws_ram_resource_share_accepter" "hub" {
  share_arn = module.hub.share_arn

  depends_on = [module.hub]
}

module "spoke" {
  source    = "../.."
  providers = { aws = aws, aws.hub = aws.hub }

  name               = "orders"
  range              = "10.0.0.0/22"
  zones              = var.changed ? ["eu-west-1a", "eu-west-1b", "eu-west-1c"] : ["eu-west-1a", "eu-west-1b"]
  transit_gateway_id = module.hub.transit_gateway_id
  route_table_id     = module.hub.route_table_ids["services"]
  known_in           = { shared = module.hub.route_table_ids["shared"] }
  routes             = var.changed ? ["10.0.0.0/8", "192.168.0.0/16"] : ["10.0.0.0/8"]

  depends_on = [aws_ram_resource_share_accepter.hub]
}
