//! `aws_dx_hosted_private_virtual_interface` and its like: virtual interfaces on the account's line that are for
//! other accounts, which accept them.

use super::PATIENCE;
use super::interface::{self, Asn, OFFERED, arn, invalid, mtu, one_of, transit_mtu};
use super::prefixes;
use crate::Aws;
use crate::ec2::{all_failed, any_asn, created, set_text};
use aws_sdk_directconnect::types::{
    AddressFamily, NewPrivateVirtualInterfaceAllocation, NewPublicVirtualInterfaceAllocation,
    NewTransitVirtualInterfaceAllocation, VirtualInterface as Remote,
};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait, validate,
};

/// What an earlier attempt of this creation made: allocations have no tags, but their VLAN is the natural
/// key on the line.
async fn made_before(
    aws: &Aws,
    kind: &str,
    connection: &str,
    vlan: i64,
    cx: &ApplyContext,
) -> Result<Option<String>, Error> {
    if !cx.repeated {
        return Ok(None);
    }
    let found = interface::living(aws, kind).await?.into_iter();
    let mut same = found.filter(|i| i.connection_id() == Some(connection) && i64::from(i.vlan) == vlan);
    Ok(same.next().and_then(|i| i.virtual_interface_id))
}

/// All that the allocations of the three kinds have in common.
macro_rules! hosted {
    ($ty:ident, $kind:literal, $create:expr) => {
        #[async_trait]
        impl Resource for $ty {
            type Client = Aws;

            async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
                let account = aws.account().await?;
                let made = made_before(aws, $kind, &planned.connection_id, planned.vlan, cx).await?;
                let id = match made {
                    Some(id) => id,
                    None => $create(aws, &planned).await?,
                };
                let started = $ty { id: id.as_str().into(), ..planned };
                // It is for its owner to accept it.
                match interface::wait(aws, &id, OFFERED, cx.timeout_or(PATIENCE)).await {
                    Ok(made) => Ok(started.with(aws, &account, made)),
                    Err(error) => Err(Failure::partial(aws.here(error), started)),
                }
            }

            async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
                let account = match aws.account().await {
                    Ok(account) => account,
                    Err(error) => return all_failed(states.len(), &error),
                };
                interface::read_each(aws, states, |s| s.id.as_deref(), |s, i| s.with(aws, &account, i)).await
            }

            async fn update(
                _: &Aws,
                _: Self,
                planned: Self,
                _: &ApplyContext,
            ) -> Result<Self, Failure<Self>> {
                Ok(planned)
            }

            async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
                interface::delete(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
            }

            async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
                let account = aws.account().await?;
                let found = interface::living(aws, $kind).await?.into_iter();
                let hosted = found.filter(|i| i.owner_account() != Some(&*account));
                Ok(Some(hosted.map(|i| Self::default().with(aws, &account, i)).collect()))
            }

            fn validate(config: &Value, diagnostics: &mut Diagnostics) {
                one_of(config, ["bgp_asn", "bgp_asn_long"], "number of an autonomous system", diagnostics);
            }
        }
    };
}

/// Offers another account a private virtual interface on the account's line.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_hosted_private_virtual_interface", keep, timeouts(create = "10m", delete = "10m"))]
pub struct DxHostedPrivateVirtualInterface {
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
    /// Whether jumbo frames are possible.
    pub jumbo_frame_capable: Computed<bool>,
    /// The largest packets: 1500, 8500 or 9001.
    #[attr(force_new, default = 1500, validate = mtu)]
    pub mtu: Option<i64>,
    /// A name for the interface.
    #[attr(force_new)]
    pub name: String,
    /// The account that the interface is for.
    #[attr(force_new, validate = validate::matches("^[0-9]{12}$", "be an account id"))]
    pub owner_account_id: String,
    /// The number of the VLAN.
    #[attr(force_new, validate = validate::between(1..=4094))]
    pub vlan: i64,
}

hosted!(DxHostedPrivateVirtualInterface, "private", allocate_private);

impl DxHostedPrivateVirtualInterface {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedPrivateVirtualInterface {
        let id = remote.virtual_interface_id.clone().unwrap_or_default();
        let asn = Asn::of(&remote, self.bgp_asn_long.as_deref());
        DxHostedPrivateVirtualInterface {
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
            jumbo_frame_capable: remote.jumbo_frame_capable.unwrap_or_default().into(),
            mtu: remote.mtu.map(i64::from),
            name: remote.virtual_interface_name.unwrap_or_default(),
            owner_account_id: remote.owner_account.unwrap_or_default(),
            vlan: remote.vlan.into(),
            id: id.into(),
        }
    }
}

async fn allocate_private(aws: &Aws, planned: &DxHostedPrivateVirtualInterface) -> Result<String, Error> {
    let wanted = NewPrivateVirtualInterfaceAllocation::builder()
        .virtual_interface_name(&planned.name)
        .vlan(i32::try_from(planned.vlan).unwrap_or_default())
        .asn(Asn::short(planned.bgp_asn))
        .set_asn_long(Asn::long(planned.bgp_asn_long.as_deref()))
        .set_auth_key(set_text(planned.bgp_auth_key.as_deref()))
        .set_amazon_address(set_text(planned.amazon_address.as_deref()))
        .set_customer_address(set_text(planned.customer_address.as_deref()))
        .address_family(AddressFamily::from(planned.address_family.as_str()))
        .set_mtu(planned.mtu.and_then(|m| i32::try_from(m).ok()))
        .build()
        .map_err(invalid)?;
    let call = (aws.directconnect().allocate_private_virtual_interface())
        .connection_id(&planned.connection_id)
        .owner_account(&planned.owner_account_id)
        .new_private_virtual_interface_allocation(wanted);
    let made = aws.call("directconnect:AllocatePrivateVirtualInterface", call.send()).await?;
    created("directconnect:AllocatePrivateVirtualInterface", made.virtual_interface_id)
}

/// Offers another account a public virtual interface on the account's line.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_hosted_public_virtual_interface", keep, timeouts(create = "10m", delete = "10m"))]
pub struct DxHostedPublicVirtualInterface {
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
    /// The account that the interface is for.
    #[attr(force_new, validate = validate::matches("^[0-9]{12}$", "be an account id"))]
    pub owner_account_id: String,
    /// The networks that the customer announces.
    #[attr(force_new, required, validate = validate::length(1..=1000))]
    pub route_filter_prefixes: BTreeSet<String>,
    /// The number of the VLAN.
    #[attr(force_new, validate = validate::between(1..=4094))]
    pub vlan: i64,
}

hosted!(DxHostedPublicVirtualInterface, "public", allocate_public);

impl DxHostedPublicVirtualInterface {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedPublicVirtualInterface {
        let id = remote.virtual_interface_id.clone().unwrap_or_default();
        let asn = Asn::of(&remote, self.bgp_asn_long.as_deref());
        DxHostedPublicVirtualInterface {
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
            owner_account_id: remote.owner_account.unwrap_or_default(),
            route_filter_prefixes: prefixes::set(remote.route_filter_prefixes),
            vlan: remote.vlan.into(),
            id: id.into(),
        }
    }
}

async fn allocate_public(aws: &Aws, planned: &DxHostedPublicVirtualInterface) -> Result<String, Error> {
    let wanted = NewPublicVirtualInterfaceAllocation::builder()
        .virtual_interface_name(&planned.name)
        .vlan(i32::try_from(planned.vlan).unwrap_or_default())
        .asn(Asn::short(planned.bgp_asn))
        .set_asn_long(Asn::long(planned.bgp_asn_long.as_deref()))
        .set_auth_key(set_text(planned.bgp_auth_key.as_deref()))
        .set_amazon_address(set_text(planned.amazon_address.as_deref()))
        .set_customer_address(set_text(planned.customer_address.as_deref()))
        .address_family(AddressFamily::from(planned.address_family.as_str()))
        .set_route_filter_prefixes(prefixes::list(&planned.route_filter_prefixes))
        .build()
        .map_err(invalid)?;
    let call = (aws.directconnect().allocate_public_virtual_interface())
        .connection_id(&planned.connection_id)
        .owner_account(&planned.owner_account_id)
        .new_public_virtual_interface_allocation(wanted);
    let made = aws.call("directconnect:AllocatePublicVirtualInterface", call.send()).await?;
    created("directconnect:AllocatePublicVirtualInterface", made.virtual_interface_id)
}

/// Offers another account a transit virtual interface on the account's line.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_dx_hosted_transit_virtual_interface", keep, timeouts(create = "10m", delete = "10m"))]
pub struct DxHostedTransitVirtualInterface {
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
    /// Whether jumbo frames are possible.
    pub jumbo_frame_capable: Computed<bool>,
    /// The largest packets: 1500 or 8500.
    #[attr(force_new, default = 1500, validate = transit_mtu)]
    pub mtu: Option<i64>,
    /// A name for the interface.
    #[attr(force_new)]
    pub name: String,
    /// The account that the interface is for.
    #[attr(force_new, validate = validate::matches("^[0-9]{12}$", "be an account id"))]
    pub owner_account_id: String,
    /// The number of the VLAN.
    #[attr(force_new, validate = validate::between(1..=4094))]
    pub vlan: i64,
}

hosted!(DxHostedTransitVirtualInterface, "transit", allocate_transit);

impl DxHostedTransitVirtualInterface {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxHostedTransitVirtualInterface {
        let id = remote.virtual_interface_id.clone().unwrap_or_default();
        let asn = Asn::of(&remote, self.bgp_asn_long.as_deref());
        DxHostedTransitVirtualInterface {
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
            jumbo_frame_capable: remote.jumbo_frame_capable.unwrap_or_default().into(),
            mtu: remote.mtu.map(i64::from),
            name: remote.virtual_interface_name.unwrap_or_default(),
            owner_account_id: remote.owner_account.unwrap_or_default(),
            vlan: remote.vlan.into(),
            id: id.into(),
        }
    }
}

async fn allocate_transit(aws: &Aws, planned: &DxHostedTransitVirtualInterface) -> Result<String, Error> {
    let wanted = NewTransitVirtualInterfaceAllocation::builder()
        .virtual_interface_name(&planned.name)
        .vlan(i32::try_from(planned.vlan).unwrap_or_default())
        .asn(Asn::short(planned.bgp_asn))
        .set_asn_long(Asn::long(planned.bgp_asn_long.as_deref()))
        .set_auth_key(set_text(planned.bgp_auth_key.as_deref()))
        .set_amazon_address(set_text(planned.amazon_address.as_deref()))
        .set_customer_address(set_text(planned.customer_address.as_deref()))
        .address_family(AddressFamily::from(planned.address_family.as_str()))
        .set_mtu(planned.mtu.and_then(|m| i32::try_from(m).ok()))
        .build();
    let call = (aws.directconnect().allocate_transit_virtual_interface())
        .connection_id(&planned.connection_id)
        .owner_account(&planned.owner_account_id)
        .new_transit_virtual_interface_allocation(wanted);
    let made = aws.call("directconnect:AllocateTransitVirtualInterface", call.send()).await?;
    created(
        "directconnect:AllocateTransitVirtualInterface",
        made.virtual_interface.and_then(|i| i.virtual_interface_id),
    )
}
