output "project_id" {
  description = "The id of the service project, once it is attached and may use the subnets."
  value       = google_compute_shared_vpc_service_project.this.service_project

  depends_on = [google_compute_subnetwork_iam_member.this, google_project_iam_member.kubernetes]
}

output "number" {
  description = "The number of the service project."
  value       = local.project.number
}

output "agents" {
  description = "The accounts by which Google makes instances (`cloud`) and nodes (`kubernetes`) in the subnets."
  value       = local.agents
}
