//! What access control lists of buckets give.

use terrane_sdk::Value;

use super::attribute;

/// Whom lists know by name, and what they call them.
const GROUPS: [(&str, &str); 3] = [
    ("AllUsers", "everybody"),
    ("AuthenticatedUsers", "everybody with an AWS account"),
    ("LogDelivery", "log delivery of S3"),
];

/// What a list of a bucket or of `aws_s3_bucket_acl` gives others than the bucket's owner: who, and which action.
pub(super) fn given(bucket: &Value) -> Vec<(String, &'static str)> {
    if let Some(list) = attribute(bucket, "acl").as_str() {
        return canned(list).iter().flat_map(|(who, permission)| actions(who, permission)).collect();
    }
    let mut found = Vec::new();
    let own = attribute(bucket, "grant");
    for grant in own.as_slice().unwrap_or_default() {
        let permissions = attribute(grant, "permissions");
        let permissions = permissions.as_slice().unwrap_or_default();
        for permission in permissions.iter().filter_map(Value::as_str) {
            found.extend(grantee(grant).iter().flat_map(|who| actions(who, permission)));
        }
    }
    let policy = attribute(bucket, "access_control_policy");
    for policy in policy.as_slice().unwrap_or_default() {
        let owner = first(policy, "owner").and_then(|owner| text(&owner, "id"));
        let grants = attribute(policy, "grant");
        for grant in grants.as_slice().unwrap_or_default() {
            let Some(to) = first(grant, "grantee") else { continue };
            let permission = text(grant, "permission").unwrap_or_default();
            if text(&to, "id").is_none_or(|id| Some(id) != owner) {
                found.extend(grantee(&to).iter().flat_map(|who| actions(who, &permission)));
            }
        }
    }
    found
}

/// What the lists give that S3 knows by name.
fn canned(list: &str) -> &'static [(&'static str, &'static str)] {
    match list {
        "public-read" => &[("everybody", "READ")],
        "public-read-write" => &[("everybody", "READ"), ("everybody", "WRITE")],
        "authenticated-read" => &[("everybody with an AWS account", "READ")],
        "log-delivery-write" => &[("log delivery of S3", "WRITE"), ("log delivery of S3", "READ_ACP")],
        _ => &[],
    }
}

/// Who is granted something; none while it is not known.
fn grantee(grant: &Value) -> Option<String> {
    let uri = text(grant, "uri");
    let group = uri.as_deref().and_then(|uri| uri.rsplit('/').next());
    let known = GROUPS.iter().find(|(name, _)| Some(*name) == group).map(|(_, who)| (*who).to_owned());
    let account = || text(grant, "id").map(|id| format!("account with canonical id {id}"));
    known.or(uri).or_else(|| text(grant, "email_address")).or_else(account)
}

/// What a permission on a bucket is as actions in policies.
fn actions(who: &str, permission: &str) -> Vec<(String, &'static str)> {
    const READ: [&str; 3] = ["s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:ListBucketVersions"];
    let one: &[&'static str] = match permission {
        "READ" => &READ,
        "WRITE" => &["s3:PutObject"],
        "READ_ACP" => &["s3:GetBucketAcl"],
        "WRITE_ACP" => &["s3:PutBucketAcl"],
        _ => {
            return ["READ", "WRITE", "READ_ACP", "WRITE_ACP"].iter().flat_map(|p| actions(who, p)).collect();
        }
    };
    one.iter().map(|action| (who.to_owned(), *action)).collect()
}

fn first(object: &Value, name: &str) -> Option<Value> {
    attribute(object, name).as_slice()?.first().cloned()
}

fn text(object: &Value, name: &str) -> Option<String> {
    attribute(object, name).as_str().filter(|text| !text.is_empty()).map(str::to_owned)
}
