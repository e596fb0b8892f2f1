//! `google_dns_managed_zone`: a zone.

use super::{call, find, whole_name, whole_networks};
use crate::Google;
use crate::client::is_not_found;
use crate::mirror::Mirror;
use crate::names::{escape, parse_id, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::Value as Json;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, Resource, async_trait, join_all,
    validate,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("project", ""),
    ("force_destroy", ""),
    ("managed_zone_id", "id"),
    ("peering_config.target_network", "targetNetwork"),
]);

/// Provides a zone.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_dns_managed_zone", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Zone {
    /// The path of the zone, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the zone.
    #[attr(force_new, validate = crate::compute::name)]
    pub name: String,
    /// The domain, with a dot at its end.
    #[attr(force_new, validate = whole_name)]
    pub dns_name: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// What the zone is for.
    #[attr(default = "Managed by Terraform")]
    pub description: Option<String>,
    /// Whether records are deleted with the zone.
    #[attr(local, default = false)]
    pub force_destroy: Option<bool>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Who can ask: everybody (`public`), or some networks (`private`).
    #[attr(force_new, default = "public", validate = validate::one_of(&["private", "public"]))]
    pub visibility: Option<String>,
    /// Whether questions are logged.
    #[block(computed)]
    pub cloud_logging_config: Option<ZoneLogging>,
    /// How answers are signed.
    #[block]
    pub dnssec_config: Option<Dnssec>,
    /// Servers that answer instead.
    #[block]
    pub forwarding_config: Option<Forwarding>,
    /// A network whose answers count.
    #[block]
    pub peering_config: Option<ZonePeering>,
    /// The networks that can ask.
    #[block]
    pub private_visibility_config: Option<PrivateVisibility>,
    /// When the zone was made.
    pub creation_time: Computed<String>,
    /// Google's number for the zone.
    pub managed_zone_id: Computed<i64>,
    /// The servers of the zone.
    pub name_servers: Computed<Vec<String>>,
}

/// Whether questions are logged.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ZoneLogging {
    /// Whether they are.
    pub enable_logging: bool,
}

/// How answers are signed.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Dnssec {
    /// The API's name for this.
    #[attr(default = "dns#managedZoneDnsSecConfig")]
    pub kind: Option<String>,
    /// How it is said that there is nothing.
    #[attr(validate = validate::one_of(&["nsec", "nsec3"]))]
    pub non_existence: Auto<String>,
    /// Whether answers are signed.
    #[attr(validate = validate::one_of(&["off", "on", "transfer"]))]
    pub state: Option<String>,
    /// The keys.
    #[block(computed)]
    pub default_key_specs: Vec<KeySpec>,
}

/// A key that signs.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct KeySpec {
    /// By which algorithm.
    pub algorithm: Option<String>,
    /// How many bits.
    pub key_length: Option<i64>,
    /// Whether it signs keys or the zone.
    #[attr(validate = validate::one_of(&["keySigning", "zoneSigning"]))]
    pub key_type: Option<String>,
    /// The API's name for this.
    #[attr(default = "dns#dnsKeySpec")]
    pub kind: Option<String>,
}

/// Servers that answer instead.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Forwarding {
    /// The servers.
    #[block(min = 1)]
    pub target_name_servers: BTreeSet<TargetServer>,
}

/// A server that answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct TargetServer {
    /// Its name.
    pub domain_name: Option<String>,
    /// Whether it is reached through the network (`private`) in any case.
    #[attr(validate = validate::one_of(&["default", "private"]))]
    pub forwarding_path: Option<String>,
    /// Its address.
    pub ipv4_address: Option<String>,
}

/// A network whose answers count.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ZonePeering {
    /// The network.
    #[block(min = 1)]
    pub target_network: Option<TargetNetwork>,
}

/// The network whose answers count.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct TargetNetwork {
    /// Its URL or path.
    #[attr(equivalent = same_reference)]
    pub network_url: String,
}

/// Who can ask.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrivateVisibility {
    /// Clusters.
    #[block]
    pub gke_clusters: Vec<AskingCluster>,
    /// Networks.
    #[block]
    pub networks: BTreeSet<AskingNetwork>,
}

/// A cluster that can ask.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AskingCluster {
    /// Its path.
    pub gke_cluster_name: String,
}

/// A network that can ask.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AskingNetwork {
    /// Its URL or path.
    #[attr(equivalent = same_reference)]
    pub network_url: String,
}

const GET: &str = "managedZones.get";

#[async_trait]
impl Resource for Zone {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if cx.repeated
            && let Some(found) = find(google, GET, &path).await?
        {
            return Ok(planned.with(&path, &found)?);
        }
        let project = path.split('/').nth(1).unwrap_or_default();
        let to = format!("projects/{project}/managedZones");
        let made = call(google, "managedZones.create", Method::POST, &to, Some(planned.body())).await?;
        Ok(planned.with(&path, &made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let paths: Vec<Result<String, Error>> = states.iter().map(|s| s.path(google)).collect();
        let projects: BTreeSet<&str> =
            paths.iter().flatten().filter_map(|path| path.split('/').nth(1)).collect();
        let all = projects.into_iter().map(|project| async move {
            let path = format!("dns/v1/projects/{project}/managedZones");
            (project, google.fetch_all("dns.managedZones.list", "dns", &path, "managedZones").await)
        });
        let all: BTreeMap<_, _> = join_all(all).await.into_iter().collect();
        (states.into_iter().zip(&paths))
            .map(|(state, path)| {
                let path = path.as_ref().map_err(Clone::clone)?;
                match all.get(path.split('/').nth(1).unwrap_or_default()) {
                    Some(Ok(zones)) => match zones.iter().find(|zone| zone["name"] == state.name.as_str()) {
                        Some(zone) => state.with(path, zone).map(Some),
                        None => Ok(None),
                    },
                    Some(Err(e)) => Err(e.clone()),
                    None => Ok(None),
                }
            })
            .collect()
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.path(google)?;
        // The whole zone, since a patch leaves labels and blocks that are gone.
        call(google, "managedZones.update", Method::PUT, &path, Some(planned.body())).await?;
        let found = call(google, GET, Method::GET, &path, None).await?;
        Ok(planned.with(&path, &found)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let path = state.path(google)?;
        if state.force_destroy == Some(true) {
            empty(google, &path, &state.dns_name).await?;
        }
        match call(google, "managedZones.delete", Method::DELETE, &path, None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/managedZones/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let path = format!("dns/v1/projects/{project}/managedZones");
        let all = google.fetch_all("dns.managedZones.list", "dns", &path, "managedZones").await?;
        let each = all.iter().map(|zone| {
            let path =
                format!("projects/{project}/managedZones/{}", zone["name"].as_str().unwrap_or_default());
            Zone::default().with(&path, zone)
        });
        Ok(Some(each.collect::<Result<_, _>>()?))
    }
}

/// Deletes all records of a zone but those that every zone has.
async fn empty(google: &Google, zone: &str, apex: &str) -> Result<(), Error> {
    let path = format!("dns/v1/{zone}/rrsets");
    let all = match google.fetch_all("dns.resourceRecordSets.list", "dns", &path, "rrsets").await {
        Err(e) if is_not_found(&e) => return Ok(()),
        other => other?,
    };
    for set in all {
        let text = |name: &str| set[name].as_str().unwrap_or_default().to_owned();
        let (name, kind) = (text("name"), text("type"));
        if name == apex && matches!(kind.as_str(), "NS" | "SOA") {
            continue;
        }
        let path = format!("{zone}/rrsets/{}/{kind}", escape(&name));
        match call(google, "resourceRecordSets.delete", Method::DELETE, &path, None).await {
            Err(e) if is_not_found(&e) => {}
            other => drop(other?),
        }
    }
    Ok(())
}

impl Zone {
    fn path(&self, google: &Google) -> Result<String, Error> {
        Ok(format!("projects/{}/managedZones/{}", project_of(google, self.project.as_deref())?, self.name))
    }

    /// The zone as Google is to have it.
    fn body(&self) -> Json {
        let mut body = NAMES.body("", &<Zone as Object>::spec(), &self.to_value());
        whole_networks(&mut body);
        body
    }

    /// This zone as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Result<Zone, Error> {
        let mut seen =
            Zone::from_value(&NAMES.object("", &<Zone as Object>::spec(), remote, &self.to_value()))?;
        seen.id = path.into();
        seen.project = path.split('/').nth(1).unwrap_or_default().into();
        Ok(seen)
    }
}
