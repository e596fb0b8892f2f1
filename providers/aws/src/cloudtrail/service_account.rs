//! Data source `aws_cloudtrail_service_account`: the account from which CloudTrail writes. Asks
//! nobody. Policies with the service's principal, `cloudtrail.amazonaws.com`, need it no longer.

use crate::Aws;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The account from which CloudTrail writes in a region.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_cloudtrail_service_account")]
pub struct ServiceAccount {
    /// The ARN of the account's root.
    pub arn: Computed<String>,
    /// The account.
    pub id: Computed<String>,
    /// The region; the provider's when it is not set.
    pub region: Auto<String>,
}

/// From CloudTrail's documentation.
const ACCOUNTS: &[(&str, &str)] = &[
    ("af-south-1", "525921808201"),
    ("ap-east-1", "119688915426"),
    ("ap-northeast-1", "216624486486"),
    ("ap-northeast-2", "492519147666"),
    ("ap-northeast-3", "765225791966"),
    ("ap-south-1", "977081816279"),
    ("ap-southeast-1", "903692715234"),
    ("ap-southeast-2", "284668455005"),
    ("ca-central-1", "819402241893"),
    ("cn-north-1", "193415116832"),
    ("cn-northwest-1", "681348832753"),
    ("eu-central-1", "035351147821"),
    ("eu-north-1", "829690693026"),
    ("eu-south-1", "669305197877"),
    ("eu-west-1", "859597730677"),
    ("eu-west-2", "282025262664"),
    ("eu-west-3", "262312530599"),
    ("me-south-1", "034638983726"),
    ("sa-east-1", "814480443879"),
    ("us-east-1", "086441151436"),
    ("us-east-2", "475085895292"),
    ("us-gov-east-1", "608710470296"),
    ("us-gov-west-1", "608710470296"),
    ("us-west-1", "388731089494"),
    ("us-west-2", "113285607260"),
];

#[async_trait]
impl DataSource for ServiceAccount {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let region = config.region.0.unwrap_or_else(|| aws.region().to_owned());
        let Some((_, account)) = ACCOUNTS.iter().find(|(name, _)| *name == region) else {
            let detail = format!(
                "CloudTrail has no account of its own in {region}. Use the principal cloudtrail.amazonaws.com."
            );
            return Err(Error::new("Unknown region", detail).attribute("region"));
        };
        let arn = format!("arn:{}:iam::{account}:root", aws.partition());
        Ok(ServiceAccount { arn: arn.into(), id: (*account).into(), region: region.into() })
    }
}
