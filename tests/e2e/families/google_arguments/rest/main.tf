# Each argument is absent at stage 0, has a value at stage 1 and another at stage 2.

provider "google" {
  project                         = "host-prj"
  region                          = "europe-west1"
  zone                            = "europe-west1-b"
  add_terraform_attribution_label = false
}

locals {
  stage = 0

  stage_balancers = [[], ["10.0.0.9"], ["10.0.0.9", "10.0.0.10"]][local.stage]
}

# Names: load balancers that are looked at, servers by their names, what the API calls things.
resource "google_compute_network" "n" {
  name                    = "n"
  auto_create_subnetworks = false
}

resource "google_dns_managed_zone" "kinds" {
  name     = "kinds"
  dns_name = "kinds.example.org."
  dynamic "dnssec_config" {
    for_each = [[], ["on"], ["off"]][local.stage]
    content {
      kind          = "dns#managedZoneDnsSecConfig"
      state         = dnssec_config.value
      non_existence = "nsec3"
      default_key_specs {
        kind       = "dns#dnsKeySpec"
        algorithm  = "rsasha256"
        key_length = 2048
        key_type   = "keySigning"
      }
      default_key_specs {
        kind       = "dns#dnsKeySpec"
        algorithm  = "rsasha256"
        key_length = 1024
        key_type   = "zoneSigning"
      }
    }
  }
}

resource "google_dns_managed_zone" "private" {
  name       = "private"
  dns_name   = "in.example.org."
  visibility = "private"
  private_visibility_config {
    networks { network_url = google_compute_network.n.id }
  }
  forwarding_config {
    target_name_servers {
      ipv4_address = local.stage == 0 ? "10.0.0.2" : null
      domain_name  = [null, "a.example.com.", "b.example.com."][local.stage]
    }
  }
}

resource "google_dns_managed_zone" "z" {
  name       = "z"
  dns_name   = "z.example.org."
  visibility = "private"
  private_visibility_config {
    networks { network_url = google_compute_network.n.id }
  }
}

resource "google_dns_record_set" "weighted" {
  managed_zone = google_dns_managed_zone.z.name
  name         = "w.z.example.org."
  type         = "A"
  ttl          = 60
  routing_policy {
    wrr {
      weight  = 1
      rrdatas = ["10.0.0.1"]
      dynamic "health_checked_targets" {
        for_each = local.stage == 0 ? [] : [1]
        content {
          dynamic "internal_load_balancers" {
            for_each = local.stage_balancers
            content {
              load_balancer_type = "regionalL4ilb"
              ip_address         = internal_load_balancers.value
              port               = "80"
              ip_protocol        = "tcp"
              network_url        = google_compute_network.n.id
              project            = "host-prj"
              region             = "europe-west1"
            }
          }
        }
      }
    }
  }
}

resource "google_dns_record_set" "near" {
  managed_zone = google_dns_managed_zone.z.name
  name         = "n.z.example.org."
  type         = "A"
  ttl          = 60
  routing_policy {
    geo {
      location = "europe-west1"
      rrdatas  = ["10.0.0.1"]
      dynamic "health_checked_targets" {
        for_each = local.stage == 0 ? [] : [1]
        content {
          dynamic "internal_load_balancers" {
            for_each = local.stage_balancers
            content {
              load_balancer_type = "regionalL4ilb"
              ip_address         = internal_load_balancers.value
              port               = "80"
              ip_protocol        = "udp"
              network_url        = google_compute_network.n.self_link
              project            = "host-prj"
              region             = "europe-west1"
            }
          }
        }
      }
    }
  }
}

resource "google_dns_record_set" "backup" {
  managed_zone = google_dns_managed_zone.z.name
  name         = "b.z.example.org."
  type         = "A"
  ttl          = 60
  routing_policy {
    primary_backup {
      primary {
        internal_load_balancers {
          load_balancer_type = "regionalL4ilb"
          ip_address         = "10.0.0.11"
          port               = "80"
          ip_protocol        = "tcp"
          network_url        = google_compute_network.n.id
          project            = "host-prj"
          region             = "europe-west1"
        }
      }
      backup_geo {
        location = "europe-west1"
        rrdatas  = ["10.0.0.1"]
        dynamic "health_checked_targets" {
          for_each = local.stage == 0 ? [] : [1]
          content {
            dynamic "internal_load_balancers" {
              for_each = local.stage_balancers
              content {
                load_balancer_type = "regionalL7ilb"
                ip_address         = internal_load_balancers.value
                port               = "443"
                ip_protocol        = "tcp"
                network_url        = google_compute_network.n.id
                project            = "host-prj"
                region             = "europe-west1"
              }
            }
          }
        }
      }
    }
  }
}

# A key that is kept elsewhere. The connection is there before.
resource "google_kms_key_ring" "r" {
  name     = "r"
  location = "europe-west1"
}

resource "google_kms_crypto_key" "elsewhere" {
  name                          = "elsewhere"
  key_ring                      = google_kms_key_ring.r.id
  skip_initial_version_creation = true
  crypto_key_backend            = "projects/host-prj/locations/europe-west1/ekmConnections/one"
  labels                        = [null, { a = "b" }, { c = "d" }][local.stage]
  version_template {
    algorithm        = "EXTERNAL_SYMMETRIC_ENCRYPTION"
    protection_level = "EXTERNAL_VPC"
  }
}

# Messages of a schema. The schemas are there before.
resource "google_pubsub_topic" "t" {
  name = "typed"
  dynamic "schema_settings" {
    for_each = [[], ["one"], ["two"]][local.stage]
    content {
      schema   = "projects/host-prj/schemas/${schema_settings.value}"
      encoding = local.stage == 1 ? "JSON" : "BINARY"
    }
  }
}

# Writers, policies, keys, accesses and retention.
resource "google_logging_project_sink" "s" {
  name                   = "elsewhere"
  destination            = "logging.googleapis.com/projects/other-prj/locations/global/buckets/b"
  custom_writer_identity = [null, "serviceAccount:a@host-prj.iam.gserviceaccount.com", "serviceAccount:b@host-prj.iam.gserviceaccount.com"][local.stage]
}

resource "google_org_policy_policy" "dry" {
  name   = "projects/host-prj/policies/gcp.resourceLocations"
  parent = "projects/host-prj"
  spec {
    rules { allow_all = "TRUE" }
  }
  dynamic "dry_run_spec" {
    for_each = [[], ["reset"], ["rules"]][local.stage]
    content {
      reset = dry_run_spec.value == "reset"
      dynamic "rules" {
        for_each = dry_run_spec.value == "rules" ? [1] : []
        content {
          values { allowed_values = ["in:eu-locations"] }
          condition {
            expression  = "resource.matchTag('1234/env', 'test')"
            title       = "t"
            description = "d"
            location    = "policy.txt"
          }
        }
      }
      dynamic "rules" {
        for_each = dry_run_spec.value == "rules" ? [1] : []
        content { deny_all = "TRUE" }
      }
    }
  }
}

resource "google_service_account" "a" {
  account_id = "account"
}

resource "google_service_account_key" "k" {
  service_account_id = google_service_account.a.name
  public_key_data    = [null, "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURGekNDQWYrZ0F3SUJBZ0lVVWp0LytNRWZ6QjJydU9MQ1ZmU3NDZ09FR2pjd0RRWUpLb1pJaHZjTkFRRUwKQlFBd0dqRVlNQllHQTFVRUF3d1BkR1Z5Y21GdVpTMXpZVzVrWW05NE1DQVhEVEkyTVRFeU56QXpNemswTUZvWQpEekl4TURrd01URTJNRE16T1RRd1dqQWFNUmd3RmdZRFZRUUREQTkwWlhKeVlXNWxMWE5oYm1SaWIzZ3dnZ0VpCk1BMEdDU3FHU0liM0RRRUJBUVVBQTRJQkR3QXdnZ0VLQW9JQkFRQ0pJbVJET2I4UHloMEJDQzJtYnFxOGx0Tk0KV010YmxvZDNjTTVndXJ3VEViNUxzTW5GKzhFZXhsNzFMZ2dZZk1WM1FqUmkydlBNY29WdXVHVDNpZEdmeTRMdwoyMU15NFMyOUNoUTNCbUcvRDdhRlZEMzJoTVArTjF4MkNwS2hXcWJza0NqY3VzVHM2cFFjdzI1VEwyMGpGUmM1CkdMUldidjdWSUVGZHhGZG54UTFXSFR4d1BwUkozbGtwRTFGUUkyL0VSVG9JWVVwZTRwVkhDZHcvWlpHcUxCMzcKVXJpcUJkQk1ZanVmdnZXTlBlYW5qcWVVWkN1V1JQSko5N1V1emEzQmY2MHIvVkZVWHJXNTljOTBOd283U1N6SgpicEtCV00xWmR1eTNJU0owcGZueEMvZHY2U2ZtN2V3Tk5CZWhTazNLOWJuemxmZjc1ZFk3VEE2T1dvdFhBZ01CCkFBR2pVekJSTUIwR0ExVWREZ1FXQkJTUnZxR0FDVVNaOUxPSnBvUTI2a3VINjh6Z1JUQWZCZ05WSFNNRUdEQVcKZ0JTUnZxR0FDVVNaOUxPSnBvUTI2a3VINjh6Z1JUQVBCZ05WSFJNQkFmOEVCVEFEQVFIL01BMEdDU3FHU0liMwpEUUVCQ3dVQUE0SUJBUUNCYjA3U2ZwQmM4My9NQ1EwN2ZrRmZYNldyd2tLYlVPZFFlalFtMVVqajVnUFJhRGxjCllGbGxla2JORU5CQ1JWUjRPUEoyZ2J1ZWpXcks4bkdIR3dzdENxRlEwK2FBbHJ6WlVGd1NVcnlTdERsQnoxMzMKRndrMWpxbmppWGg2RFBWaHdyRklsdDhaTlcxbHdlODFCQkZ4TTQwYmdWdWJTSVkzTE43N1ovSnpWZ25sSGNVMwpGVEh2Z1Rjc3Q5NzJaWTRvcU15OUhYTzk0dThlSkllRHZmRnUrSlRaenlmNWh1QUxPWnpPSVA1VEo2RHZ5ZmdnCmpYTXdkSVM2dkYrQTlWNU9tTnpOT2xsOGZ5OVpxelcxak56MnAzMWswSmM0NmxkZmJ5RjlwVVpRN3NxVXVIYUkKQWx3STRpYWIybGNxUkxqekZuQTdIdUdZYVR0MXBRRG1rL3RKCi0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURBekNDQWV1Z0F3SUJBZ0lVQ1hsQjRQeTAvd2Jmdk10eXZrSGMvcVpGMXlVd0RRWUpLb1pJaHZjTkFRRUwKQlFBd0VURVBNQTBHQTFVRUF3d0dkVzUxYzJWa01CNFhEVEkyTVRFeU9ERTJNRFF3T0ZvWERUTTJNVEV5TlRFMgpNRFF3T0Zvd0VURVBNQTBHQTFVRUF3d0dkVzUxYzJWa01JSUJJakFOQmdrcWhraUc5dzBCQVFFRkFBT0NBUThBCk1JSUJDZ0tDQVFFQTJ4NUZ0SksyQ2tkRExtaWxuOEhVNVFJbE52dHk1bERwMitTUjdhbGJscld1RVBybGNZRnoKUFZZZ1h2RmE2eXBkYzZGU0RVTTFJa0loVGJlWVhvWW5pTEN2bUJqMXZseWRCaC9yVitNTms0K2xKdzVqNUtkTQpjYmhDcHFDOGQ4NDZraFo4dExVNVUzUzVncmVrUjBFZGNad1JKWS94aTQ0eWZqQ1FncG9uM3g5TFNqdlEzOGtrCjFzc2ZNOTJKa2J3K3dXaWR5R3ZUdGRMUDgzbm1KQWpYNUZjYzdIYS9MY0JyK0xxZnBQdnBXaHlUdFRTL2NZdFAKVzM2Q3o0YTc5dWZwNk1XYlRFZjNhWUNrQWdZZVpQRHpIWGhudmVjdENpb0NwTjFDbmNnbUVHNDB2RnhzdzVLbQpDSldseFU2alo5WXA1NmVqTFBGSlMyM2hXWlRHb0J4ayt3SURBUUFCbzFNd1VUQWRCZ05WSFE0RUZnUVVZWFJNCjEzZC8rNXA2QXhsS2FkcG1KVEZrZ3l3d0h3WURWUjBqQkJnd0ZvQVVZWFJNMTNkLys1cDZBeGxLYWRwbUpURmsKZ3l3d0R3WURWUjBUQVFIL0JBVXdBd0VCL3pBTkJna3Foa2lHOXcwQkFRc0ZBQU9DQVFFQXhkRElKbnM3djNueApmN2VJYnphd3hzeC81RThWYVJNcTZxNEV2M3lOZUhZM3pnbW9OZloyUDkrWXVsV2MvS25IU0JSaE04RTRtRjl4CmRCOVpHSGVxZkR4T2xEUy9TQThWM2ZwNy9xL1U2VVNRUFlHcnVjMG9sSUhycWdQYTVoemFNV21pRm5nRktObXkKUGRUVzVsUk5BNytrQzZKZjVMaENHU1d1UjVQM0hvSFQ4ZHEreThZMy9KajRBcXpVdjJhbzhXVUN1azlxVThkdApUcm9hSU9nWUxnWnhtZms1VFZyaVFwd1ZHbC9JbW1lUllzb3RxZG9lTmhpcFFWOFg1cVpvTlVkZzRlNVg3NWpYCkk5aDQvWmY0MHBNVzJ6KzlNTkViTHd4bkxXU0YvdkpCNmdZbXU1WUxrL1dXU3BpSURZeDZLOWRDbHNIU1RMZTMKZ1BuN2Y4dFc4Zz09Ci0tLS0tRU5EIENFUlRJRklDQVRFLS0tLS0K"][local.stage]
}

resource "google_bigquery_dataset" "d" {
  dataset_id = "d"
  location   = "EU"
  access {
    role          = "OWNER"
    user_by_email = "o@example.com"
  }
  access {
    role          = "roles/bigquery.dataViewer"
    user_by_email = "a@example.com"
    dynamic "condition" {
      for_each = [[], ["one.txt"], ["two.txt"]][local.stage]
      content {
        expression  = "request.time < timestamp('2030-01-01T00:00:00Z')"
        title       = "for a time"
        description = "d"
        location    = condition.value
      }
    }
  }
}

resource "google_storage_bucket" "kept" {
  name          = "kept-1"
  location      = "EU"
  force_destroy = true
  retention_policy {
    retention_period = [3600, 3600, 7200][local.stage]
    is_locked        = [null, true, true][local.stage]
  }
}

# Who may do what in the whole organization.
resource "google_organization_iam_policy" "p" {
  org_id = "1234"
  policy_data = jsonencode({ bindings = [{
    role    = "roles/viewer"
    members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  }] })
}
