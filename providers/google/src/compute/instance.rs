//! `google_compute_instance`: an instance.

use super::instance_blocks::*;
use super::instance_change;
use super::instance_disks::{attached_body, attached_seen, boot_body, boot_seen, number};
use super::kind::{Place, change_at, request_id};
use crate::Google;
use crate::client::{is_not_found, is_taken};
use crate::container::names::scope;
use crate::mirror::Mirror;
use crate::names::{compute_reference, compute_url, name_of, parse_id, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Object, PlanContext, Resource, Type, Value,
    async_trait, join_all, validate,
};

/// What the API calls otherwise, or keeps in a form of its own.
const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("project", ""),
    ("zone", ""),
    ("allow_stopping_for_update", ""),
    ("attached_disk", ""),
    ("boot_disk", ""),
    ("scratch_disk", ""),
    ("current_status", "status"),
    ("desired_status", ""),
    ("enable_display", "displayDevice.enableDisplay"),
    ("guest_accelerator.count", "acceleratorCount"),
    ("guest_accelerator.type", "acceleratorType"),
    ("guest_accelerator", "guestAccelerators"),
    ("instance_encryption_key.kms_key_self_link", "kmsKeyName"),
    ("instance_id", "id"),
    ("metadata", ""),
    ("metadata_fingerprint", "metadata.fingerprint"),
    ("metadata_startup_script", ""),
    ("nat_ip", "natIP"),
    ("network_interface.access_config", "accessConfigs"),
    ("network_interface.alias_ip_range", "aliasIpRanges"),
    ("network_interface.ipv6_access_config", "ipv6AccessConfigs"),
    ("network_interface.network_ip", "networkIP"),
    ("network_interface.subnetwork_project", ""),
    ("network_interface", "networkInterfaces"),
    ("params", "!params"),
    ("reservation_affinity.type", "consumeReservationType"),
    ("reservation_affinity.specific_reservation", ""),
    ("service_account", "serviceAccount"),
    ("tags", "tags.items"),
    ("tags_fingerprint", "tags.fingerprint"),
]);

/// What the metadata call a script that runs as an instance starts.
const STARTUP: &str = "startup-script";

/// Provides an instance.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_compute_instance",
    version = 6,
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct Instance {
    /// The path of the instance, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the instance.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The type of machine.
    #[attr(equivalent = crate::names::same_reference)]
    pub machine_type: String,
    /// The zone of the instance.
    #[attr(force_new)]
    pub zone: Auto<String>,
    /// The project of the instance.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// Settings of the processor.
    #[block]
    pub advanced_machine_features: Option<InstanceMachine>,
    /// Whether the instance may be stopped for changes that need it.
    #[attr(local)]
    pub allow_stopping_for_update: Option<bool>,
    /// Further disks.
    #[block]
    pub attached_disk: Vec<AttachedDisk>,
    /// The disk that the instance starts from.
    #[block(force_new, min = 1)]
    pub boot_disk: Option<BootDisk>,
    /// Whether packets for others go through the instance.
    #[attr(force_new, default = false)]
    pub can_ip_forward: Option<bool>,
    /// Whether memory is encrypted.
    #[block(force_new, computed)]
    pub confidential_instance_config: Option<InstanceConfidential>,
    /// Whether deleting is refused.
    #[attr(default = false)]
    pub deletion_protection: Option<bool>,
    /// What the instance is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// Whether the instance is to run.
    #[attr(local, validate = validate::one_of(&["RUNNING", "TERMINATED", "SUSPENDED"]))]
    pub desired_status: Option<String>,
    /// Whether there is a virtual display.
    pub enable_display: Option<bool>,
    /// Accelerators.
    #[block(force_new, computed)]
    pub guest_accelerator: Vec<InstanceAccelerator>,
    /// The host's own name.
    #[attr(force_new)]
    pub hostname: Option<String>,
    /// The key of the instance's data.
    #[block(force_new)]
    pub instance_encryption_key: Option<InstanceKey>,
    /// What happens when a key is taken back.
    #[attr(force_new)]
    pub key_revocation_action_type: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// What the instance is told.
    pub metadata: BTreeMap<String, String>,
    /// What the instance runs as it starts.
    #[attr(force_new)]
    pub metadata_startup_script: Option<String>,
    /// The oldest processor.
    pub min_cpu_platform: Auto<String>,
    /// The connections with networks.
    #[block(min = 1)]
    pub network_interface: Vec<NetworkInterface>,
    /// What the instance can send.
    #[block(force_new)]
    pub network_performance_config: Option<InstanceEgress>,
    /// What is given at creation only.
    #[block(force_new, local)]
    pub params: Option<InstanceParams>,
    /// Which reservations are used.
    #[block(force_new, computed)]
    pub reservation_affinity: Option<InstanceReservation>,
    /// Schedules and the like.
    #[attr(equivalent = crate::names::same_reference)]
    pub resource_policies: Vec<String>,
    /// When the instance is stopped or moved.
    #[block(computed)]
    pub scheduling: Option<Scheduling>,
    /// Disks of the host, which go with the instance.
    #[block(force_new)]
    pub scratch_disk: Vec<ScratchDisk>,
    /// The account that the instance acts as.
    #[block]
    pub service_account: Option<InstanceAccount>,
    /// What the instance checks as it starts.
    #[block(computed)]
    pub shielded_instance_config: Option<InstanceShield>,
    /// Network tags, which firewall rules refer to.
    pub tags: BTreeSet<String>,
    /// The processor.
    pub cpu_platform: Computed<String>,
    /// When the instance was made.
    pub creation_timestamp: Computed<String>,
    /// Whether the instance is `RUNNING`.
    pub current_status: Computed<String>,
    /// Google's number for the instance.
    pub instance_id: Computed<String>,
    /// What the labels are changed with.
    pub label_fingerprint: Computed<String>,
    /// What the metadata are changed with.
    pub metadata_fingerprint: Computed<String>,
    /// The URL of the instance.
    pub self_link: Computed<String>,
    /// What the tags are changed with.
    pub tags_fingerprint: Computed<String>,
}

const GET: &str = "compute.instances.get";

const NICS: &str = "network_interface";

/// What an interface is connected with: another one of these can be had by an instance that is stopped.
const NETWORK: [&str; 3] = ["network", "subnetwork", "subnetwork_project"];

/// What is known of an interface only when it is connected.
const PLACE: [&str; 4] = ["network_ip", "ipv6_access_type", "ipv6_address", "internal_ipv6_prefix_length"];

/// An interface as it is planned: in another subnet, its addresses are others. None if only a new instance can have
/// it, since in the subnet that it is in it keeps its addresses.
fn planned_interface(was: &Value, is: &Value, config: &Value) -> Option<Value> {
    let differs = |name: &&str| was.attribute(name) != is.attribute(name);
    let given = |name: &str| config.attribute(name).is_some_and(|value| !value.is_null());
    let attached = was
        .attribute("network_attachment")
        .is_some_and(|value| value.as_str().is_some_and(|v| !v.is_empty()));
    if attached && (given("network") || given("subnetwork")) {
        return None;
    }
    if !NETWORK.iter().any(differs) {
        return (!PLACE.iter().any(differs)).then(|| is.clone());
    }
    let open = NETWORK.into_iter().chain(PLACE).filter(|name| !given(name));
    Some(open.fold(is.clone(), |is, name| {
        let ty = is.attribute(name).map(|value| value.ty()).unwrap_or(Type::String);
        is.with_attribute(name, Value::unknown(ty))
    }))
}

#[async_trait]
impl Resource for Instance {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if !cx.repeated || find(google, &path).await?.is_none() {
            let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
            let to = format!("compute/v1/{collection}?requestId={}", request_id(cx, "insert"));
            let (call, place) = ("compute.instances.insert", Place::global(part(&path, 1)));
            match change_at(google, call, Method::POST, &place, to, Some(planned.body(&path)), cx).await {
                Err(e) if !(cx.repeated && is_taken(&e)) => return Err(e.into()),
                _ => {}
            }
        }
        let running = find(google, &path).await?.is_some_and(|made| made["status"] == "RUNNING");
        match planned.desired_status.as_deref() {
            Some("TERMINATED") if running => act(google, &path, "stop", None, cx).await?,
            Some("SUSPENDED") if running => act(google, &path, "suspend", None, cx).await?,
            _ => {}
        }
        let made = google.fetch(GET, "compute", format!("compute/v1/{path}")).await?;
        Ok(planned.seen(google, &path, &made).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let paths: Vec<Result<String, Error>> = states.iter().map(|s| s.path(google)).collect();
        let zones: BTreeSet<String> = (paths.iter().flatten())
            .filter_map(|path| path.rsplit_once('/').map(|(collection, _)| collection.to_owned()))
            .collect();
        let all = zones.into_iter().map(|zone| async move {
            let path = format!("compute/v1/{zone}?maxResults=500");
            let found = google.fetch_all("compute.instances.list", "compute", &path, "items").await;
            (zone, found)
        });
        let all: BTreeMap<_, _> = join_all(all).await.into_iter().collect();
        let each = (states.into_iter().zip(&paths)).map(|(state, path)| {
            let all = &all;
            async move {
                let path = path.as_ref().map_err(Clone::clone)?;
                let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
                match all.get(collection) {
                    Some(Ok(found)) => match found.iter().find(|i| i["name"] == state.name.as_str()) {
                        Some(remote) => state.clone().seen(google, path, remote).await.map(Some),
                        None => Ok(None),
                    },
                    Some(Err(e)) if is_not_found(e) => Ok(None),
                    Some(Err(e)) => Err(e.clone()),
                    None => Ok(None),
                }
            }
        });
        join_all(each).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.path(google)?;
        instance_change::change(google, &path, (&prior, &planned), cx).await?;
        let changed = google.fetch(GET, "compute", format!("compute/v1/{path}")).await?;
        Ok(planned.seen(google, &path, &changed).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.deletion_protection == Some(true) {
            let detail = format!(
                "Instance {} has deletion_protection. To delete it, apply deletion_protection = false first.",
                state.name
            );
            let error = Error::new("An instance that must not be deleted", detail);
            return Err(error.attribute("deletion_protection"));
        }
        let path = state.path(google)?;
        let to = format!("compute/v1/{path}?requestId={}", request_id(cx, "delete"));
        let (call, place) = ("compute.instances.delete", Place::global(part(&path, 1)));
        match change_at(google, call, Method::DELETE, &place, to, None, cx).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/zones/{zone}/instances/{name}",
                "{project}/{zone}/{name}",
                "{zone}/{name}",
                "{name}",
            ],
        )
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.is_create() {
            return;
        }
        let (prior, planned, config) = (cx.prior(NICS), cx.planned(NICS), cx.config(NICS));
        match (prior.as_slice(), planned.as_slice(), config.as_slice()) {
            (Some(prior), Some(planned), Some(config)) if prior.len() == planned.len() => {
                let each = prior.iter().zip(planned).zip(config);
                let each: Vec<_> =
                    each.map(|((was, is), config)| planned_interface(was, is, config)).collect();
                match each.into_iter().collect::<Option<Vec<Value>>>() {
                    Some(interfaces) if interfaces != planned => {
                        cx.set(NICS, Value::list(interfaces[0].ty(), interfaces));
                    }
                    Some(_) => {}
                    None => cx.force_new(NICS),
                }
            }
            _ => cx.force_new(NICS),
        }
        for (cause, effect) in [("metadata", "metadata_fingerprint"), ("tags", "tags_fingerprint")] {
            if cx.changed(cause) {
                cx.set_unknown(effect);
            }
        }
        if cx.is_changed() {
            cx.set_unknown("label_fingerprint");
            cx.set_unknown("current_status");
            cx.set_unknown("cpu_platform");
        }
    }
}

async fn find(google: &Google, path: &str) -> Result<Option<Json>, Error> {
    match google.fetch(GET, "compute", format!("compute/v1/{path}")).await {
        Ok(found) => Ok(Some(found)),
        Err(e) if is_not_found(&e) => Ok(None),
        Err(e) => Err(e),
    }
}

/// One word of a path.
pub(super) fn part(path: &str, at: usize) -> &str {
    path.split('/').nth(at).unwrap_or_default()
}

/// Takes a disk from an instance, unless it has it no more.
pub(super) async fn detach(
    google: &Google,
    instance: &str,
    disk: &str,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let Some(there) = find(google, instance).await? else { return Ok(()) };
    let mut disks = there["disks"].as_array().into_iter().flatten();
    let is = |of: &&Json| of["source"].as_str().is_some_and(|source| path_of(source) == disk);
    let Some(attached) = disks.find(is) else { return Ok(()) };
    let name = attached["deviceName"].as_str().unwrap_or_default();
    act(google, instance, &format!("detachDisk?deviceName={name}"), None, cx).await
}

/// Does something with an instance, by a method of its own.
pub(super) async fn act(
    google: &Google,
    path: &str,
    verb: &str,
    body: Option<Json>,
    cx: &ApplyContext,
) -> Result<(), Error> {
    let (name, query) =
        verb.split_once('?').map_or((verb, String::new()), |(name, query)| (name, format!("&{query}")));
    let call = format!("compute.instances.{name}");
    let method = match name {
        "updateDisplayDevice" | "updateNetworkInterface" | "updateShieldedInstanceConfig" => Method::PATCH,
        _ => Method::POST,
    };
    let to = format!("compute/v1/{path}/{name}?requestId={}{query}", request_id(cx, verb));
    change_at(google, &call, method, &Place::global(part(path, 1)), to, body, cx).await
}

pub(super) fn entries(metadata: &BTreeMap<String, String>, script: Option<&str>) -> Vec<Json> {
    let script = script.map(|script| json!({"key": STARTUP, "value": script}));
    metadata.iter().map(|(key, value)| json!({"key": key, "value": value})).chain(script).collect()
}

impl Instance {
    fn path(&self, google: &Google) -> Result<String, Error> {
        let project = project_of(google, self.project.as_deref())?;
        let zone = self.zone.as_deref().or(google.zone()).ok_or_else(|| {
            let detail = "Neither the instance nor the provider configuration names a zone.";
            Error::new("Missing zone", detail).attribute("zone")
        })?;
        Ok(format!("projects/{project}/zones/{}/instances/{}", name_of(zone), self.name))
    }

    /// The account as Google is to have it.
    pub(super) fn account(&self) -> Json {
        match &self.service_account {
            Some(account) => {
                let scopes: Vec<String> = account.scopes.iter().map(|name| scope(name)).collect();
                json!({"email": account.email.as_deref().unwrap_or("default"), "scopes": scopes})
            }
            None => json!({"email": "", "scopes": []}),
        }
    }

    /// The instance as Google is to have it.
    pub(super) fn body(&self, path: &str) -> Json {
        let mut body = NAMES.body("", &<Instance as Object>::spec(), &self.to_value());
        let (project, zone) = (part(path, 1), part(path, 3));
        let zonal = format!("projects/{project}/zones/{zone}");
        let region = crate::client::region_of_zone(zone).unwrap_or_default();
        body["machineType"] = compute_reference(&format!("{zonal}/machineTypes"), &self.machine_type).into();
        body["metadata"] = json!({"items": entries(&self.metadata, self.metadata_startup_script.as_deref())});
        if let Some(fields) = body.as_object_mut() {
            fields.shift_remove("serviceAccount");
        }
        if self.service_account.is_some() {
            body["serviceAccounts"] = json!([self.account()]);
        }
        if let Some(certain) =
            self.reservation_affinity.as_ref().and_then(|r| r.specific_reservation.as_ref())
        {
            body["reservationAffinity"]["key"] = certain.key.as_str().into();
            body["reservationAffinity"]["values"] = certain.values.clone().into();
        }
        for (nic, own) in
            body["networkInterfaces"].as_array_mut().into_iter().flatten().zip(&self.network_interface)
        {
            if let Some(network) = own.network.as_deref() {
                nic["network"] =
                    compute_reference(&format!("projects/{project}/global/networks"), network).into();
            }
            if let Some(subnet) = own.subnetwork.as_deref() {
                let of = own.subnetwork_project.as_deref().unwrap_or(project);
                nic["subnetwork"] =
                    compute_reference(&format!("projects/{of}/regions/{region}/subnetworks"), subnet).into();
            }
            for access in nic["accessConfigs"].as_array_mut().into_iter().flatten() {
                access["type"] = "ONE_TO_ONE_NAT".into();
                access["name"] = "External NAT".into();
                if access["publicPtrDomainName"].is_string() {
                    access["setPublicPtr"] = true.into();
                }
            }
            // An address is asked for by an empty configuration too.
            if let Some(fields) = nic.as_object_mut() {
                fields.retain(|_, value| !value.is_null());
            }
        }
        for accelerator in body["guestAccelerators"].as_array_mut().into_iter().flatten() {
            let kind = accelerator["acceleratorType"].as_str().unwrap_or_default().to_owned();
            accelerator["acceleratorType"] =
                compute_reference(&format!("{zonal}/acceleratorTypes"), &kind).into();
        }
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        let disks = self.boot_disk.iter().map(|disk| boot_body(disk, project, &zonal));
        let disks = disks.chain(self.scratch_disk.iter().map(|disk| {
            let kind = compute_url(&format!("{zonal}/diskTypes/local-ssd"));
            let mut body = json!({"type": "SCRATCH", "autoDelete": true, "interface": disk.interface,
                "initializeParams": {"diskType": kind}});
            if let Some(name) = disk.device_name.as_deref().filter(|name| !name.is_empty()) {
                body["deviceName"] = name.into();
            }
            if let Some(size) = disk.size.filter(|size| *size != 375) {
                body["initializeParams"]["diskSizeGb"] = size.into();
            }
            body
        }));
        body["disks"] =
            disks.chain(self.attached_disk.iter().map(|disk| attached_body(disk, &zonal))).collect();
        body
    }

    /// This instance as Google describes it.
    async fn seen(self, google: &Google, path: &str, remote: &Json) -> Result<Instance, Error> {
        let mut json = remote.clone();
        json["serviceAccount"] = json["serviceAccounts"][0].clone();
        let machine = json["machineType"].as_str().map(|url| name_of(url).to_owned());
        json["machineType"] = machine.into();
        let mut seen =
            Instance::from_value(&NAMES.object("", &<Instance as Object>::spec(), &json, &self.to_value()))?;
        if let Some(status) = remote["status"].as_str()
            && self.desired_status.is_some()
            && ["RUNNING", "TERMINATED", "SUSPENDED"].contains(&status)
        {
            seen.desired_status = Some(status.to_owned());
        }
        seen.id = path.into();
        seen.project = part(path, 1).into();
        seen.zone = part(path, 3).into();
        seen.name = part(path, 5).to_owned();
        let items = remote["metadata"]["items"].as_array().into_iter().flatten();
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let mut metadata: BTreeMap<String, String> =
            items.map(|item| (text(&item["key"]), text(&item["value"]))).collect();
        if self.metadata_startup_script.is_some() {
            seen.metadata_startup_script = metadata.remove(STARTUP);
        }
        seen.metadata = metadata;
        if let (Some(now), Some(before)) = (seen.service_account.as_mut(), &self.service_account) {
            let urls: BTreeSet<String> = before.scopes.iter().map(|name| scope(name)).collect();
            if urls == now.scopes {
                now.scopes.clone_from(&before.scopes);
            }
        }
        for nic in &mut seen.network_interface {
            let subnet = nic.subnetwork.as_deref().map(path_of).unwrap_or_default();
            nic.subnetwork_project = part(subnet, 1).into();
        }
        let certain = &remote["reservationAffinity"];
        if let (Some(now), Some(key)) = (seen.reservation_affinity.as_mut(), certain["key"].as_str()) {
            let values = certain["values"].as_array().into_iter().flatten().map(text).collect();
            now.specific_reservation = Some(SpecificReservation { key: key.to_owned(), values });
        }
        let disks = || remote["disks"].as_array().into_iter().flatten();
        if let Some(boot) = disks().find(|disk| disk["boot"] == true) {
            seen.boot_disk = Some(boot_seen(google, self.boot_disk, boot).await?);
        }
        let attached = disks().filter(|disk| disk["boot"] != true && disk["type"] != "SCRATCH");
        // In the order of the configuration: a disk that is attached again is the last one for Google.
        let mut attached: Vec<(usize, AttachedDisk)> = attached
            .map(|disk| {
                let is = |own: &AttachedDisk| {
                    same_reference(&own.source, disk["source"].as_str().unwrap_or_default())
                };
                let at = self.attached_disk.iter().position(is);
                (at.unwrap_or(usize::MAX), attached_seen(at.map(|at| &self.attached_disk[at]), disk))
            })
            .collect();
        attached.sort_by_key(|(at, _)| *at);
        seen.attached_disk = attached.into_iter().map(|(_, disk)| disk).collect();
        let scratch = disks().filter(|disk| disk["type"] == "SCRATCH");
        seen.scratch_disk = scratch
            .map(|disk| ScratchDisk {
                interface: text(&disk["interface"]),
                device_name: text(&disk["deviceName"]).into(),
                size: number(&disk["diskSizeGb"]).or(Some(375)),
            })
            .collect();
        Ok(seen)
    }
}
