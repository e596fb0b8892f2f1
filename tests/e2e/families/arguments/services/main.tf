# Services for endpoints of others. Their load balancers are not of this configuration.
# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

variable "balancers" {
  type = map(string)
}

locals {
  stage = 0
}

resource "aws_vpc_endpoint_service" "s" {
  acceptance_required        = [true, false, true][local.stage]
  network_load_balancer_arns = [[var.balancers["a"]], [var.balancers["a"], var.balancers["b"]], [var.balancers["b"]]][local.stage]
  allowed_principals         = [[], ["arn:aws:iam::222222222222:root"], ["arn:aws:iam::222222222222:root", "arn:aws:iam::333333333333:role/r"]][local.stage]
  private_dns_name           = ["", "a.example.com", "b.example.com"][local.stage]
  supported_ip_address_types = [["ipv4"], ["ipv4", "ipv6"], ["ipv6"]][local.stage]
  supported_regions          = [["eu-west-1"], ["eu-west-1", "eu-central-1"], ["eu-west-1", "us-east-1"]][local.stage]
  tags                       = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_vpc_endpoint_service" "gateway" {
  acceptance_required        = false
  gateway_load_balancer_arns = [[var.balancers["c"]], [var.balancers["c"], var.balancers["d"]], [var.balancers["d"]]][local.stage]
}

resource "aws_vpc_endpoint_service_allowed_principal" "p" {
  for_each                = toset(["*", "arn:aws:iam::222222222222:user/u"])
  vpc_endpoint_service_id = aws_vpc_endpoint_service.gateway.id
  principal_arn           = each.key
}
