//! `aws_dx_public_virtual_interface`: a public virtual interface, which leads to AWS's public services, on a line of Direct Connect.

use super::PATIENCE;
use super::interface::{self, Asn, WORKING, arn, invalid, one_of};
use super::prefixes;
use super::tagging::{creation_tags, finish, made_before, tag_map, update_tags};
use crate::Aws;
use crate::ec2::{any_asn, created, set_text};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{AddressFamily, NewPublicVirtualInterface, VirtualInterface as Remote};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait, validate,
};

/// Provides a public virtual interface, which leads to AWS's public services, on a line of Direct Connect.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_public_virtual_interface", keep, timeouts(create = "10m", delete = "10m"))]
pub struct DxPublicVirtualInterface {
    /// The id of the interface.
    pub id: Computed<String>,
    /// The family of addresses on the interface: `ipv4` or `ipv6`.
    #[attr(force_new, validate = validate::one_of(&["ipv4", "ipv6"]))]
    pub address_family: String,
    /// AWS's address on the interface.
    #[attr(force_new)]
    pub amazon_address: Auto<String>,
    /// The number of AWS's autonomous system.
    pub amazon_side_asn: Computed<String>,
    /// The ARN of the interface.
    pub arn: Computed<String>,
    /// The device at AWS's end.
    pub aws_device: Computed<String>,
    /// The number of the customer's autonomous system.
    #[attr(force_new, validate = validate::between(1..=2_147_483_647))]
    pub bgp_asn: Option<i64>,
    /// The same, for numbers that are longer.
    #[attr(force_new, validate = any_asn)]
    pub bgp_asn_long: Option<String>,
    /// The key of the BGP session.
    #[attr(force_new)]
    pub bgp_auth_key: Auto<String>,
    /// The connection, or link aggregation group, that the interface is on.
    #[attr(force_new)]
    pub connection_id: String,
    /// The customer's address on the interface.
    #[attr(force_new)]
    pub customer_address: Auto<String>,
    /// A name for the interface.
    #[attr(force_new)]
    pub name: String,
    /// The networks that the customer announces.
    #[attr(force_new, required, validate = validate::length(1..=1000))]
    pub route_filter_prefixes: BTreeSet<String>,
    /// The tags of the interface.
    pub tags: Tags,
    /// The number of the VLAN.
    #[attr(force_new, validate = validate::between(1..=4094))]
    pub vlan: i64,
}

#[async_trait]
impl Resource for DxPublicVirtualInterface {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let made = match cx.repeated {
            true => made_before(interface::living(aws, "public").await?, |i| i.tags(), cx)
                .and_then(|i| i.virtual_interface_id),
            false => None,
        };
        let id = match made {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let arn = arn(aws, &account, &id);
        let started = DxPublicVirtualInterface { id: id.as_str().into(), arn: arn.into(), ..planned };
        match interface::wait(aws, &id, WORKING, cx.timeout_or(PATIENCE)).await {
            Ok(made) => Ok(started.with(aws, &account, made)),
            Err(error) => Err(Failure::partial(aws.here(error), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.arn.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return crate::ec2::all_failed(states.len(), &error),
        };
        interface::read_each(aws, states, |s| s.id.as_deref(), |s, i| s.with(aws, &account, i)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, planned.arn.known()?, &prior.tags, &planned.tags).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        interface::delete(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let own = interface::living(aws, "public").await?.into_iter();
        let own = own.filter(|i| account.is_empty() || i.owner_account() == Some(&*account));
        Ok(Some(own.map(|i| Self::default().with(aws, &account, i)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, ["bgp_asn", "bgp_asn_long"], "number of an autonomous system", diagnostics);
    }
}

impl DxPublicVirtualInterface {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxPublicVirtualInterface {
        let id = remote.virtual_interface_id.clone().unwrap_or_default();
        let asn = Asn::of(&remote, self.bgp_asn_long.as_deref());
        DxPublicVirtualInterface {
            address_family: remote.address_family.as_ref().map(|f| f.as_str().to_owned()).unwrap_or_default(),
            amazon_address: remote.amazon_address.unwrap_or_default().into(),
            amazon_side_asn: remote.amazon_side_asn.map(|n| n.to_string()).unwrap_or_default().into(),
            arn: arn(aws, account, &id).into(),
            aws_device: remote.aws_device_v2.unwrap_or_default().into(),
            bgp_asn: asn.short,
            bgp_asn_long: asn.long,
            bgp_auth_key: remote.auth_key.unwrap_or_default().into(),
            connection_id: remote.connection_id.unwrap_or_default(),
            customer_address: remote.customer_address.unwrap_or_default().into(),
            name: remote.virtual_interface_name.unwrap_or_default(),
            route_filter_prefixes: prefixes::set(remote.route_filter_prefixes),
            tags: tag_map(remote.tags),
            vlan: remote.vlan.into(),
            id: id.into(),
        }
    }
}

async fn create(aws: &Aws, planned: &DxPublicVirtualInterface, cx: &ApplyContext) -> Result<String, Error> {
    let wanted = NewPublicVirtualInterface::builder()
        .virtual_interface_name(&planned.name)
        .vlan(i32::try_from(planned.vlan).unwrap_or_default())
        .asn(Asn::short(planned.bgp_asn))
        .set_asn_long(Asn::long(planned.bgp_asn_long.as_deref()))
        .set_auth_key(set_text(planned.bgp_auth_key.as_deref()))
        .set_amazon_address(set_text(planned.amazon_address.as_deref()))
        .set_customer_address(set_text(planned.customer_address.as_deref()))
        .address_family(AddressFamily::from(planned.address_family.as_str()))
        .set_route_filter_prefixes(prefixes::list(&planned.route_filter_prefixes))
        .set_tags(creation_tags(&planned.tags, cx)?)
        .build()
        .map_err(invalid)?;
    let call = (aws.directconnect().create_public_virtual_interface())
        .connection_id(&planned.connection_id)
        .new_public_virtual_interface(wanted);
    let made = aws.call("directconnect:CreatePublicVirtualInterface", call.send()).await?;
    created("directconnect:CreatePublicVirtualInterface", made.virtual_interface_id)
}
