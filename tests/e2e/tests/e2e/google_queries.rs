//! Objects of Google's that nothing manages are found, written down and imported, type by type, in the sandbox.

use crate::google::{on_sandbox, sandbox, send};
use serde_json::json;
use terrane_e2e::TestContext;

const PROVIDER: &str = r#"
provider "google" {
  project = "host-prj"
  region  = "europe-west1"
  zone    = "europe-west1-b"
}
"#;

/// An object of each type that can be listed.
const OBJECTS: &str = r#"
resource "google_compute_network" "n" {
  name                            = "n"
  auto_create_subnetworks         = false
  delete_default_routes_on_create = true
}
resource "google_compute_subnetwork" "s" {
  name          = "s"
  network       = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/24"
}
resource "google_compute_firewall" "f" {
  name          = "f"
  network       = google_compute_network.n.name
  source_ranges = ["10.0.0.0/8"]
  allow { protocol = "icmp" }
}
resource "google_compute_route" "r" {
  name             = "r"
  network          = google_compute_network.n.name
  dest_range       = "203.0.113.0/24"
  next_hop_gateway = "default-internet-gateway"
}
resource "google_compute_address" "a" {
  name = "a"
}
resource "google_compute_global_address" "g" {
  name = "g"
}
resource "google_compute_disk" "d" {
  name = "d"
  size = 10
}
resource "google_compute_router" "r" {
  name    = "r"
  network = google_compute_network.n.id
  bgp { asn = 65001 }
}
resource "google_compute_ha_vpn_gateway" "h" {
  name    = "h"
  network = google_compute_network.n.id
}
resource "google_compute_external_vpn_gateway" "x" {
  name            = "x"
  redundancy_type = "SINGLE_IP_INTERNALLY_REDUNDANT"
  interface {
    id         = 0
    ip_address = "192.0.2.1"
  }
}
resource "google_compute_vpn_gateway" "v" {
  name    = "v"
  network = google_compute_network.n.id
}
resource "google_compute_forwarding_rule" "esp" {
  name        = "esp"
  ip_protocol = "ESP"
  ip_address  = google_compute_address.a.address
  target      = google_compute_vpn_gateway.v.id
}
resource "google_compute_interconnect_attachment" "i" {
  name   = "i"
  type   = "PARTNER"
  router = google_compute_router.r.id
}
resource "google_dns_managed_zone" "z" {
  name     = "z"
  dns_name = "z.example.com."
}
resource "google_bigquery_dataset" "d" {
  dataset_id = "d"
}
resource "google_pubsub_topic" "t" {
  name   = "topic"
  labels = { a = "b" }
}
resource "google_kms_key_ring" "r" {
  name     = "r"
  location = "europe-west1"
}
resource "google_kms_crypto_key" "k" {
  name            = "k"
  key_ring        = google_kms_key_ring.r.id
  rotation_period = "7776000s"
}
"#;

#[test]
fn objects_of_each_type_are_found_and_imported() {
    let url = sandbox();
    let project = json!({"projectId": "host-prj", "parent": {"type": "organization", "id": "1234"}});
    send(&url, "POST", "/v1/projects", &project);
    let made = on_sandbox(TestContext::with_config(&format!("{PROVIDER}{OBJECTS}")), &url);
    made.good(&["init"]);
    made.good(&["apply", "-auto-approve"]);

    let found = on_sandbox(TestContext::with_config(PROVIDER), &url);
    let types: Vec<&str> =
        OBJECTS.split("\nresource \"").skip(1).filter_map(|o| o.split('"').next()).collect();
    let list = |ty: &&str| format!("list \"{ty}\" \"all\" {{\n  provider = google\n}}\n");
    found.write("all.tfquery.hcl", &types.iter().map(list).collect::<String>());
    found.good(&["init"]);
    let run = found.good(&["query", "-generate-config-out=found.tf"]);
    for ty in &types {
        assert!(run.stdout.contains(&format!("list.{ty}.all")), "{ty}: {run}");
    }
    let summary = format!("{} to import, 0 to add, 0 to change, 0 to destroy", types.len());
    found.good(&["plan"]).expect_text(&summary);
}
