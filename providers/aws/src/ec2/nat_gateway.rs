//! `aws_nat_gateway`: how instances without public addresses reach the internet or other
//! networks.

use super::batch::{PAGE, all_failed, describe_by, filter, one_each, pages};
use super::nat_gateway_addresses;
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::{Poll, is_not_found, retry_while, wait_until};
use crate::tags::Tags;
use aws_sdk_ec2::types::{
    self, AutoProvisionZonesState, AvailabilityMode, AvailabilityZoneAddress, ConnectivityType,
    NatGatewayState as State, ResourceType,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, PlanContext, Resource, Value, async_trait, validate,
};

const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Provides a NAT gateway.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_nat_gateway", keep, timeouts(create = "10m", update = "10m", delete = "30m"))]
pub struct NatGateway {
    /// The id of the gateway.
    pub id: Computed<String>,
    /// The allocation of the public address.
    #[attr(force_new)]
    pub allocation_id: Option<String>,
    /// The association of the public address.
    pub association_id: Computed<String>,
    /// Whether AWS adds zones to a regional gateway by itself.
    pub auto_provision_zones: Computed<String>,
    /// Whether AWS adds addresses to a regional gateway by itself.
    pub auto_scaling_ips: Computed<String>,
    /// Whether the gateway serves one zone or the region: `zonal` or `regional`.
    #[attr(force_new, validate = validate::one_of(&["zonal", "regional"]))]
    pub availability_mode: Auto<String>,
    /// Zones of a regional gateway and their addresses; without any, AWS chooses them.
    pub availability_zone_address: BTreeSet<ZoneAddress>,
    /// Whether the gateway leads to the internet: `public` or `private`.
    #[attr(force_new, default = "public", validate = validate::one_of(&["public", "private"]))]
    pub connectivity_type: Option<String>,
    /// The gateway's network interface.
    pub network_interface_id: Computed<String>,
    /// The gateway's private address.
    #[attr(force_new)]
    pub private_ip: Auto<String>,
    /// The gateway's public address.
    pub public_ip: Computed<String>,
    /// The addresses of a regional gateway.
    pub regional_nat_gateway_address: Computed<Vec<RegionalAddress>>,
    /// Whether AWS chooses zones and addresses of a regional gateway: `enabled` or `disabled`.
    pub regional_nat_gateway_auto_mode: Computed<String>,
    /// The route table of a regional gateway.
    pub route_table_id: Computed<String>,
    /// Allocations of further public addresses.
    pub secondary_allocation_ids: BTreeSet<String>,
    /// The number of further private addresses, of a private gateway.
    #[attr(conflicts_with = "secondary_private_ip_addresses")]
    pub secondary_private_ip_address_count: Auto<i64>,
    /// Further private addresses.
    #[attr(conflicts_with = "secondary_private_ip_address_count")]
    pub secondary_private_ip_addresses: Auto<BTreeSet<String>>,
    /// The subnet the gateway is in.
    #[attr(force_new)]
    pub subnet_id: Auto<String>,
    /// The VPC of a regional gateway.
    #[attr(force_new)]
    pub vpc_id: Auto<String>,
    /// The tags of the gateway.
    pub tags: Tags,
}

/// A zone of a regional gateway and its addresses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct ZoneAddress {
    /// Allocations of public addresses.
    pub allocation_ids: BTreeSet<String>,
    /// The zone's name.
    pub availability_zone: Option<String>,
    /// The zone's id.
    pub availability_zone_id: Option<String>,
}

/// An address of a regional gateway.
#[derive(Clone, Debug, PartialEq, Eq, Block)]
pub struct RegionalAddress {
    /// Its allocation.
    pub allocation_id: String,
    /// Its association.
    pub association_id: String,
    /// The zone's name.
    pub availability_zone: String,
    /// The zone's id.
    pub availability_zone_id: String,
    /// The network interface that has it.
    pub network_interface_id: String,
    /// The address.
    pub public_ip: String,
    /// How far its association is.
    pub status: String,
}

#[async_trait]
impl Resource for NatGateway {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => create(aws, &planned, cx).await?,
        };
        let started = NatGateway { id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            wait_available(aws, &id, cx.timeout_or(PATIENCE)).await?;
            read_back(aws, &started, &id).await
        };
        complete.await.map_err(|e| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let ids = states.iter().filter_map(|s| s.id.as_deref());
        match describe_by(ids, |ids| describe(aws, ids), |g| g.nat_gateway_id()).await {
            Ok(found) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default());
                    // EC2 shows deleted gateways for an hour.
                    let remote =
                        remote.filter(|g| !matches!(g.state, Some(State::Deleted | State::Deleting)));
                    Ok(remote.map(|remote| state.with(remote.clone())))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        nat_gateway_addresses::change(aws, &id, &prior, &planned).await?;
        wait_available(aws, &id, cx.timeout_or(PATIENCE)).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        Ok(read_back(aws, &planned, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        match aws.call("ec2:DeleteNatGateway", aws.ec2().delete_nat_gateway().nat_gateway_id(id).send()).await
        {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        // Its address is in use until it is gone.
        wait_until(&format!("NAT gateway {id} to be deleted"), cx.timeout_or(PATIENCE), || async {
            Ok(match describe_one(aws, id).await?.and_then(|g| g.state) {
                None | Some(State::Deleted) => Poll::Ready(()),
                Some(state) => Poll::Pending(state.as_str().to_owned()),
            })
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let alive = filter("state", ["pending", "available"]);
        let call = aws.ec2().describe_nat_gateways().filter(alive).max_results(PAGE);
        let found = pages!(aws, "ec2:DescribeNatGateways", call)?;
        Ok(Some(found.into_iter().map(|g| NatGateway::default().with(g)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let secondary = [
            "secondary_allocation_ids",
            "secondary_private_ip_addresses",
            "secondary_private_ip_address_count",
        ];
        if secondary.iter().any(|name| cx.changed(name)) {
            for name in &secondary[1..] {
                if cx.config(name).is_null() {
                    cx.set_unknown(name);
                }
            }
        }
        if !cx.is_create() && cx.changed("availability_zone_address") {
            let chosen = |zones: Value| zones.as_slice().is_some_and(|zones| !zones.is_empty());
            // Who chooses the zones is settled with the gateway.
            if chosen(cx.prior("availability_zone_address"))
                != chosen(cx.planned("availability_zone_address"))
            {
                cx.force_new("availability_zone_address");
            }
            cx.set_unknown("regional_nat_gateway_address");
        }
        let public = cx.planned("connectivity_type").as_str() == Some("public");
        let regional = cx.planned("availability_mode").as_str() == Some("regional");
        // Unknown, the mode may turn out to be regional.
        let zonal_public = public && !regional && cx.config("availability_mode").is_known();
        if zonal_public && cx.config("allocation_id").is_null() && cx.config("vpc_id").is_null() {
            cx.error_on("allocation_id", "Missing address", "A public NAT gateway needs allocation_id.");
        }
        let private = cx.planned("connectivity_type").as_str() == Some("private");
        if private && !cx.config("allocation_id").is_null() {
            let detail = "A private NAT gateway has no public address.";
            cx.error_on("allocation_id", "Conflicting address", detail);
        }
    }
}

impl NatGateway {
    /// This object as EC2 describes it.
    pub(super) fn with(self, remote: types::NatGateway) -> NatGateway {
        let addresses = remote.nat_gateway_addresses.unwrap_or_default();
        let regional = remote.availability_mode == Some(AvailabilityMode::Regional);
        // Older answers do not say which address is the first one.
        let is_primary = |a: &types::NatGatewayAddress| a.is_primary() != Some(false);
        let primary = addresses.iter().find(|a| is_primary(a)).filter(|_| !regional);
        let secondary: Vec<_> =
            addresses.iter().filter(|a| !regional && !primary.is_some_and(|p| std::ptr::eq(p, *a))).collect();
        let text = |f: fn(&types::NatGatewayAddress) -> Option<&str>| {
            primary.and_then(f).unwrap_or_default().to_owned()
        };
        let private: BTreeSet<String> = secondary.iter().filter_map(|a| a.private_ip.clone()).collect();
        let count = i64::try_from(private.len()).unwrap_or_default();
        let automatic = remote.auto_provision_zones != Some(AutoProvisionZonesState::Disabled);
        let zones = match regional && !automatic {
            true => zone_addresses(&self.availability_zone_address, &addresses),
            false => BTreeSet::new(),
        };
        NatGateway {
            allocation_id: primary.and_then(|a| a.allocation_id.clone()),
            association_id: text(|a| a.association_id()).into(),
            auto_provision_zones: remote.auto_provision_zones.map(|s| s.as_str().to_owned()).into(),
            auto_scaling_ips: remote.auto_scaling_ips.map(|s| s.as_str().to_owned()).into(),
            availability_mode: remote
                .availability_mode
                .map(|m| m.as_str().to_owned())
                .or(self.availability_mode.0)
                .or(Some("zonal".into()))
                .into(),
            availability_zone_address: zones,
            connectivity_type: remote
                .connectivity_type
                .map(|t| t.as_str().to_owned())
                .or(self.connectivity_type)
                .or(Some("public".into())),
            network_interface_id: text(|a| a.network_interface_id()).into(),
            private_ip: text(|a| a.private_ip()).into(),
            public_ip: text(|a| a.public_ip()).into(),
            regional_nat_gateway_address: addresses
                .iter()
                .filter(|_| regional)
                .map(regional_address)
                .collect::<Vec<_>>()
                .into(),
            regional_nat_gateway_auto_mode: regional
                .then(|| if automatic { "enabled" } else { "disabled" }.to_owned())
                .into(),
            route_table_id: remote.route_table_id.into(),
            secondary_allocation_ids: secondary.iter().filter_map(|a| a.allocation_id.clone()).collect(),
            secondary_private_ip_address_count: count.into(),
            secondary_private_ip_addresses: private.into(),
            subnet_id: remote.subnet_id.into(),
            vpc_id: remote.vpc_id.into(),
            tags: tag_map(remote.tags),
            id: remote.nat_gateway_id.into(),
        }
    }
}

/// The zones of a regional gateway, by id where they are `ours` by id, else by name.
fn zone_addresses(
    ours: &BTreeSet<ZoneAddress>,
    addresses: &[types::NatGatewayAddress],
) -> BTreeSet<ZoneAddress> {
    let mut zones: BTreeMap<(Option<String>, Option<String>), BTreeSet<String>> = BTreeMap::new();
    for address in addresses {
        let id = address.availability_zone_id.clone();
        let zone = match id.is_some() && ours.iter().any(|z| z.availability_zone_id == id) {
            true => (None, id),
            false => (address.availability_zone.clone(), None),
        };
        zones.entry(zone).or_default().extend(address.allocation_id.clone());
    }
    let zone = |((availability_zone, availability_zone_id), allocation_ids)| ZoneAddress {
        allocation_ids,
        availability_zone,
        availability_zone_id,
    };
    zones.into_iter().map(zone).collect()
}

fn regional_address(address: &types::NatGatewayAddress) -> RegionalAddress {
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    RegionalAddress {
        allocation_id: text(address.allocation_id()),
        association_id: text(address.association_id()),
        availability_zone: text(address.availability_zone()),
        availability_zone_id: text(address.availability_zone_id()),
        network_interface_id: text(address.network_interface_id()),
        public_ip: text(address.public_ip()),
        status: text(address.status().map(|s| s.as_str())),
    }
}

async fn create(aws: &Aws, planned: &NatGateway, cx: &ApplyContext) -> Result<String, Error> {
    let set = |t: Option<&str>| t.filter(|t| !t.is_empty()).map(str::to_owned);
    let list = |s: &BTreeSet<String>| (!s.is_empty()).then(|| s.iter().cloned().collect::<Vec<_>>());
    let zones: Vec<_> = (planned.availability_zone_address.iter())
        .map(|z| {
            AvailabilityZoneAddress::builder()
                .set_allocation_ids(list(&z.allocation_ids))
                .set_availability_zone(z.availability_zone.clone())
                .set_availability_zone_id(z.availability_zone_id.clone())
                .build()
        })
        .collect();
    let count = planned.secondary_private_ip_address_count.0.and_then(|n| i32::try_from(n).ok());
    let call = (aws.ec2().create_nat_gateway())
        .client_token(cx.token.to_string())
        .set_allocation_id(planned.allocation_id.clone())
        .set_subnet_id(set(planned.subnet_id.as_deref()))
        .set_vpc_id(set(planned.vpc_id.as_deref()))
        .set_availability_mode(planned.availability_mode.as_deref().map(AvailabilityMode::from))
        .set_availability_zone_addresses((!zones.is_empty()).then_some(zones))
        .set_connectivity_type(planned.connectivity_type.as_deref().map(ConnectivityType::from))
        .set_private_ip_address(set(planned.private_ip.as_deref()))
        .set_secondary_allocation_ids(list(&planned.secondary_allocation_ids))
        .set_secondary_private_ip_addresses(planned.secondary_private_ip_addresses.0.as_ref().and_then(list))
        .set_secondary_private_ip_address_count(count.filter(|n| *n > 0))
        .tag_specifications(creation_tags(ResourceType::Natgateway, &planned.tags, cx));
    let create = || aws.call("ec2:CreateNatGateway", call.clone().send());
    let early = |e: &Error| e.has_code(&["InvalidSubnetID.NotFound", "InvalidAllocationID.NotFound"]);
    let created = retry_while(super::NEW_PARENT, early, create).await?;
    let id = created.nat_gateway.and_then(|g| g.nat_gateway_id);
    id.ok_or_else(|| Error::new("CreateNatGateway failed", "The answer has no id."))
}

async fn describe(aws: &Aws, ids: Vec<String>) -> Result<Vec<types::NatGateway>, Error> {
    let call = aws.ec2().describe_nat_gateways().filter(filter("nat-gateway-id", ids)).max_results(PAGE);
    pages!(aws, "ec2:DescribeNatGateways", call)
}

/// Describes one gateway, in a call shared with others.
async fn describe_one(aws: &Aws, id: &str) -> Result<Option<types::NatGateway>, Error> {
    let all = |ids| one_each(ids, |ids| describe(aws, ids), |g: &types::NatGateway| g.nat_gateway_id());
    aws.joint().join(id.to_owned(), all).await.unwrap_or(Ok(None))
}

async fn read_back(aws: &Aws, planned: &NatGateway, id: &str) -> Result<NatGateway, Error> {
    let found = describe_one(aws, id).await?;
    let found = found.ok_or_else(|| Error::new("The NAT gateway vanished", format!("{id} is not found.")))?;
    Ok(planned.clone().with(found))
}

async fn wait_available(aws: &Aws, id: &str, timeout: Duration) -> Result<(), Error> {
    wait_until(&format!("NAT gateway {id} to be available"), timeout, || async {
        let Some(gateway) = describe_one(aws, id).await? else {
            return Ok(Poll::Pending("not found".into()));
        };
        match gateway.state {
            Some(State::Available) => Ok(Poll::Ready(())),
            Some(State::Failed) => {
                let why = gateway.failure_message.unwrap_or_else(|| "AWS gives no reason.".into());
                let mut error = Error::new("The NAT gateway failed", why);
                error.code = gateway.failure_code;
                Err(error)
            }
            state => Ok(Poll::Pending(state.map_or_else(|| "unknown".into(), |s| s.as_str().to_owned()))),
        }
    })
    .await
}
