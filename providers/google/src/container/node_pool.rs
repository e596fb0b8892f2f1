//! `google_container_node_pool`: nodes of a cluster that are alike.

use super::calls::{self, Change, change, clusters, find};
use super::location;
use super::node::NodeConfig;
use super::pool_blocks::{
    Autoscaling, Management, PlacementPolicy, PoolNetwork, QueuedProvisioning, UpgradeSettings,
};
use super::pools::{self, Groups};
use crate::Google;
use crate::client::is_taken;
use crate::mirror::unsaid;
use crate::names::{name_of, parse_id, path_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Object, PlanContext, Resource, async_trait,
    join_all,
};

/// Provides a node pool.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_container_node_pool",
    version = 1,
    keep,
    timeouts(create = "30m", update = "30m", delete = "30m")
)]
pub struct NodePool {
    /// The path of the pool, from `projects/` on.
    pub id: Computed<String>,
    /// The cluster, by its name or path.
    #[attr(force_new, equivalent = same_reference)]
    pub cluster: String,
    /// The region or zone of the cluster.
    #[attr(force_new)]
    pub location: Auto<String>,
    /// The project of the cluster.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// Between how many nodes the pool grows and shrinks by itself.
    #[block]
    pub autoscaling: Option<Autoscaling>,
    /// The nodes that the pool begins with, in each zone.
    #[attr(force_new)]
    pub initial_node_count: Auto<i64>,
    /// What Google does with nodes by itself.
    #[block(computed)]
    pub management: Option<Management>,
    /// Pods of each node.
    #[attr(force_new)]
    pub max_pods_per_node: Auto<i64>,
    /// The name of the pool.
    #[attr(force_new, conflicts_with = "name_prefix")]
    pub name: Auto<String>,
    /// What a name of Terrane's choice begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// The networks of nodes and pods.
    #[block(computed)]
    pub network_config: Option<PoolNetwork>,
    /// The machines of the nodes.
    #[block(computed)]
    pub node_config: Option<NodeConfig>,
    /// The nodes in each zone.
    pub node_count: Auto<i64>,
    /// The zones of the nodes.
    pub node_locations: Auto<BTreeSet<String>>,
    /// Where nodes are placed.
    #[block(force_new)]
    pub placement_policy: Option<PlacementPolicy>,
    /// Whether nodes are waited for in a queue.
    #[block(force_new)]
    pub queued_provisioning: Option<QueuedProvisioning>,
    /// How nodes are replaced.
    #[block(computed)]
    pub upgrade_settings: Option<UpgradeSettings>,
    /// The version of the nodes.
    pub version: Auto<String>,
    /// The URLs of the managed instance groups.
    pub instance_group_urls: Computed<Vec<String>>,
    /// The URLs of the instance groups that these manage.
    pub managed_instance_group_urls: Computed<Vec<String>>,
    /// The operation under way.
    pub operation: Computed<String>,
}

#[async_trait]
impl Resource for NodePool {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let cluster = planned.cluster_path(google)?;
        let name = planned.chosen_name(cx);
        let path = format!("{cluster}/nodePools/{name}");
        if !cx.repeated || find(google, GET, &path).await?.is_none() {
            let body = json!({"nodePool": pools::new(&planned.to_value(), &name)});
            let (call, method) = ("container.nodePools.create", Method::POST);
            let request = Change { call, method, path: format!("{cluster}/nodePools"), body: Some(body) };
            match change(google, request, cx).await {
                Err(e) if !(cx.repeated && is_taken(&e)) => {
                    return Err(planned.left_behind(google, &path, e).await);
                }
                _ => {}
            }
        }
        let remote = calls::settled(google, GET, &path, cx).await?;
        Ok(planned.seen_alone(google, &cluster, remote, true).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let projects: BTreeSet<String> =
            states.iter().filter_map(|s| Some(project_in(&s.cluster_path(google).ok()?))).collect();
        let all = join_all(projects.into_iter().map(|project| async move {
            let found = async {
                let mut pools = BTreeMap::new();
                for cluster in clusters(google, &project).await? {
                    let at = super::path(&project, &cluster);
                    for pool in cluster["nodePools"].as_array().into_iter().flatten() {
                        let name = pool["name"].as_str().unwrap_or_default();
                        pools.insert(format!("{at}/nodePools/{name}"), pool.clone());
                    }
                }
                let groups =
                    if pools.is_empty() { Groups::default() } else { Groups::of(google, &project).await? };
                Ok::<_, Error>((pools, groups))
            };
            (project.clone(), found.await)
        }));
        let all: BTreeMap<_, _> = all.await.into_iter().collect();
        (states.into_iter())
            .map(|state| {
                let cluster = state.cluster_path(google)?;
                let (pools, groups) = match all.get(&project_in(&cluster)) {
                    Some(Ok(found)) => found,
                    Some(Err(error)) => return Err(error.clone()),
                    None => return Ok(None),
                };
                let name = state.name.as_deref().unwrap_or_default();
                match pools.get(&format!("{cluster}/nodePools/{name}")) {
                    Some(pool) => {
                        let new = state.operation.0.is_none();
                        state.with(&cluster, pool, groups, new).map(Some)
                    }
                    None => Ok(None),
                }
            })
            .collect()
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let cluster = prior.cluster_path(google)?;
        let path = format!("{cluster}/nodePools/{}", prior.name.known()?);
        pools::update(google, &path, &prior.to_value(), &planned.to_value(), cx).await?;
        let remote = calls::get(google, GET, &path).await?;
        Ok(planned.seen_alone(google, &cluster, remote, false).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let path = format!("{}/nodePools/{}", state.cluster_path(google)?, state.name.known()?);
        delete(google, path, cx).await
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/locations/{location}/clusters/{cluster}/nodePools/{name}",
                "projects/{project}/zones/{location}/clusters/{cluster}/nodePools/{name}",
                "{project}/{location}/{cluster}/{name}",
                "{location}/{cluster}/{name}",
            ],
        )
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = clusters(google, project).await?;
        let groups = if all.is_empty() { Groups::default() } else { Groups::of(google, project).await? };
        let mut found = Vec::new();
        for cluster in &all {
            let at = super::path(project, cluster);
            for pool in cluster["nodePools"].as_array().into_iter().flatten() {
                found.push(NodePool::default().with(&at, pool, &groups, true)?);
            }
        }
        Ok(Some(found))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        super::plan_location(cx, "cluster");
        super::plan_nodes(cx);
        super::plan_batches(cx, "upgrade_settings");
        // The groups follow the zones.
        if cx.changed("node_locations") {
            cx.set_unknown("instance_group_urls");
            cx.set_unknown("managed_instance_group_urls");
        }
        if !cx.is_create() && cx.changed("autoscaling") && cx.config("node_count").is_null() {
            cx.set_unknown("node_count");
        }
    }
}

const GET: &str = "container.nodePools.get";

/// Deletes the pool at a path. One that is gone, or whose cluster is, is no error.
pub(super) async fn delete(google: &Google, path: String, cx: &ApplyContext) -> Result<(), Error> {
    let (call, method) = ("container.nodePools.delete", Method::DELETE);
    match change(google, Change { call, method, path, body: None }, cx).await {
        Err(e) if crate::client::is_not_found(&e) => Ok(()),
        other => other,
    }
}

fn project_in(path: &str) -> String {
    path.split('/').nth(1).unwrap_or_default().to_owned()
}

impl NodePool {
    /// The path of the cluster.
    fn cluster_path(&self, google: &Google) -> Result<String, Error> {
        if self.cluster.contains("projects/") {
            return Ok(path_of(&self.cluster).replace("/zones/", "/locations/"));
        }
        let project = project_of(google, self.project.as_deref())?;
        let location = location(google, self.location.as_deref())?;
        Ok(format!("projects/{project}/locations/{location}/clusters/{}", name_of(&self.cluster)))
    }

    /// The name: the given one, or one that a repeat of the operation chooses too.
    fn chosen_name(&self, cx: &ApplyContext) -> String {
        self.name.0.clone().unwrap_or_else(|| {
            let own = crate::compute::kind::request_id(cx, "name").replace('-', "");
            let prefix = self.name_prefix.as_deref().unwrap_or("terraform-");
            format!("{prefix}{}", &own[..own.len().min(40_usize.saturating_sub(prefix.len()))])
        })
    }

    /// The failure of a creation that may have left a pool behind.
    async fn left_behind(self, google: &Google, path: &str, error: Error) -> Failure<Self> {
        let cluster = path.split("/nodePools/").next().unwrap_or_default();
        match find(google, GET, path).await {
            Ok(Some(remote)) => match self.with(cluster, &remote, &Groups::default(), true) {
                Ok(pool) => Failure::partial(error, pool),
                Err(_) => error.into(),
            },
            _ => error.into(),
        }
    }

    async fn seen_alone(
        self,
        google: &Google,
        cluster: &str,
        remote: Json,
        new: bool,
    ) -> Result<Self, Error> {
        let groups = Groups::of(google, &project_in(cluster)).await?;
        self.with(cluster, &remote, &groups, new)
    }

    /// This pool as Google describes it; a `new` one is just made, or nothing is known of it.
    fn with(self, cluster: &str, remote: &Json, groups: &Groups, new: bool) -> Result<NodePool, Error> {
        let mut value = self.to_value();
        let pool = match new {
            true => pools::seen(remote, groups, &unsaid(&<NodePool as Object>::spec(), value.clone())),
            false => pools::seen(remote, groups, &value),
        };
        for (name, found) in pool.as_map().into_iter().flatten() {
            value = value.with_attribute(name, found.clone());
        }
        let mut seen = NodePool::from_value(&value)?;
        let parts: Vec<&str> = cluster.split('/').collect();
        let part = |i: usize| parts.get(i).copied().unwrap_or_default();
        seen.id = format!("{cluster}/nodePools/{}", seen.name.as_deref().unwrap_or_default()).into();
        seen.project = part(1).into();
        seen.location = part(3).into();
        if seen.cluster.is_empty() {
            seen.cluster = part(5).to_owned();
        }
        // Empty when nothing is under way, which is when this is asked.
        seen.operation = "".into();
        if seen.name_prefix.0.is_none() {
            seen.name_prefix = "".into();
        }
        Ok(seen)
    }
}
