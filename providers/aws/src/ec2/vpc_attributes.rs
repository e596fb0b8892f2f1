//! The attributes of a VPC that EC2 shows and changes one by one, and only for one VPC a call.

use super::Vpc;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::types::{AttributeBooleanValue, VpcAttributeName};
use terrane_sdk::Error;

/// Three switches.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub(super) dns_support: bool,
    pub(super) dns_hostnames: bool,
    pub(super) usage_metrics: bool,
}

impl Attributes {
    /// What `vpc` wants, and `otherwise` where it does not say.
    pub(super) fn wanted(vpc: &Vpc, otherwise: Attributes) -> Attributes {
        Attributes {
            dns_support: vpc.enable_dns_support.unwrap_or(otherwise.dns_support),
            dns_hostnames: vpc.enable_dns_hostnames.0.unwrap_or(otherwise.dns_hostnames),
            usage_metrics: vpc.enable_network_address_usage_metrics.0.unwrap_or(otherwise.usage_metrics),
        }
    }
}

/// Reads the attributes of a VPC, all at the same time.
pub(super) async fn read(aws: &Aws, vpc: &str) -> Result<Attributes, Error> {
    let ask = |name: VpcAttributeName| async move {
        let call = aws.ec2().describe_vpc_attribute().vpc_id(vpc).attribute(name).send();
        aws.call("ec2:DescribeVpcAttribute", call).await
    };
    let (support, hostnames, metrics) = futures::try_join!(
        ask(VpcAttributeName::EnableDnsSupport),
        ask(VpcAttributeName::EnableDnsHostnames),
        ask(VpcAttributeName::EnableNetworkAddressUsageMetrics),
    )?;
    let on = |value: Option<AttributeBooleanValue>| value.and_then(|v| v.value).unwrap_or_default();
    Ok(Attributes {
        dns_support: on(support.enable_dns_support),
        dns_hostnames: on(hostnames.enable_dns_hostnames),
        usage_metrics: on(metrics.enable_network_address_usage_metrics),
    })
}

/// Changes what differs, and gives what is then set.
pub(super) async fn change(
    aws: &Aws,
    vpc: &str,
    before: Attributes,
    after: Attributes,
) -> Result<Attributes, Error> {
    let value = |on: bool| AttributeBooleanValue::builder().value(on).build();
    let modify = || aws.ec2().modify_vpc_attribute().vpc_id(vpc);
    let mut calls = Vec::new();
    // DNS names need DNS support: it is switched on before them, and off after them.
    let support = modify().enable_dns_support(value(after.dns_support));
    let changes_support = before.dns_support != after.dns_support;
    if changes_support && after.dns_support {
        calls.push(support.clone());
    }
    if before.dns_hostnames != after.dns_hostnames {
        calls.push(modify().enable_dns_hostnames(value(after.dns_hostnames)));
    }
    if changes_support && !after.dns_support {
        calls.push(support);
    }
    if before.usage_metrics != after.usage_metrics {
        calls.push(modify().enable_network_address_usage_metrics(value(after.usage_metrics)));
    }
    for call in calls {
        let modify = || aws.call("ec2:ModifyVpcAttribute", call.clone().send());
        retry_while(PROPAGATION, is_not_found, modify).await?;
    }
    Ok(after)
}
