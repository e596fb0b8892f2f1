variable "changed" {
  description = "Whether logs can be queried longer, less is left out, and a project has come."
  type        = bool
  default     = false
}

provider "google" {
  region = "europe-west1"
}

resource "google_folder" "team" {
  display_name        = "team"
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_project" "shop" {
  project_id      = "shop-dev"
  name            = "Shop"
  folder_id       = google_folder.team.folder_id
  deletion_policy = "DELETE"
}

module "audit" {
  source = "../.."

  project_id          = "audit-dev"
  parent              = "organizations/1234"
  billing_account     = "012345-6789AB-CDEF01"
  deletion_protection = false
  dataset_days        = var.changed ? 180 : 90
  readers             = { security = "group:security@example.com" }
  sources = merge(
    {
      all  = { parent = "organizations/1234", exclusions = var.changed ? {} : { health = "protoPayload.methodName=\"health\"" } }
      team = { parent = "folders/${google_folder.team.folder_id}", kind = "folder", destination = "dataset" }
    },
    var.changed ? { shop = { parent = "projects/${google_project.shop.project_id}", kind = "project", destination = "dataset" } } : {},
  )
}
