output "project_id" {
  description = "The id of the project that keeps the logs."
  value       = local.project
}

output "archive" {
  description = "The name of the bucket."
  value       = google_storage_bucket.archive.name
}

output "dataset" {
  description = "The path of the dataset."
  value       = google_bigquery_dataset.recent.id
}

output "writers" {
  description = "The account by which each sink writes."
  value       = local.writers
}
