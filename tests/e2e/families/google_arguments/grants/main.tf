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
  display_name        = "f"
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_service_account" "s" {
  account_id   = "svc-one"
  display_name = [null, "a", "b"][local.stage]
  description  = [null, "a", "b"][local.stage]
  disabled     = [null, true, false][local.stage]
}

resource "google_service_account" "t" {
  account_id = "svc-two"
}

resource "google_service_account_iam_binding" "b" {
  service_account_id = google_service_account.s.name
  role               = "roles/iam.serviceAccountUser"
  members            = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_service_account_iam_policy" "p" {
  service_account_id = google_service_account.t.name
  policy_data = jsonencode({ bindings = [{
    role    = "roles/iam.serviceAccountUser"
    members = [["user:a@example.com"], ["group:g@example.com", "user:a@example.com"], ["group:h@example.com"]][local.stage]
  }] })
}

resource "google_organization_iam_member" "m" {
  org_id = "1234"
  role   = "roles/viewer"
  member = "user:a@example.com"
}

resource "google_organization_iam_binding" "b" {
  org_id  = "1234"
  role    = "roles/editor"
  members = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
}

resource "google_folder_iam_member" "m" {
  folder = google_folder.f.name
  role   = "roles/viewer"
  member = "domain:example.com"
}

resource "google_folder_iam_audit_config" "a" {
  folder  = google_folder.f.name
  service = "allServices"
  audit_log_config {
    log_type         = ["ADMIN_READ", "DATA_READ", "DATA_WRITE"][local.stage]
    exempted_members = [null, ["user:a@example.com"], ["user:b@example.com"]][local.stage]
  }
}

resource "google_project_iam_binding" "b" {
  project = "host-prj"
  role    = "roles/editor"
  members = [["user:a@example.com"], ["user:a@example.com", "group:g@example.com"], ["group:h@example.com"]][local.stage]
  condition {
    title       = "until 2030"
    description = "d"
    expression  = "request.time < timestamp('2030-01-01T00:00:00Z')"
  }
}

resource "google_org_policy_policy" "list" {
  name   = "projects/host-prj/policies/gcp.resourceLocations"
  parent = "projects/host-prj"
  spec {
    inherit_from_parent = [null, true, false][local.stage]
    dynamic "rules" {
      for_each = [["in:eu-locations"], ["in:eu-locations", "in:us-locations"], ["in:asia-locations"]][local.stage]
      content {
        values { allowed_values = [rules.value] }
        condition {
          expression  = "resource.matchTag('1234/env', '${rules.key}')"
          title       = "t"
          description = "d"
        }
      }
    }
    rules {
      values { denied_values = ["in:eu-locations"] }
    }
  }
  dynamic "dry_run_spec" {
    for_each = [[], ["TRUE"], []][local.stage]
    content {
      inherit_from_parent = false
      rules { deny_all = "TRUE" }
    }
  }
}

resource "google_org_policy_policy" "dry" {
  name   = "organizations/1234/policies/iam.disableServiceAccountKeyCreation"
  parent = "organizations/1234"
  dry_run_spec {
    rules { enforce = ["TRUE", "FALSE", "TRUE"][local.stage] }
  }
}

resource "google_org_policy_policy" "param" {
  name   = "${google_folder.f.name}/policies/compute.managed.restrictDiskCreation"
  parent = google_folder.f.name
  spec {
    rules {
      enforce    = "TRUE"
      parameters = jsonencode({ isSizeLimitCheck = true, allowedDiskTypes = [["pd-ssd"], ["pd-ssd", "pd-standard"], []][local.stage] })
    }
  }
}

resource "google_org_policy_policy" "reset" {
  name   = "projects/host-prj/policies/compute.vmExternalIpAccess"
  parent = "projects/host-prj"
  spec { reset = true }
}
