//! `drift` against Google Cloud, in the sandbox: what people do outside of Terrane is found, with who it was, by reading
//! alone. The sandbox is no Google Cloud: see its README.

use crate::google::sandbox;
use serde_json::{Value as Json, json};
use std::collections::BTreeSet;
use std::process::Command;
use terrane_e2e::{TestContext, look_at};

const CONFIG: &str = r#"
variable "endpoint" { type = string }

provider "google" {
  project                             = "work-1234"
  region                              = "europe-west1"
  zone                                = "europe-west1-b"
  access_token                        = "terrane@example.com"
  compute_custom_endpoint             = "${var.endpoint}/compute/v1/"
  dns_custom_endpoint                 = "${var.endpoint}/dns/v1/"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
  service_usage_custom_endpoint       = "${var.endpoint}/v1/"
  iam_custom_endpoint                 = "${var.endpoint}/v1/"
  storage_custom_endpoint             = "${var.endpoint}/storage/v1/"
  logging_custom_endpoint             = "${var.endpoint}/v2/"
  big_query_custom_endpoint           = "${var.endpoint}/bigquery/v2/"
}

resource "google_project" "work" {
  project_id      = "work-1234"
  name            = "Work"
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_compute_network" "net" {
  name                    = "net"
  project                 = google_project.work.project_id
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "part" {
  for_each      = { one = "10.0.0.0/24", two = "10.0.1.0/24" }
  name          = each.key
  network       = google_compute_network.net.id
  ip_cidr_range = each.value
}

resource "google_compute_firewall" "inside" {
  name          = "inside"
  network       = google_compute_network.net.name
  source_ranges = ["10.0.0.0/8"]
  allow { protocol = "tcp" }
}

resource "google_compute_router" "hub" {
  name    = "hub"
  network = google_compute_network.net.name
  bgp { asn = 64514 }
}

resource "google_compute_address" "front" {
  name       = "front"
  depends_on = [google_project.work]
}

resource "google_storage_bucket" "files" {
  name                        = "files-of-work"
  project                     = google_project.work.project_id
  location                    = "EU"
  uniform_bucket_level_access = true
}

resource "google_storage_bucket_iam_member" "reader" {
  bucket = google_storage_bucket.files.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.runner.member
}

resource "google_service_account" "runner" {
  account_id   = "runner-one"
  project      = google_project.work.project_id
  display_name = "Runner"
}

resource "google_project_iam_member" "runner" {
  project = google_project.work.project_id
  role    = "roles/viewer"
  member  = google_service_account.runner.member
}

resource "google_logging_project_sink" "audit" {
  name        = "audit"
  project     = google_project.work.project_id
  destination = "storage.googleapis.com/${google_storage_bucket.files.name}"
  filter      = "severity>=NOTICE"
}

resource "google_bigquery_dataset" "recent" {
  project    = google_project.work.project_id
  dataset_id = "recent"
  location   = "EU"
}

resource "google_dns_managed_zone" "inside" {
  name       = "inside"
  dns_name   = "inside.example.com."
  project    = google_project.work.project_id
}
"#;

const COMPUTE: &str = "/compute/v1/projects/work-1234";

/// Every project below an organization, whoever has stacks there.
#[test]
fn all_projects_of_an_organization_are_searched() {
    let url = sandbox();
    let context = TestContext::with_config(CONFIG).env("TF_VAR_endpoint", &url);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve", "-target=google_compute_network.net"]);
    let made = |path: &str, body: &Json| {
        let operation = crate::google::send(&url, "POST", path, body);
        let name = operation["name"].as_str().expect("an operation");
        crate::google::send(&url, "GET", &format!("/v3/{name}"), &Json::Null)["response"].clone()
    };
    let top = made("/v3/folders", &json!({"displayName": "Teams", "parent": "organizations/1234"}));
    let inner = made("/v3/folders", &json!({"displayName": "Inner", "parent": top["name"]}));
    for (id, parent) in
        [("shop-1234", &inner["name"]), ("ads-1234", &top["name"]), ("gone-1234", &top["name"])]
    {
        made("/v3/projects", &json!({"projectId": id, "displayName": id, "parent": parent}));
        act(&url, "POST", &format!("/compute/v1/projects/{id}/global/networks"), &json!({"name": "stray"}));
    }
    act(&url, "DELETE", "/v3/projects/gone-1234", &Json::Null);
    let searched = |organizations: &[&str]| {
        let search = ["drift", "-unmanaged", "-type=google_compute_network", "-who=false", "-json"];
        let ran = context.run(&[&search[..], organizations].concat());
        let report: Json = serde_json::from_str(&ran.stdout).expect("a report");
        let accounts = report["accounts"].as_array().expect("reports of accounts");
        let found = accounts.iter().map(|account| {
            let unmanaged = account["unmanaged"].as_array().expect("what no state has");
            let names = unmanaged.iter().map(|found| found["name"].as_str().expect("a name"));
            format!(
                "{} {}",
                account["account"].as_str().expect("a project"),
                names.collect::<Vec<_>>().join(" ")
            )
        });
        (found.collect::<Vec<_>>(), ran)
    };
    let parent = |folder: &Json| format!("-organization={}", folder["name"].as_str().expect("a name"));
    let (found, ran) = searched(&["-organization=organizations/1234"]);
    ran.expect_code(2);
    assert_eq!(found, ["ads-1234 stray", "shop-1234 stray", "work-1234 "]);
    let (found, ran) = searched(&[&parent(&inner)]);
    ran.expect_code(2);
    assert_eq!(found, ["shop-1234 stray", "work-1234 "]);
    // What cannot be listed, and what no provider here understands, is told.
    let (found, ran) = searched(&["-organization=folders/4", "-organization=Audit"]);
    ran.expect_code(3).expect_text("cloudresourcemanager.projects.list failed").expect_text("\\\"Audit\\\"");
    assert_eq!(found, ["work-1234 "]);
}

/// What somebody does: verb, path, body; the address that it shows at, what is found there, and the method in the log.
fn tampered() -> Vec<(&'static str, String, Json, &'static str, &'static str, &'static str)> {
    let region = format!("{COMPUTE}/regions/europe-west1");
    vec![
        (
            "PATCH",
            format!("{region}/routers/hub"),
            json!({"name": "hub", "bgp": {"asn": 64999}}),
            "google_compute_router.hub",
            "bgp[0].asn",
            "routers.patch",
        ),
        (
            "PATCH",
            format!("{COMPUTE}/global/firewalls/inside"),
            json!({"name": "inside", "sourceRanges": ["0.0.0.0/0"]}),
            "google_compute_firewall.inside",
            "source_ranges",
            "firewalls.patch",
        ),
        (
            "DELETE",
            format!("{region}/subnetworks/two"),
            Json::Null,
            "google_compute_subnetwork.part[\"two\"]",
            "vanished",
            "subnetworks.delete",
        ),
        (
            "POST",
            format!("{region}/subnetworks/one/setPrivateIpGoogleAccess"),
            json!({"privateIpGoogleAccess": true}),
            "google_compute_subnetwork.part[\"one\"]",
            "private_ip_google_access",
            "setPrivateIpGoogleAccess",
        ),
        (
            "DELETE",
            format!("{region}/addresses/front"),
            Json::Null,
            "google_compute_address.front",
            "vanished",
            "addresses.delete",
        ),
        (
            "PATCH",
            "/storage/v1/b/files-of-work".into(),
            json!({"versioning": {"enabled": true}}),
            "google_storage_bucket.files",
            "versioning",
            "buckets.patch",
        ),
        (
            "PUT",
            "/storage/v1/b/files-of-work/iam".into(),
            json!({"bindings": []}),
            "google_storage_bucket_iam_member.reader",
            "vanished",
            "setIamPermissions",
        ),
        (
            "PATCH",
            "/v1/projects/work-1234/serviceAccounts/runner-one@work-1234.iam.gserviceaccount.com".into(),
            json!({"serviceAccount": {"displayName": "Mine"}, "updateMask": "displayName"}),
            "google_service_account.runner",
            "display_name",
            "Patch",
        ),
        (
            "POST",
            "/v3/projects/work-1234:setIamPolicy".into(),
            json!({"policy": {"bindings": [{"role": "roles/owner", "members": ["user:mallory@example.com"]}]}}),
            "google_project_iam_member.runner",
            "vanished",
            "SetIamPolicy",
        ),
        (
            "PUT",
            "/v2/projects/work-1234/sinks/audit?uniqueWriterIdentity=true".into(),
            json!({"destination": "storage.googleapis.com/files-of-work", "filter": "severity>=ERROR"}),
            "google_logging_project_sink.audit",
            "filter",
            "sinks.update",
        ),
        (
            "PATCH",
            "/bigquery/v2/projects/work-1234/datasets/recent".into(),
            json!({"description": "Mine."}),
            "google_bigquery_dataset.recent",
            "description",
            "datasets.patch",
        ),
        (
            "DELETE",
            "/dns/v1/projects/work-1234/managedZones/inside".into(),
            Json::Null,
            "google_dns_managed_zone.inside",
            "vanished",
            "managedZones.delete",
        ),
    ]
}

/// A request past Terrane, by somebody with a name and a program.
fn act(url: &str, verb: &str, path: &str, body: &Json) {
    let script = "import sys, urllib.request as r\n\
        from urllib.error import HTTPError\n\
        h = {'Authorization': 'Bearer mallory@example.com', 'User-Agent': 'by-hand/1'}\n\
        q = r.Request(sys.argv[2], method=sys.argv[1], data=sys.argv[3].encode() or None, headers=h)\n\
        try: r.urlopen(q).read()\n\
        except HTTPError as e: sys.exit(e.read().decode())";
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let output = Command::new("python3")
        .args(["-c", script, verb, &format!("{url}{path}"), &body])
        .output()
        .expect("there is a Python 3");
    assert!(output.status.success(), "{verb} {path}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn outside_changes_in_google_cloud_are_found_and_attributed_by_reading_alone() {
    let url = sandbox();
    let context = TestContext::with_config(CONFIG).env("TF_VAR_endpoint", &url);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context.run(&["drift"]).expect_code(0).expect_text("no drift");

    for (verb, path, body, ..) in tampered() {
        act(&url, verb, &path, &body);
    }
    act(
        &url,
        "POST",
        &format!("{COMPUTE}/global/networks"),
        &json!({"name": "stray", "autoCreateSubnetworks": false}),
    );
    act(&url, "DELETE", "/_sandbox/requests", &Json::Null);
    let before = context.read("terraform.tfstate");
    let ran =
        context.run(&["drift", "-unmanaged", "-type=google_compute_network", "-json", "-html=drift.html"]);
    let report: Json = serde_json::from_str(&ran.stdout).expect("a report");
    ran.expect_code(2);

    // Nothing but reading.
    let requests = crate::google::send(&url, "GET", "/_sandbox/requests", &Json::Null);
    let methods: BTreeSet<&str> = (requests["methods"].as_object().expect("requests by method").keys())
        .filter_map(|method| method.rsplit('.').next())
        .collect();
    let reads = ["aggregatedList", "get", "getBillingInfo", "getIamPolicy", "list"];
    assert!(methods.iter().all(|method| reads.contains(method)), "drift called {methods:?}");
    assert!(requests["methods"]["logging.entries.list"].as_u64() >= Some(12), "{requests}");
    assert_eq!(context.read("terraform.tfstate"), before);

    let findings = report["stacks"][0]["findings"].as_array().expect("there are findings");
    for (verb, path, _, address, what, method) in tampered() {
        let finding = findings.iter().find(|f| f["address"] == *address);
        let finding = finding.unwrap_or_else(|| panic!("{verb} {path} was not found in {findings:#?}"));
        let differs = |d: &Json| d["path"].as_str().is_some_and(|path| path == what);
        let found = match what {
            "vanished" => finding["kind"] == "vanished",
            _ => finding["differences"].as_array().is_some_and(|all| all.iter().any(differs)),
        };
        assert!(found, "{verb} {path}: {finding:#}");
        assert_eq!(finding["account"], "work-1234", "{finding:#}");
        let events = finding["history"]["events"].as_array();
        let events = events.unwrap_or_else(|| panic!("{address} was not attributed: {finding:#}"));
        let event = events.iter().find(|e| e["operation"].as_str().is_some_and(|o| o.contains(method)));
        let event = event.unwrap_or_else(|| panic!("{address} was not attributed to {method}: {events:#?}"));
        assert_eq!(event["principal"], "mallory@example.com");
        assert_eq!(event["tool"], "by-hand/1");
        assert_eq!(event["source_address"], "127.0.0.1");
        assert!(event["request_id"].as_str().is_some_and(|id| !id.is_empty()), "{event:#}");
    }
    let account = &report["accounts"][0];
    let stray = account["unmanaged"].as_array().and_then(|all| all.iter().find(|u| u["name"] == "stray"));
    assert!(stray.is_some(), "{account:#}");
    assert!(!account.to_string().contains("global/networks/net\""), "{account:#}");
    look_at(&context.path().join("drift.html"));
}
