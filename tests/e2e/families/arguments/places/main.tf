# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has one value
# before, and another one after.

variable "snapshots" {
  type = list(string)
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

data "aws_ami" "any" {
  most_recent = true
  owners      = ["amazon"]
}

resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "s" {
  vpc_id     = aws_vpc.v.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_ec2_subnet_cidr_reservation" "r" {
  subnet_id        = aws_subnet.s.id
  cidr_block       = "10.0.1.64/28"
  reservation_type = "explicit"
  description      = ["a", "b"][local.turn]
}

resource "aws_nat_gateway" "g" {
  connectivity_type = "private"
  subnet_id         = aws_subnet.s.id
  private_ip        = ["10.0.1.40", "10.0.1.41"][local.turn]
}

resource "aws_network_interface" "i" {
  for_each  = toset(["a", "b", "c", "d"])
  subnet_id = aws_subnet.s.id
}

resource "aws_instance" "wired" {
  ami           = data.aws_ami.any.id
  instance_type = "p4d.24xlarge"

  network_interface {
    delete_on_termination = false
    device_index          = 0
    network_interface_id  = aws_network_interface.i["a"].id
  }

  network_interface {
    device_index         = 1
    network_card_index   = [1, 2][local.turn]
    network_interface_id = aws_network_interface.i["b"].id
  }
}

resource "aws_instance" "other" {
  ami           = data.aws_ami.any.id
  instance_type = "p4d.24xlarge"
  subnet_id     = aws_subnet.s.id

  ebs_block_device {
    device_name = "/dev/sdb"
    snapshot_id = var.snapshots[local.turn]
  }

  ephemeral_block_device {
    device_name  = "/dev/sdc"
    no_device    = [true, null][local.turn]
    virtual_name = [null, "ephemeral0"][local.turn]
  }
}

resource "aws_network_interface_attachment" "a" {
  device_index         = 2
  instance_id          = aws_instance.other.id
  network_card_index   = [1, 2][local.turn]
  network_interface_id = aws_network_interface.i["c"].id
}

resource "aws_network_interface" "attached" {
  subnet_id = aws_subnet.s.id

  dynamic "attachment" {
    for_each = [[], [1], [3]][local.stage]
    content {
      device_index       = 3
      instance           = aws_instance.other.id
      network_card_index = attachment.value
    }
  }
}

resource "aws_instance" "templated" {
  subnet_id = aws_subnet.s.id

  launch_template {
    name = ["a", "b"][local.turn]
  }
}
