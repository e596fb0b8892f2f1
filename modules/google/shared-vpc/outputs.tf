output "project_id" {
  description = "The id of the host project, once it is one."
  value       = google_compute_shared_vpc_host_project.this.project
}

output "networks" {
  description = "The networks, by name: id, name and URL."
  value       = { for name, network in google_compute_network.this : name => { id = network.id, name = network.name, self_link = network.self_link } }
}

output "subnets" {
  description = "The subnets, by name: id, name, URL, region, network, range and secondary ranges."
  value = {
    for name, subnet in google_compute_subnetwork.this : name => {
      id               = subnet.id
      name             = subnet.name
      self_link        = subnet.self_link
      region           = subnet.region
      network          = google_compute_network.this[var.subnets[name].network].self_link
      range            = subnet.ip_cidr_range
      secondary_ranges = { for range in subnet.secondary_ip_range : range.range_name => range.ip_cidr_range }
    }
  }
}
