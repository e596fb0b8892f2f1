//! What is said when AWS refuses a call for want of a permission: which permission it is, and who
//! lacks it.

use terrane_sdk::Error;

/// How AWS's services say it.
const CODES: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AuthorizationErrorException",
    "NotAuthorized",
    "UnauthorizedException",
    "UnauthorizedOperation",
];

/// What comes before the text that only its receiver's administrator can read.
const ENCODED: &str = "Encoded authorization failure message: ";

/// Operations of S3 whose permission has another name.
const S3: &[(&str, &str)] = &[
    ("DeleteBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"),
    ("DeleteBucketCors", "PutBucketCORS"),
    ("DeleteBucketEncryption", "PutEncryptionConfiguration"),
    ("DeleteBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"),
    ("DeleteBucketInventoryConfiguration", "PutInventoryConfiguration"),
    ("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
    ("DeleteBucketMetricsConfiguration", "PutMetricsConfiguration"),
    ("DeleteBucketOwnershipControls", "PutBucketOwnershipControls"),
    ("DeleteBucketReplication", "PutReplicationConfiguration"),
    ("DeleteBucketTagging", "PutBucketTagging"),
    ("DeleteObjects", "DeleteObject"),
    ("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
    ("GetBucketAccelerateConfiguration", "GetAccelerateConfiguration"),
    ("GetBucketAnalyticsConfiguration", "GetAnalyticsConfiguration"),
    ("GetBucketCors", "GetBucketCORS"),
    ("GetBucketEncryption", "GetEncryptionConfiguration"),
    ("GetBucketIntelligentTieringConfiguration", "GetIntelligentTieringConfiguration"),
    ("GetBucketInventoryConfiguration", "GetInventoryConfiguration"),
    ("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
    ("GetBucketMetricsConfiguration", "GetMetricsConfiguration"),
    ("GetBucketNotificationConfiguration", "GetBucketNotification"),
    ("GetBucketReplication", "GetReplicationConfiguration"),
    ("GetObjectLockConfiguration", "GetBucketObjectLockConfiguration"),
    ("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
    ("HeadBucket", "ListBucket"),
    ("HeadObject", "GetObject"),
    ("ListBuckets", "ListAllMyBuckets"),
    ("ListObjectVersions", "ListBucketVersions"),
    ("ListObjectsV2", "ListBucket"),
    ("PutBucketAccelerateConfiguration", "PutAccelerateConfiguration"),
    ("PutBucketAnalyticsConfiguration", "PutAnalyticsConfiguration"),
    ("PutBucketCors", "PutBucketCORS"),
    ("PutBucketEncryption", "PutEncryptionConfiguration"),
    ("PutBucketIntelligentTieringConfiguration", "PutIntelligentTieringConfiguration"),
    ("PutBucketInventoryConfiguration", "PutInventoryConfiguration"),
    ("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
    ("PutBucketMetricsConfiguration", "PutMetricsConfiguration"),
    ("PutBucketNotificationConfiguration", "PutBucketNotification"),
    ("PutBucketReplication", "PutReplicationConfiguration"),
    ("PutObjectLockConfiguration", "PutBucketObjectLockConfiguration"),
    ("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
];

/// Whether `error` says that a permission is missing.
pub(super) fn is_denied(error: &Error) -> bool {
    error.has_code(CODES)
}

/// The permission that `operation` (`s3:HeadBucket`) takes.
fn permission(operation: &str) -> String {
    let renamed = operation.strip_prefix("s3:").and_then(|name| S3.iter().find(|(from, _)| *from == name));
    renamed.map_or_else(|| operation.to_owned(), |(_, to)| format!("s3:{to}"))
}

/// `error` of `operation`, with the missing permission, the one who lacks it (`caller`, as far as it
/// is known), and how to find out more.
pub(super) fn explained(mut error: Error, operation: &str, caller: Option<&str>) -> Error {
    let (said, encoded) = match error.detail.split_once(ENCODED) {
        Some((said, encoded)) => (said.trim_end(), encoded.split_whitespace().next()),
        None => (error.detail.trim_end(), None),
    };
    let mut sentences = vec![said.to_owned()];
    if !said.is_empty() && !said.ends_with('.') {
        sentences[0].push('.');
    }
    if !said.contains("not authorized to perform: ") {
        let caller = caller.unwrap_or("the principal whose credentials these are");
        sentences.push(format!("Permission {} is missing to {caller}.", permission(operation)));
    }
    if let Some(encoded) = encoded {
        sentences.push(format!(
            "Why exactly is told by: aws sts decode-authorization-message --query DecodedMessage --output text \
             --encoded-message {encoded}"
        ));
    }
    error.detail = sentences.join(" ");
    error
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permission_and_principal_are_named() {
        let me = Some("arn:aws:iam::123456789012:user/me");
        let spelled = "User: arn:aws:iam::123456789012:user/me is not authorized to perform: iam:CreateGroup on \
                       resource: group x because no identity-based policy allows the iam:CreateGroup action";
        for (operation, said, caller, want) in [
            ("iam:CreateGroup", spelled, me, format!("{spelled}.")),
            (
                "s3:HeadBucket",
                "Access Denied",
                me,
                "Access Denied. Permission s3:ListBucket is missing to arn:aws:iam::123456789012:user/me.".to_owned(),
            ),
            (
                "sqs:SetQueueAttributes",
                "No.",
                None,
                "No. Permission sqs:SetQueueAttributes is missing to the principal whose credentials these are."
                    .to_owned(),
            ),
            (
                "ec2:CreateVpc",
                "You are not authorized to perform this operation. Encoded authorization failure message: 4w1-x_Y",
                me,
                "You are not authorized to perform this operation. Permission ec2:CreateVpc is missing to \
                 arn:aws:iam::123456789012:user/me. Why exactly is told by: aws sts decode-authorization-message \
                 --query DecodedMessage --output text --encoded-message 4w1-x_Y"
                    .to_owned(),
            ),
        ] {
            let error = explained(Error::new("x failed", said).code("AccessDenied"), operation, caller);
            assert!(is_denied(&error));
            assert_eq!(error.detail, want);
        }
        assert!(!is_denied(&Error::new("x", "y").code("NoSuchEntity")));
    }
}
