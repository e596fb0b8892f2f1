//! What a cluster is for the API, and how what the API says of one is a cluster again.

use super::cluster::{Cluster, DEFAULT_POOL, UNENCRYPTED, project_in};
use super::names::{NAMES, maintenance_body, maintenance_seen, scoped};
use super::pools::{self, Groups};
use super::{ClusterPool, location};
use crate::Google;
use crate::mirror::unsaid;
use crate::provider::project_of;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{Error, Object, Value};

impl Cluster {
    pub(super) fn path(&self, google: &Google) -> Result<String, Error> {
        let project = project_of(google, self.project.as_deref())?;
        let location = location(google, self.location.as_deref())?;
        Ok(format!("projects/{project}/locations/{location}/clusters/{}", self.name))
    }

    /// The cluster as Google is to have it.
    pub(super) fn body(&self) -> Json {
        let mut body = NAMES.body("", &<Cluster as Object>::spec(), &self.to_value());
        for (block, switch) in [
            ("masterAuthorizedNetworksConfig", "enabled"),
            ("authenticatorGroupsConfig", "enabled"),
            ("ipAllocationPolicy", "useIpAliases"),
        ] {
            if let Some(block) = body.get_mut(block) {
                block[switch] = true.into();
            }
        }
        if let Some(policy) = body.get_mut("maintenancePolicy") {
            *policy = maintenance_body(policy);
        }
        if let Some(config) = body.get_mut("nodeConfig") {
            scoped(config);
        }
        if let Some(defaults) =
            body.get_mut("autoscaling").and_then(|a| a.get_mut("autoprovisioningNodePoolDefaults"))
        {
            scoped(defaults);
        }
        if let Some(fields) = body.as_object_mut() {
            for name in ["project", "location", "networkingMode", "nodePools", "currentNodeVersion"] {
                fields.shift_remove(name);
            }
        }
        body
    }

    /// The cluster as a request to make it has it.
    pub(super) fn new_body(&self) -> Json {
        let mut body = self.body();
        let routes = self.networking_mode.as_deref() == Some("ROUTES") || self.cluster_ipv4_cidr.0.is_some();
        match (body.get("ipAllocationPolicy").is_some(), routes) {
            (true, _) => {}
            (false, true) => body["ipAllocationPolicy"] = json!({"useRoutes": true}),
            (false, false) => body["ipAllocationPolicy"] = json!({"useIpAliases": true}),
        }
        if let Some(version) = &self.min_master_version {
            body["initialClusterVersion"] = version.as_str().into();
        }
        let pools: Vec<Json> = (self.node_pool.iter().zip(self.pool_names()))
            .map(|(pool, name)| pools::new(&pool.to_value(), &name))
            .collect();
        if !pools.is_empty() {
            body["nodePools"] = pools.into();
            if let Some(fields) = body.as_object_mut() {
                fields.shift_remove("initialNodeCount");
                fields.shift_remove("nodeConfig");
            }
        }
        body
    }

    /// The names of the blocks, of Terrane's choice where none is given.
    fn pool_names(&self) -> Vec<String> {
        let name = |(i, pool): (usize, &ClusterPool)| {
            let prefix = pool.name_prefix.as_deref().unwrap_or("pool-");
            pool.name.0.clone().unwrap_or_else(|| format!("{prefix}{i}"))
        };
        self.node_pool.iter().enumerate().map(name).collect()
    }

    /// A cluster that nothing is known of but what Google says.
    pub(super) async fn found(self, google: &Google, path: &str, remote: &Json) -> Result<Self, Error> {
        let groups = Groups::of(google, project_in(path)).await?;
        self.with(path, remote, &groups, false)
    }

    pub(super) async fn seen_alone(
        self,
        google: &Google,
        path: &str,
        remote: Json,
        new: bool,
    ) -> Result<Self, Error> {
        let pooled = !self.node_pool.is_empty() || self.remove_default_node_pool != Some(true);
        let groups = if pooled { Groups::of(google, project_in(path)).await? } else { Groups::default() };
        self.with(path, &remote, &groups, new)
    }

    /// This cluster as Google describes it. A `new` one, and one that nothing is known of, has all pools there are;
    /// later it has those that it had, so that pools of their own change nothing in it.
    pub(super) fn with(
        self,
        path: &str,
        remote: &Json,
        groups: &Groups,
        new: bool,
    ) -> Result<Cluster, Error> {
        let imported = self.self_link.0.is_none() && !new;
        let mut json = remote.clone();
        if imported || new && self.node_pool.is_empty() {
            // All of them.
        } else if let Some(pools) = json.get_mut("nodePools").and_then(Json::as_array_mut) {
            let kept = |pool: &Json| {
                let name = pool["name"].as_str();
                new || self.node_pool.iter().any(|known| known.name.as_deref() == name)
            };
            pools.retain(kept);
        }
        // In the order of the blocks, whatever that of the answer is.
        let names = self.pool_names();
        let block = |pool: &Json| names.iter().position(|name| pool["name"] == name.as_str());
        let mut there = json["nodePools"].as_array().cloned().unwrap_or_default();
        there.sort_by_key(|pool| block(pool).unwrap_or(usize::MAX));
        let blocks: Vec<Option<usize>> = there.iter().map(block).collect();
        let first =
            (remote["nodePools"].as_array().into_iter().flatten()).find(|pool| pool["name"] == DEFAULT_POOL);
        let Some(fields) = json.as_object_mut() else {
            return Err(Error::new("No cluster", format!("What Google says of {path} is no cluster.")));
        };
        fields.shift_remove("nodePools");
        if fields.get("masterAuthorizedNetworksConfig").is_some_and(|c| c["enabled"] != true) {
            fields.shift_remove("masterAuthorizedNetworksConfig");
        }
        // The machines and the number of the first pool, not of whatever pool is first later.
        if let (Some(first), true) = (first, imported || self.remove_default_node_pool != Some(true)) {
            fields.insert("nodeConfig".into(), first["config"].clone());
        } else {
            fields.shift_remove("nodeConfig");
        }
        if self.initial_node_count.0.is_some() {
            fields.shift_remove("initialNodeCount");
        }
        let policy = maintenance_seen(&json["maintenancePolicy"]);
        json["maintenancePolicy"] = policy;
        for name in ["network", "subnetwork"] {
            if let Some(whole) = remote["networkConfig"].get(name) {
                json[name] = whole.clone();
            }
        }
        if json["releaseChannel"].get("channel").is_none() {
            json["releaseChannel"] = json!({"channel": "UNSPECIFIED"});
        }
        let aliases = json["ipAllocationPolicy"]["useIpAliases"] == true;
        json["networkingMode"] = if aliases { "VPC_NATIVE" } else { "ROUTES" }.into();
        if !aliases {
            json["ipAllocationPolicy"] = Json::Null;
        }
        fleet_seen(&mut json["fleet"]);
        if !imported
            && self.in_transit_encryption_config.is_none()
            && json["networkConfig"]["inTransitEncryptionConfig"] == UNENCRYPTED
        {
            json["networkConfig"]["inTransitEncryptionConfig"] = Json::Null;
        }
        let spec = <Cluster as Object>::spec();
        let before = match imported || new {
            true => unsaid(&spec, self.to_value()),
            false => self.to_value(),
        };
        let config = self.node_config.as_ref().map(Object::to_value);
        pools::tidy(&mut json["nodeConfig"], config.as_ref());
        let mut seen = Cluster::from_value(&NAMES.object("", &spec, &json, &before))?;
        if seen.node_config.is_none() {
            seen.node_config = self.node_config;
        }
        if self.initial_node_count.0.is_some() {
            seen.initial_node_count = self.initial_node_count;
        }
        if seen.initial_node_count.0.is_none() {
            // Nothing tells how many nodes a first pool began with that is gone; nearly always it was one.
            seen.initial_node_count = i64::from(imported && first.is_none() && !autopilot(remote)).into();
        }
        let pools = there.iter().enumerate().map(|(i, pool)| {
            let known = self.node_pool.get(blocks[i].unwrap_or(i));
            ClusterPool::from_value(&pools::seen(pool, groups, &known.map_or(Value::NULL, Object::to_value)))
        });
        seen.node_pool = pools.collect::<Result<_, _>>()?;
        let parts: Vec<&str> = path.split('/').collect();
        let part = |i: usize| parts.get(i).copied().unwrap_or_default();
        seen.id = path.into();
        seen.project = part(1).into();
        seen.location = part(3).into();
        seen.operation = "".into();
        // The zone of a zonal cluster is its location; the others are what users mean.
        if let Some(zones) = seen.node_locations.0.as_mut() {
            zones.remove(part(3));
        }
        Ok(seen)
    }
}

fn autopilot(remote: &Json) -> bool {
    remote["autopilot"]["enabled"] == true
}

/// Takes the membership of a fleet apart, which Google tells as the name of the whole.
fn fleet_seen(fleet: &mut Json) {
    let membership = fleet["membership"].as_str().unwrap_or_default();
    let part = |name: &str| -> Option<String> {
        let (_, rest) = membership.split_once(&format!("/{name}/"))?;
        rest.split('/').next().map(str::to_owned)
    };
    if let (Some(id), Some(location)) = (part("memberships"), part("locations")) {
        fleet["membershipId"] = id.into();
        fleet["membershipLocation"] = location.into();
    }
}
