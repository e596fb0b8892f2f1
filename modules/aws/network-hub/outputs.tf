output "transit_gateway_id" {
  description = "The id of the transit gateway."
  value       = aws_ec2_transit_gateway.this.id
}

output "transit_gateway_arn" {
  description = "The ARN of the transit gateway."
  value       = aws_ec2_transit_gateway.this.arn
}

output "route_table_ids" {
  description = "The id of each route table, by name: what the module network-spoke takes."
  value       = { for name, table in aws_ec2_transit_gateway_route_table.this : name => table.id }
}

output "share_arn" {
  description = "The ARN of the share, once the transit gateway is in it; null when it is shared with nobody."
  value       = one(aws_ram_resource_association.this[*].resource_share_arn)
}
