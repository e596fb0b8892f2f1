# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2. What needs another instance has
# one value before, and another one after.

variable "host" {
  type = list(string)
}

variable "template" {
  type = string
}

provider "aws" {
  region = "eu-west-1"
  default_tags {
    tags = { owner = "o" }
  }
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

data "aws_ami" "windows" {
  most_recent = true
  owners      = ["801119661308"]

  filter {
    name   = "platform"
    values = ["windows"]
  }
}

resource "aws_vpc" "v" {
  cidr_block                       = "10.0.0.0/16"
  assign_generated_ipv6_cidr_block = true
}

resource "aws_subnet" "s" {
  vpc_id          = aws_vpc.v.id
  cidr_block      = "10.0.1.0/24"
  ipv6_cidr_block = cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 1)
}

resource "aws_kms_key" "k" {
  for_each = toset(["a", "b"])
}

resource "aws_security_group" "g" {
  for_each = toset(["first", "second"])
  name     = each.key
}

resource "aws_key_pair" "k" {
  for_each   = toset(["a", "b"])
  key_name   = each.key
  public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHcpAhkT2ZJPcCwmuCgtqdfAlkCF4t1hTAOUDLHBP+ct"
}

# What changes while it is there.
resource "aws_instance" "flexible" {
  ami                     = data.aws_ami.a.id
  instance_type           = "m8i.large"
  subnet_id               = aws_subnet.s.id
  disable_api_termination = [null, true, false][local.stage]
  enable_primary_ipv6     = [null, true, null][local.stage]
  force_destroy           = [null, true, false][local.stage]
  ipv6_address_count      = [null, 2, 1][local.stage]
  secondary_private_ips   = [null, ["10.0.1.220"], ["10.0.1.221", "10.0.1.222"]][local.stage]
  tags                    = { Name = "flexible" }

  dynamic "capacity_reservation_specification" {
    for_each = [[], ["none"], ["open"]][local.stage]
    content {
      capacity_reservation_preference = capacity_reservation_specification.value
    }
  }

  dynamic "cpu_options" {
    for_each = [[], [{ threads = 1, nested = "enabled" }], [{ threads = 2, nested = "disabled" }]][local.stage]
    content {
      core_count            = 1
      threads_per_core      = cpu_options.value.threads
      nested_virtualization = cpu_options.value.nested
    }
  }

  dynamic "metadata_options" {
    for_each = [[], [{ http = "disabled", six = "enabled" }], [{ http = "enabled", six = "disabled" }]][local.stage]
    content {
      http_endpoint      = metadata_options.value.http
      http_protocol_ipv6 = metadata_options.value.six
      http_tokens        = "required"
    }
  }

  dynamic "private_dns_name_options" {
    for_each = [[], [true], [false]][local.stage]
    content {
      enable_resource_name_dns_aaaa_record = private_dns_name_options.value
    }
  }
}

# Reserved capacity by its id, by a group.
resource "aws_instance" "reserved" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id
  tags          = { Name = "reserved" }

  dynamic "capacity_reservation_specification" {
    for_each = [[], [{ id = "cr-0123456789abcdef0", group = null }], [{ id = null, group = "arn:aws:resource-groups:eu-west-1:123456789012:group/g" }]][local.stage]
    content {
      capacity_reservation_target {
        capacity_reservation_id                 = capacity_reservation_specification.value.id
        capacity_reservation_resource_group_arn = capacity_reservation_specification.value.group
      }
    }
  }
}

resource "aws_instance" "data" {
  ami              = data.aws_ami.a.id
  instance_type    = "t3.nano"
  subnet_id        = aws_subnet.s.id
  tags             = { Name = "data" }
  user_data        = [null, null, "b"][local.stage]
  user_data_base64 = [null, "YQ==", null][local.stage]
}

resource "aws_instance" "reset" {
  ami                         = data.aws_ami.a.id
  instance_type               = "t3.nano"
  subnet_id                   = aws_subnet.s.id
  user_data                   = ["a", "b"][local.turn]
  user_data_replace_on_change = true
}

resource "aws_instance" "windows" {
  ami               = data.aws_ami.windows.id
  instance_type     = "t3.large"
  subnet_id         = aws_subnet.s.id
  get_password_data = [null, true, false][local.stage]
}

# Its volumes, whose sizes only grow.
resource "aws_instance" "stored" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id
  tags          = { Name = "stored" }

  dynamic "root_block_device" {
    for_each = [[], [{ type = "gp3", iops = 4000, throughput = 200, lasts = true, tags = { a = 1 } }], [{ type = "gp2", iops = null, throughput = null, lasts = false, tags = { b = 1 } }]][local.stage]
    content {
      delete_on_termination = !root_block_device.value.lasts
      iops                  = root_block_device.value.iops
      tags                  = root_block_device.value.tags
      throughput            = root_block_device.value.throughput
      volume_size           = 9
      volume_type           = root_block_device.value.type
    }
  }

  ebs_block_device {
    device_name           = "/dev/sdf"
    delete_on_termination = true
    encrypted             = true
    iops                  = [500, 600][local.turn]
    kms_key_id            = aws_kms_key.k[["a", "b"][local.turn]].arn
    tags                  = [null, { a = 1 }, { b = 1 }][local.stage]
    volume_size           = 5
    volume_type           = "io2"
  }

  ebs_block_device {
    device_name = "/dev/sdg"
    throughput  = 250
    volume_size = [3, 4][local.turn]
    volume_type = "gp3"
  }
}

# What needs another instance.
resource "aws_instance" "placed" {
  ami                         = data.aws_ami.a.id
  instance_type               = "m5d.large"
  associate_public_ip_address = [true, false][local.turn]
  availability_zone           = ["eu-west-1a", "eu-west-1b"][local.turn]
  ebs_optimized               = [true, false][local.turn]
  hibernation                 = [true, false][local.turn]
  key_name                    = aws_key_pair.k[["a", "b"][local.turn]].key_name
  placement_group             = ["a", "b"][local.turn]
  placement_partition_number  = [1, 2][local.turn]
  security_groups             = [aws_security_group.g[["first", "second"][local.turn]].name]
  tenancy                     = ["dedicated", "default"][local.turn]

  enclave_options {
    enabled = [true, false][local.turn]
  }

  root_block_device {
    encrypted  = true
    kms_key_id = aws_kms_key.k[["a", "b"][local.turn]].arn
  }

  ephemeral_block_device {
    device_name  = "/dev/sdb"
    virtual_name = ["ephemeral0", "ephemeral1"][local.turn]
  }
}

resource "aws_instance" "grouped" {
  ami                     = data.aws_ami.a.id
  instance_type           = "m6a.large"
  subnet_id               = aws_subnet.s.id
  host_resource_group_arn = "arn:aws:resource-groups:eu-west-1:123456789012:group/${local.turn}"
  placement_group_id      = ["pg-0123456789abcdef0", "pg-0123456789abcdef1"][local.turn]

  cpu_options {
    amd_sev_snp = ["enabled", "disabled"][local.turn]
  }
}

resource "aws_instance" "addressed" {
  ami                         = data.aws_ami.a.id
  instance_type               = "m5.large"
  subnet_id                   = aws_subnet.s.id
  associate_public_ip_address = true
  enable_primary_ipv6         = [true, false][local.turn]
  ipv6_addresses              = [cidrhost(aws_subnet.s.ipv6_cidr_block, 16 + local.turn)]
  private_ip                  = ["10.0.1.210", "10.0.1.211"][local.turn]

  private_dns_name_options {
    hostname_type = ["resource-name", "ip-name"][local.turn]
  }
}

resource "aws_instance" "hosted" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id
  host_id       = var.host[local.turn]
  tenancy       = "host"
}

resource "aws_instance" "spot" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id

  instance_market_options {
    market_type = "spot"
    spot_options {
      instance_interruption_behavior = ["stop", "hibernate"][local.turn]
      max_price                      = ["0.05", "0.06"][local.turn]
      spot_instance_type             = "persistent"
      valid_until                    = ["2099-01-01T00:00:00Z", "2099-02-01T00:00:00Z"][local.turn]
    }
  }
}

resource "aws_instance" "cheap" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"
  subnet_id     = aws_subnet.s.id

  instance_market_options {
    spot_options {
      max_price = ["0.07", "0.08"][local.turn]
    }
  }
}

resource "aws_instance" "templated" {
  subnet_id = aws_subnet.s.id

  launch_template {
    id      = var.template
    version = ["1", "2"][local.turn]
  }

  root_block_device {
    volume_size = 11
  }
}

resource "aws_network_interface" "i" {
  for_each  = toset(["first", "second", "third", "fourth", "fifth"])
  subnet_id = aws_subnet.s.id
}

resource "aws_instance" "wired" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"

  primary_network_interface {
    network_interface_id = aws_network_interface.i[["first", "second"][local.turn]].id
  }
}

resource "aws_network_interface_attachment" "a" {
  device_index         = [1, 2][local.turn]
  instance_id          = aws_instance.wired.id
  network_interface_id = aws_network_interface.i[["third", "fourth"][local.turn]].id
}

resource "aws_instance" "former" {
  ami           = data.aws_ami.a.id
  instance_type = "m5.large"

  network_interface {
    device_index         = 0
    network_interface_id = aws_network_interface.i["fifth"].id
  }

  dynamic "secondary_network_interface" {
    for_each = [1, 2]
    content {
      delete_on_termination    = true
      device_index             = 0
      interface_type           = "secondary"
      network_card_index       = secondary_network_interface.value
      private_ip_address_count = [1, 2][local.turn]
      secondary_subnet_id      = "ss-0123456789abcdef0"
    }
  }
}
