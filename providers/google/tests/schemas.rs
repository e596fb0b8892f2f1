//! The schemas, against golden files and against the names that Google provider 6.50 has.

#[path = "schemas/pages.rs"]
mod pages;

use std::path::Path;
use terrane_sdk::testing::Reference;

/// Differences to the reference that are meant, and why.
const MEANT: &[(&str, &str)] = &[
    (
        "*id",
        "the reference lists the id as optional, as Terraform's SDK declares it; setting it never worked",
    ),
    ("google_compute_ha_vpn_gateway.vpn_interfaces.ip_address", INSIDE),
    (
        "google_container_cluster.cluster_autoscaling.auto_provisioning_defaults.management.upgrade_options",
        INSIDE,
    ),
    ("google_container_cluster.maintenance_policy.daily_maintenance_window.duration", INSIDE),
    ("google_container_cluster.enterprise_config.cluster_tier", INSIDE),
    ("google_container_cluster.fleet.membership", INSIDE),
    ("google_container_cluster.fleet.membership_id", INSIDE),
    ("google_container_cluster.fleet.membership_location", INSIDE),
    ("google_container_cluster.fleet.pre_registered", INSIDE),
    ("google_container_cluster.master_auth.client_certificate", INSIDE),
    ("google_container_cluster.master_auth.client_key", INSIDE),
    ("google_container_cluster.master_auth.cluster_ca_certificate", INSIDE),
    ("google_container_cluster.private_cluster_config.peering_name", INSIDE),
    ("google_container_cluster.private_cluster_config.private_endpoint", INSIDE),
    ("google_container_cluster.private_cluster_config.public_endpoint", INSIDE),
    ("google_container_cluster.node_pool.instance_group_urls", INSIDE),
    ("google_container_cluster.node_pool.managed_instance_group_urls", INSIDE),
    ("google_container_cluster.node_pool.network_config.subnetwork", INSIDE),
    ("google_container_cluster.node_pool.node_config.effective_taints", INSIDE),
    ("google_container_cluster.node_config.effective_taints", INSIDE),
    ("google_container_node_pool.network_config.subnetwork", INSIDE),
    ("google_container_node_pool.node_config.effective_taints", INSIDE),
    ("google_compute_instance.boot_disk.disk_encryption_key_sha256", INSIDE),
    ("google_compute_instance.boot_disk.initialize_params.source_image_encryption_key.sha256", INSIDE),
    ("google_compute_instance.boot_disk.initialize_params.source_snapshot_encryption_key.sha256", INSIDE),
    ("google_compute_instance.attached_disk.disk_encryption_key_sha256", INSIDE),
    ("google_compute_instance.network_interface.name", INSIDE),
    ("google_compute_instance.network_interface.ipv6_access_type", INSIDE),
    ("google_compute_instance.network_interface.ipv6_access_config.security_policy", INSIDE),
    ("google_compute_instance.instance_encryption_key.sha256", INSIDE),
    ("google_compute_disk.disk_encryption_key.sha256", INSIDE),
    ("google_compute_disk.source_image_encryption_key.sha256", INSIDE),
    ("google_compute_disk.source_snapshot_encryption_key.sha256", INSIDE),
    ("google_compute_interconnect_attachment.private_interconnect_info", SPELLING),
    ("google_org_policy_policy.spec.etag", INSIDE),
    ("google_org_policy_policy.spec.update_time", INSIDE),
    ("google_org_policy_policy.dry_run_spec.etag", INSIDE),
    ("google_org_policy_policy.dry_run_spec.update_time", INSIDE),
    ("google_compute_network_firewall_policy_rule.match.src_secure_tags.state", INSIDE),
    ("google_compute_network_firewall_policy_rule.target_secure_tags.state", INSIDE),
    ("google_storage_bucket_object.crc32_c", SPELLING),
    ("google_storage_bucket_object.crc32c", SPELLING),
    ("google_storage_bucket_object.md5_hash", SPELLING),
    ("google_storage_bucket_object.md5_hexhash", SPELLING),
    ("google_storage_bucket_object.md5hash", SPELLING),
    ("google_storage_bucket_object.md5hexhash", SPELLING),
    ("google_compute_subnetwork.resolve_subnet_mask", NEWER),
    ("google_compute_vpn_tunnel.cipher_suite", NEWER),
    ("google_pubsub_topic.tags", NEWER),
    ("google_container_cluster.cluster_autoscaling.default_compute_class_enabled", NEWER),
    ("google_container_cluster.node_config.kubelet_config.memory_manager", NEWER),
    ("google_container_cluster.node_config.kubelet_config.topology_manager", NEWER),
    ("google_container_cluster.node_pool.node_config.kubelet_config.memory_manager", NEWER),
    ("google_container_cluster.node_pool.node_config.kubelet_config.topology_manager", NEWER),
    ("google_container_node_pool.node_config.kubelet_config.memory_manager", NEWER),
    ("google_container_node_pool.node_config.kubelet_config.topology_manager", NEWER),
    ("google_compute_interconnect_attachment.candidate_cloud_router_ip_address", NEWER),
    ("google_compute_interconnect_attachment.candidate_cloud_router_ipv6_address", NEWER),
    ("google_compute_interconnect_attachment.candidate_customer_router_ip_address", NEWER),
    ("google_compute_interconnect_attachment.candidate_customer_router_ipv6_address", NEWER),
    ("google_container_cluster.ip_allocation_policy.auto_ipam_config", NEWER),
    ("google_container_cluster.ip_allocation_policy.network_tier_config", NEWER),
    ("google_container_cluster.node_config.linux_node_config.node_kernel_module_loading", NEWER),
    ("google_container_cluster.node_config.linux_node_config.swap_config", NEWER),
    ("google_container_cluster.node_pool.node_config.linux_node_config.node_kernel_module_loading", NEWER),
    ("google_container_cluster.node_pool.node_config.linux_node_config.swap_config", NEWER),
    ("google_container_node_pool.node_config.linux_node_config.node_kernel_module_loading", NEWER),
    ("google_container_node_pool.node_config.linux_node_config.swap_config", NEWER),
    ("google_container_cluster.secret_sync_config", NEWER),
    ("google_storage_bucket.encryption.customer_managed_encryption_enforcement_config", NEWER),
    ("google_storage_bucket.encryption.customer_supplied_encryption_enforcement_config", NEWER),
    ("google_storage_bucket.encryption.google_managed_encryption_enforcement_config", NEWER),
    ("google_storage_bucket_object.contexts", NEWER),
    (
        "google_storage_bucket.encryption.default_kms_key_name",
        "optional in version 7 of the provider, where other settings are beside it",
    ),
    ("data google_container_cluster.cluster_autoscaling", NEWER),
    ("data google_container_cluster.ip_allocation_policy", NEWER),
    ("data google_container_cluster.secret_sync_config", NEWER),
    ("data google_container_cluster.enable_k8s_beta_apis", SPELLING),
    ("data google_container_cluster.enable_k8_s_beta_apis", SPELLING),
];

const INSIDE: &str = "computed inside a block, which the bindings do not list";
const NEWER: &str = "an argument of version 7 of the provider";
const SPELLING: &str = "the bindings put an underscore where the provider has none";

fn reference() -> Reference<'static> {
    Reference {
        provider: terrane_provider_google::provider(),
        folder: Path::new(env!("CARGO_MANIFEST_DIR")),
        title: "Google provider 6.50",
        lists: include_str!("reference-schema.json"),
        meant: MEANT,
        not_listed: &[
            "data google_client_openid_userinfo",
            "google_bigquery_dataset_iam_policy",
            "google_compute_region_network_firewall_policy",
            "google_compute_region_network_firewall_policy_association",
            "google_compute_region_network_firewall_policy_rule",
            "google_kms_crypto_key_iam_binding",
            "google_kms_crypto_key_iam_member",
            "google_kms_crypto_key_iam_policy",
            "google_kms_key_ring_iam_binding",
            "google_kms_key_ring_iam_member",
            "google_kms_key_ring_iam_policy",
            "google_pubsub_topic_iam_binding",
            "google_pubsub_topic_iam_member",
            "google_pubsub_topic_iam_policy",
        ],
    }
}

#[test]
fn schemas_are_the_golden_ones() {
    let wrong = reference().check_golden_files();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_those_of_the_reference() {
    let differences = reference().differences();
    assert!(differences.is_empty(), "unexplained differences: {differences:#?}");
}

#[test]
fn the_table_of_differences_is_current() {
    assert!(reference().table_is_current(), "SCHEMAS.md is not current: run with TERRANE_UPDATE_GOLDEN=1");
}
