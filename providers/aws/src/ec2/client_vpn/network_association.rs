//! `aws_ec2_client_vpn_network_association`: a subnet that a Client VPN endpoint leads to.

use super::parts::{Part, of_all, of_each};
use super::passes;
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{created, parts};
use aws_sdk_ec2::types::{AssociationStatusCode as Code, TargetNetwork};
use std::time::Duration;
use terrane_sdk::{ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait};

const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Associates a subnet with a Client VPN endpoint.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ec2_client_vpn_network_association", keep, timeouts(create = "30m", delete = "30m"))]
pub struct ClientVpnNetworkAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The id of the association.
    pub association_id: Computed<String>,
    /// The endpoint.
    #[attr(force_new)]
    pub client_vpn_endpoint_id: String,
    /// The subnet.
    #[attr(force_new)]
    pub subnet_id: String,
    /// The VPC of the subnet.
    pub vpc_id: Computed<String>,
}

#[async_trait]
impl Resource for ClientVpnNetworkAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The subnet is the natural key: what an earlier attempt made is there.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let endpoint = planned.client_vpn_endpoint_id.clone();
        let made = if cx.repeated {
            let all = TargetNetwork::of(aws, &endpoint).await?;
            let same = |n: &TargetNetwork| n.target_network_id() == Some(&*planned.subnet_id) && is_there(n);
            all.into_iter().find(same).and_then(|n| n.association_id)
        } else {
            None
        };
        let id = match made {
            Some(id) => id,
            None => {
                let call = (aws.ec2().associate_client_vpn_target_network())
                    .client_vpn_endpoint_id(&endpoint)
                    .subnet_id(&planned.subnet_id)
                    .client_token(cx.token.to_string());
                let associate = || aws.call("ec2:AssociateClientVpnTargetNetwork", call.clone().send());
                let made = retry_while(cx.timeout_or(PATIENCE), passes, associate).await?;
                created("ec2:AssociateClientVpnTargetNetwork", made.association_id)?
            }
        };
        let started = ClientVpnNetworkAssociation { id: id.as_str().into(), ..planned };
        let what = format!("the association {id} of {endpoint}");
        let made = wait_until(&what, cx.timeout_or(PATIENCE), || async {
            let found = find(aws, &endpoint, &id).await?;
            let code = found.as_ref().and_then(code).cloned();
            match (found, code) {
                (Some(network), Some(Code::Associated)) => Ok(Poll::Ready(network)),
                (Some(network), Some(Code::AssociationFailed)) => {
                    let why = network.status().and_then(|s| s.message()).unwrap_or_default().to_owned();
                    Err(Error::new("The association failed", why))
                }
                (_, code) => Ok(Poll::Pending(code.map_or("not found".into(), |c| c.as_str().to_owned()))),
            }
        });
        match made.await {
            Ok(network) => Ok(started.with(network)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let endpoints = states.iter().map(|s| s.client_vpn_endpoint_id.as_str());
        match of_each::<TargetNetwork>(aws, endpoints).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let networks = found.get(&state.client_vpn_endpoint_id);
                    let id = state.id.as_deref();
                    let network = networks.and_then(|n| n.iter().find(|n| n.association_id() == id));
                    Ok(network.filter(|n| is_there(n)).cloned().map(|network| state.with(network)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let (id, endpoint) = (state.id.known()?, &state.client_vpn_endpoint_id);
        let timeout = cx.timeout_or(PATIENCE);
        let disassociate = || {
            let call = (aws.ec2().disassociate_client_vpn_target_network())
                .client_vpn_endpoint_id(endpoint)
                .association_id(id)
                .send();
            aws.call("ec2:DisassociateClientVpnTargetNetwork", call)
        };
        match retry_while(timeout, passes, disassociate).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => drop(other?),
        }
        wait_until(&format!("the association {id} to end"), timeout, || async {
            Ok(match find(aws, endpoint, id).await?.as_ref().and_then(code) {
                None | Some(Code::Disassociated) => Poll::Ready(()),
                Some(code) => Poll::Pending(code.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = of_all::<TargetNetwork>(aws).await?.into_values().flatten();
        Ok(Some(found.filter(is_there).map(|network| Self::default().with(network)).collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{},{}", self.client_vpn_endpoint_id, self.id.as_deref()?))
    }

    /// `cvpn-endpoint-1,cvpn-assoc-1`.
    fn import(id: &str) -> Result<Attributes, Error> {
        let [endpoint, association] = parts(id, ',', ["ENDPOINT-ID", "ASSOCIATION-ID"])?;
        Ok(vec![("client_vpn_endpoint_id", Value::from(endpoint)), ("id", Value::from(association))])
    }
}

impl ClientVpnNetworkAssociation {
    /// This object as EC2 describes it.
    fn with(self, remote: TargetNetwork) -> ClientVpnNetworkAssociation {
        ClientVpnNetworkAssociation {
            association_id: remote.association_id.clone().into(),
            client_vpn_endpoint_id: remote.client_vpn_endpoint_id.unwrap_or(self.client_vpn_endpoint_id),
            subnet_id: remote.target_network_id.unwrap_or_default(),
            vpc_id: remote.vpc_id.into(),
            id: remote.association_id.into(),
        }
    }
}

fn code(network: &TargetNetwork) -> Option<&Code> {
    network.status().and_then(|s| s.code())
}

fn is_there(network: &TargetNetwork) -> bool {
    !matches!(code(network), Some(Code::Disassociated | Code::Disassociating | Code::AssociationFailed))
}

async fn find(aws: &Aws, endpoint: &str, association: &str) -> Result<Option<TargetNetwork>, Error> {
    let all = TargetNetwork::of(aws, endpoint).await?;
    Ok(all.into_iter().find(|n| n.association_id() == Some(association)))
}
