//! `aws_s3_bucket_acl`: the access control list of a bucket.

use crate::Aws;
use aws_sdk_s3::types::{AccessControlPolicy, BucketCannedAcl, Grant, Owner, Permission};
use std::collections::BTreeSet;
use terrane_sdk::{
    Attributes, Auto, Block, Computed, Error, PlanContext, Resource, Value, async_trait, validate,
};

use super::grantee::LogGrantee;
use super::part::{BucketPart, part_of_bucket};
use super::remote::{text, unless};

/// The lists that S3 knows by name.
pub(super) const CANNED: &[&str] = &[
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
    "log-delivery-write",
];

/// Provides the access control list of a bucket. Destroying it leaves the list as it is, since a
/// bucket always has one.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_bucket_acl", keep)]
pub struct BucketAcl {
    /// What the state knows it by: the bucket, the expected owner and the named list.
    pub id: Computed<String>,
    /// The list itself.
    #[block(computed, conflicts_with = "acl", max = 1)]
    pub access_control_policy: Vec<Policy>,
    /// A list that S3 knows by name.
    #[attr(conflicts_with = "access_control_policy", validate = validate::one_of(CANNED))]
    pub acl: Option<String>,
    /// The name of the bucket.
    #[attr(force_new, validate = validate::length(1..=63))]
    pub bucket: String,
    /// The account that must own the bucket.
    #[attr(force_new)]
    pub expected_bucket_owner: Option<String>,
}

/// An access control list.
#[derive(Clone, Debug, Default, Block)]
pub struct Policy {
    /// Who may do what.
    #[block]
    pub grant: BTreeSet<AclGrant>,
    /// The owner of the bucket.
    #[block(min = 1)]
    pub owner: Option<AclOwner>,
}

/// What somebody may do.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AclGrant {
    /// Who.
    #[block]
    pub grantee: Option<LogGrantee>,
    /// `FULL_CONTROL`, `READ`, `READ_ACP`, `WRITE` or `WRITE_ACP`.
    #[attr(validate = validate::one_of(&["FULL_CONTROL", "READ", "READ_ACP", "WRITE", "WRITE_ACP"]))]
    pub permission: String,
}

/// The owner of a bucket.
#[derive(Clone, Debug, Default, Block)]
pub struct AclOwner {
    /// The owner's name, which AWS no longer gives.
    pub display_name: Auto<String>,
    /// The owner's canonical id.
    pub id: String,
}

impl Policy {
    fn to_remote(&self) -> Result<AccessControlPolicy, Error> {
        let grant = |grant: &AclGrant| {
            let grantee = grant.grantee.as_ref().map(LogGrantee::to_remote).transpose()?;
            let permission = Permission::from(grant.permission.as_str());
            Ok(Grant::builder().permission(permission).set_grantee(grantee).build())
        };
        let grants = self.grant.iter().map(grant).collect::<Result<Vec<_>, Error>>()?;
        let owner = self
            .owner
            .as_ref()
            .map(|o| Owner::builder().id(&o.id).set_display_name(text(&o.display_name.0)).build());
        Ok(AccessControlPolicy::builder().set_grants(Some(grants)).set_owner(owner).build())
    }

    fn from_remote(owner: Option<Owner>, grants: Vec<Grant>) -> Policy {
        let grant = |grant: Grant| AclGrant {
            grantee: grant.grantee.map(LogGrantee::from_remote),
            permission: grant.permission.map(|p| p.as_str().to_owned()).unwrap_or_default(),
        };
        let owner = owner.map(|o| AclOwner {
            display_name: o.display_name.unwrap_or_default().into(),
            id: o.id.unwrap_or_default(),
        });
        Policy { grant: grants.into_iter().map(grant).collect(), owner }
    }
}

/// The parts of the id, which come in this order, each but the first only if it is set.
fn id(acl: &BucketAcl) -> String {
    let owner = acl.expected_bucket_owner.as_deref().filter(|o| !o.is_empty());
    let named = acl.acl.as_deref().filter(|a| !a.is_empty());
    [Some(acl.bucket.as_str()), owner, named].into_iter().flatten().collect::<Vec<_>>().join(",")
}

#[async_trait]
impl BucketPart for BucketAcl {
    async fn put(self, aws: &Aws, _: Option<&Self>) -> Result<Self, Error> {
        let list = match self.acl.as_deref().filter(|a| !a.is_empty()) {
            Some(_) => None,
            None => self.access_control_policy.first().map(Policy::to_remote).transpose()?,
        };
        let call = (aws.s3().put_bucket_acl().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone())
            .set_acl(self.acl.as_deref().filter(|a| !a.is_empty()).map(BucketCannedAcl::from))
            .set_access_control_policy(list);
        aws.call("s3:PutBucketAcl", call.send()).await?;
        let bucket = self.bucket.clone();
        self.get(aws).await?.ok_or_else(|| {
            Error::new("The bucket is gone", format!("Bucket {bucket} vanished while its list was set."))
        })
    }

    async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let call = (aws.s3().get_bucket_acl().bucket(&self.bucket))
            .set_expected_bucket_owner(self.expected_bucket_owner.clone());
        let found = unless(aws.call("s3:GetBucketAcl", call.send()).await, &[])?;
        Ok(found.map(|found| Self {
            id: id(&self).into(),
            access_control_policy: vec![Policy::from_remote(found.owner, found.grants.unwrap_or_default())],
            ..self
        }))
    }

    async fn remove(&self, _: &Aws) -> Result<(), Error> {
        Ok(())
    }
}

/// `BUCKET`, `BUCKET,ACL`, `BUCKET,ACCOUNT` or `BUCKET,ACCOUNT,ACL`.
fn import(id: &str) -> Result<Attributes, Error> {
    let parts: Vec<&str> = id.split(',').collect();
    let is_account = |t: &str| t.len() == 12 && t.bytes().all(|b| b.is_ascii_digit());
    let (owner, acl) = match parts[1..] {
        [] => (None, None),
        [one] if is_account(one) => (Some(one), None),
        [acl] => (None, Some(acl)),
        [owner, acl] if is_account(owner) => (Some(owner), Some(acl)),
        _ => {
            let detail =
                format!("Expected BUCKET, BUCKET,ACL, BUCKET,ACCOUNT or BUCKET,ACCOUNT,ACL, got {id:?}.");
            return Err(Error::new("Invalid import id", detail));
        }
    };
    let mut attributes = vec![("id", Value::from(id)), ("bucket", Value::from(parts[0]))];
    attributes.extend(owner.map(|o| ("expected_bucket_owner", Value::from(o))));
    attributes.extend(acl.map(|a| ("acl", Value::from(a))));
    Ok(attributes)
}

fn plan(cx: &mut PlanContext<'_, Aws>) {
    // Which grants a named list stands for is known only after apply, and the id has its name.
    if cx.changed("acl") {
        cx.set_unknown("id");
        if cx.config("access_control_policy").as_slice().is_none_or(<[Value]>::is_empty) {
            cx.set_unknown("access_control_policy");
        }
    }
}

part_of_bucket!(BucketAcl, import, plan);
