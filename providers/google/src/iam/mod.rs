//! Who may do what: IAM policies of projects, folders, organizations, service accounts, buckets and
//! subnets.

mod audit_configs;
mod custom_roles;
mod dataset;
pub(crate) mod foresee;
pub(crate) mod grants;
pub(crate) mod location;
pub(crate) mod policy;
mod policy_data;

use crate::Google;
use crate::names::parse_id;
use crate::provider::project_of;
pub use audit_configs::{
    FolderIamAuditConfig, LoggedAccesses, OrganizationIamAuditConfig, ProjectIamAuditConfig,
};
pub use custom_roles::{OrganizationIamCustomRole, ProjectIamCustomRole};
pub use policy_data::{AuditConfigBlock, AuditLogConfigBlock, BindingBlock, IamPolicyData};

use grants::iam_types;
use location::Location;
use terrane_sdk::{Auto, DataSourceType, ResourceType, Value, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![
        BucketIamBinding,
        BucketIamMember,
        BucketIamPolicy,
        DatasetIamBinding,
        DatasetIamMember,
        DatasetIamPolicy,
        FolderIamAuditConfig,
        FolderIamBinding,
        FolderIamMember,
        FolderIamPolicy,
        KeyIamBinding,
        KeyIamMember,
        KeyIamPolicy,
        KeyRingIamBinding,
        KeyRingIamMember,
        KeyRingIamPolicy,
        OrganizationIamAuditConfig,
        OrganizationIamBinding,
        OrganizationIamCustomRole,
        OrganizationIamMember,
        OrganizationIamPolicy,
        ProjectIamAuditConfig,
        ProjectIamBinding,
        ProjectIamCustomRole,
        ProjectIamMember,
        ProjectIamPolicy,
        ServiceAccountIamBinding,
        ServiceAccountIamMember,
        ServiceAccountIamPolicy,
        SubnetworkIamBinding,
        SubnetworkIamMember,
        SubnetworkIamPolicy,
        TopicIamBinding,
        TopicIamMember,
        TopicIamPolicy,
    ]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![IamPolicyData]
}

/// Whether two ids with or without the name of their collection are the same.
fn same_id(one: &str, other: &str) -> bool {
    crate::names::name_of(one) == crate::names::name_of(other)
}

iam_types! {
    ProjectIamMember "google_project_iam_member", ProjectIamBinding "google_project_iam_binding",
    ProjectIamPolicy "google_project_iam_policy",
    keys: {
        /// The project.
        #[attr(force_new, equivalent = same_id)]
        project: String,
    },
    locate: |_google, this| Ok(Location::resource_manager("projects", &this.project)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("project", Value::from(id.trim_start_matches("projects/")))])
}

iam_types! {
    FolderIamMember "google_folder_iam_member", FolderIamBinding "google_folder_iam_binding",
    FolderIamPolicy "google_folder_iam_policy",
    keys: {
        /// The folder: `folders/1234` or its number.
        #[attr(force_new, equivalent = same_id)]
        folder: String,
    },
    locate: |_google, this| Ok(Location::resource_manager("folders", &this.folder)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("folder", Value::from(id))])
}

iam_types! {
    OrganizationIamMember "google_organization_iam_member", OrganizationIamBinding "google_organization_iam_binding",
    OrganizationIamPolicy "google_organization_iam_policy",
    keys: {
        /// The organization's number.
        #[attr(force_new, equivalent = same_id)]
        org_id: String,
    },
    locate: |_google, this| Ok(Location::resource_manager("organizations", &this.org_id)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("org_id", Value::from(crate::names::name_of(id)))])
}

iam_types! {
    ServiceAccountIamMember "google_service_account_iam_member",
    ServiceAccountIamBinding "google_service_account_iam_binding",
    ServiceAccountIamPolicy "google_service_account_iam_policy",
    keys: {
        /// The service account: `projects/PROJECT/serviceAccounts/EMAIL`.
        #[attr(force_new)]
        service_account_id: String,
    },
    locate: |_google, this| Ok(Location::service_account(&this.service_account_id)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("service_account_id", Value::from(id))])
}

iam_types! {
    BucketIamMember "google_storage_bucket_iam_member", BucketIamBinding "google_storage_bucket_iam_binding",
    BucketIamPolicy "google_storage_bucket_iam_policy",
    keys: {
        /// The bucket.
        #[attr(force_new, equivalent = same_id)]
        bucket: String,
    },
    locate: |_google, this| Ok(Location::bucket(&this.bucket)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("bucket", Value::from(id.trim_start_matches("b/")))])
}

iam_types! {
    DatasetIamMember "google_bigquery_dataset_iam_member", DatasetIamBinding "google_bigquery_dataset_iam_binding",
    DatasetIamPolicy "google_bigquery_dataset_iam_policy",
    keys: {
        /// The dataset's own id.
        #[attr(force_new)]
        dataset_id: String,
        /// The project of the dataset.
        #[attr(force_new)]
        project: Auto<String>,
    },
    locate: |google, this| {
        let project = project_of(google, this.project.as_deref())?;
        Ok(Location::dataset(&format!("projects/{project}/datasets/{}", this.dataset_id)))
    },
    import: |id| parse_id(id, &["projects/{project}/datasets/{dataset_id}", "{project}/{dataset_id}", "{dataset_id}"])
}

iam_types! {
    KeyRingIamMember "google_kms_key_ring_iam_member", KeyRingIamBinding "google_kms_key_ring_iam_binding",
    KeyRingIamPolicy "google_kms_key_ring_iam_policy",
    keys: {
        /// The key ring: its path.
        #[attr(force_new, equivalent = crate::kms::same_path)]
        key_ring_id: String,
    },
    locate: |google, this| Ok(Location::kms(crate::kms::path(google, &this.key_ring_id, None)?)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("key_ring_id", Value::from(id))])
}

iam_types! {
    KeyIamMember "google_kms_crypto_key_iam_member", KeyIamBinding "google_kms_crypto_key_iam_binding",
    KeyIamPolicy "google_kms_crypto_key_iam_policy",
    keys: {
        /// The key: its path.
        #[attr(force_new, equivalent = crate::kms::same_path)]
        crypto_key_id: String,
    },
    locate: |google, this| Ok(Location::kms(crate::kms::path(google, &this.crypto_key_id, Some("cryptoKeys"))?)),
    import: |id| Ok::<_, terrane_sdk::Error>(vec![("crypto_key_id", Value::from(id))])
}

iam_types! {
    TopicIamMember "google_pubsub_topic_iam_member", TopicIamBinding "google_pubsub_topic_iam_binding",
    TopicIamPolicy "google_pubsub_topic_iam_policy",
    keys: {
        /// The topic.
        #[attr(force_new, equivalent = crate::names::same_reference)]
        topic: String,
        /// The project of the topic.
        #[attr(force_new)]
        project: Auto<String>,
    },
    locate: |google, this| {
        let path = crate::names::path_of(&this.topic);
        match path.contains('/') {
            true => Ok(Location::topic(path.to_owned())),
            false => Ok(Location::topic(format!("projects/{}/topics/{path}", project_of(google, this.project.as_deref())?))),
        }
    },
    import: |id| parse_id(id, &["projects/{project}/topics/{topic}", "{project}/{topic}", "{topic}"])
}

iam_types! {
    SubnetworkIamMember "google_compute_subnetwork_iam_member",
    SubnetworkIamBinding "google_compute_subnetwork_iam_binding",
    SubnetworkIamPolicy "google_compute_subnetwork_iam_policy",
    keys: {
        /// The subnet.
        #[attr(force_new, equivalent = crate::names::same_reference)]
        subnetwork: String,
        /// The region of the subnet.
        #[attr(force_new, equivalent = crate::names::same_reference)]
        region: Auto<String>,
        /// The project of the subnet.
        #[attr(force_new)]
        project: Auto<String>,
    },
    locate: |google, this| {
        let path = crate::names::path_of(&this.subnetwork);
        match path.contains('/') {
            true => Ok(Location::compute(path)),
            false => {
                let project = project_of(google, this.project.as_deref())?;
                let region = this.region.as_deref().or(google.region()).unwrap_or_default();
                let region = crate::names::name_of(region);
                Ok(Location::compute(&format!("projects/{project}/regions/{region}/subnetworks/{path}")))
            }
        }
    },
    import: |id| parse_id(id, &[
        "projects/{project}/regions/{region}/subnetworks/{subnetwork}",
        "{project}/{region}/{subnetwork}",
        "{region}/{subnetwork}",
        "{subnetwork}",
    ])
}
