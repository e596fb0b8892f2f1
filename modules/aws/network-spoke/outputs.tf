output "vpc_id" {
  description = "The id of the VPC."
  value       = aws_vpc.this.id
}

output "subnet_ids" {
  description = "The id of each private subnet, by zone."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
}

output "route_table_id" {
  description = "The route table of the private subnets."
  value       = aws_route_table.private.id
}

output "attachment_id" {
  description = "The attachment to the transit gateway."
  value       = local.attachment_id
}
