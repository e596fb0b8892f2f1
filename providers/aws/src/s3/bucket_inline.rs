//! The arguments of `aws_s3_bucket` that became resources of their own in AWS provider 4. States
//! and modules still mention them, so they are in the schema: what a state says of them is
//! carried along, and not read again. A configuration that sets one is refused, with the name of
//! the resource to use.

use crate::tags::Tags;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Block, BlockSpec, Diagnostic, Diagnostics, Object, Value};

/// The arguments.
#[derive(Clone, Debug, Default, Block)]
pub struct Inline {
    /// See `aws_s3_bucket_accelerate_configuration`.
    #[attr(deprecated = "Use the aws_s3_bucket_accelerate_configuration resource instead.")]
    pub acceleration_status: Auto<String>,
    /// See `aws_s3_bucket_acl`.
    #[attr(deprecated = "Use the aws_s3_bucket_acl resource instead.")]
    pub acl: Auto<String>,
    /// See `aws_s3_bucket_policy`.
    #[attr(deprecated = "Use the aws_s3_bucket_policy resource instead.")]
    pub policy: Auto<String>,
    /// See `aws_s3_bucket_request_payment_configuration`.
    #[attr(deprecated = "Use the aws_s3_bucket_request_payment_configuration resource instead.")]
    pub request_payer: Auto<String>,
    /// See `aws_s3_bucket_cors_configuration`.
    #[block(computed)]
    pub cors_rule: Vec<CorsRule>,
    /// See `aws_s3_bucket_acl`.
    #[block(computed)]
    pub grant: BTreeSet<Grant>,
    /// See `aws_s3_bucket_lifecycle_configuration`.
    #[block(computed)]
    pub lifecycle_rule: Vec<LifecycleRule>,
    /// See `aws_s3_bucket_logging`.
    #[block(computed, max = 1)]
    pub logging: Vec<Logging>,
    /// See `aws_s3_bucket_object_lock_configuration`.
    #[block(computed, max = 1)]
    pub object_lock_configuration: Vec<ObjectLock>,
    /// See `aws_s3_bucket_replication_configuration`.
    #[block(computed, max = 1)]
    pub replication_configuration: Vec<Replication>,
    /// See `aws_s3_bucket_server_side_encryption_configuration`.
    #[block(computed, max = 1)]
    pub server_side_encryption_configuration: Vec<Encryption>,
    /// See `aws_s3_bucket_versioning`.
    #[block(computed, max = 1)]
    pub versioning: Vec<Versioning>,
    /// See `aws_s3_bucket_website_configuration`.
    #[block(computed, max = 1)]
    pub website: Vec<Website>,
}

macro_rules! blocks {
    ($($(#[$derive:meta])* $doc:literal $name:ident { $($(#[$attr:meta])* $field:ident: $ty:ty,)* })*) => {
        $(
            #[doc = $doc]
            #[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
            pub struct $name {
                $(
                    #[doc = "As in the resource of its own."]
                    $(#[$attr])*
                    pub $field: $ty,
                )*
            }
        )*
    };
}

blocks! {
    "A rule for web pages of other origins." CorsRule {
        allowed_headers: Vec<String>,
        #[attr(required)] allowed_methods: Vec<String>,
        #[attr(required)] allowed_origins: Vec<String>,
        expose_headers: Vec<String>,
        max_age_seconds: Option<i64>,
    }
    "What somebody may do." Grant {
        id: Option<String>,
        #[attr(required)] permissions: BTreeSet<String>,
        #[attr(name = "type")] kind: String,
        uri: Option<String>,
    }
    "What happens to some objects." LifecycleRule {
        abort_incomplete_multipart_upload_days: Option<i64>,
        enabled: bool,
        #[block] expiration: Option<Expiration>,
        id: Auto<String>,
        #[block] noncurrent_version_expiration: Option<NoncurrentExpiration>,
        #[block] noncurrent_version_transition: BTreeSet<NoncurrentTransition>,
        prefix: Option<String>,
        tags: Tags,
        #[block] transition: BTreeSet<Transition>,
    }
    "When objects go." Expiration {
        date: Option<String>,
        days: Option<i64>,
        expired_object_delete_marker: Option<bool>,
    }
    "When earlier versions go." NoncurrentExpiration { days: Option<i64>, }
    "When earlier versions move." NoncurrentTransition { days: Option<i64>, storage_class: String, }
    "When objects move." Transition { date: Option<String>, days: Option<i64>, storage_class: String, }
    "The log of requests." Logging { target_bucket: String, target_prefix: Option<String>, }
    "The lock of objects." ObjectLock { object_lock_enabled: Option<String>, #[block] rule: Option<LockRule>, }
    "How objects are locked." LockRule { #[block(min = 1)] default_retention: Option<Retention>, }
    "How long objects are locked." Retention { days: Option<i64>, mode: String, years: Option<i64>, }
    "Copies in other buckets." Replication { role: String, #[block(min = 1)] rules: BTreeSet<ReplicationRule>, }
    "Which objects are copied where." ReplicationRule {
        delete_marker_replication_status: Option<String>,
        #[block(min = 1)] destination: Option<Destination>,
        #[block] filter: Option<ReplicationFilter>,
        id: Option<String>,
        prefix: Option<String>,
        priority: Option<i64>,
        #[block] source_selection_criteria: Option<Criteria>,
        status: String,
    }
    "Where objects are copied to." Destination {
        #[block] access_control_translation: Option<Translation>,
        account_id: Option<String>,
        bucket: String,
        #[block] metrics: Option<Minutes>,
        replica_kms_key_id: Option<String>,
        #[block] replication_time: Option<Minutes>,
        storage_class: Option<String>,
    }
    "Who owns the copies." Translation { owner: String, }
    "A time in minutes." Minutes { minutes: Option<i64>, status: Option<String>, }
    "Which objects are copied." ReplicationFilter { prefix: Option<String>, tags: Tags, }
    "Which encrypted objects are copied." Criteria { #[block] sse_kms_encrypted_objects: Option<KmsObjects>, }
    "Whether objects encrypted with keys are copied." KmsObjects { enabled: bool, }
    "The default encryption." Encryption { #[block(min = 1)] rule: Option<EncryptionRule>, }
    "How objects are encrypted." EncryptionRule {
        #[block(min = 1)] apply_server_side_encryption_by_default: Option<ByDefault>,
        bucket_key_enabled: Option<bool>,
    }
    "The encryption of objects whose writers do not say." ByDefault {
        kms_master_key_id: Option<String>,
        sse_algorithm: String,
    }
    "Whether versions are kept." Versioning { enabled: Option<bool>, mfa_delete: Option<bool>, }
    "A web site." Website {
        error_document: Option<String>,
        index_document: Option<String>,
        redirect_all_requests_to: Option<String>,
        routing_rules: Option<String>,
    }
}

/// The resources that are to be used instead.
const INSTEAD: &[(&str, &str)] = &[
    ("acceleration_status", "aws_s3_bucket_accelerate_configuration"),
    ("acl", "aws_s3_bucket_acl"),
    ("cors_rule", "aws_s3_bucket_cors_configuration"),
    ("grant", "aws_s3_bucket_acl"),
    ("lifecycle_rule", "aws_s3_bucket_lifecycle_configuration"),
    ("logging", "aws_s3_bucket_logging"),
    ("object_lock_configuration", "aws_s3_bucket_object_lock_configuration"),
    ("policy", "aws_s3_bucket_policy"),
    ("replication_configuration", "aws_s3_bucket_replication_configuration"),
    ("request_payer", "aws_s3_bucket_request_payment_configuration"),
    ("server_side_encryption_configuration", "aws_s3_bucket_server_side_encryption_configuration"),
    ("versioning", "aws_s3_bucket_versioning"),
    ("website", "aws_s3_bucket_website_configuration"),
];

/// Adds the arguments to the schema of the bucket.
pub(crate) fn extend(spec: &mut BlockSpec) {
    let BlockSpec { mut attributes, mut blocks, .. } = Inline::spec();
    attributes.values_mut().for_each(|attribute| attribute.keep = true);
    blocks.values_mut().for_each(|nested| nested.block.keep_all());
    spec.attributes.extend(attributes);
    spec.blocks.extend(blocks);
}

/// Refuses a configuration that sets one of the arguments.
pub(super) fn refuse(config: &Value, diagnostics: &mut Diagnostics) {
    for (name, resource) in INSTEAD {
        let value = config.attribute(name).unwrap_or(Value::NULL);
        let set = !value.is_null() && value.as_slice().is_none_or(|blocks| !blocks.is_empty());
        if set {
            let detail = format!(
                "The argument {name} of aws_s3_bucket is a resource of its own since AWS provider 4, and Terrane \
                 only knows it as such: use {resource} with bucket = the id of this bucket. An existing \
                 configuration is taken over when the resource is imported."
            );
            let diagnostic = Diagnostic::error("Deprecated argument", detail).on_attribute(*name);
            diagnostics.push(diagnostic);
        }
    }
}
