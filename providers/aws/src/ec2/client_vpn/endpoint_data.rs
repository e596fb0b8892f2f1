//! Data source `aws_ec2_client_vpn_endpoint`: the endpoint that matches.

use super::endpoint::{
    ClientConnectOptions, ClientVpnEndpoint, ConnectionLogOptions, LoginBannerOptions,
    RouteEnforcementOptions,
};
use super::{AuthenticationOptions, PAGE};
use crate::Aws;
use crate::ec2::batch::pages;
use crate::ec2::data::{only, text};
use crate::ec2::data_filter::{DataFilter, filters};
use crate::ec2::kind::set;
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{Auto, Computed, DataSource, Error, async_trait};

/// The Client VPN endpoint that matches.
#[derive(Clone, Debug, DataSource)]
#[data_source(name = "aws_ec2_client_vpn_endpoint")]
pub struct ClientVpnEndpointData {
    /// The ARN of the endpoint.
    pub arn: Computed<String>,
    /// How clients say who they are.
    pub authentication_options: Computed<Vec<AuthenticationOptions>>,
    /// The network that clients get addresses from.
    pub client_cidr_block: Computed<String>,
    /// A function that decides whether a client may connect.
    pub client_connect_options: Computed<Vec<ClientConnectOptions>>,
    /// A text that clients show.
    pub client_login_banner_options: Computed<Vec<LoginBannerOptions>>,
    /// Whether clients must keep the routes that they are given.
    pub client_route_enforcement_options: Computed<Vec<RouteEnforcementOptions>>,
    /// The id of the endpoint, to choose it by.
    pub client_vpn_endpoint_id: Auto<String>,
    /// How connections are logged.
    pub connection_log_options: Computed<Vec<ConnectionLogOptions>>,
    /// What the endpoint is for.
    pub description: Computed<String>,
    /// The name under which clients find the endpoint.
    pub dns_name: Computed<String>,
    /// The DNS servers that clients use.
    pub dns_servers: Computed<Vec<String>>,
    /// Filters of DescribeClientVpnEndpoints.
    #[block]
    pub filter: BTreeSet<DataFilter>,
    /// The id of the endpoint.
    pub id: Computed<String>,
    /// The security groups of the associated networks.
    pub security_group_ids: Computed<Vec<String>>,
    /// Whether people can fetch their configuration from a portal.
    pub self_service_portal: Computed<String>,
    /// Where the portal is.
    pub self_service_portal_url: Computed<String>,
    /// The certificate of the endpoint.
    pub server_certificate_arn: Computed<String>,
    /// After how many hours a session ends.
    pub session_timeout_hours: Computed<i64>,
    /// Whether only traffic to the endpoint's routes goes through the VPN.
    pub split_tunnel: Computed<bool>,
    /// Tags that the endpoint must have; all of its tags.
    pub tags: Auto<Tags>,
    /// The protocol of sessions.
    pub transport_protocol: Computed<String>,
    /// The VPC that the endpoint leads to.
    pub vpc_id: Computed<String>,
    /// The port of the endpoint.
    pub vpn_port: Computed<i64>,
}

#[async_trait]
impl DataSource for ClientVpnEndpointData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let operation = "ec2:DescribeClientVpnEndpoints";
        let tags = config.tags.0.clone().unwrap_or_default();
        // Endpoints cannot be filtered by tags, but by all else that a filter says.
        let wanted = filters(&config.filter, &Tags::new(), &[]);
        let id = set(config.client_vpn_endpoint_id.0.as_deref());
        let call = (aws.ec2().describe_client_vpn_endpoints())
            .set_client_vpn_endpoint_ids(id.as_ref().map(|id| vec![id.clone()]))
            .set_filters(wanted);
        // A page has a size only where ids do not say how large it is.
        let call = if id.is_none() { call.max_results(PAGE) } else { call };
        let mut found: Vec<types::ClientVpnEndpoint> = pages!(aws, "ec2:DescribeClientVpnEndpoints", call)?;
        found.retain(|endpoint| {
            let has = crate::ec2::tagging::tag_map(endpoint.tags.clone());
            tags.iter().all(|(key, value)| has.get(key) == Some(value))
        });
        let remote = only(found, "Client VPN endpoint", operation)?;
        let account = aws.account().await?;
        let servers = remote.dns_servers.clone().unwrap_or_default();
        let groups = remote.security_group_ids.clone().unwrap_or_default();
        let found = ClientVpnEndpoint::default().with(aws, &account, remote);
        Ok(ClientVpnEndpointData {
            arn: found.arn,
            authentication_options: found.authentication_options.into(),
            client_cidr_block: text(found.client_cidr_block.as_deref()).into(),
            client_connect_options: found.client_connect_options.into_iter().collect::<Vec<_>>().into(),
            client_login_banner_options: found
                .client_login_banner_options
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            client_route_enforcement_options: found
                .client_route_enforcement_options
                .into_iter()
                .collect::<Vec<_>>()
                .into(),
            client_vpn_endpoint_id: found.id.0.clone().into(),
            connection_log_options: found.connection_log_options.into_iter().collect::<Vec<_>>().into(),
            description: text(found.description.as_deref()).into(),
            dns_name: found.dns_name,
            dns_servers: servers.into(),
            id: found.id,
            security_group_ids: groups.into(),
            self_service_portal: found.self_service_portal.into(),
            self_service_portal_url: found.self_service_portal_url,
            server_certificate_arn: found.server_certificate_arn.into(),
            session_timeout_hours: found.session_timeout_hours.into(),
            split_tunnel: found.split_tunnel.into(),
            tags: aws.tags().managed(found.tags).into(),
            transport_protocol: found.transport_protocol.into(),
            vpc_id: text(found.vpc_id.as_deref()).into(),
            vpn_port: found.vpn_port.into(),
            filter: config.filter,
        })
    }
}
