//! `google_dns_record_set`: the records of one name and type.

use super::routing::RoutingPolicy;
use super::{call, find, whole_name, whole_networks};
use crate::Google;
use crate::client::{is_not_found, is_taken};
use crate::mirror::Mirror;
use crate::names::{escape, name_of, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Diagnostic, Diagnostics, Error, Failure, Object, Resource,
    Value, async_trait, join_all,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[
    ("internal_load_balancers.project", "project"),
    ("id", ""),
    ("project", ""),
    ("managed_zone", ""),
    ("enable_geo_fencing", "geo.enableFencing"),
    ("routing_policy.geo", "geo.items"),
    ("routing_policy.wrr", "wrr.items"),
    ("primary_backup.backup_geo", "backupGeoTargets.items"),
    ("enable_geo_fencing_for_backups", "backupGeoTargets.enableFencing"),
    ("primary_backup.primary", "primaryTargets"),
    ("trickle_ratio", "trickleTraffic"),
]);

/// Provides the records of one name and type.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_dns_record_set", keep)]
pub struct RecordSet {
    /// The path of the set, from `projects/` on.
    pub id: Computed<String>,
    /// The zone, by its name.
    #[attr(force_new, equivalent = same_reference)]
    pub managed_zone: String,
    /// The domain name, with a dot at its end.
    #[attr(force_new, validate = whole_name)]
    pub name: String,
    /// The type, such as `A`.
    #[attr(name = "type")]
    pub kind: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The answers.
    #[attr(conflicts_with = "routing_policy")]
    pub rrdatas: Vec<String>,
    /// How long answers may be kept, in seconds.
    pub ttl: Option<i64>,
    /// Who gets which answer.
    #[block(conflicts_with = "rrdatas")]
    pub routing_policy: Option<RoutingPolicy>,
}

const GET: &str = "resourceRecordSets.get";

#[async_trait]
impl Resource for RecordSet {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (zone, path) = planned.paths(google)?;
        if !cx.repeated || find(google, GET, &path).await?.is_none() {
            let to = format!("{zone}/rrsets");
            match call(google, "resourceRecordSets.create", Method::POST, &to, Some(planned.body())).await {
                Err(e) if is_taken(&e) && planned.comes_with_zones() => {
                    // Every zone has its own, which others replace.
                    call(google, "resourceRecordSets.patch", Method::PATCH, &path, Some(planned.body()))
                        .await?;
                }
                other => drop(other?),
            }
        }
        let made = call(google, GET, Method::GET, &path, None).await?;
        Ok(planned.with(&zone, &made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let zones: Vec<Result<String, Error>> = states.iter().map(|s| s.paths(google).map(|p| p.0)).collect();
        let wanted: BTreeSet<&String> = zones.iter().flatten().collect();
        let all = wanted.into_iter().map(|zone| async move {
            let path = format!("dns/v1/{zone}/rrsets");
            (zone.clone(), google.fetch_all("dns.resourceRecordSets.list", "dns", &path, "rrsets").await)
        });
        let all: BTreeMap<_, _> = join_all(all).await.into_iter().collect();
        (states.into_iter().zip(&zones))
            .map(|(state, zone)| {
                let zone = zone.as_ref().map_err(Clone::clone)?;
                match all.get(zone) {
                    Some(Ok(sets)) => {
                        let same = |set: &&Json| {
                            set["name"] == state.name.as_str() && set["type"] == state.kind.as_str()
                        };
                        match sets.iter().find(same) {
                            Some(set) => state.clone().with(zone, set).map(Some),
                            None => Ok(None),
                        }
                    }
                    Some(Err(e)) if is_not_found(e) => Ok(None),
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
        let (zone, path) = prior.paths(google)?;
        let there = call(google, GET, Method::GET, &path, None).await?;
        // One change, so that the name is never without an answer. A patch would leave what is cleared.
        let change = json!({"deletions": [there], "additions": [planned.body()]});
        call(google, "changes.create", Method::POST, &format!("{zone}/changes"), Some(change)).await?;
        let (_, path) = planned.paths(google)?;
        let found = call(google, GET, Method::GET, &path, None).await?;
        Ok(planned.with(&zone, &found)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let (zone, path) = state.paths(google)?;
        if state.comes_with_zones() {
            // At the top of a zone they stay as they are: there is no zone without.
            match find(google, "managedZones.get", &zone).await? {
                Some(zone) if zone["dnsName"] != state.name.as_str() => {}
                _ => return Ok(()),
            }
        }
        match call(google, "resourceRecordSets.delete", Method::DELETE, &path, None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        crate::names::parse_id(
            id,
            &[
                "projects/{project}/managedZones/{managed_zone}/rrsets/{name}/{type}",
                "{project}/{managed_zone}/{name}/{type}",
                "{managed_zone}/{name}/{type}",
            ],
        )
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let set = |name: &str| config.attribute(name).is_some_and(|v| !v.is_null());
        let policy =
            config.attribute("routing_policy").is_some_and(|v| v.as_slice().is_none_or(|b| !b.is_empty()));
        if !set("rrdatas") && !policy {
            let detail = "A set has rrdatas, or a routing_policy.";
            diagnostics.push(Diagnostic::error("Records without answers", detail));
        }
    }
}

impl RecordSet {
    /// The path of the zone, and that of the set.
    fn paths(&self, google: &Google) -> Result<(String, String), Error> {
        let project = project_of(google, self.project.as_deref())?;
        let zone = format!("projects/{project}/managedZones/{}", name_of(&self.managed_zone));
        let path = format!("{zone}/rrsets/{}/{}", escape(&self.name), self.kind);
        Ok((zone, path))
    }

    /// Whether each zone has a set of this type from the beginning.
    fn comes_with_zones(&self) -> bool {
        ["NS", "SOA"].contains(&self.kind.as_str())
    }

    /// The set as Google is to have it.
    fn body(&self) -> Json {
        let mut body = NAMES.body("", &<RecordSet as Object>::spec(), &self.to_value());
        whole_networks(&mut body);
        body
    }

    /// This set as Google describes it.
    fn with(self, zone: &str, remote: &Json) -> Result<RecordSet, Error> {
        let spec = <RecordSet as Object>::spec();
        let mut seen = RecordSet::from_value(&NAMES.object("", &spec, remote, &self.to_value()))?;
        // A set without a time to live has none to speak of.
        seen.ttl = seen.ttl.filter(|seconds| *seconds != 0 || self.ttl.is_some());
        seen.id = format!("{zone}/rrsets/{}/{}", seen.name, seen.kind).into();
        seen.project = zone.split('/').nth(1).unwrap_or_default().into();
        Ok(seen)
    }
}
