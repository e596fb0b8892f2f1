//! `aws_elb_service_account`: the account from which load balancers write their logs. Asks nobody.
//! Policies with the service's principal need it no longer in newer regions.

use crate::Aws;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The account from which load balancers write their logs in a region.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_elb_service_account")]
pub struct ElbServiceAccount {
    /// The ARN of the account's root.
    pub arn: Computed<String>,
    /// The account.
    pub id: Computed<String>,
    /// The region; the provider's when it is not set.
    pub region: Auto<String>,
}

/// From the documentation of access logs.
const ACCOUNTS: &[(&str, &str)] = &[
    ("af-south-1", "098369216593"),
    ("ap-east-1", "754344448648"),
    ("ap-northeast-1", "582318560864"),
    ("ap-northeast-2", "600734575887"),
    ("ap-northeast-3", "383597477331"),
    ("ap-south-1", "718504428378"),
    ("ap-southeast-1", "114774131450"),
    ("ap-southeast-2", "783225319266"),
    ("ap-southeast-3", "589379963580"),
    ("ca-central-1", "985666609251"),
    ("cn-north-1", "638102146993"),
    ("cn-northwest-1", "037604701340"),
    ("eu-central-1", "054676820928"),
    ("eu-north-1", "897822967062"),
    ("eu-south-1", "635631232127"),
    ("eu-west-1", "156460612806"),
    ("eu-west-2", "652711504416"),
    ("eu-west-3", "009996457667"),
    ("me-south-1", "076674570225"),
    ("sa-east-1", "507241528517"),
    ("us-east-1", "127311923021"),
    ("us-east-2", "033677994240"),
    ("us-gov-east-1", "190560391635"),
    ("us-gov-west-1", "048591011584"),
    ("us-west-1", "027434742980"),
    ("us-west-2", "797873946194"),
];

#[async_trait]
impl DataSource for ElbServiceAccount {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let region = config.region.0.unwrap_or_else(|| aws.region().to_owned());
        let Some((_, account)) = ACCOUNTS.iter().find(|(name, _)| *name == region) else {
            let detail = format!(
                "Load balancers have no account of their own in {region}. Use the principal \
                 logdelivery.elasticloadbalancing.amazonaws.com."
            );
            return Err(Error::new("Unknown region", detail).attribute("region"));
        };
        let arn = format!("arn:{}:iam::{account}:root", aws.partition());
        Ok(ElbServiceAccount { arn: arn.into(), id: (*account).into(), region: region.into() })
    }
}
