//! What belongs to an endpoint: the networks it is associated with, rules and routes. The calls that
//! describe them take one endpoint each, so that they are read endpoint by endpoint.

use super::PAGE;
use crate::Aws;
use crate::client::is_not_found;
use crate::ec2::batch::pages;
use crate::ec2::kind::all;
use aws_sdk_ec2::types::{AuthorizationRule, ClientVpnEndpoint, ClientVpnRoute, TargetNetwork};
use std::collections::{HashMap, HashSet};
use std::future::Future;
use terrane_sdk::{Error, async_trait, try_join_all};

/// A kind of parts of an endpoint.
#[async_trait]
pub(super) trait Part: Send + Sync + Sized {
    /// All parts of this kind of an endpoint.
    async fn of(aws: &Aws, endpoint: &str) -> Result<Vec<Self>, Error>;
}

/// None when the endpoint does not exist.
async fn or_none<T>(found: impl Future<Output = Result<Vec<T>, Error>>) -> Result<Vec<T>, Error> {
    match found.await {
        Err(e) if is_not_found(&e) => Ok(Vec::new()),
        other => other,
    }
}

#[async_trait]
impl Part for TargetNetwork {
    async fn of(aws: &Aws, endpoint: &str) -> Result<Vec<Self>, Error> {
        let call = aws.ec2().describe_client_vpn_target_networks().client_vpn_endpoint_id(endpoint);
        or_none(async { pages!(aws, "ec2:DescribeClientVpnTargetNetworks", call.max_results(PAGE)) }).await
    }
}

#[async_trait]
impl Part for AuthorizationRule {
    async fn of(aws: &Aws, endpoint: &str) -> Result<Vec<Self>, Error> {
        let call = aws.ec2().describe_client_vpn_authorization_rules().client_vpn_endpoint_id(endpoint);
        or_none(async { pages!(aws, "ec2:DescribeClientVpnAuthorizationRules", call.max_results(PAGE)) })
            .await
    }
}

#[async_trait]
impl Part for ClientVpnRoute {
    async fn of(aws: &Aws, endpoint: &str) -> Result<Vec<Self>, Error> {
        let call = aws.ec2().describe_client_vpn_routes().client_vpn_endpoint_id(endpoint);
        or_none(async { pages!(aws, "ec2:DescribeClientVpnRoutes", call.max_results(PAGE)) }).await
    }
}

/// The parts of all endpoints, by endpoint.
pub(super) async fn of_all<P: Part>(aws: &Aws) -> Result<HashMap<String, Vec<P>>, Error> {
    let endpoints = all::<ClientVpnEndpoint>(aws).await?;
    of_each(aws, endpoints.iter().filter_map(|e| e.client_vpn_endpoint_id())).await
}

/// The parts of many endpoints, by endpoint.
pub(super) async fn of_each<'a, P: Part>(
    aws: &Aws,
    endpoints: impl Iterator<Item = &'a str>,
) -> Result<HashMap<String, Vec<P>>, Error> {
    let endpoints: HashSet<&str> = endpoints.filter(|e| !e.is_empty()).collect();
    let reads = endpoints
        .into_iter()
        .map(|endpoint| async move { Ok::<_, Error>((endpoint.to_owned(), P::of(aws, endpoint).await?)) });
    Ok(try_join_all(reads).await?.into_iter().collect())
}
