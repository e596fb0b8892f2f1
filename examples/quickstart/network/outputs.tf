output "vpc_id" {
  value = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "By zone."
  value       = { for zone, subnet in aws_subnet.public : zone => subnet.id }
}

output "private_subnet_ids" {
  description = "By zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "nat_address" {
  value = aws_eip.nat.public_ip
}
