//! The `*_custom_endpoint` attributes: one for each Google service.

use crate::client::called;
use std::collections::BTreeMap;
use terrane_sdk::{AttributeSpec, Presence, Type, Value};

macro_rules! names {
    ($($name:literal)*) => {
        /// The names of services, and the attributes that give them another endpoint.
        const ATTRIBUTES: &[(&str, &str)] = &[$(($name, concat!($name, "_custom_endpoint"))),*];
    };
}
names! {
    "access_approval" "access_context_manager" "active_directory" "alloydb" "api_gateway" "apigee" "app_engine"
    "apphub" "artifact_registry" "assured_workloads" "backup_dr" "beyondcorp" "big_query" "biglake"
    "bigquery_analytics_hub" "bigquery_connection" "bigquery_data_transfer" "bigquery_datapolicy"
    "bigquery_reservation" "bigtable" "billing" "binary_authorization" "blockchain_node_engine"
    "certificate_authority_service" "certificate_manager" "chronicle" "cloud_asset" "cloud_billing" "cloud_build"
    "cloud_functions" "cloud_identity" "cloud_ids" "cloud_quotas" "cloud_resource_manager" "cloud_run" "cloud_run_v2"
    "cloud_scheduler" "cloud_tasks" "cloudbuildv2" "cloudfunctions2" "clouddeploy" "clouddomains" "colab" "composer"
    "compute" "contact_center_insights" "container" "container_analysis" "container_attached" "container_aws"
    "container_azure" "core_billing" "data_catalog" "data_fusion" "data_loss_prevention" "data_pipeline"
    "database_migration_service" "dataflow" "dataform" "dataplex" "dataproc" "dataproc_gdc" "dataproc_metastore"
    "datastream" "deployment_manager" "developer_connect" "dialogflow" "dialogflow_cx" "discovery_engine" "dns"
    "document_ai" "document_ai_warehouse" "edgecontainer" "edgenetwork" "essential_contacts" "eventarc" "filestore"
    "firebase_app_check" "firestore" "gemini" "gke_backup" "gke_hub" "gke_hub2" "gkeonprem" "healthcare" "iam" "iam2"
    "iam3" "iam_beta" "iam_credentials" "iam_workforce_pool" "iap" "identity_platform" "integration_connectors"
    "integrations" "kms" "logging" "looker" "lustre" "managed_kafka" "memcache" "memorystore" "migration_center"
    "ml_engine" "monitoring" "netapp" "network_connectivity" "network_management" "network_security"
    "network_services" "notebooks" "oracle_database" "org_policy" "os_config" "os_login" "parallelstore"
    "parameter_manager" "privateca" "privileged_access_manager" "public_ca" "pubsub" "pubsub_lite"
    "recaptcha_enterprise" "redis" "resource_manager" "resource_manager_v3" "secret_manager"
    "secret_manager_regional" "secure_source_manager" "security_center" "security_center_v2" "securityposture"
    "service_directory" "service_management" "service_networking" "service_usage" "site_verification"
    "source_repo" "spanner" "sql" "storage" "storage_batch_operations" "storage_control" "storage_insights"
    "storage_transfer" "tags" "tpu" "transcoder" "vertex_ai" "vmwareengine" "vpc_access" "workbench" "workflows"
}

/// The attributes.
pub(crate) fn attributes() -> impl Iterator<Item = (&'static str, AttributeSpec)> {
    ATTRIBUTES.iter().map(|(_, name)| {
        let mut attribute = AttributeSpec::new(Type::String, Presence::Optional);
        attribute.description = "The URL of the service's endpoint.".into();
        (*name, attribute)
    })
}

/// The endpoints of services, from the configuration or else the environment
/// (`GOOGLE_COMPUTE_CUSTOM_ENDPOINT`).
pub(crate) fn decode(config: &Value) -> BTreeMap<String, String> {
    let set = |name: &str| config.attribute(name).and_then(|v| v.as_str().map(str::to_owned));
    ATTRIBUTES
        .iter()
        .filter_map(|(service, name)| {
            let url = set(name).or_else(|| std::env::var(format!("GOOGLE_{}", name.to_uppercase())).ok());
            Some((service.to_string(), url.filter(|url| !url.is_empty())?))
        })
        .collect()
}

/// Attributes that give an endpoint to a service which nothing here calls.
pub(crate) fn unused(config: &Value) -> Vec<&'static str> {
    let set = |name: &str| config.attribute(name).is_some_and(|v| !v.is_null());
    let is_called = |service: &str| called().any(|name| name == service);
    ATTRIBUTES
        .iter()
        .filter(|(service, name)| set(name) && !is_called(service))
        .map(|(_, name)| *name)
        .collect()
}
