//! Google Cloud: a host project that shares its network with a service project and reaches a site over VPN, in
//! the sandbox. It is no Google Cloud: see its README.

use serde_json::Value as Json;
use std::path::PathBuf;
use std::process::Command;
use std::sync::mpsc;
use terrane_e2e::TestContext;
use terrane_sandbox::{Options, Sandbox};

const CONFIG: &str = r#"
variable "endpoint" { type = string }

provider "google" {
  project                             = "host-project"
  region                              = "europe-west1"
  access_token                        = "sandbox"
  compute_custom_endpoint             = "${var.endpoint}/compute/v1/"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
  service_usage_custom_endpoint       = "${var.endpoint}/v1/"
  iam_custom_endpoint                 = "${var.endpoint}/v1/"
  storage_custom_endpoint             = "${var.endpoint}/storage/v1/"
  logging_custom_endpoint             = "${var.endpoint}/v2/"
}

resource "google_folder" "network" {
  display_name        = "network"
  parent              = "organizations/1234"
  deletion_protection = false
}

resource "google_project" "host" {
  project_id      = "host-project"
  name            = "Host"
  folder_id       = google_folder.network.folder_id
  deletion_policy = "DELETE"
}

resource "google_project" "service" {
  project_id      = "service-project"
  name            = "Service"
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_compute_network" "hub" {
  name                            = "hub"
  project                         = google_project.host.project_id
  auto_create_subnetworks         = false
  delete_default_routes_on_create = true
}

resource "google_compute_subnetwork" "workload" {
  for_each                 = { one = "10.0.0.0/24", two = "10.0.1.0/24", three = "10.0.2.0/24" }
  name                     = each.key
  project                  = google_project.host.project_id
  network                  = google_compute_network.hub.id
  ip_cidr_range            = each.value
  private_ip_google_access = true
}

resource "google_compute_firewall" "inside" {
  name          = "inside"
  project       = google_project.host.project_id
  network       = google_compute_network.hub.name
  source_ranges = ["10.0.0.0/8"]
  allow { protocol = "all" }
}

resource "google_compute_shared_vpc_host_project" "host" {
  project = google_project.host.project_id
}

resource "google_compute_shared_vpc_service_project" "service" {
  host_project    = google_compute_shared_vpc_host_project.host.project
  service_project = google_project.service.project_id
}

resource "google_service_account" "runner" {
  account_id = "runner-one"
  project    = google_project.service.project_id
}

resource "google_compute_subnetwork_iam_member" "runner" {
  project    = google_project.host.project_id
  region     = "europe-west1"
  subnetwork = google_compute_subnetwork.workload["one"].name
  role       = "roles/compute.networkUser"
  member     = google_service_account.runner.member
}

resource "google_compute_router" "hub" {
  name    = "hub"
  project = google_project.host.project_id
  network = google_compute_network.hub.name
  bgp { asn = 64514 }
}

resource "google_compute_ha_vpn_gateway" "hub" {
  name    = "hub"
  project = google_project.host.project_id
  network = google_compute_network.hub.id
}

resource "google_compute_external_vpn_gateway" "site" {
  name            = "site"
  project         = google_project.host.project_id
  redundancy_type = "SINGLE_IP_INTERNALLY_REDUNDANT"
  interface {
    id         = 0
    ip_address = "198.51.100.1"
  }
}

resource "google_compute_vpn_tunnel" "site" {
  count                           = 2
  name                            = "site-${count.index}"
  project                         = google_project.host.project_id
  vpn_gateway                     = google_compute_ha_vpn_gateway.hub.id
  vpn_gateway_interface           = count.index
  peer_external_gateway           = google_compute_external_vpn_gateway.site.id
  peer_external_gateway_interface = 0
  shared_secret                   = "not-for-show"
  router                          = google_compute_router.hub.name
}

resource "google_compute_router_interface" "site" {
  count      = 2
  name       = "site-${count.index}"
  project    = google_project.host.project_id
  router     = google_compute_router.hub.name
  ip_range   = "169.254.${count.index}.1/30"
  vpn_tunnel = google_compute_vpn_tunnel.site[count.index].name
}

resource "google_compute_router_peer" "site" {
  count           = 2
  name            = "site-${count.index}"
  project         = google_project.host.project_id
  router          = google_compute_router.hub.name
  interface       = google_compute_router_interface.site[count.index].name
  peer_ip_address = "169.254.${count.index}.2"
  peer_asn        = 65010
}

resource "google_storage_bucket" "audit" {
  name                        = "audit-of-service"
  project                     = google_project.service.project_id
  location                    = "EU"
  uniform_bucket_level_access = true
  force_destroy               = true
}

resource "google_logging_project_sink" "audit" {
  name        = "audit"
  project     = google_project.service.project_id
  destination = "storage.googleapis.com/${google_storage_bucket.audit.name}"
}

resource "google_storage_bucket_iam_member" "audit" {
  bucket = google_storage_bucket.audit.name
  role   = "roles/storage.objectCreator"
  member = google_logging_project_sink.audit.writer_identity
}
"#;

/// A sandbox that serves until the test's process ends; answers with its URL.
pub(crate) fn sandbox() -> String {
    sandbox_with(None)
}

/// The same, with a file that says what there is.
pub(crate) fn sandbox_with(state: Option<PathBuf>) -> String {
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options { state, organizations: vec!["1234".to_owned()] };
            let sandbox = Sandbox::bind("127.0.0.1:0".parse().unwrap(), options).await.unwrap();
            tell.send(format!("http://{}", sandbox.address())).unwrap();
            sandbox.serve().await.unwrap();
        });
    });
    told.recv().unwrap()
}

/// A directory whose runs talk to a sandbox, for every API that Terrane calls.
pub(crate) fn on_sandbox(context: TestContext, url: &str) -> TestContext {
    let apis = "COMPUTE CONTAINER RESOURCE_MANAGER RESOURCE_MANAGER_V3 CLOUD_BILLING SERVICE_USAGE IAM STORAGE LOGGING BIG_QUERY \
                DNS KMS ORG_POLICY PUBSUB SERVICE_NETWORKING";
    let context = context.env("GOOGLE_OAUTH_ACCESS_TOKEN", "sandbox");
    apis.split(' ').fold(context, |context, api| {
        context.env(&format!("GOOGLE_{api}_CUSTOM_ENDPOINT"), &format!("{url}/"))
    })
}

/// A request past Terrane, as an administrator sends it.
pub(crate) fn send(url: &str, verb: &str, path: &str, body: &Json) -> Json {
    let script = "import sys, urllib.request as r\n\
        q = r.Request(sys.argv[2], method=sys.argv[1], data=sys.argv[3].encode() or None)\n\
        print(r.urlopen(q).read().decode())";
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let output = Command::new("python3")
        .args(["-c", script, verb, &format!("{url}{path}"), &body])
        .output()
        .expect("there is a Python 3");
    assert!(output.status.success(), "{verb} {path}: {}", String::from_utf8_lossy(&output.stderr));
    match output.stdout.trim_ascii() {
        b"" => Json::Null,
        answer => serde_json::from_slice(answer).expect("answers are JSON"),
    }
}

#[test]
fn a_shared_vpc_with_vpn_lives() {
    let context = TestContext::with_config(CONFIG).env("TF_VAR_endpoint", &sandbox());
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    let plan = context.good(&["plan", "-out=plan.out"]);
    plan.expect_text("Plan: 24 to add").expect_no_text("not-for-show");
    context.good(&["apply", "plan.out"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    // Tunnels are up since they have interfaces and peers, which were made after them.
    context.good(&["apply", "-refresh-only", "-auto-approve"]);
    context.run(&["drift"]).expect_code(0).expect_text("no drift");

    context.edit("main.tf", "three = \"10.0.2.0/24\"", "three = \"10.0.2.0/23\"");
    context.edit("main.tf", "protocol = \"all\"", "protocol = \"tcp\"");
    context.edit("main.tf", "peer_asn        = 65010", "peer_asn        = 65011");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 0 added, 4 changed, 0 destroyed.");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    let state = context.state();
    let subnet = "projects/host-project/regions/europe-west1/subnetworks/two";
    assert!(state.to_string().contains(subnet));
    context.good(&["state", "rm", "google_compute_subnetwork.workload[\"two\"]"]);
    context
        .run(&["drift", "-unmanaged", "-type=google_compute_subnetwork"])
        .expect_code(2)
        .expect_text(subnet)
        .expect_no_text("subnetworks/one");
    context.good(&["import", "google_compute_subnetwork.workload[\"two\"]", subnet]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], serde_json::json!([]));
}

/// A block for each of the two providers, at the same endpoints.
const BOTH: &str = r#"
variable "endpoint" { type = string }

terraform {
  required_providers {
    google      = { source = "hashicorp/google" }
    google-beta = { source = "hashicorp/google-beta", version = ">= 6.0, < 8.0" }
  }
}

provider "google" {
  project                             = "project-one"
  region                              = "europe-west1"
  access_token                        = "sandbox"
  compute_custom_endpoint             = "${var.endpoint}/compute/v1/"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
}

provider "google-beta" {
  project                             = "project-one"
  region                              = "europe-west1"
  access_token                        = "sandbox"
  compute_custom_endpoint             = "${var.endpoint}/compute/v1/"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
}

resource "google_project" "one" {
  project_id          = "project-one"
  name                = "Project one"
  org_id              = "1234"
  auto_create_network = false
  deletion_policy     = "DELETE"
}

resource "google_compute_network" "hub" {
  provider                = google-beta
  name                    = "hub"
  project                 = google_project.one.project_id
  auto_create_subnetworks = false
}

resource "google_compute_subnetwork" "one" {
  name          = "one"
  project       = google_project.one.project_id
  network       = google_compute_network.hub.id
  ip_cidr_range = "10.0.0.0/24"
}
"#;

#[test]
fn the_beta_provider_is_served_like_the_other_one() {
    let context = TestContext::with_config(BOTH).env("TF_VAR_endpoint", &sandbox());
    context.good(&["init"]).expect_text("hashicorp/google-beta is part of Terrane");
    context.good(&["apply", "-auto-approve"]).expect_text("Resources: 3 added");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    assert!(context.state().to_string().contains("hashicorp/google-beta"));
    // The requests of the two are counted together, once.
    let told = context.good(&["plan", "-stats", "-json"]).stdout;
    let lines = told.lines().map(|line| serde_json::from_str::<Json>(line).expect("JSON"));
    let traffic = lines.into_iter().find(|line| line["type"] == "provider_traffic").expect("traffic");
    let providers: Vec<_> = traffic["traffic"].as_object().expect("providers").keys().collect();
    assert_eq!(providers, ["registry.terraform.io/hashicorp/google"]);
    // What one of the two manages is not unmanaged for the other.
    let drift = context.run(&["drift", "-unmanaged", "-type=google_compute_*network", "-who=false", "-json"]);
    let report: Json = serde_json::from_str(&drift.expect_code(0).stdout).expect("a report");
    assert_eq!(report["accounts"][0]["objects"], 2, "{report}");

    // Objects go from one to the other without a change.
    context.edit("main.tf", "  provider                = google-beta\n", "");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    // What is only in the beta may be written as long as it is not wanted.
    let beta = "  ip_cidr_range = \"10.0.0.0/24\"\n  wished        = var.wished\n  dynamic \"telemetry\" {\n    \
                for_each = var.wished == null ? [] : [1]\n    content { type = telemetry.value }\n  }\n";
    context.edit("main.tf", "  ip_cidr_range = \"10.0.0.0/24\"\n", beta);
    context.write("wished.tf", "variable \"wished\" { default = null }\n");
    let known = "telemetry of google_compute_subnetwork, wished of google_compute_subnetwork";
    context.good(&["validate"]).expect_text(known);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    let refused = context.run(&["plan", "-var=wished=true"]);
    refused.expect_code(1).expect_text("calls stable APIs only, does not have it; the plugin may");
    // Where there is no instance, nothing is wanted.
    let counted = "variable \"many\" { default = 0 }\nresource \"google_dns_managed_zone\" \"none\" {\n  \
                   provider = google-beta\n  count    = var.many\n  name     = \"none\"\n  dns_name = \"example.com.\"\n  \
                   wished   = true\n  telemetry {\n    on = true\n  }\n}\n";
    context.write("counted.tf", counted);
    context
        .good(&["validate"])
        .expect_text("telemetry of google_dns_managed_zone, wished of google_dns_managed_zone");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.run(&["plan", "-var=many=1"]).expect_code(1).expect_text("\"telemetry\" are not expected here");
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete! Resources: 3 destroyed.");
}
