//! `google_container_cluster`: a cluster of Kubernetes Engine.

use super::calls::{self, Change, change, clusters, find, finish, place_of, settled};
use super::changes;
use super::pools::Groups;
use super::*;
use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use crate::names::parse_id;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Object, PlanContext, Resource, Value,
    async_trait, join_all, validate,
};

pub(super) const GET: &str = "container.clusters.get";

/// What the encryption between nodes is when nothing is said of it.
pub(super) const UNENCRYPTED: &str = "IN_TRANSIT_ENCRYPTION_DISABLED";

/// The pool that clusters begin with.
pub(super) const DEFAULT_POOL: &str = "default-pool";

/// Provides a cluster of Kubernetes Engine.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_container_cluster",
    version = 2,
    keep,
    timeouts(create = "40m", read = "40m", update = "60m", delete = "40m")
)]
pub struct Cluster {
    /// The path of the cluster, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the cluster.
    #[attr(force_new, validate = super::name)]
    pub name: String,
    /// The zone of the cluster, or its region when control plane and nodes are in several zones.
    #[attr(force_new)]
    pub location: Auto<String>,
    /// The project of the cluster.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What runs in the cluster besides Kubernetes.
    #[block(computed)]
    pub addons_config: Option<AddonsConfig>,
    /// Whether pods of Autopilot may change the network of their node.
    pub allow_net_admin: Option<bool>,
    /// Who may come without saying who they are.
    #[block(computed)]
    pub anonymous_authentication_config: Option<AnonymousAuthentication>,
    /// Groups of Google Workspace in rules of Kubernetes.
    #[block(computed)]
    pub authenticator_groups_config: Option<AuthenticatorGroups>,
    /// Which images may run.
    #[block]
    pub binary_authorization: Option<BinaryAuthorization>,
    /// Pools that come and go by themselves.
    #[block(computed)]
    pub cluster_autoscaling: Option<ClusterAutoscaling>,
    /// The range of pods, in clusters with routes.
    #[attr(force_new, conflicts_with = "ip_allocation_policy")]
    pub cluster_ipv4_cidr: Auto<String>,
    /// Whether the memory of all nodes is encrypted.
    #[block(force_new, computed)]
    pub confidential_nodes: Option<ClusterConfidential>,
    /// How the control plane is reached.
    #[block(computed)]
    pub control_plane_endpoints_config: Option<ControlPlaneEndpoints>,
    /// Costs by namespace and label.
    #[block(computed)]
    pub cost_management_config: Option<Switch>,
    /// Whose key secrets are encrypted with.
    #[block(computed)]
    pub database_encryption: Option<DatabaseEncryption>,
    /// How packets go: `ADVANCED_DATAPATH` or `LEGACY_DATAPATH`.
    #[attr(force_new)]
    pub datapath_provider: Auto<String>,
    /// Pods of a node, unless its pool says otherwise.
    #[attr(force_new)]
    pub default_max_pods_per_node: Auto<i64>,
    /// What becomes of the addresses of pods.
    #[block(computed)]
    pub default_snat_status: Option<DefaultSnat>,
    /// Whether destroying is refused.
    #[attr(default = true, local)]
    pub deletion_protection: Option<bool>,
    /// What the cluster is for.
    #[attr(force_new)]
    pub description: Option<String>,
    /// Whether rules for load balancers are left to you.
    #[attr(default = false)]
    pub disable_l4_lb_firewall_reconciliation: Option<bool>,
    /// Who answers for names in the cluster.
    #[block]
    pub dns_config: Option<DnsConfig>,
    /// Whether Google has the nodes.
    #[attr(force_new)]
    pub enable_autopilot: Option<bool>,
    /// Whether there are network policies for the whole cluster.
    #[attr(default = false)]
    pub enable_cilium_clusterwide_network_policy: Option<bool>,
    /// Whether there are network policies for names.
    #[attr(default = false)]
    pub enable_fqdn_network_policy: Option<bool>,
    /// Whether the network sees packets between pods of one node.
    pub enable_intranode_visibility: Auto<bool>,
    /// Beta versions of the API that are served.
    #[block]
    pub enable_k8s_beta_apis: Option<BetaApis>,
    /// Whether the cluster is for experiments, and gone in 30 days.
    #[attr(default = false, force_new)]
    pub enable_kubernetes_alpha: Option<bool>,
    /// Whether internal load balancers send to some nodes only.
    #[attr(default = false)]
    pub enable_l4_ilb_subsetting: Option<bool>,
    /// Whether the old rules of Kubernetes count.
    #[attr(default = false)]
    pub enable_legacy_abac: Option<bool>,
    /// Whether pods can have several networks.
    #[attr(force_new, default = false)]
    pub enable_multi_networking: Option<bool>,
    /// Whether nodes prove what they are.
    #[attr(default = true)]
    pub enable_shielded_nodes: Option<bool>,
    /// Whether there are TPUs.
    #[attr(force_new)]
    pub enable_tpu: Auto<bool>,
    /// The edition.
    #[block(computed)]
    pub enterprise_config: Option<EnterpriseConfig>,
    /// The fleet the cluster is in.
    #[block]
    pub fleet: Option<Fleet>,
    /// The gateway API.
    #[block(computed)]
    pub gateway_api_config: Option<GatewayApi>,
    /// How soon patches come.
    #[block(computed)]
    pub gke_auto_upgrade_config: Option<AutoUpgrade>,
    /// Other identity providers.
    #[block(computed)]
    pub identity_service_config: Option<IdentityService>,
    /// Whether traffic between nodes is encrypted.
    pub in_transit_encryption_config: Option<String>,
    /// The nodes that the first pool begins with, in each zone.
    #[attr(force_new)]
    pub initial_node_count: Auto<i64>,
    /// The ranges of pods and services; with it, the cluster is VPC-native.
    #[block(computed, conflicts_with = "cluster_ipv4_cidr")]
    pub ip_allocation_policy: Option<IpAllocation>,
    /// What is logged.
    #[block(computed)]
    pub logging_config: Option<LoggingConfig>,
    /// Where logs go.
    pub logging_service: Auto<String>,
    /// When Google may change the cluster.
    #[block]
    pub maintenance_policy: Option<MaintenancePolicy>,
    /// How clients and the control plane know each other.
    #[block(computed)]
    pub master_auth: Option<MasterAuth>,
    /// Who reaches the control plane.
    #[block(computed)]
    pub master_authorized_networks_config: Option<AuthorizedNetworks>,
    /// Certificates of pods.
    #[block(computed)]
    pub mesh_certificates: Option<MeshCertificates>,
    /// The version that the control plane is to have at least.
    pub min_master_version: Option<String>,
    /// What is measured.
    #[block(computed)]
    pub monitoring_config: Option<MonitoringConfig>,
    /// Where measurements go.
    pub monitoring_service: Auto<String>,
    /// The network of the cluster.
    #[attr(force_new, default = "default", equivalent = crate::names::same_reference)]
    pub network: Option<String>,
    /// What nodes can send.
    #[block]
    pub network_performance_config: Option<NetworkPerformance>,
    /// Rules between pods.
    #[block(computed)]
    pub network_policy: Option<NetworkPolicy>,
    /// `VPC_NATIVE` or `ROUTES`.
    #[attr(force_new, validate = validate::one_of(&["VPC_NATIVE", "ROUTES"]))]
    pub networking_mode: Auto<String>,
    /// The machines of the first pool.
    #[block(computed)]
    pub node_config: Option<NodeConfig>,
    /// Zones of nodes, besides that of the cluster.
    pub node_locations: Auto<BTreeSet<String>>,
    /// Pools of the cluster; others are `google_container_node_pool`.
    #[block(computed)]
    pub node_pool: Vec<ClusterPool>,
    /// What pools that come by themselves are like.
    #[block(computed)]
    pub node_pool_auto_config: Option<PoolAutoConfig>,
    /// What pools are like unless they say otherwise.
    #[block(computed)]
    pub node_pool_defaults: Option<PoolDefaults>,
    /// The version of the nodes.
    pub node_version: Auto<String>,
    /// Where upgrades are told.
    #[block(computed)]
    pub notification_config: Option<Notifications>,
    /// How fast pods are added.
    #[block(computed)]
    pub pod_autoscaling: Option<PodAutoscaling>,
    /// What of the cluster has internal addresses only.
    #[block(computed)]
    pub private_cluster_config: Option<PrivateCluster>,
    /// How Google is reached by IPv6.
    pub private_ipv6_google_access: Auto<String>,
    /// Bindings to everybody.
    #[block(computed)]
    pub rbac_binding_config: Option<RbacBinding>,
    /// How soon new versions come.
    #[block(computed)]
    pub release_channel: Option<ReleaseChannel>,
    /// Whether the pool that each cluster begins with is deleted.
    #[attr(local)]
    pub remove_default_node_pool: Option<bool>,
    /// The labels of the cluster.
    pub resource_labels: BTreeMap<String, String>,
    /// What is used, in BigQuery.
    #[block]
    pub resource_usage_export_config: Option<UsageExport>,
    /// Secrets as files.
    #[block(computed)]
    pub secret_manager_config: Option<Switch>,
    /// Secrets as objects of Kubernetes.
    #[block(computed)]
    pub secret_sync_config: Option<SecretSync>,
    /// What is looked for in workloads.
    #[block(computed)]
    pub security_posture_config: Option<SecurityPosture>,
    /// External addresses of services.
    #[block(computed)]
    pub service_external_ips_config: Option<Switch>,
    /// The subnet of the nodes.
    #[attr(force_new, equivalent = crate::names::same_reference)]
    pub subnetwork: Auto<String>,
    /// Keys of one's own for the control plane.
    #[block(force_new)]
    pub user_managed_keys_config: Option<UserManagedKeys>,
    /// Larger pods under load.
    #[block(computed)]
    pub vertical_pod_autoscaling: Option<Switch>,
    /// Accounts of Kubernetes as accounts of Google Cloud.
    #[block(computed)]
    pub workload_identity_config: Option<WorkloadIdentity>,
    /// The address of the control plane.
    pub endpoint: Computed<String>,
    /// What the labels are changed with.
    pub label_fingerprint: Computed<String>,
    /// The version of the control plane.
    pub master_version: Computed<String>,
    /// The operation under way.
    pub operation: Computed<String>,
    /// The URL of the cluster.
    pub self_link: Computed<String>,
    /// The range of services.
    pub services_ipv4_cidr: Computed<String>,
    /// The range of TPUs.
    pub tpu_ipv4_cidr_block: Computed<String>,
}

#[async_trait]
impl Resource for Cluster {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if !cx.repeated || find(google, GET, &path).await?.is_none() {
            let made = make(google, &path, changes::at_first(planned.new_body()), cx).await;
            if let Err(error) = made {
                return Err(match find(google, GET, &path).await {
                    Ok(Some(remote)) => match planned.with(&path, &remote, &Groups::default(), false) {
                        Ok(cluster) => Failure::partial(error, cluster),
                        Err(_) => error.into(),
                    },
                    _ => error.into(),
                });
            }
        }
        let mut remote = settled(google, GET, &path, cx).await?;
        let (is, was) = (planned.body(), changes::at_first(planned.body()));
        if is != was {
            let done = changes::settings(google, &path, &was, &is, cx).await;
            remote = calls::get(google, GET, &path).await?;
            if let Err(error) = done {
                let made = planned.with(&path, &remote, &Groups::default(), false)?;
                return Err(Failure::partial(error, made));
            }
        }
        if planned.remove_default_node_pool == Some(true) {
            let done = node_pool::delete(google, format!("{path}/nodePools/{DEFAULT_POOL}"), cx).await;
            remote = calls::get(google, GET, &path).await?;
            if let Err(error) = done {
                let made = planned.with(&path, &remote, &Groups::default(), false)?;
                return Err(Failure::partial(error, made));
            }
        }
        Ok(planned.seen_alone(google, &path, remote, true).await?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let keys: Vec<Result<String, Error>> = states.iter().map(|s| s.path(google)).collect();
        let projects: BTreeSet<&str> = keys.iter().flatten().map(|path| project_in(path)).collect();
        let pooled: BTreeSet<&str> = (states.iter().zip(&keys))
            .filter(|(state, _)| !state.node_pool.is_empty() || state.id.0.is_none())
            .filter_map(|(_, key)| key.as_ref().ok().map(|path| project_in(path)))
            .collect();
        let all = join_all(projects.into_iter().map(|project| {
            let pooled = pooled.contains(project);
            async move {
                let found = async {
                    let found = clusters(google, project).await?;
                    let groups = match pooled && !found.is_empty() {
                        true => Groups::of(google, project).await?,
                        false => Groups::default(),
                    };
                    let found = found.into_iter().map(|cluster| (super::path(project, &cluster), cluster));
                    Ok::<_, Error>((found.collect::<BTreeMap<_, _>>(), groups))
                };
                (project, found.await)
            }
        }));
        let all: BTreeMap<_, _> = all.await.into_iter().collect();
        (states.into_iter().zip(&keys))
            .map(|(state, key)| {
                let path = key.as_ref().map_err(Clone::clone)?;
                match all.get(project_in(path)) {
                    Some(Ok((found, groups))) => match found.get(path) {
                        Some(remote) => state.with(path, remote, groups, false).map(Some),
                        None => Ok(None),
                    },
                    Some(Err(error)) => Err(error.clone()),
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
        let path = prior.path(google)?;
        let mut is = planned.body();
        if planned.in_transit_encryption_config.is_none() && prior.in_transit_encryption_config.is_some() {
            is["networkConfig"]["inTransitEncryptionConfig"] = UNENCRYPTED.into();
        }
        changes::settings(google, &path, &prior.body(), &is, cx).await?;
        let differs = |a: Option<&String>, b: Option<&String>| b.filter(|b| a != Some(*b)).cloned();
        let least = differs(prior.min_master_version.as_ref(), planned.min_master_version.as_ref());
        let nodes = differs(prior.node_version.get(), planned.node_version.get());
        changes::versions(google, &path, (least.as_deref(), nodes.as_deref()), cx).await?;
        let blocks =
            |cluster: &Cluster| -> Vec<Value> { cluster.node_pool.iter().map(Object::to_value).collect() };
        changes::pools(google, &path, &blocks(&prior), &blocks(&planned), cx).await?;
        if let (Some(was), Some(is)) = (&prior.node_config, &planned.node_config)
            && planned.remove_default_node_pool != Some(true)
            && planned.node_pool.is_empty()
        {
            changes::first_pool(google, &path, was, is, cx).await?;
        }
        let removed = |c: &Cluster| c.remove_default_node_pool == Some(true);
        if removed(&planned) && !removed(&prior) {
            node_pool::delete(google, format!("{path}/nodePools/{DEFAULT_POOL}"), cx).await?;
        }
        let remote = calls::get(google, GET, &path).await?;
        Ok(planned.seen_alone(google, &path, remote, false).await?)
    }

    async fn delete(google: &Google, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        if state.deletion_protection != Some(false) {
            let detail = format!(
                "Cluster {} has deletion_protection. To delete it, apply deletion_protection = false first.",
                state.name
            );
            return Err(
                Error::new("A cluster that must not be deleted", detail).attribute("deletion_protection")
            );
        }
        let (call, method, path) = ("container.clusters.delete", Method::DELETE, state.path(google)?);
        match change(google, Change { call, method, path, body: None }, cx).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other,
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(
            id,
            &[
                "projects/{project}/locations/{location}/clusters/{name}",
                "projects/{project}/zones/{location}/clusters/{name}",
                "{project}/{location}/{name}",
                "{location}/{name}",
            ],
        )
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = clusters(google, project).await?;
        let groups = if all.is_empty() { Groups::default() } else { Groups::of(google, project).await? };
        let each = all
            .iter()
            .map(|remote| Cluster::default().with(&super::path(project, remote), remote, &groups, false));
        Ok(Some(each.collect::<Result<_, _>>()?))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        plan_location(cx, "");
        plan_nodes(cx);
        plan_batches(cx, "cluster_autoscaling");
        plan_batches(cx, "node_pool");
        if cx.is_create() {
            return;
        }
        // Pools come and go only with the cluster; those of their own are other resources.
        let unset = |cx: &PlanContext<'_, Google>, name: &str| {
            let value = cx.config(name);
            value.is_null() || value.as_slice().is_some_and(<[Value]>::is_empty)
        };
        let names = |pools: Value| -> Vec<Value> {
            pools.as_slice().unwrap_or_default().iter().filter_map(|p| p.attribute("name")).collect()
        };
        if !unset(cx, "node_pool") && names(cx.prior("node_pool")) != names(cx.planned("node_pool")) {
            cx.force_new("node_pool");
        }
        // The machines of the first pool are told in two places.
        if unset(cx, "node_pool") && cx.changed("node_config") {
            let (pools, config) = (cx.planned("node_pool"), cx.planned("node_config"));
            let changed = pools.as_slice().unwrap_or_default().iter().map(|pool| {
                match pool.attribute("name").is_some_and(|name| name.as_str() == Some(DEFAULT_POOL)) {
                    true => pool.with_attribute("node_config", config.clone()),
                    false => pool.clone(),
                }
            });
            let changed: Vec<Value> = changed.collect();
            if let Some(ty) = changed.first().map(Value::ty) {
                cx.set("node_pool", Value::list(ty, changed));
            }
        }
        // What follows from what is changed.
        for (cause, effects) in [
            ("resource_labels", &["label_fingerprint"][..]),
            ("min_master_version", &["master_version", "node_version"]),
            ("release_channel", &["master_version", "node_version"]),
            ("logging_service", &["logging_config"]),
            ("logging_config", &["logging_service"]),
            ("monitoring_service", &["monitoring_config"]),
            ("monitoring_config", &["monitoring_service"]),
            ("private_cluster_config", &["endpoint", "control_plane_endpoints_config"]),
            ("control_plane_endpoints_config", &["endpoint", "private_cluster_config"]),
            ("enable_autopilot", &["node_pool"]),
        ] {
            for effect in effects {
                if cx.changed(cause) && unset(cx, effect) {
                    cx.set_unknown(effect);
                }
            }
        }
        if cx.prior("terraform_labels")
            != cx.client().labels().planned(&cx.planned("resource_labels"), &cx.prior("terraform_labels"))
        {
            cx.set_unknown("label_fingerprint");
        }
    }

    fn validate(config: &Value, diagnostics: &mut terrane_sdk::Diagnostics) {
        let blocks =
            |name: &str| config.attribute(name).and_then(|v| v.as_slice().map(<[Value]>::len)).unwrap_or(0);
        let set = |name: &str| config.attribute(name).is_some_and(|v| !v.is_null());
        let pool_of_its_own = set("initial_node_count") || set("enable_autopilot");
        let known = config.attribute("node_pool").is_none_or(|v| v.is_known());
        if known && blocks("node_pool") == 0 && !pool_of_its_own {
            let detail = "A cluster begins with initial_node_count nodes in each zone, or with node_pool blocks. For pools of \
                          their own (google_container_node_pool) set initial_node_count = 1 and remove_default_node_pool = true.";
            diagnostics.push(terrane_sdk::Diagnostic::error("A cluster without nodes", detail));
        }
    }
}

/// Sends the request for a new cluster and waits until it is there.
async fn make(google: &Google, path: &str, body: Json, cx: &ApplyContext) -> Result<(), Error> {
    let operation = "container.clusters.create";
    let (_only, timeout) = (google.only(path).await, cx.timeout_or(std::time::Duration::from_secs(40 * 60)));
    let to = format!("v1/{}/clusters", place_of(path));
    let body = Some(json!({"cluster": body}));
    let request =
        Request { operation, method: Method::POST, endpoint: "container", path: to, body, idempotent: false };
    match google.send(request).await {
        Err(e) if cx.repeated && is_taken(&e) => Ok(()),
        answer => finish(google, operation, path, &answer?, timeout).await,
    }
}

pub(super) fn project_in(path: &str) -> &str {
    path.split('/').nth(1).unwrap_or_default()
}
