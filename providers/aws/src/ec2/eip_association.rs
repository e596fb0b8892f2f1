//! `aws_eip_association`: a public address's association with an instance or network interface.

use super::batch::{all_failed, describe_by, filter};
use super::kind::{created, set};
use super::route::one_of;
use crate::Aws;
use crate::client::{PROPAGATION, is_not_found, retry_while};
use aws_sdk_ec2::types::Address;
use terrane_sdk::{ApplyContext, Auto, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait};

/// Associates an address with an instance or network interface.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_eip_association", keep)]
pub struct EipAssociation {
    /// The id of the association.
    pub id: Computed<String>,
    /// The address's allocation.
    #[attr(force_new)]
    pub allocation_id: Auto<String>,
    /// Whether the address may be taken from where it is.
    #[attr(force_new)]
    pub allow_reassociation: Option<bool>,
    /// The instance.
    #[attr(force_new)]
    pub instance_id: Auto<String>,
    /// The network interface.
    #[attr(force_new)]
    pub network_interface_id: Auto<String>,
    /// The private address, when the interface has several.
    #[attr(force_new)]
    pub private_ip_address: Auto<String>,
    /// The address.
    #[attr(force_new)]
    pub public_ip: Auto<String>,
}

/// The addresses for which `name` is one of these.
async fn describe(aws: &Aws, name: &'static str, values: Vec<String>) -> Result<Vec<Address>, Error> {
    let call = aws.ec2().describe_addresses().filters(filter(name, values)).send();
    Ok(aws.call("ec2:DescribeAddresses", call).await?.addresses.unwrap_or_default())
}

#[async_trait]
impl Resource for EipAssociation {
    type Client = Aws;

    const PART: bool = true;

    /// The address is the natural key: to associate it where it is already answers the same id.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = (aws.ec2().associate_address())
            .set_allocation_id(set(planned.allocation_id.as_deref()))
            .set_allow_reassociation(planned.allow_reassociation)
            .set_instance_id(set(planned.instance_id.as_deref()))
            .set_network_interface_id(set(planned.network_interface_id.as_deref()))
            .set_private_ip_address(set(planned.private_ip_address.as_deref()))
            .set_public_ip(set(planned.public_ip.as_deref()));
        let associate = || aws.call("ec2:AssociateAddress", call.clone().send());
        // An address just made, or an instance that is about to run.
        let early = |e: &Error| {
            let codes = ["InvalidAllocationID.NotFound", "InvalidInstanceID", "IncorrectInstanceState"];
            e.has_code(&codes)
        };
        let made = retry_while(PROPAGATION, early, associate).await?;
        let id = created("ec2:AssociateAddress", made.association_id)?;
        let started = EipAssociation { id: id.as_str().into(), ..planned };
        let unseen =
            || Error::new("The association vanished", format!("{id} is not found.")).code("NotFound");
        let look = || async {
            let found = describe(aws, "association-id", vec![id.clone()]).await?;
            found.into_iter().find(|a| a.association_id() == Some(&id)).ok_or_else(unseen)
        };
        match retry_while(PROPAGATION, is_not_found, look).await {
            Ok(address) => Ok(started.with(address)),
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        let found =
            describe_by(ids, |ids| describe(aws, "association-id", ids), |a| a.association_id()).await;
        match found {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let address = found.get(state.id.as_deref().unwrap_or_default()).cloned();
                    Ok(address.map(|address| state.with(address)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    /// Nothing of an association can be changed.
    async fn update(_: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(EipAssociation { id: prior.id, ..planned })
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.ec2().disassociate_address().association_id(state.id.known()?).send();
        match aws.call("ec2:DisassociateAddress", call).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().describe_addresses().send();
        let found = aws.call("ec2:DescribeAddresses", call).await?.addresses.unwrap_or_default();
        let associated = |a: &Address| a.association_id().is_some() && a.service_managed().is_none();
        Ok(Some(found.into_iter().filter(associated).map(|a| Self::default().with(a)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, &["allocation_id", "public_ip"], "address to associate", diagnostics);
    }
}

impl EipAssociation {
    fn with(self, address: Address) -> EipAssociation {
        let text = |t: Option<String>| t.unwrap_or_default();
        EipAssociation {
            id: address.association_id.into(),
            allocation_id: text(address.allocation_id).into(),
            instance_id: text(address.instance_id).into(),
            network_interface_id: text(address.network_interface_id).into(),
            private_ip_address: text(address.private_ip_address).into(),
            public_ip: text(address.public_ip).into(),
            ..self
        }
    }
}
