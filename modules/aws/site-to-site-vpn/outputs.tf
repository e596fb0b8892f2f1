output "connection_ids" {
  description = "The id of each connection, by site."
  value       = { for site, connection in aws_vpn_connection.this : site => connection.id }
}

output "attachment_ids" {
  description = "The attachment of each connection to the transit gateway, by site."
  value       = { for site, connection in aws_vpn_connection.this : site => connection.transit_gateway_attachment_id }
}

output "tunnels" {
  description = "What the gateway of each site needs, by site: addresses and keys of both tunnels."
  value = {
    for site, connection in aws_vpn_connection.this : site => [
      { address = connection.tunnel1_address, key = connection.tunnel1_preshared_key, inside = connection.tunnel1_inside_cidr },
      { address = connection.tunnel2_address, key = connection.tunnel2_preshared_key, inside = connection.tunnel2_inside_cidr },
    ]
  }
  sensitive = true
}
