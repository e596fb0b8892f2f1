output "ha_addresses" {
  description = "The two addresses that sites with BGP connect to."
  value       = flatten([for gateway in google_compute_ha_vpn_gateway.this : [for interface in gateway.vpn_interfaces : interface.ip_address]])
}

output "classic_address" {
  description = "The address that sites without BGP connect to."
  value       = one(google_compute_address.this[*].address)
}

output "links" {
  description = "For each tunnel to a site with BGP: the addresses of both ends and the number of this side."
  value = {
    for name, tunnel in local.tunnels : name => {
      here  = tunnel.here
      there = tunnel.there
      asn   = var.asn
    }
  }
}

output "tunnels" {
  description = "The paths of all tunnels, by name."
  value       = { for name, tunnel in merge(google_compute_vpn_tunnel.ha, google_compute_vpn_tunnel.classic) : name => tunnel.id }
}
