output "endpoint_id" {
  description = "The id of the endpoint."
  value       = aws_ec2_client_vpn_endpoint.this.id
}

output "dns_name" {
  description = "The name that clients connect to."
  value       = aws_ec2_client_vpn_endpoint.this.dns_name
}
