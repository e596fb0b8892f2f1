# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another object has
# one value before, and another one after.

variable "snapshot" {
  type = list(string)
}

provider "aws" {
  region = "eu-west-1"
}

locals {
  stage = 0
  turn  = 0
}

data "aws_ami" "a" {
  most_recent = true
  owners      = ["099720109477"]

  filter {
    name   = "root-device-name"
    values = ["/dev/sda1"]
  }
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  vpc_id            = aws_vpc.v.id
  availability_zone = "eu-west-1a"
  cidr_block        = "10.0.1.0/24"
  ipv6_cidr_block   = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
}

resource "aws_instance" "i" {
  for_each      = { a = "10.0.1.204", b = "10.0.1.205" }
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id
  private_ip    = each.value
}

locals {
  six = [for i in range(4) : cidrhost(aws_subnet.s.ipv6_cidr_block, 32 + i)]
}

resource "aws_network_interface" "ordered" {
  subnet_id                 = aws_subnet.s.id
  private_ip_list_enabled   = true
  private_ip_list           = [["10.0.1.${210 + local.turn}"], ["10.0.1.210", "10.0.1.213", "10.0.1.212"], ["10.0.1.210", "10.0.1.212"]][local.stage]
  ipv6_address_list_enabled = true
  ipv6_address_list         = [[local.six[0]], [local.six[0], local.six[2], local.six[1]], [local.six[1], local.six[0]]][local.stage]
}

resource "aws_network_interface" "primary" {
  subnet_id           = aws_subnet.s.id
  enable_primary_ipv6 = [[null, true, null][local.stage], false][local.turn]
  ipv6_address_count  = 1
  ipv6_prefixes       = [null, [cidrsubnet(aws_subnet.s.ipv6_cidr_block, 16, 8)], [cidrsubnet(aws_subnet.s.ipv6_cidr_block, 16, 9)]][local.stage]
}

resource "aws_network_interface" "typed" {
  subnet_id      = aws_subnet.s.id
  interface_type = ["efa", "trunk"][local.turn]
  private_ip     = ["10.0.1.230", "10.0.1.231"][local.turn]
}

resource "aws_network_interface" "attached" {
  subnet_id   = aws_subnet.s.id
  private_ips = ["10.0.1.240", "10.0.1.241"]

  dynamic "attachment" {
    for_each = [[], [["a", 1]], [["b", 2]]][local.stage]
    content {
      device_index = attachment.value[1]
      instance     = aws_instance.i[attachment.value[0]].id
    }
  }

  dynamic "ena_srd_specification" {
    for_each = [[], [true], [false]][local.stage]
    content {
      ena_srd_enabled = true
      ena_srd_udp_specification {
        ena_srd_udp_enabled = ena_srd_specification.value
      }
    }
  }
}

resource "aws_eip" "machine" {
  instance = [null, aws_instance.i["a"].id, aws_instance.i["b"].id][local.stage]
}

resource "aws_eip" "second" {
  network_interface         = aws_network_interface.attached.id
  associate_with_private_ip = [null, "10.0.1.241", "10.0.1.240"][local.stage]
  depends_on                = [aws_network_interface.attached]
}

resource "aws_eip" "pool" {
  domain               = "vpc"
  network_border_group = ["eu-west-1-wl1-ber-wlz-1", "eu-west-1"][local.turn]
  public_ipv4_pool     = ["ipv4pool-ec2-0123456789abcdef0", "ipv4pool-ec2-0123456789abcdef1"][local.turn]
}

resource "aws_eip" "known" {
  address = ["203.0.113.7", "203.0.113.8"][local.turn]
}

resource "aws_eip" "customer" {
  customer_owned_ipv4_pool = ["ipv4pool-coip-0123456789abcdef0", "ipv4pool-coip-0123456789abcdef1"][local.turn]
}

resource "aws_eip" "ipam" {
  ipam_pool_id = ["ipam-pool-0123456789abcdef0", "ipam-pool-0123456789abcdef1"][local.turn]
}

resource "aws_eip" "free" {
  for_each = toset(["a", "b", "c"])
}

resource "aws_network_interface" "busy" {
  subnet_id   = aws_subnet.s.id
  private_ips = ["10.0.1.250", "10.0.1.251"]
}

resource "aws_instance" "other" {
  for_each      = toset(["a", "b"])
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id
}

resource "aws_eip_association" "machine" {
  allow_reassociation = [true, false][local.turn]
  instance_id         = aws_instance.other[["a", "b"][local.turn]].id
  public_ip           = aws_eip.free["a"].public_ip
}

resource "aws_eip_association" "private" {
  allocation_id        = aws_eip.free[["b", "c"][local.turn]].id
  network_interface_id = aws_network_interface.busy.id
  private_ip_address   = ["10.0.1.251", "10.0.1.250"][local.turn]
}

resource "aws_kms_key" "k" {
  for_each = toset(["a", "b"])
}

resource "aws_ebs_volume" "shared" {
  availability_zone    = "eu-west-1a"
  encrypted            = true
  iops                 = 500
  kms_key_id           = aws_kms_key.k[["a", "b"][local.turn]].arn
  multi_attach_enabled = [true, false][local.turn]
  size                 = 5
  type                 = "io2"
}

resource "aws_ebs_volume" "filled" {
  availability_zone          = "eu-west-1a"
  snapshot_id                = var.snapshot[local.turn]
  volume_initialization_rate = [200, 300][local.turn]
}

resource "aws_volume_attachment" "a" {
  device_name = ["/dev/sdh", "/dev/sdi"][local.turn]
  instance_id = aws_instance.other["a"].id
  volume_id   = aws_ebs_volume.filled.id
}

resource "aws_ebs_volume" "left" {
  availability_zone = "eu-west-1a"
  size              = 1
}

# The volume stays attached as long as there is the instance.
resource "aws_volume_attachment" "left" {
  device_name  = "/dev/sdj"
  instance_id  = aws_instance.other["b"].id
  skip_destroy = [null, true, false][local.stage]
  volume_id    = aws_ebs_volume.left.id
}
