//! Kubernetes Engine: clusters and their node pools. What the schema has is what the API has in another spelling
//! ([`names`]), so bodies and answers are mirrored, not spelled out.

mod access_blocks;
mod blocks;
mod calls;
mod changes;
mod cluster;
mod cluster_data;
mod cluster_form;
mod engine_versions;
pub(crate) mod names;
mod node;
mod node_pool;
mod pool_blocks;
mod pools;

pub use access_blocks::*;
pub use blocks::*;
pub use cluster::Cluster;
pub use cluster_data::ClusterData;
pub use engine_versions::EngineVersionsData;
pub use node::*;
pub use node_pool::NodePool;
pub use pool_blocks::*;

use crate::Google;
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{DataSourceType, Error, PlanContext, ResourceType, Value, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Cluster, NodePool]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![ClusterData, EngineVersionsData]
}

/// The path of a cluster in a project.
fn path(project: &str, cluster: &Json) -> String {
    let text = |name: &str| cluster[name].as_str().unwrap_or_default();
    format!("projects/{project}/locations/{}/clusters/{}", text("location"), text("name"))
}

/// The zone or region of a cluster: its own, or the provider's zone, or else its region.
fn location<'a>(google: &'a Google, own: Option<&'a str>) -> Result<&'a str, Error> {
    own.filter(|own| !own.is_empty()).or(google.zone()).or(google.region()).ok_or_else(|| {
        let detail = "Neither the object nor the provider configuration says in which zone or region it is.";
        Error::new("Missing location", detail).attribute("location")
    })
}

/// Plans the location of an object that names none, and whose `container`, if it has one, does not tell it.
fn plan_location(cx: &mut PlanContext<'_, Google>, container: &str) {
    if !cx.config("location").is_null() {
        return;
    }
    let parent = cx.planned(container);
    if parent.as_str().is_some_and(|path| path.contains('/')) || cx.has(container) && !parent.is_known() {
        return;
    }
    let default = location(cx.client(), None).map(str::to_owned);
    match default {
        Ok(location) if cx.is_create() => cx.set("location", Value::from(location)),
        Err(error) if cx.is_create() => cx.error_on("location", error.summary.clone(), error.detail.clone()),
        _ => {}
    }
}

/// Plans what follows from other settings of nodes: the disk is said in two places, and taints show in a third.
fn plan_nodes(cx: &mut PlanContext<'_, Google>) {
    let first = |value: Value| value.as_slice().and_then(|blocks| blocks.first().cloned());
    let part = |block: &Value, name: &str| block.attribute(name).unwrap_or(Value::NULL);
    let (prior, config) = (first(cx.prior("node_config")), first(cx.config("node_config")));
    let (Some(prior), Some(config), Some(mut block)) = (prior, config, first(cx.planned("node_config")))
    else {
        return;
    };
    if part(&block, "taint") != part(&prior, "taint") {
        block =
            block.with_attribute("effective_taints", Value::unknown(part(&block, "effective_taints").ty()));
    }
    for (own, name) in [("disk_size_gb", "size_gb"), ("disk_type", "disk_type")] {
        let given = first(part(&config, "boot_disk")).map_or(Value::NULL, |disk| part(&disk, name));
        let (own_value, disk) = (part(&config, own), first(part(&block, "boot_disk")));
        match (given.is_null(), own_value.is_null(), disk) {
            (false, true, _) => block = block.with_attribute(own, given),
            (true, false, Some(disk)) => {
                let disk = disk.with_attribute(name, own_value);
                block = block.with_attribute("boot_disk", Value::list(disk.ty(), [disk]));
            }
            _ => {}
        }
    }
    cx.set("node_config", Value::list(block.ty(), [block]));
}

/// Plans what batches of nodes are: of a number and a share, what is not said any more does not stay.
fn plan_batches(cx: &mut PlanContext<'_, Google>, name: &str) {
    if !cx.is_create() {
        let planned = batches(&cx.planned(name), &cx.config(name));
        cx.set(name, planned);
    }
}

fn batches(planned: &Value, config: &Value) -> Value {
    const WAYS: [&str; 4] =
        ["auto_provisioning_defaults", "upgrade_settings", "blue_green_settings", "standard_rollout_policy"];
    let (Some(blocks), Some(configs)) = (planned.as_slice(), config.as_slice()) else {
        return planned.clone();
    };
    let part = |block: &Value, name: &str| block.attribute(name).unwrap_or(Value::NULL);
    let each = blocks.iter().zip(configs).map(|(block, config)| {
        let mut block = block.clone();
        for name in WAYS.iter().filter(|name| block.attribute(name).is_some()).copied().collect::<Vec<_>>() {
            block = block.with_attribute(name, batches(&part(&block, name), &part(config, name)));
        }
        for (one, other) in
            [("batch_node_count", "batch_percentage"), ("batch_percentage", "batch_node_count")]
        {
            if !part(config, one).is_null()
                && part(config, other).is_null()
                && block.attribute(other).is_some()
            {
                block = block.with_attribute(other, Value::null(part(&block, other).ty()));
            }
        }
        block
    });
    let each: Vec<Value> = each.collect();
    match each.first().map(Value::ty) {
        Some(ty) if each.len() == blocks.len() => Value::list(ty, each),
        _ => planned.clone(),
    }
}

/// Checks the name of a cluster.
fn name(value: &Value) -> Result<(), String> {
    match value.as_str() {
        Some(text) if text.len() > 40 => Err(format!("{text:?} has more than 40 characters.")),
        _ => crate::compute::name(value),
    }
}

/// Checks a range of addresses.
fn range(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let fits = text.split_once('/').is_some_and(|(address, length)| {
        let most = if address.contains(':') { 128 } else { 32 };
        address.parse::<std::net::IpAddr>().is_ok() && length.parse::<u8>().is_ok_and(|n| n <= most)
    });
    if fits { Ok(()) } else { Err(format!("{text:?} is no range such as \"10.0.0.0/24\".")) }
}

/// Checks the range of a control plane.
fn control_plane_range(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    crate::compute::ipv4_range(value)?;
    match text.ends_with("/28") {
        true => Ok(()),
        false => Err(format!("{text:?} is no /28, which the range of a control plane is.")),
    }
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// Whether a range is the other one, or the size of it: `/14`.
fn same_range(one: &str, other: &str) -> bool {
    let size = |text: &str| text.rsplit_once('/').map(|(_, size)| size.to_owned());
    one == other || (one.starts_with('/') || other.starts_with('/')) && size(one) == size(other)
}

/// Whether two times are the same, with or without parts of a second.
fn same_time(one: &str, other: &str) -> bool {
    let bare = |text: &str| text.trim_end_matches('Z').trim_end_matches(".000").to_owned();
    bare(one) == bare(other)
}
