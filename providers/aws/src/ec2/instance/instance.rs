//! `aws_instance`: an instance of EC2.

use super::blocks::{
    CapacityReservation, CpuOptions, CreditSpecification, EbsBlockDevice, Enclave, EphemeralBlockDevice,
    InstanceInterface, LaunchTemplate, Maintenance, MarketOptions, MetadataOptions, PrimaryInterface,
    PrivateNames, RootBlockDevice, SecondaryInterface,
};
use super::reading::Facts;
use super::{devices, launch, modify, remote};
use crate::Aws;
use crate::client::Poll;
use crate::ec2::batch::all_failed;
use crate::ec2::kind::{self, by_ids, visible};
use crate::ec2::operation::{find_made, finish};
use crate::ec2::tagging::update_tags;
use crate::tags::Tags;
use aws_sdk_ec2::types::{self, InstanceStateName as State};
use std::collections::BTreeSet;
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, Type, Value, async_trait, validate,
};

pub(super) const PATIENCE: Duration = Duration::from_secs(10 * 60);

/// Provides an instance.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "aws_instance",
    version = 2,
    keep,
    timeouts(create = "10m", read = "15m", update = "10m", delete = "20m")
)]
pub struct Instance {
    /// The id of the instance.
    pub id: Computed<String>,
    /// The image it is launched from.
    #[attr(force_new)]
    pub ami: Auto<String>,
    /// The ARN of the instance.
    pub arn: Computed<String>,
    /// Whether it gets a public address.
    #[attr(force_new)]
    pub associate_public_ip_address: Auto<bool>,
    /// The zone it is in.
    #[attr(force_new)]
    pub availability_zone: Auto<String>,
    /// Which reserved capacity it uses.
    #[block(computed)]
    pub capacity_reservation_specification: Option<CapacityReservation>,
    /// Its processors.
    #[block(computed)]
    pub cpu_options: Option<CpuOptions>,
    /// What becomes of it when its credits are used up.
    #[block]
    pub credit_specification: Option<CreditSpecification>,
    /// Whether it is protected from being stopped.
    pub disable_api_stop: Auto<bool>,
    /// Whether it is protected from being terminated.
    pub disable_api_termination: Auto<bool>,
    /// Further volumes that are made with it.
    #[block(computed)]
    pub ebs_block_device: BTreeSet<EbsBlockDevice>,
    /// Whether it has throughput of its own for volumes.
    #[attr(force_new)]
    pub ebs_optimized: Auto<bool>,
    /// Whether its first IPv6 address stays as long as it does. It cannot be switched off again.
    pub enable_primary_ipv6: Auto<bool>,
    /// Whether it can have enclaves.
    #[block(computed)]
    pub enclave_options: Option<Enclave>,
    /// Volumes of the host.
    #[block(computed, force_new)]
    pub ephemeral_block_device: BTreeSet<EphemeralBlockDevice>,
    /// Whether its protection from being terminated ends when the resource is destroyed.
    #[attr(default = false)]
    pub force_destroy: Option<bool>,
    /// Whether to wait for its password, of Windows.
    #[attr(default = false)]
    pub get_password_data: Option<bool>,
    /// Whether it can be laid to sleep.
    #[attr(force_new)]
    pub hibernation: Option<bool>,
    /// The host it is on.
    #[attr(force_new)]
    pub host_id: Auto<String>,
    /// The group of hosts it is on.
    #[attr(force_new, conflicts_with = "host_id")]
    pub host_resource_group_arn: Auto<String>,
    /// The profile whose role it has.
    pub iam_instance_profile: Auto<String>,
    /// What becomes of it when it shuts itself down: `stop` or `terminate`.
    #[attr(validate = validate::one_of(&["stop", "terminate"]))]
    pub instance_initiated_shutdown_behavior: Auto<String>,
    /// How it was bought: `spot`, `scheduled` or nothing.
    pub instance_lifecycle: Computed<String>,
    /// How it is bought.
    #[block(computed, force_new)]
    pub instance_market_options: Option<MarketOptions>,
    /// Whether it runs.
    pub instance_state: Computed<String>,
    /// What machine it is. A change stops it for a while.
    pub instance_type: Auto<String>,
    /// How many IPv6 addresses it gets.
    #[attr(conflicts_with = "ipv6_addresses")]
    pub ipv6_address_count: Auto<i64>,
    /// Its IPv6 addresses. Others need another instance.
    #[attr(conflicts_with = "ipv6_address_count")]
    pub ipv6_addresses: Auto<Vec<String>>,
    /// The key that it lets in.
    #[attr(force_new)]
    pub key_name: Auto<String>,
    /// The template it is launched from.
    #[block(computed, force_new)]
    pub launch_template: Option<LaunchTemplate>,
    /// What AWS does when the host fails.
    #[block(computed)]
    pub maintenance_options: Option<Maintenance>,
    /// How it gets to know of itself.
    #[block(computed)]
    pub metadata_options: Option<MetadataOptions>,
    /// Whether it is measured each minute.
    pub monitoring: Auto<bool>,
    /// Network interfaces made elsewhere.
    #[block(computed, force_new)]
    pub network_interface: BTreeSet<InstanceInterface>,
    /// The Outpost it is on.
    pub outpost_arn: Computed<String>,
    /// Its password, encrypted with its key.
    pub password_data: Computed<String>,
    /// The placement group.
    #[attr(force_new, conflicts_with = "placement_group_id")]
    pub placement_group: Auto<String>,
    /// The placement group, by its id.
    #[attr(force_new, conflicts_with = "placement_group")]
    pub placement_group_id: Auto<String>,
    /// The partition of the placement group.
    #[attr(force_new)]
    pub placement_partition_number: Auto<i64>,
    /// A network interface made elsewhere that is its first one.
    #[block(computed, force_new)]
    pub primary_network_interface: Option<PrimaryInterface>,
    /// Its first network interface.
    pub primary_network_interface_id: Computed<String>,
    /// Its private DNS name.
    pub private_dns: Computed<String>,
    /// How it is named.
    #[block(computed)]
    pub private_dns_name_options: Option<PrivateNames>,
    /// Its private address.
    #[attr(force_new)]
    pub private_ip: Auto<String>,
    /// Its public DNS name.
    pub public_dns: Computed<String>,
    /// Its public address.
    pub public_ip: Computed<String>,
    /// Its first volume.
    #[block(computed)]
    pub root_block_device: Option<RootBlockDevice>,
    /// Interfaces in secondary networks.
    #[block(computed, force_new)]
    pub secondary_network_interface: BTreeSet<SecondaryInterface>,
    /// Further private addresses.
    pub secondary_private_ips: Auto<BTreeSet<String>>,
    /// Its security groups, by name, in the default VPC.
    #[attr(force_new)]
    pub security_groups: Auto<BTreeSet<String>>,
    /// Whether traffic must be from or to the instance itself.
    #[attr(default = true)]
    pub source_dest_check: Option<bool>,
    /// The request of a spot instance.
    pub spot_instance_request_id: Computed<String>,
    /// The subnet it is in.
    #[attr(force_new)]
    pub subnet_id: Auto<String>,
    /// The tags of the instance.
    pub tags: Tags,
    /// How it shares hosts: `default`, `dedicated` or `host`.
    #[attr(force_new, validate = validate::one_of(&["default", "dedicated", "host"]))]
    pub tenancy: Auto<String>,
    /// What it is given to begin with. A change stops it for a while.
    #[attr(conflicts_with = "user_data_base64")]
    pub user_data: Auto<String>,
    /// The same in base 64.
    #[attr(conflicts_with = "user_data")]
    pub user_data_base64: Auto<String>,
    /// Whether other user data need another instance.
    #[attr(default = false)]
    pub user_data_replace_on_change: Option<bool>,
    /// The tags of all volumes that are made with it.
    pub volume_tags: Option<Tags>,
    /// Its security groups.
    pub vpc_security_group_ids: Auto<BTreeSet<String>>,
}

#[async_trait]
impl Resource for Instance {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let timeout = cx.timeout_or(PATIENCE);
        let id = match find_made(aws, cx).await? {
            Some(id) => id,
            None => launch::run(aws, &planned, cx).await?,
        };
        let started = Self { id: id.as_str().into(), ..planned };
        let complete = async {
            remote::reach(aws, &id, &State::Running, timeout).await?;
            let now = read_back(aws, &started, &id).await?;
            modify::after_launch(aws, &id, &started).await?;
            devices::tag(aws, &now, &started).await?;
            let mut made = read_back(aws, &started, &id).await?;
            made.password_data = password(aws, &started, &id, timeout).await?.into();
            Ok(made)
        };
        complete.await.map_err(|e: Error| Failure::partial(aws.here(e), started.clone()))
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = async {
            let ids = states.iter().filter_map(|s| s.id.as_deref());
            let found = by_ids::<types::Instance>(aws, ids).await?;
            let facts = Facts::of(aws, found.values().collect()).await?;
            Ok((found, facts))
        };
        match found.await {
            Ok((found, facts)) => (states.into_iter())
                .map(|state| {
                    let remote = found.get(state.id.as_deref().unwrap_or_default()).cloned();
                    Ok(remote.map(|remote| state.with(aws, remote, &facts)))
                })
                .collect(),
            Err(error) => all_failed(states.len(), &error),
        }
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let timeout = cx.timeout_or(PATIENCE);
        modify::running(aws, &id, &prior, &planned).await?;
        devices::change(aws, &id, &prior, &planned, timeout).await?;
        modify::stopped(aws, &id, &prior, &planned, timeout).await?;
        modify::protect(aws, &id, &prior, &planned).await?;
        devices::tag(aws, &prior, &planned).await?;
        update_tags(aws, &id, &prior.tags, &planned.tags).await?;
        let mut now = read_back(aws, &planned, &id).await?;
        if planned.get_password_data != prior.get_password_data {
            now.password_data = password(aws, &planned, &id, timeout).await?.into();
        }
        Ok(now)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        if state.force_destroy == Some(true) && state.disable_api_termination.0 == Some(true) {
            modify::unprotect(aws, id).await?;
        }
        if state.is_persistent() {
            // It would launch another one.
            remote::cancel(aws, &state.spot_instance_request_id).await?;
        }
        remote::terminate(aws, id, cx.timeout_or(PATIENCE)).await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = kind::all::<types::Instance>(aws).await?;
        let facts = Facts::of(aws, all.iter().collect()).await?;
        Ok(Some(all.into_iter().map(|i| Self::default().with(aws, i, &facts)).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let data = cx.changed("user_data") || cx.changed("user_data_base64");
        if data && cx.planned("user_data_replace_on_change").as_bool() == Some(true) {
            cx.force_new(if cx.changed("user_data") { "user_data" } else { "user_data_base64" });
        }
        for (given, other) in [("user_data", "user_data_base64"), ("user_data_base64", "user_data")] {
            if !cx.config(given).is_null() && !cx.planned(other).is_null() {
                cx.set(other, Value::null(Type::String));
            }
        }
        if cx.changed("ipv6_address_count") {
            cx.set_unknown("ipv6_addresses");
        } else if cx.changed("ipv6_addresses") {
            cx.force_new("ipv6_addresses");
        }
        if cx.prior("enable_primary_ipv6").as_bool() == Some(true) && cx.changed("enable_primary_ipv6") {
            cx.force_new("enable_primary_ipv6");
        }
        if cx.changed("get_password_data") {
            cx.set_unknown("password_data");
        }
        devices::plan(cx);
        // It gets another public address when it starts again.
        let elastic = |cx: &PlanContext<'_, Aws>| cx.prior("public_ip").as_str().is_none_or(str::is_empty);
        if (data || cx.changed("instance_type") || cx.changed("cpu_options")) && !elastic(cx) {
            cx.set_unknown("public_ip");
            cx.set_unknown("public_dns");
        }
        if cx.changed("instance_type") && blocks_unset(cx, "cpu_options") {
            // Another type has other processors; whether memory is encrypted stays, since it cannot change.
            let planned = cx.planned("cpu_options");
            let number = || Value::unknown(Type::Number);
            let processors = planned.as_slice().unwrap_or_default().iter().map(|options| {
                options.with_attribute("core_count", number()).with_attribute("threads_per_core", number())
            });
            if let Some(element) = planned.ty().element() {
                cx.set("cpu_options", Value::list(element.clone(), processors));
            }
        }
        let untold = |name: &str, cx: &PlanContext<'_, Aws>| cx.config(name).is_null();
        if cx.is_create() && untold("ami", cx) && blocks_unset(cx, "launch_template") {
            cx.error_on("ami", "An instance without an image", "Set ami, or launch_template.");
        }
        if cx.is_create() && untold("instance_type", cx) && blocks_unset(cx, "launch_template") {
            let detail = "Set instance_type, or launch_template.";
            cx.error_on("instance_type", "An instance without a type", detail);
        }
    }
}

/// Whether no block of this name is configured.
fn blocks_unset(cx: &PlanContext<'_, Aws>, name: &str) -> bool {
    let config = cx.config(name);
    config.is_null() || config.as_slice().is_some_and(<[Value]>::is_empty)
}

async fn read_back(aws: &Aws, planned: &Instance, id: &str) -> Result<Instance, Error> {
    let remote = visible::<types::Instance>(aws, id).await?;
    let facts = Facts::of(aws, vec![&remote]).await?;
    Ok(planned.clone().with(aws, remote, &facts))
}

impl Instance {
    /// Whether its request launches another one when it ends.
    fn is_persistent(&self) -> bool {
        let spot = self.instance_market_options.as_ref().and_then(|m| m.spot_options.as_ref());
        spot.and_then(|s| s.spot_instance_type.as_deref()) == Some("persistent")
    }
}

/// The password of an instance, which takes it some minutes to make; empty where it is not wanted.
async fn password(aws: &Aws, planned: &Instance, id: &str, timeout: Duration) -> Result<String, Error> {
    if planned.get_password_data != Some(true) {
        return Ok(String::new());
    }
    crate::client::wait_until(&format!("the password of {id}"), timeout, || async {
        let call = aws.ec2().get_password_data().instance_id(id).send();
        let data = aws.call("ec2:GetPasswordData", call).await?.password_data.unwrap_or_default();
        Ok(match data.trim() {
            "" => Poll::Pending("none yet".into()),
            data => Poll::Ready(data.to_owned()),
        })
    })
    .await
}
