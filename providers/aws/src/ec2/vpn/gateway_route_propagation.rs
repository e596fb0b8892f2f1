//! `aws_vpn_gateway_route_propagation`: routes that a route table learns from a virtual private gateway.

use crate::Aws;
use crate::client::{is_not_found, retry_while};
use crate::ec2::batch::{all_failed, describe_by};
use crate::ec2::kind::parts;
use crate::ec2::routing::{describe, tables};
use aws_sdk_ec2::types::{PropagatingVgw, RouteTable};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Lets a virtual private gateway propagate its routes to a route table.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpn_gateway_route_propagation", keep, timeouts(create = "2m", delete = "2m"))]
pub struct VpnGatewayRoutePropagation {
    /// The gateway and the route table.
    pub id: Computed<String>,
    /// The route table.
    #[attr(force_new)]
    pub route_table_id: String,
    /// The gateway.
    #[attr(force_new)]
    pub vpn_gateway_id: String,
}

#[async_trait]
impl Resource for VpnGatewayRoutePropagation {
    type Client = Aws;

    const PART: bool = true;

    /// Gateway and table are the natural key, and to enable again changes nothing.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let enable = || {
            let call = (aws.ec2().enable_vgw_route_propagation())
                .gateway_id(&planned.vpn_gateway_id)
                .route_table_id(&planned.route_table_id)
                .send();
            aws.call("ec2:EnableVgwRoutePropagation", call)
        };
        // The attachment of the gateway may not have reached all servers.
        let early = |e: &Error| e.has_code(&["Gateway.NotAttached"]);
        retry_while(cx.timeout_or(PATIENCE), early, enable).await?;
        let id = format!("{}_{}", planned.vpn_gateway_id, planned.route_table_id);
        Ok(VpnGatewayRoutePropagation { id: id.into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let tables = states.iter().map(|s| s.route_table_id.as_str());
        match describe_by(tables, |ids| describe(aws, "route-table-id", ids), |t| t.route_table_id()).await {
            Ok(tables) => (states.into_iter())
                .map(|state| {
                    let gateways = tables.get(&state.route_table_id).map(|t| t.propagating_vgws());
                    let found = gateways
                        .is_some_and(|g| g.iter().any(|g| g.gateway_id() == Some(&*state.vpn_gateway_id)));
                    let id = format!("{}_{}", state.vpn_gateway_id, state.route_table_id);
                    Ok(found.then(|| VpnGatewayRoutePropagation { id: id.into(), ..state }))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = (aws.ec2().disable_vgw_route_propagation())
            .gateway_id(&state.vpn_gateway_id)
            .route_table_id(&state.route_table_id)
            .send();
        match aws.call("ec2:DisableVgwRoutePropagation", call).await {
            Err(e) if is_not_found(&e) || e.has_code(&["Gateway.NotAttached"]) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |table: RouteTable| {
            let route_table_id = table.route_table_id.unwrap_or_default();
            let object = move |gateway: PropagatingVgw| {
                let vpn_gateway_id = gateway.gateway_id.unwrap_or_default();
                let id = format!("{vpn_gateway_id}_{route_table_id}").into();
                Self { id, route_table_id: route_table_id.clone(), vpn_gateway_id }
            };
            table.propagating_vgws.unwrap_or_default().into_iter().map(object)
        };
        Ok(Some(tables(aws, None).await?.into_iter().flat_map(of).collect()))
    }

    /// `vgw-1_rtb-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [gateway, table] = parts(id, '_', ["GATEWAY-ID", "ROUTE-TABLE-ID"])?;
        Ok(vec![("vpn_gateway_id", Value::from(gateway)), ("route_table_id", Value::from(table))])
    }
}
