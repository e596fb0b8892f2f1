//! `aws_ec2_client_vpn_endpoint`: where VPN clients of people connect to.

use super::authentication::AuthenticationOptions;
use super::endpoint_calls::{self as calls, create, modify, settled_endpoint};
use crate::Aws;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, read_each, set};
use crate::ec2::operation::{find_made, finish};
use crate::ec2::tagging::{tag_map, update_tags};
use crate::tags::Tags;
use aws_sdk_ec2::types;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

/// Provides a Client VPN endpoint.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_client_vpn_endpoint", keep)]
pub struct ClientVpnEndpoint {
    /// The id of the endpoint.
    pub id: Computed<String>,
    /// The ARN of the endpoint.
    pub arn: Computed<String>,
    /// How clients say who they are.
    #[block(force_new, min = 1, max = 2)]
    pub authentication_options: Vec<AuthenticationOptions>,
    /// The IPv4 network, of /12 to /22, that clients get addresses from.
    #[attr(force_new)]
    pub client_cidr_block: Option<String>,
    /// A function that decides whether a client may connect.
    #[block(computed)]
    pub client_connect_options: Option<ClientConnectOptions>,
    /// A text that clients show.
    #[block(computed)]
    pub client_login_banner_options: Option<LoginBannerOptions>,
    /// Whether clients must keep the routes that they are given.
    #[block(computed)]
    pub client_route_enforcement_options: Option<RouteEnforcementOptions>,
    /// How connections are logged.
    #[block(min = 1)]
    pub connection_log_options: Option<ConnectionLogOptions>,
    /// What the endpoint is for.
    pub description: Option<String>,
    /// Whether a session that is too long is ended, or asked for authentication again.
    pub disconnect_on_session_timeout: Auto<bool>,
    /// The name under which clients find the endpoint.
    pub dns_name: Computed<String>,
    /// The DNS servers that clients use, two at most.
    pub dns_servers: BTreeSet<String>,
    /// What addresses the endpoint has: `ipv4`, `ipv6` or `dual-stack`.
    #[attr(force_new)]
    pub endpoint_ip_address_type: Auto<String>,
    /// The security groups of the associated networks.
    #[attr(validate = validate::length(1..=5))]
    pub security_group_ids: Auto<BTreeSet<String>>,
    /// Whether people can fetch their configuration from a portal.
    #[attr(default = "disabled", validate = validate::one_of(&["disabled", "enabled"]))]
    pub self_service_portal: Option<String>,
    /// Where the portal is.
    pub self_service_portal_url: Computed<String>,
    /// The certificate of the endpoint.
    pub server_certificate_arn: String,
    /// After how many hours a session ends: 8, 10, 12 or 24.
    #[attr(default = 24, validate = validate::between(8..=24))]
    pub session_timeout_hours: Option<i64>,
    /// Whether only traffic to the endpoint's routes goes through the VPN.
    #[attr(default = false)]
    pub split_tunnel: Option<bool>,
    /// The tags of the endpoint.
    pub tags: Tags,
    /// What addresses traffic has: `ipv4`, `ipv6` or `dual-stack`.
    #[attr(force_new)]
    pub traffic_ip_address_type: Auto<String>,
    /// The transit gateway that the endpoint leads to, in place of subnets.
    #[block(computed, force_new)]
    pub transit_gateway_configuration: Option<TransitGatewayConfiguration>,
    /// The protocol of sessions: `udp` or `tcp`.
    #[attr(force_new, default = "udp", validate = validate::one_of(&["tcp", "udp"]))]
    pub transport_protocol: Option<String>,
    /// The VPC that the endpoint leads to.
    pub vpc_id: Auto<String>,
    /// The port of the endpoint: 443 or 1194.
    #[attr(default = 443, validate = port)]
    pub vpn_port: Option<i64>,
}

fn port(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(443 | 1194) | None => Ok(()),
        Some(other) => Err(format!("expected 443 or 1194, got {other}.")),
    }
}

/// A function that decides whether a client may connect.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct ClientConnectOptions {
    /// Whether it is asked.
    pub enabled: Option<bool>,
    /// The function.
    pub lambda_function_arn: Option<String>,
}

/// A text that clients show when a session begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct LoginBannerOptions {
    /// The text.
    #[attr(validate = validate::length(0..=1400))]
    pub banner_text: Option<String>,
    /// Whether it is shown.
    pub enabled: Option<bool>,
}

/// Whether clients must keep the routes that they are given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct RouteEnforcementOptions {
    /// Whether they must.
    pub enforced: Option<bool>,
}

/// How connections are logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct ConnectionLogOptions {
    /// The log group.
    pub cloudwatch_log_group: Option<String>,
    /// The log stream.
    pub cloudwatch_log_stream: Auto<String>,
    /// Whether they are logged.
    pub enabled: bool,
}

/// The transit gateway that an endpoint leads to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct TransitGatewayConfiguration {
    /// The zones of the endpoint, by id.
    pub availability_zone_ids: Auto<BTreeSet<String>>,
    /// The zones of the endpoint, by name.
    pub availability_zones: Auto<BTreeSet<String>>,
    /// The transit gateway.
    pub transit_gateway_id: Option<String>,
}

#[async_trait]
impl Resource for ClientVpnEndpoint {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = ClientVpnEndpoint { id: id.as_str().into(), ..planned };
        match settled_endpoint(aws, &id).await {
            Ok(made) => Ok(started.with(aws, &account, made)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return all_failed(states.len(), &error),
        };
        read_each(aws, states, |s| s.id.as_deref(), |s, e| s.with(aws, &account, e)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let changed = modify(aws, &id, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        if !changed {
            return Ok(planned);
        }
        let account = aws.account().await?;
        Ok(planned.with(aws, &account, settled_endpoint(aws, &id).await?))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        calls::delete(aws, state.id.known()?).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = kind::all::<types::ClientVpnEndpoint>(aws).await?;
        Ok(Some(all.into_iter().map(|e| Self::default().with(aws, &account, e)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("self_service_portal") {
            cx.set_unknown("self_service_portal_url");
        }
        if cx.changed("vpc_id") && cx.config("security_group_ids").is_null() {
            cx.set_unknown("security_group_ids");
        }
        // Without a name, another group gets a stream of AWS's choice.
        let stream =
            |blocks: &Value| blocks.as_slice().and_then(|b| b.first()?.attribute("cloudwatch_log_stream"));
        let config = cx.config("connection_log_options");
        if cx.changed("connection_log_options") && stream(&config).is_none_or(|s| s.is_null()) {
            let planned = cx.planned("connection_log_options");
            let open = |b: &Value| {
                b.with_attribute("cloudwatch_log_stream", Value::unknown(terrane_sdk::Type::String))
            };
            if let (Some(blocks), Some(element)) = (planned.as_slice(), planned.ty().element().cloned()) {
                cx.set("connection_log_options", Value::list(element, blocks.iter().map(open)));
            }
        }
    }
}

impl ClientVpnEndpoint {
    /// This object as EC2 describes it.
    pub(super) fn with(
        self,
        aws: &Aws,
        account: &str,
        remote: types::ClientVpnEndpoint,
    ) -> ClientVpnEndpoint {
        let id = remote.client_vpn_endpoint_id.unwrap_or_default();
        let portal = remote.self_service_portal_url.unwrap_or_default();
        let set_of =
            |list: Option<Vec<String>>| list.unwrap_or_default().into_iter().collect::<BTreeSet<_>>();
        ClientVpnEndpoint {
            arn: aws.ec2_arn(account, &format!("client-vpn-endpoint/{id}")).into(),
            authentication_options: (remote.authentication_options.unwrap_or_default().iter())
                .map(AuthenticationOptions::of)
                .collect(),
            client_cidr_block: set(remote.client_cidr_block.as_deref()),
            client_connect_options: remote.client_connect_options.map(|o| ClientConnectOptions {
                enabled: Some(o.enabled.unwrap_or_default()),
                lambda_function_arn: set(o.lambda_function_arn.as_deref()),
            }),
            client_login_banner_options: remote.client_login_banner_options.map(|o| LoginBannerOptions {
                banner_text: set(o.banner_text.as_deref()),
                enabled: Some(o.enabled.unwrap_or_default()),
            }),
            client_route_enforcement_options: (remote.client_route_enforcement_options)
                .map(|o| RouteEnforcementOptions { enforced: Some(o.enforced.unwrap_or_default()) }),
            connection_log_options: remote.connection_log_options.map(|o| ConnectionLogOptions {
                cloudwatch_log_group: set(o.cloudwatch_log_group.as_deref()),
                cloudwatch_log_stream: o.cloudwatch_log_stream.unwrap_or_default().into(),
                enabled: o.enabled.unwrap_or_default(),
            }),
            description: set(remote.description.as_deref()),
            disconnect_on_session_timeout: remote.disconnect_on_session_timeout.unwrap_or_default().into(),
            dns_name: remote.dns_name.unwrap_or_default().into(),
            dns_servers: set_of(remote.dns_servers),
            endpoint_ip_address_type: remote
                .endpoint_ip_address_type
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            security_group_ids: set_of(remote.security_group_ids).into(),
            self_service_portal: Some(if portal.is_empty() { "disabled" } else { "enabled" }.to_owned()),
            self_service_portal_url: portal.into(),
            server_certificate_arn: remote.server_certificate_arn.unwrap_or_default(),
            session_timeout_hours: remote.session_timeout_hours.map(i64::from),
            split_tunnel: Some(remote.split_tunnel.unwrap_or_default()),
            tags: tag_map(remote.tags),
            traffic_ip_address_type: remote
                .traffic_ip_address_type
                .map(|t| t.as_str().to_owned())
                .unwrap_or_default()
                .into(),
            transit_gateway_configuration: remote.transit_gateway_configuration.map(|t| {
                TransitGatewayConfiguration {
                    availability_zone_ids: set_of(t.availability_zone_ids).into(),
                    availability_zones: set_of(t.availability_zones).into(),
                    transit_gateway_id: t.transit_gateway_id,
                }
            }),
            transport_protocol: remote.transport_protocol.map(|p| p.as_str().to_owned()),
            vpc_id: remote.vpc_id.unwrap_or_default().into(),
            vpn_port: remote.vpn_port.map(i64::from),
            id: id.into(),
        }
    }
}
