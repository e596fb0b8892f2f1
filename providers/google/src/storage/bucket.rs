//! `google_storage_bucket`: a bucket.

use super::blocks::*;
use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use crate::names::escape;
use crate::provider::project_of;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Map, Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, validate,
};

/// Provides a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_storage_bucket",
    version = 3,
    keep,
    timeouts(create = "10m", read = "4m", update = "4m")
)]
pub struct Bucket {
    /// The name of the bucket.
    pub id: Computed<String>,
    /// The name of the bucket, unique in all of Google Cloud.
    #[attr(force_new)]
    pub name: String,
    /// The region or multi-region of the bucket.
    #[attr(force_new, equivalent = same_word)]
    pub location: String,
    /// The project of the bucket.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The class of objects that name none.
    #[attr(default = "STANDARD")]
    pub storage_class: Option<String>,
    /// Whether destroying deletes the objects in the bucket.
    #[attr(local, default = false)]
    pub force_destroy: Option<bool>,
    /// Whether IAM alone says who may do what.
    pub uniform_bucket_level_access: Auto<bool>,
    /// Whether objects can ever be public: `inherited` or `enforced`.
    #[attr(validate = validate::one_of(&["enforced", "inherited"]))]
    pub public_access_prevention: Auto<String>,
    /// Whether whoever reads pays.
    pub requester_pays: Option<bool>,
    /// Whether new objects are held until an event.
    pub default_event_based_hold: Option<bool>,
    /// Whether objects can be kept by themselves.
    #[attr(force_new)]
    pub enable_object_retention: Option<bool>,
    /// How fast objects are copied between two regions: `DEFAULT` or `ASYNC_TURBO`.
    pub rpo: Auto<String>,
    /// The labels of the bucket.
    pub labels: BTreeMap<String, String>,
    /// Whether objects move to other classes by themselves.
    #[block]
    pub autoclass: Option<Autoclass>,
    /// Which pages of other sites may read objects.
    #[block]
    pub cors: Vec<Cors>,
    /// Two regions for the bucket.
    #[block(force_new)]
    pub custom_placement_config: Option<Placement>,
    /// How objects are encrypted.
    #[block]
    pub encryption: Option<Encryption>,
    /// Whether names are folders.
    #[block(force_new)]
    pub hierarchical_namespace: Option<HierarchicalNamespace>,
    /// From where the bucket can be reached.
    #[block]
    pub ip_filter: Option<IpFilter>,
    /// What happens to objects in time.
    #[block]
    pub lifecycle_rule: Vec<LifecycleRule>,
    /// Where accesses are logged.
    #[block]
    pub logging: Option<Logging>,
    /// How long objects cannot be deleted.
    #[block]
    pub retention_policy: Option<RetentionPolicy>,
    /// How long deleted objects can be had back.
    #[block(computed)]
    pub soft_delete_policy: Option<SoftDelete>,
    /// Whether older versions of objects are kept.
    #[block(computed)]
    pub versioning: Option<Versioning>,
    /// How the bucket is a web site.
    #[block(computed)]
    pub website: Option<Website>,
    /// The number of the project.
    pub project_number: Computed<i64>,
    /// The URL of the bucket.
    pub self_link: Computed<String>,
    /// When the bucket was made.
    pub time_created: Computed<String>,
    /// When the bucket was changed.
    pub updated: Computed<String>,
    /// The address of the bucket: `gs://NAME`.
    pub url: Computed<String>,
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

#[async_trait]
impl Resource for Bucket {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let project = project_of(google, planned.project.as_deref())?.to_owned();
        let path = format!("storage/v1/b?project={project}{}", planned.retention_query());
        let made = match call(google, "insert", Method::POST, path, Some(planned.body(None))).await {
            Err(e) if cx.repeated && is_taken(&e) => get(google, &planned.name).await?,
            other => other?,
        };
        if !planned.is_locked() {
            return Ok(planned.with(&project, &made));
        }
        match lock(google, &planned.name, &made).await {
            Ok(locked) => Ok(planned.with(&project, &locked)),
            Err(e) => Err(Failure::partial(e, planned.with(&project, &made))),
        }
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let project =
            |state: &Bucket| state.project.as_deref().or(google.project()).unwrap_or_default().to_owned();
        let mut projects: BTreeMap<String, usize> = BTreeMap::new();
        for state in &states {
            *projects.entry(project(state)).or_default() += 1;
        }
        let many = projects.into_iter().filter(|(of, count)| !of.is_empty() && *count >= LIST_FROM);
        let lists = many.map(|(of, _)| async move {
            let found = all(google, &of).await;
            (of, found)
        });
        // Whoever may read buckets need not be allowed to list them.
        let listed: BTreeMap<String, BTreeMap<String, Json>> =
            join_all(lists).await.into_iter().filter_map(|(of, found)| Some((of, found.ok()?))).collect();
        let listed = &listed;
        join_all(states.into_iter().map(|state| {
            let project = project(&state);
            async move {
                let name = if state.name.is_empty() { state.id.known()?.clone() } else { state.name.clone() };
                // A bucket that its project does not have may be in another one.
                let found = match listed.get(&project).and_then(|all| all.get(&name)) {
                    Some(bucket) => Ok(bucket.clone()),
                    None => get(google, &name).await,
                };
                match found {
                    Ok(bucket) => Ok(Some(state.with(&project, &bucket))),
                    Err(e) if is_not_found(&e) => Ok(None),
                    Err(e) => Err(e),
                }
            }
        }))
        .await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let project = project_of(google, planned.project.as_deref())?.to_owned();
        let path = format!("storage/v1/b/{}", planned.name);
        let mut changed =
            call(google, "patch", Method::PATCH, path, Some(planned.body(Some(&prior)))).await?;
        if planned.is_locked() && !prior.is_locked() {
            changed = lock(google, &planned.name, &changed).await?;
        }
        Ok(planned.with(&project, &changed))
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let path = format!("storage/v1/b/{}", state.name);
        let delete = || call(google, "delete", Method::DELETE, path.clone(), None);
        match delete().await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if e.has_code(&["conflict", "409"]) => {
                if state.force_destroy != Some(true) {
                    let detail = format!(
                        "Bucket {} has objects. With force_destroy = true, applied first, they are deleted with it.",
                        state.name
                    );
                    return Err(
                        Error::new("A bucket that is not empty", detail).operation("storage.buckets.delete")
                    );
                }
                empty(google, &state.name).await?;
                delete().await.map(|_| ())
            }
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let (project, name) = id.split_once('/').map_or((None, id), |(p, n)| (Some(p), n));
        let mut attributes = vec![("id", Value::from(name)), ("name", Value::from(name))];
        attributes.extend(project.map(|p| ("project", Value::from(p))));
        Ok(attributes)
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if cx.is_changed() && !cx.is_create() {
            cx.set_unknown("updated");
        }
        if cx.changed("encryption") {
            let encryption = super::with_unknown(&cx.planned("encryption"), &["effective_time"]);
            cx.set("encryption", encryption);
        }
        let locked = |value: Value| {
            let first = value.as_slice().and_then(|blocks| blocks.first().cloned());
            first.and_then(|b| b.attribute("is_locked")).and_then(|v| v.as_bool()) == Some(true)
        };
        if locked(cx.prior("retention_policy")) && !locked(cx.planned("retention_policy")) {
            cx.force_new("retention_policy");
        }
    }
}

impl Bucket {
    fn is_locked(&self) -> bool {
        self.retention_policy.as_ref().is_some_and(|policy| policy.is_locked == Some(true))
    }

    fn retention_query(&self) -> &'static str {
        if self.enable_object_retention == Some(true) { "&enableObjectRetention=true" } else { "" }
    }

    /// The bucket as Google is to have it. With a `prior` one, what only that has is cleared.
    fn body(&self, prior: Option<&Bucket>) -> Json {
        let mut body = Map::new();
        let mut set = |name: &str, now: Option<Json>, was: bool| match now {
            Some(value) => drop(body.insert(name.to_owned(), value)),
            None if was => drop(body.insert(name.to_owned(), Json::Null)),
            None => {}
        };
        let was = |has: fn(&Bucket) -> bool| prior.is_some_and(has);
        if prior.is_none() {
            set("name", Some(self.name.as_str().into()), false);
            set("location", Some(self.location.to_uppercase().into()), false);
            let places =
                self.custom_placement_config.as_ref().map(|p| json!({"dataLocations": p.data_locations}));
            set("customPlacementConfig", places, false);
            let folders = self.hierarchical_namespace.as_ref().map(|h| json!({"enabled": h.enabled}));
            set("hierarchicalNamespace", folders, false);
        }
        set("storageClass", self.storage_class.as_deref().map(Json::from), false);
        set("rpo", self.rpo.as_deref().map(Json::from), false);
        let mut access = Map::new();
        if let Some(uniform) = self.uniform_bucket_level_access.0 {
            access.insert("uniformBucketLevelAccess".into(), json!({"enabled": uniform}));
        }
        if let Some(prevention) = self.public_access_prevention.as_deref() {
            access.insert("publicAccessPrevention".into(), prevention.into());
        }
        set("iamConfiguration", (!access.is_empty()).then_some(Json::Object(access)), false);
        let pays = self.requester_pays.map(|pays| json!({"requesterPays": pays}));
        set("billing", pays, was(|b| b.requester_pays == Some(true)));
        set(
            "defaultEventBasedHold",
            self.default_event_based_hold.map(Json::from),
            was(|b| b.default_event_based_hold == Some(true)),
        );
        let mut labels: Map<String, Json> =
            self.labels.iter().map(|(k, v)| (k.clone(), v.as_str().into())).collect();
        for key in prior.into_iter().flat_map(|b| b.labels.keys()) {
            labels.entry(key.clone()).or_insert(Json::Null);
        }
        set("labels", (!labels.is_empty()).then_some(Json::Object(labels)), false);
        let autoclass = self.autoclass.as_ref().map(|a| {
            let mut json = json!({"enabled": a.enabled});
            if let Some(class) = a.terminal_storage_class.as_deref() {
                json["terminalStorageClass"] = class.into();
            }
            json
        });
        let off = || prior.and_then(|p| p.autoclass.as_ref()).map(|_| json!({"enabled": false}));
        set("autoclass", autoclass.or_else(off), false);
        let cors = self.cors.iter().map(|c| {
            let mut json =
                json!({"origin": c.origin, "method": c.method, "responseHeader": c.response_header});
            if let Some(seconds) = c.max_age_seconds {
                json["maxAgeSeconds"] = seconds.into();
            }
            json
        });
        set("cors", (!self.cors.is_empty()).then(|| cors.collect()), was(|b| !b.cors.is_empty()));
        let encrypted = prior.and_then(|b| b.encryption.as_ref());
        let encryption = self.encryption.as_ref().map(|e| e.to_json(encrypted));
        set("encryption", encryption, was(|b| b.encryption.is_some()));
        set("ipFilter", self.ip_filter.as_ref().map(ip_filter), was(|b| b.ip_filter.is_some()));
        let rules: Vec<Json> = self.lifecycle_rule.iter().map(LifecycleRule::to_json).collect();
        let lifecycle = (!rules.is_empty()).then(|| json!({"rule": rules}));
        set("lifecycle", lifecycle, was(|b| !b.lifecycle_rule.is_empty()));
        let logs = self.logging.as_ref().map(|l| {
            let mut json = json!({"logBucket": l.log_bucket});
            if let Some(prefix) = l.log_object_prefix.as_deref() {
                json["logObjectPrefix"] = prefix.into();
            }
            json
        });
        set("logging", logs, was(|b| b.logging.is_some()));
        let retention = self
            .retention_policy
            .as_ref()
            .map(|r| json!({"retentionPeriod": r.retention_period.to_string()}));
        set("retentionPolicy", retention, was(|b| b.retention_policy.is_some()));
        let soft = (self.soft_delete_policy.as_ref().and_then(|s| s.retention_duration_seconds))
            .map(|seconds| json!({"retentionDurationSeconds": seconds.to_string()}));
        set("softDeletePolicy", soft, false);
        let versions = self.versioning.as_ref().map(|v| json!({"enabled": v.enabled}));
        set("versioning", versions, was(|b| b.versioning.is_some()));
        let site = self
            .website
            .as_ref()
            .map(|w| json!({"mainPageSuffix": w.main_page_suffix, "notFoundPage": w.not_found_page}));
        set("website", site, was(|b| b.website.is_some()));
        Json::Object(body)
    }

    /// This bucket as Google describes it.
    fn with(self, project: &str, bucket: &Json) -> Bucket {
        let text = |value: &Json| value.as_str().map(str::to_owned);
        let name = text(&bucket["name"]).unwrap_or_default();
        let access = &bucket["iamConfiguration"];
        // The API writes 64 bit numbers as texts.
        let number = |value: &Json| value.as_i64().or_else(|| value.as_str()?.parse().ok());
        let list = |value: &Json| -> Vec<String> {
            value.as_array().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
        };
        let some = |value: &'_ Json| !value.is_null();
        let rules = bucket["lifecycle"]["rule"].as_array().into_iter().flatten().enumerate();
        let written = self.lifecycle_rule.clone();
        let filter = &bucket["ipFilter"];
        Bucket {
            id: name.as_str().into(),
            url: format!("gs://{name}").into(),
            name,
            location: text(&bucket["location"]).unwrap_or_default(),
            project: project.into(),
            storage_class: text(&bucket["storageClass"]),
            uniform_bucket_level_access: (access["uniformBucketLevelAccess"]["enabled"] == true).into(),
            public_access_prevention: text(&access["publicAccessPrevention"])
                .unwrap_or("inherited".into())
                .into(),
            requester_pays: Some(bucket["billing"]["requesterPays"] == true),
            default_event_based_hold: Some(bucket["defaultEventBasedHold"] == true),
            enable_object_retention: (bucket["objectRetention"]["mode"] == "Enabled")
                .then_some(true)
                .or(self.enable_object_retention),
            rpo: text(&bucket["rpo"]).or(self.rpo.0).into(),
            labels: (bucket["labels"].as_object().into_iter().flatten())
                .filter_map(|(k, v)| Some((k.clone(), v.as_str()?.to_owned())))
                .collect(),
            // What is written to be off is not there.
            autoclass: (bucket["autoclass"]["enabled"] == true || self.autoclass.is_some()).then(|| {
                Autoclass {
                    enabled: bucket["autoclass"]["enabled"] == true,
                    terminal_storage_class: text(&bucket["autoclass"]["terminalStorageClass"]).into(),
                }
            }),
            cors: (bucket["cors"].as_array().into_iter().flatten())
                .map(|c| Cors {
                    origin: list(&c["origin"]),
                    method: list(&c["method"]),
                    response_header: list(&c["responseHeader"]),
                    max_age_seconds: c["maxAgeSeconds"].as_i64(),
                })
                .collect(),
            custom_placement_config: some(&bucket["customPlacementConfig"]).then(|| Placement {
                data_locations: list(&bucket["customPlacementConfig"]["dataLocations"]).into_iter().collect(),
            }),
            encryption: Encryption::from_json(&bucket["encryption"]),
            hierarchical_namespace: (bucket["hierarchicalNamespace"]["enabled"] == true
                || self.hierarchical_namespace.is_some())
            .then(|| HierarchicalNamespace { enabled: bucket["hierarchicalNamespace"]["enabled"] == true }),
            ip_filter: some(filter).then(|| IpFilter {
                mode: text(&filter["mode"]).unwrap_or_default(),
                allow_cross_org_vpcs: filter["allowCrossOrgVpcs"].as_bool(),
                allow_all_service_agent_access: filter["allowAllServiceAgentAccess"].as_bool(),
                public_network_source: some(&filter["publicNetworkSource"]).then(|| PublicSource {
                    allowed_ip_cidr_ranges: list(&filter["publicNetworkSource"]["allowedIpCidrRanges"]),
                }),
                vpc_network_sources: (filter["vpcNetworkSources"].as_array().into_iter().flatten())
                    .map(|s| VpcSource {
                        network: text(&s["network"]).unwrap_or_default(),
                        allowed_ip_cidr_ranges: list(&s["allowedIpCidrRanges"]),
                    })
                    .collect(),
            }),
            lifecycle_rule: rules.map(|(i, rule)| LifecycleRule::from_json(rule, written.get(i))).collect(),
            logging: text(&bucket["logging"]["logBucket"]).map(|log_bucket| Logging {
                log_bucket,
                log_object_prefix: text(&bucket["logging"]["logObjectPrefix"]).into(),
            }),
            retention_policy: number(&bucket["retentionPolicy"]["retentionPeriod"]).map(|retention_period| {
                let was = self.retention_policy.as_ref().and_then(|p| p.is_locked);
                let locked = bucket["retentionPolicy"]["isLocked"] == true;
                RetentionPolicy { retention_period, is_locked: if locked { Some(true) } else { was } }
            }),
            soft_delete_policy: some(&bucket["softDeletePolicy"]).then(|| SoftDelete {
                retention_duration_seconds: number(&bucket["softDeletePolicy"]["retentionDurationSeconds"])
                    .or(Some(0)),
            }),
            versioning: some(&bucket["versioning"])
                .then(|| Versioning { enabled: bucket["versioning"]["enabled"] == true }),
            website: some(&bucket["website"]).then(|| Website {
                main_page_suffix: text(&bucket["website"]["mainPageSuffix"]),
                not_found_page: text(&bucket["website"]["notFoundPage"]),
            }),
            project_number: number(&bucket["projectNumber"]).into(),
            self_link: text(&bucket["selfLink"]).into(),
            time_created: text(&bucket["timeCreated"]).into(),
            updated: text(&bucket["updated"]).into(),
            ..self
        }
    }
}

fn ip_filter(filter: &IpFilter) -> Json {
    let mut json = json!({"mode": filter.mode});
    if let Some(public) = &filter.public_network_source {
        json["publicNetworkSource"] = json!({"allowedIpCidrRanges": public.allowed_ip_cidr_ranges});
    }
    json["vpcNetworkSources"] = (filter.vpc_network_sources.iter())
        .map(|s| json!({"network": s.network, "allowedIpCidrRanges": s.allowed_ip_cidr_ranges}))
        .collect();
    for (name, value) in [
        ("allowCrossOrgVpcs", filter.allow_cross_org_vpcs),
        ("allowAllServiceAgentAccess", filter.allow_all_service_agent_access),
    ] {
        if let Some(value) = value {
            json[name] = value.into();
        }
    }
    json
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: String,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("storage.buckets.{verb}");
    let idempotent = method != Method::POST;
    google.send(Request { operation: &operation, method, endpoint: "storage", path, body, idempotent }).await
}

/// A list is cheaper than so many gets of buckets of one project.
const LIST_FROM: usize = 3;

/// All buckets of a project by their names, with all that is known about each.
async fn all(google: &Google, project: &str) -> Result<BTreeMap<String, Json>, Error> {
    let path = format!("storage/v1/b?project={project}&maxResults=1000");
    let all = google.fetch_all("storage.buckets.list", "storage", &path, "items").await?;
    Ok(all.into_iter().filter_map(|bucket| Some((bucket["name"].as_str()?.to_owned(), bucket))).collect())
}

async fn get(google: &Google, name: &str) -> Result<Json, Error> {
    call(google, "get", Method::GET, format!("storage/v1/b/{name}"), None).await
}

/// Lets the retention policy of a bucket be for ever, and answers with the bucket as it is then.
async fn lock(google: &Google, name: &str, bucket: &Json) -> Result<Json, Error> {
    let generation = bucket["metageneration"].as_str().unwrap_or_default();
    let path = format!("storage/v1/b/{name}/lockRetentionPolicy?ifMetagenerationMatch={generation}");
    call(google, "lockRetentionPolicy", Method::POST, path, None).await
}

/// Deletes all versions of all objects.
async fn empty(google: &Google, bucket: &str) -> Result<(), Error> {
    loop {
        let path = format!("storage/v1/b/{bucket}/o?versions=true&maxResults=500");
        let page = call(google, "listObjects", Method::GET, path, None).await?;
        let objects = page["items"].as_array().cloned().unwrap_or_default();
        if objects.is_empty() {
            return Ok(());
        }
        let deletions = objects.iter().map(|object| async move {
            let name = escape(object["name"].as_str().unwrap_or_default());
            let generation = object["generation"].as_str().unwrap_or_default();
            let path = format!("storage/v1/b/{bucket}/o/{name}?generation={generation}");
            match call(google, "deleteObject", Method::DELETE, path, None).await {
                Err(e) if is_not_found(&e) => Ok(()),
                other => other.map(|_| ()),
            }
        });
        join_all(deletions).await.into_iter().collect::<Result<(), Error>>()?;
    }
}
