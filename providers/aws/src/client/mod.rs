//! Connections to AWS: one [`Aws`] for each region under one set of credentials, sharing
//! transport, limits and what is known of the account. Knows no resource type.

mod credentials;
mod error;
mod limit;
mod profile;
mod session;
mod transport;
mod wait;

pub(crate) use error::{api_error, is_not_found};
pub(crate) use limit::Limits;
pub(crate) use session::Session;
pub(crate) use wait::{PROPAGATION, Poll, retry_while, wait_until};

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use std::error::Error as StdError;
use std::future::Future;
use std::sync::{Arc, OnceLock};
use terrane_sdk::Error;

use crate::coalesce::Coalesce;
use crate::tags::TagPolicy;

/// Look-ups of objects by id, joined.
pub(crate) type Lookups<T> = Coalesce<String, Result<Option<T>, Error>>;

/// A connection to one region of one account.
pub struct Aws {
    session: Arc<Session>,
    region: Arc<str>,
    ec2: OnceLock<aws_sdk_ec2::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
    /// Joins polls for new VPCs.
    pub(crate) vpcs: Lookups<aws_sdk_ec2::types::Vpc>,
    /// Joins reads of VPCs that have just been changed.
    pub(crate) changed_vpcs: Coalesce<crate::ec2::Vpc, Result<Option<crate::ec2::Vpc>, Error>>,
    /// Joins polls for new subnets.
    pub(crate) subnets: Lookups<aws_sdk_ec2::types::Subnet>,
    /// Joins polls for new security groups.
    pub(crate) security_groups: Lookups<aws_sdk_ec2::types::SecurityGroup>,
    /// Joins polls for new internet gateways.
    pub(crate) internet_gateways: Lookups<aws_sdk_ec2::types::InternetGateway>,
    /// Joins polls for new addresses.
    pub(crate) addresses: Lookups<aws_sdk_ec2::types::Address>,
    /// Joins polls for new route tables.
    pub(crate) route_tables: Lookups<aws_sdk_ec2::types::RouteTable>,
    /// Joins polls for new NAT gateways.
    pub(crate) nat_gateways: Lookups<aws_sdk_ec2::types::NatGateway>,
    /// Joins polls for new rules of security groups.
    pub(crate) group_rules: Lookups<aws_sdk_ec2::types::SecurityGroupRule>,
    /// Joins removals of the tags of finished operations.
    pub(crate) operation_tags: Coalesce<String, ()>,
}

impl Aws {
    pub(crate) fn new(session: Arc<Session>, region: Arc<str>) -> Aws {
        Aws {
            session,
            region,
            ec2: OnceLock::new(),
            iam: OnceLock::new(),
            sts: OnceLock::new(),
            vpcs: Coalesce::default(),
            changed_vpcs: Coalesce::default(),
            subnets: Coalesce::default(),
            nat_gateways: Coalesce::default(),
            group_rules: Coalesce::default(),
            route_tables: Coalesce::default(),
            internet_gateways: Coalesce::default(),
            addresses: Coalesce::default(),
            security_groups: Coalesce::default(),
            operation_tags: Coalesce::default(),
        }
    }

    /// The region's name.
    pub(crate) fn region(&self) -> &str {
        &self.region
    }

    /// The connection to another region of the same account.
    pub(crate) fn in_region(self: &Arc<Self>, region: &str) -> Arc<Aws> {
        if *self.region == *region { self.clone() } else { self.session.region(region) }
    }

    /// The client of EC2.
    pub(crate) fn ec2(&self) -> &aws_sdk_ec2::Client {
        self.ec2.get_or_init(|| self.session.ec2(&self.region))
    }

    /// The client of IAM.
    pub fn iam(&self) -> &aws_sdk_iam::Client {
        self.iam.get_or_init(|| self.session.iam(&self.region))
    }

    /// The client of STS.
    pub(crate) fn sts(&self) -> &aws_sdk_sts::Client {
        self.sts.get_or_init(|| self.session.sts(&self.region))
    }

    /// The rules of the provider configuration for tags.
    pub(crate) fn tags(&self) -> &TagPolicy {
        self.session.tags()
    }

    /// Awaits a call of `operation` (`ec2:CreateSubnet`); its error says where it happened.
    pub async fn call<T, E>(
        &self,
        operation: &str,
        call: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Result<T, Error>
    where
        E: StdError + ProvideErrorMetadata + Send + Sync + 'static,
    {
        match call.await {
            Ok(answer) => Ok(answer),
            Err(error) => {
                if self.session.known_account().is_none() {
                    // Whose account it was helps with the error; when that cannot be told, the
                    // error is still the first one.
                    let _ = self.account().await;
                }
                Err(self.here(api_error(operation, error)))
            }
        }
    }

    /// `error` with this account and region, as far as they are known.
    pub(crate) fn here(&self, mut error: Error) -> Error {
        error.account = self.session.known_account();
        error.region = Some(self.region.clone());
        error
    }

    /// The account's id; asked for once. Empty when `skip_requesting_account_id` is set.
    pub async fn account(&self) -> Result<Arc<str>, Error> {
        self.session.account(&self.region).await
    }

    /// The part of ARNs that says which AWS this is: `aws`, `aws-cn`, `aws-us-gov`.
    pub fn partition(&self) -> &'static str {
        partition_of(&self.region)
    }

    /// The ARN of an EC2 object: `resource` is `vpc/vpc-1`.
    pub(crate) fn ec2_arn(&self, account: &str, resource: &str) -> String {
        format!("arn:{}:ec2:{}:{account}:{resource}", self.partition(), self.region)
    }

    /// Who and where this is, as far as it is known.
    pub(crate) fn identity(&self) -> String {
        match self.session.known_account() {
            Some(account) => format!("account {account}, region {}", self.region),
            None => format!("region {}", self.region),
        }
    }
}

/// The partition a region is in.
pub(crate) fn partition_of(region: &str) -> &'static str {
    let prefixes = [
        ("cn-", "aws-cn"),
        ("us-gov-", "aws-us-gov"),
        ("us-isob-", "aws-iso-b"),
        ("us-isof-", "aws-iso-f"),
        ("eu-isoe-", "aws-iso-e"),
        ("us-iso-", "aws-iso"),
        ("eusc-", "aws-eusc"),
    ];
    prefixes.iter().find(|(prefix, _)| region.starts_with(prefix)).map_or("aws", |(_, p)| p)
}

/// The domain under which a partition's services are.
pub(crate) fn dns_suffix(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "amazonaws.com.cn",
        "aws-iso" => "c2s.ic.gov",
        "aws-iso-b" => "sc2s.sgov.gov",
        "aws-iso-e" => "cloud.adc-e.uk",
        "aws-iso-f" => "csp.hci.ic.gov",
        "aws-eusc" => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
