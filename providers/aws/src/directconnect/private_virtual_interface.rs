//! `aws_dx_private_virtual_interface`: a private virtual interface, which leads to VPCs, on a line of Direct Connect.

use super::PATIENCE;
use super::interface::{self, Asn, WORKING, arn, invalid, mtu, one_of};
use super::tagging::{creation_tags, finish, made_before, tag_map, update_tags};
use crate::Aws;
use crate::ec2::{any_asn, created, set_text};
use crate::tags::Tags;
use aws_sdk_directconnect::types::{AddressFamily, NewPrivateVirtualInterface, VirtualInterface as Remote};
use terrane_sdk::{
    ApplyContext, Auto, Computed, Diagnostics, Error, Failure, Resource, Value, async_trait, validate,
};

/// Provides a private virtual interface, which leads to VPCs, on a line of Direct Connect.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_dx_private_virtual_interface",
    keep,
    timeouts(create = "10m", update = "10m", delete = "10m")
)]
pub struct DxPrivateVirtualInterface {
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
    /// The Direct Connect gateway that the interface leads to.
    #[attr(force_new)]
    pub dx_gateway_id: Option<String>,
    /// Whether jumbo frames are possible.
    pub jumbo_frame_capable: Computed<bool>,
    /// The largest packets: 1500, 8500 or 9001.
    #[attr(default = 1500, validate = mtu)]
    pub mtu: Option<i64>,
    /// A name for the interface.
    #[attr(force_new)]
    pub name: String,
    /// Whether sites reach each other through AWS.
    #[attr(default = false)]
    pub sitelink_enabled: Option<bool>,
    /// The tags of the interface.
    pub tags: Tags,
    /// The number of the VLAN.
    #[attr(force_new, validate = validate::between(1..=4094))]
    pub vlan: i64,
    /// The virtual private gateway that the interface leads to.
    #[attr(force_new)]
    pub vpn_gateway_id: Option<String>,
}

#[async_trait]
impl Resource for DxPrivateVirtualInterface {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let account = aws.account().await?;
        let made = match cx.repeated {
            true => made_before(interface::living(aws, "private").await?, |i| i.tags(), cx)
                .and_then(|i| i.virtual_interface_id),
            false => None,
        };
        let id = match made {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let arn = arn(aws, &account, &id);
        let started = DxPrivateVirtualInterface { id: id.as_str().into(), arn: arn.into(), ..planned };
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

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        update_tags(aws, planned.arn.known()?, &prior.tags, &planned.tags).await?;
        let mtu = planned.mtu.filter(|m| prior.mtu != Some(*m));
        let site_link = planned.sitelink_enabled.filter(|on| prior.sitelink_enabled != Some(*on));
        match interface::update(aws, id, mtu, site_link, cx.timeout_or(PATIENCE)).await? {
            Some(now) => {
                let account = aws.account().await?;
                Ok(planned.with(aws, &account, now))
            }
            None => Ok(planned),
        }
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        interface::delete(aws, state.id.known()?, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let own = interface::living(aws, "private").await?.into_iter();
        let own = own.filter(|i| account.is_empty() || i.owner_account() == Some(&*account));
        Ok(Some(own.map(|i| Self::default().with(aws, &account, i)).collect()))
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        one_of(config, ["bgp_asn", "bgp_asn_long"], "number of an autonomous system", diagnostics);
        one_of(config, ["dx_gateway_id", "vpn_gateway_id"], "gateway", diagnostics);
    }
}

impl DxPrivateVirtualInterface {
    /// This object as Direct Connect describes it.
    fn with(self, aws: &Aws, account: &str, remote: Remote) -> DxPrivateVirtualInterface {
        let id = remote.virtual_interface_id.clone().unwrap_or_default();
        let asn = Asn::of(&remote, self.bgp_asn_long.as_deref());
        DxPrivateVirtualInterface {
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
            dx_gateway_id: set_text(remote.direct_connect_gateway_id.as_deref()),
            jumbo_frame_capable: remote.jumbo_frame_capable.unwrap_or_default().into(),
            mtu: remote.mtu.map(i64::from),
            name: remote.virtual_interface_name.unwrap_or_default(),
            sitelink_enabled: Some(remote.site_link_enabled.unwrap_or_default()),
            tags: tag_map(remote.tags),
            vlan: remote.vlan.into(),
            vpn_gateway_id: set_text(remote.virtual_gateway_id.as_deref()),
            id: id.into(),
        }
    }
}

async fn create(aws: &Aws, planned: &DxPrivateVirtualInterface, cx: &ApplyContext) -> Result<String, Error> {
    let wanted = NewPrivateVirtualInterface::builder()
        .virtual_interface_name(&planned.name)
        .vlan(i32::try_from(planned.vlan).unwrap_or_default())
        .asn(Asn::short(planned.bgp_asn))
        .set_asn_long(Asn::long(planned.bgp_asn_long.as_deref()))
        .set_auth_key(set_text(planned.bgp_auth_key.as_deref()))
        .set_amazon_address(set_text(planned.amazon_address.as_deref()))
        .set_customer_address(set_text(planned.customer_address.as_deref()))
        .address_family(AddressFamily::from(planned.address_family.as_str()))
        .set_mtu(planned.mtu.and_then(|m| i32::try_from(m).ok()))
        .set_enable_site_link(planned.sitelink_enabled.filter(|on| *on))
        .set_virtual_gateway_id(set_text(planned.vpn_gateway_id.as_deref()))
        .set_direct_connect_gateway_id(set_text(planned.dx_gateway_id.as_deref()))
        .set_tags(creation_tags(&planned.tags, cx)?)
        .build()
        .map_err(invalid)?;
    let call = (aws.directconnect().create_private_virtual_interface())
        .connection_id(&planned.connection_id)
        .new_private_virtual_interface(wanted);
    let made = aws.call("directconnect:CreatePrivateVirtualInterface", call.send()).await?;
    created("directconnect:CreatePrivateVirtualInterface", made.virtual_interface_id)
}
