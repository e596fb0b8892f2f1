//! `acl`, `grant` and `policy`: who may do what.

use crate::Aws;
use crate::s3::bucket::Bucket;
use crate::s3::bucket_acl::{AclGrant, BucketAcl, Policy};
use crate::s3::bucket_policy::BucketPolicy;
use crate::s3::grantee::LogGrantee;
use crate::s3::part::BucketPart;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::{Error, async_trait, validate};

use super::{Inline, blocks, set};

blocks! {
    "What somebody may do." Grant {
        id: Option<String>,
        #[attr(required)] permissions: BTreeSet<String>,
        #[attr(name = "type", validate = validate::one_of(&["CanonicalUser", "Group"]))] kind: String,
        uri: Option<String>,
    }
}

impl Grant {
    /// S3 has a grant for each permission.
    fn each(&self) -> Vec<AclGrant> {
        let grantee = LogGrantee {
            id: set(self.id.as_ref()),
            kind: self.kind.clone(),
            uri: set(self.uri.as_ref()),
            ..LogGrantee::default()
        };
        let grant =
            |permission: &String| AclGrant { grantee: Some(grantee.clone()), permission: permission.clone() };
        self.permissions.iter().map(grant).collect()
    }

    fn all_of(policy: Policy) -> BTreeSet<Grant> {
        let mut by_grantee: BTreeMap<(String, Option<String>, Option<String>), BTreeSet<String>> =
            BTreeMap::new();
        for AclGrant { grantee, permission } in policy.grant {
            let LogGrantee { kind, id, uri, .. } = grantee.unwrap_or_default();
            by_grantee.entry((kind, id, uri)).or_default().insert(permission);
        }
        let grants = by_grantee.into_iter();
        grants.map(|((kind, id, uri), permissions)| Grant { id, permissions, kind, uri }).collect()
    }
}

#[async_trait]
impl Inline for BucketAcl {
    fn of_bucket(bucket: String) -> Self {
        BucketAcl { bucket, ..BucketAcl::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let list = Self::of_bucket(bucket.id.0.clone()?);
        if bucket.grant.is_empty() {
            let acl = set(bucket.acl.get())?;
            return Some(BucketAcl { acl: Some(acl), ..list });
        }
        let grant = bucket.grant.iter().flat_map(Grant::each).collect();
        Some(BucketAcl { access_control_policy: vec![Policy { grant, owner: None }], ..list })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        let policy = found.and_then(|list| list.access_control_policy.into_iter().next());
        bucket.grant = policy.map(Grant::all_of).unwrap_or_default();
    }

    /// The name of a list cannot be read, so that there is nothing to compare it with.
    fn is_held(bucket: &Bucket) -> bool {
        !bucket.grant.is_empty()
    }

    fn is_usual(&self) -> bool {
        let Some(Policy { grant, owner }) = self.access_control_policy.first() else { return true };
        let owner = owner.as_ref().map(|owner| owner.id.as_str());
        let of_owner = |grant: &AclGrant| {
            let id = grant.grantee.as_ref().and_then(|grantee| grantee.id.as_deref());
            grant.permission == "FULL_CONTROL" && id == owner
        };
        grant.iter().all(of_owner)
    }

    /// Grants are put together with the owner.
    async fn completed(mut self, aws: &Aws, before: Option<&Self>) -> Result<Self, Error> {
        let owner_of =
            |list: &Self| list.access_control_policy.first().and_then(|policy| policy.owner.clone());
        let mut owner = before.and_then(owner_of);
        if owner.is_none() && !self.access_control_policy.is_empty() {
            let now = Self::of_bucket(self.bucket.clone()).get(aws).await?;
            owner = now.as_ref().and_then(owner_of);
        }
        self.access_control_policy.iter_mut().for_each(|policy| policy.owner = owner.clone());
        Ok(self)
    }
}

#[async_trait]
impl Inline for BucketPolicy {
    fn of_bucket(bucket: String) -> Self {
        BucketPolicy { bucket, ..BucketPolicy::default() }
    }

    fn said_by(bucket: &Bucket) -> Option<Self> {
        let policy = set(bucket.policy.get())?;
        Some(BucketPolicy { policy, ..Self::of_bucket(bucket.id.0.clone()?) })
    }

    fn tell(found: Option<Self>, bucket: &mut Bucket) {
        bucket.policy = found.map(|found| found.policy).into();
    }
}
