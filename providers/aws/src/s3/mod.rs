//! S3: buckets, what they are configured to do, and objects.
//!
//! Most configurations of a bucket are resource types of their own, whose names begin with
//! `aws_s3_bucket_`; [`part`] has what they share. Names are the natural keys of everything here, so
//! that creates which a crash interrupted are simply repeated.

pub mod account_public_access_block;
pub mod account_public_access_block_data;
pub mod bucket;
pub mod bucket_accelerate_configuration;
pub mod bucket_acl;
pub mod bucket_analytics;
mod bucket_contents;
pub mod bucket_cors_configuration;
pub mod bucket_data;
pub mod bucket_encryption;
pub mod bucket_intelligent_tiering;
pub mod bucket_inventory;
pub mod bucket_lifecycle;
pub mod bucket_logging;
pub mod bucket_metric;
mod bucket_name;
pub mod bucket_notification;
pub mod bucket_object_lock;
pub mod bucket_ownership_controls;
pub mod bucket_policy;
pub mod bucket_policy_data;
pub mod bucket_public_access_block;
pub mod bucket_replication;
pub mod bucket_request_payment;
pub mod bucket_versioning;
pub mod bucket_website;
pub mod canonical_user_id;
pub mod directory_bucket;
mod directory_bucket_tags;
pub mod grantee;
pub mod inline;
pub mod lifecycle_rule;
pub mod log_delivery_user;
pub mod object;
pub mod object_data;
mod object_put;
mod object_versions;
pub mod objects_data;
mod part;
mod region;
mod remote;
pub mod replication_rule;
pub mod routing_rule;
mod tagging;

use crate::Aws;
use terrane_sdk::{DataSourceType, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        account_public_access_block::AccountPublicAccessBlock,
        bucket::Bucket,
        bucket_accelerate_configuration::BucketAccelerateConfiguration,
        bucket_acl::BucketAcl,
        bucket_analytics::BucketAnalytics,
        bucket_cors_configuration::BucketCorsConfiguration,
        bucket_encryption::BucketEncryption,
        bucket_intelligent_tiering::BucketIntelligentTiering,
        bucket_inventory::BucketInventory,
        bucket_lifecycle::BucketLifecycle,
        bucket_logging::BucketLogging,
        bucket_metric::BucketMetric,
        bucket_notification::BucketNotification,
        bucket_object_lock::BucketObjectLock,
        bucket_ownership_controls::BucketOwnershipControls,
        bucket_policy::BucketPolicy,
        bucket_public_access_block::BucketPublicAccessBlock,
        bucket_replication::BucketReplication,
        bucket_request_payment::BucketRequestPayment,
        bucket_versioning::BucketVersioning,
        bucket_website::BucketWebsite,
        directory_bucket::DirectoryBucket,
        object::S3Object,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![
        account_public_access_block_data::AccountPublicAccessBlockData,
        bucket_data::BucketData,
        bucket_policy_data::BucketPolicyData,
        canonical_user_id::CanonicalUserId,
        log_delivery_user::LogDeliveryUser,
        object_data::ObjectData,
        objects_data::ObjectsData,
    ]
}
