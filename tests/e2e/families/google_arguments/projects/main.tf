# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0
}

resource "google_folder" "f" {
  display_name        = ["fff", "ggg", "hhh"][local.stage]
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_project" "p" {
  project_id          = "other-prj"
  name                = ["Name one", "Name two", "Name three"][local.stage]
  org_id              = "1234"
  billing_account     = [null, "012345-6789AB-CDEF01", null][local.stage]
  auto_create_network = false
  deletion_policy     = "DELETE"
  labels              = [null, { a = "b" }, { c = "d" }][local.stage]
}

resource "google_project" "q" {
  project_id      = "third-prj"
  name            = "Third"
  folder_id       = google_folder.f.name
  deletion_policy = ["DELETE", "ABANDON", "DELETE"][local.stage]
}

resource "google_project_service" "s" {
  project                    = google_project.p.project_id
  service                    = "compute.googleapis.com"
  disable_on_destroy         = [null, false, true][local.stage]
  disable_dependent_services = [null, true, false][local.stage]
}

resource "google_logging_project_sink" "s" {
  project                = google_project.p.project_id
  name                   = "s"
  destination            = ["storage.googleapis.com/bb", "bigquery.googleapis.com/projects/other-prj/datasets/dd", "storage.googleapis.com/cc"][local.stage]
  filter                 = [null, "severity>=ERROR", "severity>=INFO"][local.stage]
  description            = [null, "a", "b"][local.stage]
  disabled               = [null, true, false][local.stage]
  unique_writer_identity = true
  dynamic "exclusions" {
    for_each = [[], ["a"], ["a", "b"]][local.stage]
    content {
      name        = exclusions.value
      filter      = "severity=DEBUG"
      description = local.stage == 1 ? "x" : null
      disabled    = local.stage == 1
    }
  }
  dynamic "bigquery_options" {
    for_each = [[], [true], []][local.stage]
    content { use_partitioned_tables = true }
  }
}

resource "google_logging_folder_sink" "s" {
  folder             = google_folder.f.name
  name               = "s"
  destination        = "storage.googleapis.com/bb"
  include_children   = true
  intercept_children = [null, false, false][local.stage]
  filter             = [null, "severity>=ERROR", "severity>=INFO"][local.stage]
}

resource "google_logging_organization_sink" "s" {
  org_id           = "1234"
  name             = "s"
  destination      = "storage.googleapis.com/bb"
  include_children = true
  filter           = [null, "severity>=ERROR", "severity>=INFO"][local.stage]
  disabled         = [null, true, false][local.stage]
}

resource "google_bigquery_dataset" "d" {
  project                         = google_project.p.project_id
  dataset_id                      = "dd"
  location                        = "EU"
  friendly_name                   = [null, "a", "b"][local.stage]
  description                     = [null, "a", "b"][local.stage]
  default_table_expiration_ms     = [null, 3600000, 7200000][local.stage]
  default_partition_expiration_ms = [null, 3600000, 7200000][local.stage]
  default_collation               = [null, "und:ci", ""][local.stage]
  is_case_insensitive             = [null, true, false][local.stage]
  max_time_travel_hours           = [null, 48, 72][local.stage]
  storage_billing_model           = [null, "PHYSICAL", "LOGICAL"][local.stage]
  labels                          = [null, { a = "b" }, { c = "d" }][local.stage]
  delete_contents_on_destroy      = [null, true, false][local.stage]
  dynamic "default_encryption_configuration" {
    for_each = [[], ["k"], ["l"]][local.stage]
    content { kms_key_name = "projects/other-prj/locations/eu/keyRings/r/cryptoKeys/${default_encryption_configuration.value}" }
  }
}

resource "google_bigquery_dataset_iam_binding" "b" {
  project    = google_project.p.project_id
  dataset_id = google_bigquery_dataset.d.dataset_id
  role       = "roles/bigquery.dataViewer"
  members    = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_compute_shared_vpc_host_project" "h" {
  project    = google_project.p.project_id
  depends_on = [google_project_service.s]
}

resource "google_compute_shared_vpc_service_project" "s" {
  host_project    = google_compute_shared_vpc_host_project.h.project
  service_project = google_project.q.project_id
  deletion_policy = [null, "ABANDON", null][local.stage]
}

resource "google_compute_network_firewall_policy" "p" {
  name        = "p"
  description = [null, "a", "b"][local.stage]
}

resource "google_compute_network_firewall_policy_rule" "r" {
  firewall_policy         = google_compute_network_firewall_policy.p.name
  priority                = 100
  rule_name               = [null, "a", "b"][local.stage]
  description             = [null, "a", "b"][local.stage]
  action                  = ["allow", "deny", "goto_next"][local.stage]
  direction               = "EGRESS"
  disabled                = [null, true, false][local.stage]
  enable_logging          = [null, true, false][local.stage]
  target_service_accounts = [null, ["a@host-prj.iam.gserviceaccount.com"], ["b@host-prj.iam.gserviceaccount.com"]][local.stage]
  match {
    dest_ip_ranges            = [["10.0.0.0/8"], ["11.0.0.0/8"], ["12.0.0.0/8", "13.0.0.0/8"]][local.stage]
    dest_fqdns                = [null, ["a.example"], ["b.example"]][local.stage]
    dest_region_codes         = [null, ["DE"], ["FR"]][local.stage]
    dest_threat_intelligences = [null, ["iplist-public-clouds"], ["iplist-tor-exit-nodes"]][local.stage]
    layer4_configs {
      ip_protocol = ["tcp", "udp", "all"][local.stage]
      ports       = [["80"], ["53", "54-55"], null][local.stage]
    }
  }
}

resource "google_compute_network_firewall_policy_rule" "tagged" {
  firewall_policy = google_compute_network_firewall_policy.p.name
  priority        = 200
  action          = "allow"
  direction       = "INGRESS"
  dynamic "target_secure_tags" {
    for_each = [[], ["tagValues/1"], ["tagValues/2"]][local.stage]
    content { name = target_secure_tags.value }
  }
  match {
    src_ip_ranges = ["10.0.0.0/8"]
    layer4_configs { ip_protocol = "tcp" }
    dynamic "src_secure_tags" {
      for_each = [[], ["tagValues/3"], ["tagValues/3", "tagValues/4"]][local.stage]
      content { name = src_secure_tags.value }
    }
  }
}

resource "google_compute_region_network_firewall_policy" "p" {
  name = "p"
}

resource "google_compute_region_network_firewall_policy_rule" "tagged" {
  firewall_policy = google_compute_region_network_firewall_policy.p.name
  priority        = 200
  action          = "allow"
  direction       = "INGRESS"
  dynamic "target_secure_tags" {
    for_each = [[], ["tagValues/1"], ["tagValues/2"]][local.stage]
    content { name = target_secure_tags.value }
  }
  match {
    src_ip_ranges = ["10.0.0.0/8"]
    layer4_configs { ip_protocol = "tcp" }
    dynamic "src_secure_tags" {
      for_each = [[], ["tagValues/3"], ["tagValues/3", "tagValues/4"]][local.stage]
      content { name = src_secure_tags.value }
    }
  }
}
