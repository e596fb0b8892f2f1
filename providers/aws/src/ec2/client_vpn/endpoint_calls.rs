//! The calls that make, change and delete endpoints.

use super::authentication::AuthenticationOptions;
use super::endpoint::{ClientVpnEndpoint, TransitGatewayConfiguration};
use super::{PAGE, PATIENCE, passes};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::pages;
use crate::ec2::kind::{self, Kind, created, int, kind, set};
use crate::ec2::operation::creation_tags;
use aws_sdk_ec2::types::{
    self, ClientVpnEndpointAttributeStatusCode, ClientVpnEndpointStatusCode,
    DnsServersOptionsModifyStructure, EndpointIpAddressType, ResourceType, SelfServicePortal,
    TrafficIpAddressType, TransitGatewayConfigurationInputStructure, TransportProtocol,
};
use terrane_sdk::{ApplyContext, Error};

kind!(
    types::ClientVpnEndpoint,
    "Client VPN endpoint",
    Some("endpoint-id"),
    client_vpn_endpoint_id,
    |aws, filters| {
        let call = aws.ec2().describe_client_vpn_endpoints().set_filters(filters).max_results(PAGE);
        pages!(aws, "ec2:DescribeClientVpnEndpoints", call)
    },
    gone: |endpoint| {
        let code = endpoint.status().and_then(|s| s.code());
        matches!(code, Some(ClientVpnEndpointStatusCode::Deleted | ClientVpnEndpointStatusCode::Deleting))
    }
);

/// An endpoint when its options are applied. It is usable without networks, so its state does not matter.
pub(super) async fn settled_endpoint(aws: &Aws, id: &str) -> Result<types::ClientVpnEndpoint, Error> {
    let ready = |found: Option<types::ClientVpnEndpoint>| match found {
        Some(endpoint) if endpoint.is_gone() => {
            Err(Error::new("The Client VPN endpoint vanished", format!("{id} is being deleted.")))
        }
        Some(endpoint) => {
            let status = endpoint.client_connect_options().and_then(|o| o.status()).and_then(|s| s.code());
            Ok(match status {
                Some(ClientVpnEndpointAttributeStatusCode::Applying) => {
                    Poll::Pending("applying client_connect_options".into())
                }
                _ => Poll::Ready(endpoint),
            })
        }
        None => Ok(Poll::Pending("not found".into())),
    };
    kind::wait(aws, id, "to be ready", PATIENCE, ready).await
}

fn log_options(endpoint: &ClientVpnEndpoint) -> Option<types::ConnectionLogOptions> {
    let options = endpoint.connection_log_options.as_ref()?;
    let group = set(options.cloudwatch_log_group.as_deref()).filter(|_| options.enabled);
    let stream = set(options.cloudwatch_log_stream.as_deref()).filter(|_| options.enabled);
    let builder = types::ConnectionLogOptions::builder().enabled(options.enabled);
    Some(builder.set_cloudwatch_log_group(group).set_cloudwatch_log_stream(stream).build())
}

fn connect_options(endpoint: &ClientVpnEndpoint) -> Option<types::ClientConnectOptions> {
    let options = endpoint.client_connect_options.as_ref()?;
    let enabled = options.enabled.unwrap_or_default();
    let function = set(options.lambda_function_arn.as_deref()).filter(|_| enabled);
    Some(types::ClientConnectOptions::builder().enabled(enabled).set_lambda_function_arn(function).build())
}

fn banner_options(endpoint: &ClientVpnEndpoint) -> Option<types::ClientLoginBannerOptions> {
    let options = endpoint.client_login_banner_options.as_ref()?;
    let enabled = options.enabled.unwrap_or_default();
    let text = set(options.banner_text.as_deref()).filter(|_| enabled);
    Some(types::ClientLoginBannerOptions::builder().enabled(enabled).set_banner_text(text).build())
}

fn enforcement_options(endpoint: &ClientVpnEndpoint) -> Option<types::ClientRouteEnforcementOptions> {
    let options = endpoint.client_route_enforcement_options.as_ref()?;
    Some(types::ClientRouteEnforcementOptions::builder().set_enforced(options.enforced).build())
}

fn transit_gateway(endpoint: &ClientVpnEndpoint) -> Option<TransitGatewayConfigurationInputStructure> {
    let configuration: &TransitGatewayConfiguration = endpoint.transit_gateway_configuration.as_ref()?;
    let list = |zones: &terrane_sdk::Auto<std::collections::BTreeSet<String>>| {
        zones.0.as_ref().map(|z| z.iter().cloned().collect::<Vec<_>>()).filter(|z| !z.is_empty())
    };
    let zones = list(&configuration.availability_zones);
    let ids = list(&configuration.availability_zone_ids).filter(|_| zones.is_none());
    Some(
        TransitGatewayConfigurationInputStructure::builder()
            .set_transit_gateway_id(set(configuration.transit_gateway_id.as_deref()))
            .set_availability_zones(zones)
            .set_availability_zone_ids(ids)
            .build(),
    )
}

fn groups(endpoint: &ClientVpnEndpoint) -> Option<Vec<String>> {
    let groups = endpoint.security_group_ids.0.as_ref()?;
    Some(groups.iter().cloned().collect::<Vec<_>>()).filter(|g| !g.is_empty())
}

/// Creates an endpoint; its id.
pub(super) async fn create(
    aws: &Aws,
    planned: &ClientVpnEndpoint,
    cx: &ApplyContext,
) -> Result<String, Error> {
    let text = Option::as_deref;
    let authentication = planned.authentication_options.iter().map(AuthenticationOptions::request).collect();
    let servers: Vec<String> = planned.dns_servers.iter().cloned().collect();
    let call = (aws.ec2().create_client_vpn_endpoint())
        .set_authentication_options(Some(authentication))
        .set_client_cidr_block(set(planned.client_cidr_block.as_deref()))
        .set_client_connect_options(connect_options(planned))
        .set_client_login_banner_options(banner_options(planned))
        .set_client_route_enforcement_options(enforcement_options(planned))
        .client_token(cx.token.to_string())
        .set_connection_log_options(log_options(planned))
        .set_description(set(planned.description.as_deref()))
        .set_disconnect_on_session_timeout(planned.disconnect_on_session_timeout.0)
        .set_dns_servers((!servers.is_empty()).then_some(servers))
        .set_endpoint_ip_address_type(
            planned.endpoint_ip_address_type.as_deref().map(EndpointIpAddressType::from),
        )
        .set_security_group_ids(groups(planned))
        .set_self_service_portal(text(&planned.self_service_portal).map(SelfServicePortal::from))
        .server_certificate_arn(&planned.server_certificate_arn)
        .set_session_timeout_hours(int(planned.session_timeout_hours))
        .set_split_tunnel(planned.split_tunnel)
        .tag_specifications(creation_tags(ResourceType::ClientVpnEndpoint, &planned.tags, cx))
        .set_traffic_ip_address_type(
            planned.traffic_ip_address_type.as_deref().map(TrafficIpAddressType::from),
        )
        .set_transit_gateway_configuration(transit_gateway(planned))
        .set_transport_protocol(text(&planned.transport_protocol).map(TransportProtocol::from))
        .set_vpc_id(set(planned.vpc_id.as_deref()))
        .set_vpn_port(int(planned.vpn_port));
    let create = || aws.call("ec2:CreateClientVpnEndpoint", call.clone().send());
    let made = retry_while(crate::ec2::NEW_PARENT, is_not_found, create).await?;
    created("ec2:CreateClientVpnEndpoint", made.client_vpn_endpoint_id)
}

/// Changes what differs but for tags; whether anything did.
pub(super) async fn modify(
    aws: &Aws,
    id: &str,
    prior: &ClientVpnEndpoint,
    planned: &ClientVpnEndpoint,
) -> Result<bool, Error> {
    let differs = |f: fn(&ClientVpnEndpoint) -> Option<&str>| f(planned).filter(|v| f(prior) != Some(*v));
    let servers = (prior.dns_servers != planned.dns_servers).then(|| {
        let builder = DnsServersOptionsModifyStructure::builder().enabled(!planned.dns_servers.is_empty());
        let list: Vec<String> = planned.dns_servers.iter().cloned().collect();
        builder.set_custom_dns_servers((!list.is_empty()).then_some(list)).build()
    });
    let description =
        (prior.description != planned.description).then(|| planned.description.clone().unwrap_or_default());
    // The groups can be changed only together with a word on the VPC.
    let network = prior.vpc_id != planned.vpc_id || prior.security_group_ids != planned.security_group_ids;
    let call = (aws.ec2().modify_client_vpn_endpoint())
        .set_client_connect_options(
            connect_options(planned).filter(|o| Some(o) != connect_options(prior).as_ref()),
        )
        .set_client_login_banner_options(
            banner_options(planned).filter(|o| Some(o) != banner_options(prior).as_ref()),
        )
        .set_client_route_enforcement_options(
            enforcement_options(planned).filter(|o| Some(o) != enforcement_options(prior).as_ref()),
        )
        .set_connection_log_options(log_options(planned).filter(|o| Some(o) != log_options(prior).as_ref()))
        .set_description(description)
        .set_disconnect_on_session_timeout(
            (planned.disconnect_on_session_timeout.0)
                .filter(|d| prior.disconnect_on_session_timeout.0 != Some(*d)),
        )
        .set_dns_servers(servers)
        .set_security_group_ids(groups(planned).filter(|_| network))
        .set_self_service_portal(differs(|e| e.self_service_portal.as_deref()).map(SelfServicePortal::from))
        .set_server_certificate_arn(differs(|e| Some(&e.server_certificate_arn)).map(str::to_owned))
        .set_session_timeout_hours(int(planned
            .session_timeout_hours
            .filter(|h| prior.session_timeout_hours != Some(*h))))
        .set_split_tunnel(planned.split_tunnel.filter(|s| prior.split_tunnel != Some(*s)))
        .set_vpc_id(set(planned.vpc_id.as_deref()).filter(|_| network))
        .set_vpn_port(int(planned.vpn_port.filter(|p| prior.vpn_port != Some(*p))));
    let nothing = aws.ec2().modify_client_vpn_endpoint();
    if call.as_input() == nothing.as_input() {
        return Ok(false);
    }
    let call = call.client_vpn_endpoint_id(id);
    let modify = || aws.call("ec2:ModifyClientVpnEndpoint", call.clone().send());
    retry_while(PATIENCE, passes, modify).await?;
    Ok(true)
}

/// Deletes an endpoint and waits until it is gone.
pub(super) async fn delete(aws: &Aws, id: &str) -> Result<(), Error> {
    let delete = || {
        let call = aws.ec2().delete_client_vpn_endpoint().client_vpn_endpoint_id(id).send();
        aws.call("ec2:DeleteClientVpnEndpoint", call)
    };
    match retry_while(PATIENCE, passes, delete).await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => drop(other?),
    }
    let gone = |found: Option<types::ClientVpnEndpoint>| {
        let code = found.as_ref().and_then(|e| e.status()).and_then(|s| s.code());
        Ok(match code {
            None | Some(ClientVpnEndpointStatusCode::Deleted) => Poll::Ready(()),
            Some(code) => Poll::Pending(code.as_str().to_owned()),
        })
    };
    kind::wait(aws, id, "to be deleted", PATIENCE, gone).await
}
