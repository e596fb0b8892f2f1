//! A host project with one range of addresses for three service projects, and two sites outside: one reached by HA VPN with
//! BGP, one by classic VPN with routes, in the sandbox. It is no Google Cloud: see its README.

use crate::google::{sandbox, send};
use serde_json::{Value as Json, json};
use terrane_e2e::TestContext;

const CONFIG: &str = r#"
variable "endpoint" { type = string }

variable "range" {
  type    = string
  default = "10.128.0.0/15"
}

provider "google" {
  project                             = "hub-host-1234"
  region                              = "europe-west1"
  access_token                        = "sandbox"
  compute_custom_endpoint             = "${var.endpoint}/compute/v1/"
  resource_manager_v3_custom_endpoint = "${var.endpoint}/v3/"
  cloud_billing_custom_endpoint       = "${var.endpoint}/v1/"
  service_usage_custom_endpoint       = "${var.endpoint}/v1/"
  iam_custom_endpoint                 = "${var.endpoint}/v1/"
}

locals {
  services = ["shop", "data", "tools"]
  site     = "192.168.0.0/20"
  traffic  = { esp = { protocol = "ESP", port = null }, ike = { protocol = "UDP", port = "500" }, nat = { protocol = "UDP", port = "4500" } }
}

resource "google_project" "host" {
  project_id      = "hub-host-1234"
  name            = "Host"
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_project" "service" {
  for_each        = toset(local.services)
  project_id      = "${each.key}-1234"
  name            = each.key
  org_id          = "1234"
  deletion_policy = "DELETE"
}

resource "google_compute_shared_vpc_host_project" "host" {
  project = google_project.host.project_id
}

resource "google_compute_shared_vpc_service_project" "service" {
  for_each        = google_project.service
  host_project    = google_compute_shared_vpc_host_project.host.project
  service_project = each.value.project_id
}

resource "google_compute_network" "hub" {
  name                    = "hub"
  project                 = google_project.host.project_id
  auto_create_subnetworks = false
  routing_mode            = "GLOBAL"
}

resource "google_compute_subnetwork" "service" {
  for_each      = { for i, name in local.services : name => cidrsubnet(var.range, 4, i) }
  name          = each.key
  project       = google_project.host.project_id
  network       = google_compute_network.hub.id
  ip_cidr_range = cidrsubnet(each.value, 4, 0)
  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = cidrsubnet(each.value, 1, 1)
  }
}

resource "google_service_account" "service" {
  for_each   = google_project.service
  account_id = "runner-${each.key}"
  project    = each.value.project_id
}

resource "google_compute_subnetwork_iam_binding" "service" {
  for_each   = google_compute_subnetwork.service
  project    = google_project.host.project_id
  region     = each.value.region
  subnetwork = each.value.name
  role       = "roles/compute.networkUser"
  members    = [google_service_account.service[each.key].member]
}

resource "google_compute_router" "hub" {
  name    = "hub"
  project = google_project.host.project_id
  network = google_compute_network.hub.id
  bgp {
    asn            = 64514
    advertise_mode = "CUSTOM"
    advertised_ip_ranges { range = var.range }
  }
}

resource "google_compute_ha_vpn_gateway" "hub" {
  name    = "hub"
  project = google_project.host.project_id
  network = google_compute_network.hub.id
}

resource "google_compute_external_vpn_gateway" "office" {
  name            = "office"
  project         = google_project.host.project_id
  redundancy_type = "TWO_IPS_REDUNDANCY"
  interface {
    id         = 0
    ip_address = "198.51.100.1"
  }
  interface {
    id         = 1
    ip_address = "198.51.100.2"
  }
}

resource "google_compute_vpn_tunnel" "office" {
  count                           = 2
  name                            = "office-${count.index}"
  project                         = google_project.host.project_id
  vpn_gateway                     = google_compute_ha_vpn_gateway.hub.id
  vpn_gateway_interface           = count.index
  peer_external_gateway           = google_compute_external_vpn_gateway.office.id
  peer_external_gateway_interface = count.index
  shared_secret                   = "not-for-show"
  router                          = google_compute_router.hub.name
}

resource "google_compute_router_interface" "office" {
  count      = 2
  name       = "office-${count.index}"
  project    = google_project.host.project_id
  router     = google_compute_router.hub.name
  ip_range   = "169.254.${count.index}.1/30"
  vpn_tunnel = google_compute_vpn_tunnel.office[count.index].name
}

resource "google_compute_router_peer" "office" {
  count           = 2
  name            = "office-${count.index}"
  project         = google_project.host.project_id
  router          = google_compute_router.hub.name
  interface       = google_compute_router_interface.office[count.index].name
  peer_ip_address = "169.254.${count.index}.2"
  peer_asn        = 65010
}

resource "google_compute_vpn_gateway" "plant" {
  name    = "plant"
  project = google_project.host.project_id
  network = google_compute_network.hub.id
}

resource "google_compute_address" "plant" {
  name    = "plant"
  project = google_project.host.project_id
}

resource "google_compute_forwarding_rule" "plant" {
  for_each    = local.traffic
  name        = "plant-${each.key}"
  project     = google_project.host.project_id
  ip_protocol = each.value.protocol
  port_range  = each.value.port
  ip_address  = google_compute_address.plant.address
  target      = google_compute_vpn_gateway.plant.id
}

resource "google_compute_vpn_tunnel" "plant" {
  name                    = "plant"
  project                 = google_project.host.project_id
  target_vpn_gateway      = google_compute_vpn_gateway.plant.id
  peer_ip                 = "203.0.113.9"
  shared_secret           = "not-for-show"
  local_traffic_selector  = [var.range]
  remote_traffic_selector = [local.site]
  depends_on              = [google_compute_forwarding_rule.plant]
}

resource "google_compute_route" "plant" {
  name                = "plant"
  project             = google_project.host.project_id
  network             = google_compute_network.hub.id
  dest_range          = local.site
  priority            = 1000
  next_hop_vpn_tunnel = google_compute_vpn_tunnel.plant.id
}

resource "google_compute_firewall" "plant" {
  name          = "plant"
  project       = google_project.host.project_id
  network       = google_compute_network.hub.id
  source_ranges = [local.site]
  allow { protocol = "tcp" }
}
"#;

const HUB: &str = "/compute/v1/projects/hub-host-1234";

/// Asks for an operation until it is done, by which it goes on.
fn finished(url: &str, operation: &Json) {
    let link = operation["selfLink"].as_str().expect("an operation has a link");
    let path = &link[link.find("/compute/").expect("it is one of Compute Engine")..];
    let done = (0..10).any(|_| send(url, "GET", path, &Json::Null)["status"] == "DONE");
    assert!(done, "{operation} is not done");
}

#[test]
fn two_sites_reach_three_projects() {
    let url = sandbox();
    let context = TestContext::with_config(CONFIG).env("TF_VAR_endpoint", &url);
    context.good(&["init"]);
    context.good(&["validate"]).expect_no_text("Warning");
    context.good(&["plan", "-out=plan.out"]).expect_no_text("not-for-show").expect_no_text("Warning");
    context.good(&["apply", "plan.out"]);
    // Tunnels are up since they have interfaces and peers, which were made after them.
    context.good(&["apply", "-refresh-only", "-auto-approve"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.run(&["drift"]).expect_code(0).expect_text("no drift");
    let pods = |name: &str| {
        let subnet =
            send(&url, "GET", &format!("{HUB}/regions/europe-west1/subnetworks/{name}"), &Json::Null);
        (subnet["ipCidrRange"].clone(), subnet["secondaryIpRanges"][0]["ipCidrRange"].clone())
    };
    assert_eq!(pods("data"), (json!("10.128.32.0/23"), json!("10.128.48.0/20")));
    let gateway =
        send(&url, "GET", &format!("{HUB}/regions/europe-west1/targetVpnGateways/plant"), &Json::Null);
    assert_eq!(gateway["forwardingRules"].as_array().map(Vec::len), Some(3), "{gateway}");

    // Somebody takes the route away, and lets himself use a subnet.
    finished(&url, &send(&url, "DELETE", &format!("{HUB}/global/routes/plant"), &Json::Null));
    let policy = format!("{HUB}/regions/europe-west1/subnetworks/shop");
    let mut now = send(&url, "GET", &format!("{policy}/getIamPolicy"), &Json::Null);
    let members = now["bindings"][0]["members"].as_array_mut().expect("there is a binding");
    members.push(json!("user:mallory@example.com"));
    send(&url, "POST", &format!("{policy}/setIamPolicy"), &json!({ "policy": now }));
    context
        .run(&["drift"])
        .expect_code(2)
        .expect_text("google_compute_route.plant")
        .expect_text("google_compute_subnetwork_iam_binding.service[\"shop\"]");
    context.good(&["apply", "-auto-approve"]).expect_text("1 added, 1 changed, 0 destroyed");
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    // A fourth project, another secret for the plant, and more traffic through the office.
    context.edit("main.tf", r#"["shop", "data", "tools"]"#, r#"["shop", "data", "tools", "labs"]"#);
    context.edit("main.tf", "peer_asn        = 65010", "peer_asn        = 65020");
    context.edit(
        "main.tf",
        "peer_ip                 = \"203.0.113.9\"",
        "peer_ip                 = \"203.0.113.10\"",
    );
    // The route leads to the tunnel, so it goes first and comes back last.
    context.good(&["apply", "-auto-approve"]).expect_text("7 added, 2 changed, 2 destroyed");
    context.good(&["apply", "-refresh-only", "-auto-approve"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    assert_eq!(pods("labs").0, json!("10.128.96.0/23"));

    let rule = "google_compute_forwarding_rule.plant[\"ike\"]";
    context.good(&["state", "rm", rule]);
    context.good(&["import", rule, "projects/hub-host-1234/regions/europe-west1/forwardingRules/plant-ike"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    context.good(&["destroy", "-auto-approve"]).expect_text("Destroy complete!");
    assert_eq!(context.state()["resources"], json!([]));
}
