//! The pages of the book about this provider, which are made from its schemas: written anew with
//! `TERRANE_UPDATE_GOLDEN=1`, and checked to be current.

use std::path::Path;
use terrane_sdk::testing::{Pages, Topic};

const TOPICS: &[Topic<'_>] = &[
    (
        "networks",
        "networks",
        &[
            "google_compute_address",
            "google_compute_global_address",
            "google_compute_network",
            "google_compute_route",
            "google_compute_shared_vpc",
            "google_compute_subnetwork",
            "google_service_networking",
        ],
    ),
    (
        "firewalls",
        "firewalls",
        &[
            "google_compute_firewall",
            "google_compute_network_firewall",
            "google_compute_region_network_firewall",
        ],
    ),
    (
        "vpn",
        "VPN and interconnects",
        &[
            "google_compute_external_vpn",
            "google_compute_forwarding_rule",
            "google_compute_ha_vpn",
            "google_compute_interconnect",
            "google_compute_vpn",
        ],
    ),
    (
        "instances",
        "instances",
        &[
            "google_compute_disk",
            "google_compute_image",
            "google_compute_instance",
            "google_compute_project_metadata",
            "google_compute_region",
            "google_compute_zone",
        ],
    ),
    ("kubernetes", "Kubernetes Engine", &["google_container_"]),
    ("dns", "DNS", &["google_dns_"]),
    (
        "projects",
        "organizations, folders and projects",
        &[
            "google_active_folder",
            "google_billing_",
            "google_client_",
            "google_folder",
            "google_iam_policy",
            "google_org",
            "google_project",
        ],
    ),
    (
        "service-accounts",
        "service accounts",
        &[
            "google_compute_default_service_account",
            "google_project_default_service",
            "google_service_account",
        ],
    ),
    ("logging", "logs", &["google_logging_"]),
    ("storage", "storage", &["google_storage_"]),
    ("bigquery", "BigQuery", &["google_bigquery_"]),
    ("keys", "keys", &["google_kms_"]),
    ("pubsub", "Pub/Sub", &["google_pubsub_"]),
];

#[test]
fn the_pages_are_current() {
    let provider = terrane_provider_google::provider();
    let pages = Pages {
        provider: &provider,
        title: "Google",
        reference: "6.50",
        home: "providers/google",
        root: &Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        folder: "docs/reference/google",
        topics: TOPICS,
    };
    let wrong = pages.check();
    assert!(wrong.is_empty(), "run with TERRANE_UPDATE_GOLDEN=1: {wrong:#?}");
}
