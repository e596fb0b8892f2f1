//! `aws_vpn_connection_route`: a static route of a VPN connection.

use super::PATIENCE;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while};
use crate::ec2::batch::all_failed;
use crate::ec2::kind;
use aws_sdk_ec2::types::{self, VpnState};
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

/// Provides a static route of a VPN connection: a network at the customer's end.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_vpn_connection_route", keep)]
pub struct VpnConnectionRoute {
    /// The network and the connection.
    pub id: Computed<String>,
    /// The network at the customer's end.
    #[attr(force_new)]
    pub destination_cidr_block: String,
    /// The connection.
    #[attr(force_new)]
    pub vpn_connection_id: String,
}

#[async_trait]
impl Resource for VpnConnectionRoute {
    type Client = Aws;

    const PART: bool = true;

    /// The destination is the route's natural key, and to make it again changes nothing.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let create = || {
            let call = (aws.ec2().create_vpn_connection_route())
                .destination_cidr_block(&planned.destination_cidr_block)
                .vpn_connection_id(&planned.vpn_connection_id)
                .send();
            aws.call("ec2:CreateVpnConnectionRoute", call)
        };
        // The connection may just be changing.
        retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), create).await?;
        let started = VpnConnectionRoute { id: planned.made_id().into(), ..planned };
        match started.wait(aws, true).await {
            Ok(()) => Ok(started),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().map(|s| s.vpn_connection_id.as_str());
        match kind::by_ids::<types::VpnConnection>(aws, ids).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let connection = found.get(&state.vpn_connection_id);
                    let route = connection.and_then(|c| state.route(c));
                    let gone = matches!(route, None | Some(VpnState::Deleted | VpnState::Deleting));
                    let id = state.made_id();
                    Ok((!gone).then(|| VpnConnectionRoute { id: id.into(), ..state }))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let delete = || {
            let call = (aws.ec2().delete_vpn_connection_route())
                .destination_cidr_block(&state.destination_cidr_block)
                .vpn_connection_id(&state.vpn_connection_id)
                .send();
            aws.call("ec2:DeleteVpnConnectionRoute", call)
        };
        match retry_while(PATIENCE, |e| e.has_code(&["IncorrectState"]), delete).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        state.wait(aws, false).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of = |connection: types::VpnConnection| {
            let vpn_connection_id = connection.vpn_connection_id.unwrap_or_default();
            let mut routes = connection.routes.unwrap_or_default();
            routes.retain(|r| !matches!(r.state(), Some(VpnState::Deleted | VpnState::Deleting)));
            let object = move |route: types::VpnStaticRoute| {
                let destination_cidr_block = route.destination_cidr_block.unwrap_or_default();
                let id = format!("{destination_cidr_block}:{vpn_connection_id}").into();
                Self { id, destination_cidr_block, vpn_connection_id: vpn_connection_id.clone() }
            };
            routes.into_iter().map(object)
        };
        Ok(Some(kind::all::<types::VpnConnection>(aws).await?.into_iter().flat_map(of).collect()))
    }

    /// `10.0.0.0/8:vpn-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let parts = id.rsplit_once(':').filter(|(d, c)| !d.is_empty() && !c.is_empty());
        let Some((destination, connection)) = parts else {
            let detail = format!("{id:?} is not of the form DESTINATION:CONNECTION-ID.");
            return Err(Error::new("Invalid import id", detail));
        };
        Ok(vec![
            ("destination_cidr_block", Value::from(destination)),
            ("vpn_connection_id", Value::from(connection)),
        ])
    }
}

impl VpnConnectionRoute {
    fn made_id(&self) -> String {
        format!("{}:{}", self.destination_cidr_block, self.vpn_connection_id)
    }

    /// The state of the route in its connection.
    fn route<'a>(&self, connection: &'a types::VpnConnection) -> Option<&'a VpnState> {
        let mut routes = connection.routes().iter();
        let found = routes.find(|r| r.destination_cidr_block() == Some(&*self.destination_cidr_block));
        found.and_then(|r| r.state())
    }

    async fn wait(&self, aws: &Aws, present: bool) -> Result<(), Error> {
        let way = if present { "have" } else { "be without" };
        let what = format!("to {way} the route to {}", self.destination_cidr_block);
        let ready = |found: Option<types::VpnConnection>| {
            let state = found.as_ref().and_then(|c| self.route(c));
            Ok(match (present, state) {
                (true, Some(VpnState::Available)) | (false, None | Some(VpnState::Deleted)) => {
                    Poll::Ready(())
                }
                (_, state) => Poll::Pending(state.map_or("not found", |s| s.as_str()).to_owned()),
            })
        };
        kind::wait(aws, &self.vpn_connection_id, &what, PATIENCE, ready).await
    }
}
