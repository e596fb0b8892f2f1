//! Logs of a whole organization, kept in a project of their own: sinks of a project, a folder and the organization into
//! buckets and a dataset, in the sandbox. It is no Google Cloud: see its README.

use crate::google::{sandbox, send};
use serde_json::{Value as Json, json};
use terrane_e2e::TestContext;

const CONFIG: &str = r#"
variable "endpoint" { type = string }

provider "google" {
  region                              = "europe-west1"
  access_token                        = "sandbox"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
  service_usage_custom_endpoint       = "${var.endpoint}/v1/"
  iam_custom_endpoint                 = "${var.endpoint}/v1/"
  storage_custom_endpoint             = "${var.endpoint}/storage/v1/"
  logging_custom_endpoint             = "${var.endpoint}/v2/"
  big_query_custom_endpoint           = "${var.endpoint}/bigquery/v2/"
}

locals {
  organization = "1234"
  admin_logs   = "logName:\"cloudaudit.googleapis.com%2Factivity\""
}

resource "google_folder" "audit" {
  display_name        = "audit"
  parent              = "organizations/${local.organization}"
  deletion_protection = false
}

resource "google_folder" "workloads" {
  display_name        = "workloads"
  parent              = "organizations/${local.organization}"
  deletion_protection = false
}

resource "google_project" "audit" {
  project_id      = "audit-logs-1234"
  name            = "Audit"
  folder_id       = google_folder.audit.folder_id
  billing_account = "012345-6789AB-CDEF01"
  deletion_policy = "DELETE"
}

resource "google_project" "workload" {
  project_id      = "workload-1234"
  name            = "Workload"
  folder_id       = google_folder.workloads.folder_id
  deletion_policy = "DELETE"
}

resource "google_project_service" "audit" {
  for_each = toset(["bigquery.googleapis.com", "logging.googleapis.com", "storage.googleapis.com"])
  project  = google_project.audit.project_id
  service  = each.key
}

resource "google_storage_bucket" "archive" {
  name                        = "audit-archive-1234"
  project                     = google_project.audit.project_id
  location                    = "EU"
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  retention_policy { retention_period = 2678400 }
  lifecycle_rule {
    action {
      type          = "SetStorageClass"
      storage_class = "COLDLINE"
    }
    condition { age = 90 }
  }
}

resource "google_bigquery_dataset" "recent" {
  project                     = google_project.audit.project_id
  dataset_id                  = "recent"
  location                    = "EU"
  default_table_expiration_ms = 7776000000
  delete_contents_on_destroy  = true
  labels                      = { kind = "audit" }
  depends_on                  = [google_project_service.audit]
}

resource "google_logging_organization_sink" "archive" {
  name             = "archive"
  org_id           = local.organization
  destination      = "storage.googleapis.com/${google_storage_bucket.archive.name}"
  filter           = local.admin_logs
  include_children = true
}

resource "google_logging_folder_sink" "recent" {
  name             = "recent"
  folder           = google_folder.workloads.name
  destination      = "bigquery.googleapis.com/${google_bigquery_dataset.recent.id}"
  filter           = local.admin_logs
  include_children = true
  bigquery_options { use_partitioned_tables = true }
}

resource "google_logging_project_sink" "data" {
  name                   = "data-access"
  project                = google_project.workload.project_id
  destination            = "bigquery.googleapis.com/${google_bigquery_dataset.recent.id}"
  filter                 = "logName:\"cloudaudit.googleapis.com%2Fdata_access\""
  unique_writer_identity = true
  exclusions {
    name   = "health"
    filter = "protoPayload.methodName=\"health\""
  }
}

resource "google_storage_bucket_iam_binding" "writers" {
  bucket  = google_storage_bucket.archive.name
  role    = "roles/storage.objectCreator"
  members = [google_logging_organization_sink.archive.writer_identity]
}

resource "google_project_iam_member" "writers" {
  for_each = {
    folder  = google_logging_folder_sink.recent.writer_identity
    project = google_logging_project_sink.data.writer_identity
  }
  project = google_project.audit.project_id
  role    = "roles/bigquery.dataEditor"
  member  = each.value
}

resource "google_organization_iam_audit_config" "all" {
  org_id  = local.organization
  service = "allServices"
  audit_log_config { log_type = "ADMIN_READ" }
  audit_log_config {
    log_type         = "DATA_READ"
    exempted_members = ["serviceAccount:scanner@workload-1234.iam.gserviceaccount.com"]
  }
}

resource "google_storage_bucket_object" "readme" {
  bucket  = google_storage_bucket.notes.name
  name    = "README"
  content = "Who reads what: ${google_bigquery_dataset.recent.id}."
}

resource "google_storage_bucket" "notes" {
  name          = "audit-notes-1234"
  project       = google_project.audit.project_id
  location      = "EU"
  force_destroy = true
}
"#;

#[test]
fn logs_of_an_organization_are_kept() {
    let url = sandbox();
    let policy = json!({"policy": {"auditConfigs": [
        {"service": "allServices", "auditLogConfigs": [{"logType": "DATA_WRITE"}]}]}, "updateMask": "auditConfigs"});
    send(&url, "POST", "/v3/organizations/1234:setIamPolicy", &policy);
    let context = TestContext::with_config(CONFIG).env("TF_VAR_endpoint", &url);
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    // What is there already and goes is said before it goes.
    context
        .good(&["plan", "-out=plan.out"])
        .expect_text("Plan: 18 to add")
        .expect_text("Logs end")
        .expect_text("the DATA_WRITE log of allServices");
    context.good(&["apply", "plan.out"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.run(&["drift"]).expect_code(0).expect_text("no drift");

    drift_is_repaired(&context, &url);

    // The dataset keeps tables for half a year, the sink copies more, and one exclusion goes.
    context.edit("main.tf", "7776000000", "15552000000");
    context.edit("main.tf", "{ kind = \"audit\" }", "{ kind = \"audit\", owner = \"security\" }");
    context.edit("main.tf", "2Fdata_access", "2Fsystem_event");
    let exclusion = "  exclusions {\n    name   = \"health\"\n    filter = \"protoPayload.methodName=\\\"health\\\"\"\n  }\n";
    context.edit("main.tf", exclusion, "");
    context.good(&["apply", "-auto-approve"]).expect_text("0 added, 2 changed, 0 destroyed");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let dataset = send(&url, "GET", DATASET, &Json::Null);
    assert_eq!(
        (&dataset["defaultTableExpirationMs"], &dataset["labels"]["owner"]),
        (&json!("15552000000"), &json!("security"))
    );

    for (address, id) in [
        ("google_bigquery_dataset.recent", "projects/audit-logs-1234/datasets/recent"),
        ("google_logging_organization_sink.archive", "organizations/1234/sinks/archive"),
        ("google_organization_iam_audit_config.all", "organizations/1234 allServices"),
    ] {
        context.good(&["state", "rm", address]);
        context.good(&["import", address, id]);
    }
    context.good(&["apply", "-auto-approve"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], json!([]));
    let sinks = send(&url, "GET", "/v2/organizations/1234/sinks", &Json::Null);
    assert!(!sinks.to_string().contains("archive"), "{sinks}");
}

const DATASET: &str = "/bigquery/v2/projects/audit-logs-1234/datasets/recent";

/// Somebody lets a sink copy nothing, lets himself write to the archive and read the dataset, and changes the note.
fn drift_is_repaired(context: &TestContext, url: &str) {
    let quiet = json!({"destination": "storage.googleapis.com/audit-archive-1234", "filter": "severity>=ERROR",
        "disabled": true, "includeChildren": true});
    send(url, "PUT", "/v2/organizations/1234/sinks/archive?uniqueWriterIdentity=true", &quiet);
    let open = json!({"access": [{"role": "OWNER", "userByEmail": "mallory@example.com"}]});
    send(url, "PATCH", DATASET, &open);
    let policy = "/storage/v1/b/audit-archive-1234/iam";
    let mut bindings = send(url, "GET", policy, &Json::Null);
    let all = bindings["bindings"].as_array_mut().expect("there are bindings");
    let writers = all.iter_mut().find(|one| one["role"] == "roles/storage.objectCreator");
    let members = writers.expect("there is one of writers")["members"].as_array_mut();
    members.expect("there are members").push(json!("user:mallory@example.com"));
    send(url, "PUT", policy, &bindings);
    send(
        url,
        "POST",
        "/upload/storage/v1/b/audit-notes-1234/o?uploadType=media&name=README",
        &json!("nothing to see"),
    );

    context
        .run(&["drift"])
        .expect_code(2)
        .expect_text("google_logging_organization_sink.archive")
        .expect_text("google_storage_bucket_iam_binding.writers")
        .expect_text("google_storage_bucket_object.readme");
    context.good(&["plan"]).expect_text("mallory@example.com");
    context.good(&["apply", "-auto-approve"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let sink = send(url, "GET", "/v2/organizations/1234/sinks/archive", &Json::Null);
    assert!(sink["disabled"] != json!(true), "{sink}");
    let bindings = send(url, "GET", policy, &Json::Null);
    assert!(!bindings.to_string().contains("mallory"), "{bindings}");
}
