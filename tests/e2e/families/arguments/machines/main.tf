# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_subnet" "group" {
  for_each          = { a = 2, b = 3 }
  vpc_id            = aws_vpc.v.id
  availability_zone = "eu-west-1${each.key}"
  cidr_block        = "10.0.${each.value}.0/24"
}

locals {
  members = [[for s in aws_subnet.group : s.id], [for s in concat(values(aws_subnet.group), [aws_subnet.s]) : s.id], [for s in aws_subnet.group : s.id]]
}

resource "aws_db_subnet_group" "g" {
  name        = "g"
  description = [null, "a", "b"][local.stage]
  subnet_ids  = local.members[local.stage]
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_redshift_subnet_group" "g" {
  name        = "g"
  description = [null, "a", "b"][local.stage]
  subnet_ids  = local.members[local.stage]
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_elasticache_subnet_group" "g" {
  name        = "g"
  description = [null, "a", "b"][local.stage]
  subnet_ids  = local.members[local.stage]
  tags        = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_security_group" "g" {
  for_each = toset(["a", "b"])
  name     = each.key
  vpc_id   = aws_vpc.v.id
}

resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
}

resource "aws_iam_instance_profile" "p" {
  for_each = toset(["a", "b"])
  name     = each.key
  role     = aws_iam_role.r.name
}

# The endpoint's instances have their first volume at /dev/sda1; not every image of it has its root there.
data "aws_ami" "a" {
  most_recent = true
  owners      = ["099720109477"]

  filter {
    name   = "root-device-name"
    values = ["/dev/sda1"]
  }
}

resource "aws_instance" "i" {
  ami                                  = data.aws_ami.a.id
  instance_type                        = ["t3.micro", "t3.small", "t3.medium"][local.stage]
  subnet_id                            = aws_subnet.s.id
  vpc_security_group_ids               = [null, [aws_security_group.g["a"].id], [aws_security_group.g["b"].id]][local.stage]
  disable_api_stop                     = [null, true, false][local.stage]
  iam_instance_profile                 = [null, aws_iam_instance_profile.p["a"].name, aws_iam_instance_profile.p["b"].name][local.stage]
  instance_initiated_shutdown_behavior = [null, "terminate", "stop"][local.stage]
  monitoring                           = [null, true, false][local.stage]
  user_data                            = [null, "a", "b"][local.stage]
  source_dest_check                    = [null, false, null][local.stage]
  tags                                 = [null, { a = 1 }, { b = 1 }][local.stage]
  dynamic "credit_specification" {
    for_each = [[], ["standard"], ["unlimited"]][local.stage]
    content {
      cpu_credits = credit_specification.value
    }
  }
  dynamic "maintenance_options" {
    for_each = [[], ["disabled"], ["default"]][local.stage]
    content {
      auto_recovery = maintenance_options.value
    }
  }
  dynamic "private_dns_name_options" {
    for_each = [[], [true], [false]][local.stage]
    content {
      enable_resource_name_dns_a_record = private_dns_name_options.value
    }
  }
  dynamic "metadata_options" {
    for_each = [[], ["required"], ["optional"]][local.stage]
    content {
      http_tokens                 = metadata_options.value
      http_put_response_hop_limit = 3
      instance_metadata_tags      = "enabled"
    }
  }
}

# Its volumes are its own: tags of volumes that others make are theirs.
resource "aws_instance" "own" {
  ami           = data.aws_ami.a.id
  instance_type = "t3.nano"
  subnet_id     = aws_subnet.s.id
  volume_tags   = [null, { a = 1 }, { b = 1 }][local.stage]
}

resource "aws_ebs_volume" "v" {
  availability_zone = aws_instance.i.availability_zone
  size              = 1
}

resource "aws_volume_attachment" "a" {
  device_name                    = "/dev/sdh"
  volume_id                      = aws_ebs_volume.v.id
  instance_id                    = aws_instance.i.id
  force_detach                   = [null, true, null][local.stage]
  stop_instance_before_detaching = [null, null, true][local.stage]
}
