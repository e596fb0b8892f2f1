output "id" {
  description = "The path of the cluster."
  value       = google_container_cluster.this.id
}

output "name" {
  description = "The name of the cluster."
  value       = google_container_cluster.this.name
}

output "endpoint" {
  description = "The internal address of the control plane."
  value       = google_container_cluster.this.endpoint
}

output "certificate" {
  description = "The certificate that the control plane is known by, in base64."
  value       = google_container_cluster.this.master_auth[0].cluster_ca_certificate
}

output "version" {
  description = "The version of the control plane."
  value       = google_container_cluster.this.master_version
}

output "service_account" {
  description = "The address of the account that nodes act as."
  value       = local.account
}

output "node_pools" {
  description = "The paths of the pools, by name."
  value       = { for name, pool in google_container_node_pool.this : name => pool.id }
}
