//! `aws_ec2_client_vpn_route`: a route of a Client VPN endpoint.

use super::parts::{Part, of_all, of_each};
use super::passes;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::set;
use aws_sdk_ec2::types::{ClientVpnRoute as Remote, ClientVpnRouteStatusCode as Code};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

const PATIENCE: Duration = Duration::from_secs(4 * 60);

/// Provides a route of a Client VPN endpoint.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_client_vpn_route", keep, timeouts(create = "4m", delete = "4m"))]
pub struct ClientVpnRoute {
    /// The endpoint, the subnet and the destination.
    pub id: Computed<String>,
    /// The endpoint.
    #[attr(force_new)]
    pub client_vpn_endpoint_id: String,
    /// What the route is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// The destination.
    #[attr(force_new)]
    pub destination_cidr_block: String,
    /// Who made the route.
    pub origin: Computed<String>,
    /// The associated subnet by which traffic leaves; none at an endpoint that leads to a transit gateway.
    #[attr(force_new)]
    pub target_vpc_subnet_id: Option<String>,
    /// The attachment by which traffic leaves, at an endpoint that leads to a transit gateway.
    pub transit_gateway_attachment_id: Computed<String>,
    /// The kind of route.
    #[attr(name = "type")]
    pub route_type: Computed<String>,
}

#[async_trait]
impl Resource for ClientVpnRoute {
    type Client = Aws;

    const PART: bool = true;

    /// Destination and subnet are the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let timeout = cx.timeout_or(PATIENCE);
        let made = if cx.repeated { planned.find(aws).await? } else { None };
        if made.is_none() {
            let call = (aws.ec2().create_client_vpn_route())
                .client_vpn_endpoint_id(&planned.client_vpn_endpoint_id)
                .destination_cidr_block(&planned.destination_cidr_block)
                .set_target_vpc_subnet_id(set(planned.target_vpc_subnet_id.as_deref()))
                .set_description(set(planned.description.as_deref()))
                .client_token(cx.token.to_string());
            let create = || aws.call("ec2:CreateClientVpnRoute", call.clone().send());
            // The association of the subnet may not be known everywhere.
            let early = |e: &Error| passes(e) || e.has_code(&["InvalidClientVpnActiveAssociationNotFound"]);
            retry_while(timeout, early, create).await?;
        }
        let started = ClientVpnRoute { id: planned.made_id().into(), ..planned };
        let what = format!("the route {}", started.made_id());
        let active = wait_until(&what, timeout, || async {
            let found = started.find(aws).await?;
            let status = found.as_ref().and_then(|r| r.status());
            match status.and_then(|s| s.code()).cloned() {
                Some(Code::Failed) => {
                    let why = status.and_then(|s| s.message()).unwrap_or_default();
                    Err(Error::new("The route failed", why))
                }
                Some(Code::Active) => Ok(found.map_or(Poll::Pending("not found".into()), Poll::Ready)),
                code => Ok(Poll::Pending(code.map_or("not found".into(), |c| c.as_str().to_owned()))),
            }
        });
        match active.await {
            Ok(route) => Ok(started.with(route)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let endpoints = states.iter().map(|s| s.client_vpn_endpoint_id.as_str());
        match of_each::<Remote>(aws, endpoints).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let routes = found.get(&state.client_vpn_endpoint_id);
                    let route = routes.and_then(|r| r.iter().find(|r| state.is(r))).cloned();
                    Ok(route.map(|route| state.with(route)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let timeout = cx.timeout_or(PATIENCE);
        let call = (aws.ec2().delete_client_vpn_route())
            .client_vpn_endpoint_id(&state.client_vpn_endpoint_id)
            .destination_cidr_block(&state.destination_cidr_block)
            .set_target_vpc_subnet_id(set(state.target_vpc_subnet_id.as_deref()));
        let delete = || aws.call("ec2:DeleteClientVpnRoute", call.clone().send());
        match retry_while(timeout, passes, delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        wait_until(&format!("the route {} to be deleted", state.made_id()), timeout, || async {
            let routes = Remote::of(aws, &state.client_vpn_endpoint_id).await?;
            Ok(match routes.iter().any(|r| state.has_key_of(r)) {
                true => Poll::Pending("deleting".into()),
                false => Poll::Ready(()),
            })
        })
        .await
    }

    /// Those that somebody has made: others come with associations.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let object = |endpoint: &str, route: Remote| {
            Self {
                client_vpn_endpoint_id: endpoint.to_owned(),
                destination_cidr_block: route.destination_cidr.clone().unwrap_or_default(),
                target_vpc_subnet_id: set(route.target_subnet()),
                ..Self::default()
            }
            .with(route)
        };
        let found = of_all::<Remote>(aws).await?.into_iter();
        let of = |(endpoint, mut routes): (String, Vec<Remote>)| {
            routes.retain(|route| route.origin() != Some("associate") && !is_leaving(route));
            routes.into_iter().map(move |route| object(&endpoint, route))
        };
        Ok(Some(found.flat_map(of).collect()))
    }

    /// `cvpn-endpoint-1,subnet-1,10.0.0.0/8`; the subnet may be empty.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts: Vec<&str> = id.splitn(3, ',').collect();
        let [endpoint, subnet, destination] = parts[..] else {
            let detail = format!("{id:?} is not of the form ENDPOINT-ID,SUBNET-ID,DESTINATION.");
            return Err(Error::new("Invalid import id", detail));
        };
        Ok(vec![
            ("client_vpn_endpoint_id", Value::from(endpoint)),
            ("target_vpc_subnet_id", Value::from(subnet)),
            ("destination_cidr_block", Value::from(destination)),
        ])
    }
}

fn is_leaving(route: &Remote) -> bool {
    route.status().and_then(|s| s.code()) == Some(&Code::Deleting)
}

impl ClientVpnRoute {
    /// The id that Terraform gives the route.
    fn made_id(&self) -> String {
        let subnet = self.target_vpc_subnet_id.as_deref().unwrap_or_default();
        format!("{},{subnet},{}", self.client_vpn_endpoint_id, self.destination_cidr_block)
    }

    fn has_key_of(&self, route: &Remote) -> bool {
        route.destination_cidr() == Some(&*self.destination_cidr_block)
            && set(route.target_subnet()) == set(self.target_vpc_subnet_id.as_deref())
    }

    fn is(&self, route: &Remote) -> bool {
        self.has_key_of(route) && !is_leaving(route)
    }

    async fn find(&self, aws: &Aws) -> Result<Option<Remote>, Error> {
        let routes = Remote::of(aws, &self.client_vpn_endpoint_id).await?;
        Ok(routes.into_iter().find(|r| self.is(r)))
    }

    /// This object as EC2 describes it.
    fn with(self, route: Remote) -> ClientVpnRoute {
        ClientVpnRoute {
            id: self.made_id().into(),
            description: set(route.description.as_deref()),
            origin: route.origin.unwrap_or_default().into(),
            transit_gateway_attachment_id: route.transit_gateway_attachment_id.unwrap_or_default().into(),
            route_type: route.r#type.unwrap_or_default().into(),
            ..self
        }
    }
}
