//! Names of types that the reference provider has: those among them that are not built yet may be
//! declared by modules, as long as no instance of them is wanted.

macro_rules! names {
    ($($name:ident)*) => { &[$(concat!("google_", stringify!($name))),*] };
}

/// Managed resource types.
pub(crate) const RESOURCES: &[&str] = names! {
    bigquery_dataset bigquery_dataset_access bigquery_dataset_iam_binding bigquery_dataset_iam_member
    bigquery_dataset_iam_policy bigquery_table billing_project_info compute_address compute_autoscaler compute_disk compute_external_vpn_gateway
    compute_firewall compute_firewall_policy compute_firewall_policy_rule compute_forwarding_rule
    compute_global_address compute_global_forwarding_rule compute_ha_vpn_gateway compute_health_check compute_image
    compute_instance compute_instance_group_manager compute_instance_template compute_interconnect_attachment
    compute_network compute_network_firewall_policy compute_network_firewall_policy_association
    compute_network_firewall_policy_rule compute_network_peering compute_network_peering_routes_config
    compute_project_metadata compute_project_metadata_item compute_region_autoscaler
    compute_region_instance_group_manager compute_region_instance_template
    compute_region_network_firewall_policy compute_region_network_firewall_policy_association
    compute_region_network_firewall_policy_rule compute_route compute_router
    compute_router_interface compute_router_nat compute_router_peer compute_shared_vpc_host_project
    compute_shared_vpc_service_project compute_subnetwork compute_subnetwork_iam_binding
    compute_subnetwork_iam_member compute_subnetwork_iam_policy compute_vpn_gateway compute_vpn_tunnel
    container_aws_cluster container_aws_node_pool container_cluster container_node_pool dns_managed_zone dns_record_set folder folder_iam_audit_config
    folder_iam_binding folder_iam_member folder_iam_policy kms_crypto_key kms_crypto_key_iam_binding kms_crypto_key_iam_member
    kms_crypto_key_iam_policy kms_key_ring kms_key_ring_iam_binding kms_key_ring_iam_member kms_key_ring_iam_policy logging_billing_account_sink
    logging_folder_sink logging_organization_sink logging_project_bucket_config logging_project_sink
    org_policy_policy organization_iam_audit_config organization_iam_binding organization_iam_custom_role
    organization_iam_member organization_iam_policy organization_policy project project_default_service_accounts project_iam_audit_config
    project_iam_binding project_iam_custom_role project_iam_member project_iam_policy project_service
    pubsub_subscription pubsub_topic pubsub_topic_iam_binding pubsub_topic_iam_member pubsub_topic_iam_policy service_account service_account_iam_binding service_account_iam_member
    service_account_iam_policy service_account_key service_networking_connection storage_bucket storage_bucket_acl
    storage_bucket_iam_binding storage_bucket_iam_member storage_bucket_iam_policy storage_bucket_object
};

/// Data sources.
pub(crate) const DATA_SOURCES: &[&str] = names! {
    active_folder billing_account client_config compute_address compute_default_service_account
    compute_ha_vpn_gateway compute_image compute_images compute_instance compute_network compute_networks compute_regions
    compute_router compute_subnetwork compute_subnetworks compute_vpn_gateway compute_zones container_cluster
    container_engine_versions folder folders iam_policy iam_role logging_project_cmek_settings netblock_ip_ranges organization
    organizations project project_service projects service_account service_account_access_token service_account_jwt service_account_key service_accounts
    storage_bucket storage_project_service_account
};
