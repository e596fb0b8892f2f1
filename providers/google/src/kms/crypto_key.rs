//! `google_kms_crypto_key`: a key.

use super::key_ring::rings;
use super::{API, never_gone, path, same_path};
use crate::Google;
use crate::client::is_not_found;
use crate::mirror::Mirror;
use crate::names::name_of;
use google_cloud_wkt::Timestamp;
use http::Method;
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, Resource, Value, async_trait,
    join_all, validate,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror =
    Mirror(&[("id", ""), ("key_ring", ""), ("name", ""), ("skip_initial_version_creation", "")]);

const PURPOSES: [&str; 7] = [
    "ASYMMETRIC_DECRYPT",
    "ASYMMETRIC_SIGN",
    "CRYPTO_KEY_PURPOSE_UNSPECIFIED",
    "ENCRYPT_DECRYPT",
    "KEY_ENCAPSULATION",
    "MAC",
    "RAW_ENCRYPT_DECRYPT",
];

/// Provides a key. It cannot be deleted: destroying it destroys its versions, and with them what they encrypted.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_kms_crypto_key",
    version = 1,
    keep,
    timeouts(create = "20m", update = "20m", delete = "20m")
)]
pub struct CryptoKey {
    /// The path of the key, from `projects/` on.
    pub id: Computed<String>,
    /// The key ring that the key is in: its path.
    #[attr(force_new, equivalent = same_path)]
    pub key_ring: String,
    /// The name of the key.
    #[attr(force_new)]
    pub name: String,
    /// Where the key is kept, if not at Google.
    #[attr(force_new)]
    pub crypto_key_backend: Auto<String>,
    /// How long versions can be restored after they were destroyed: `2592000s`.
    #[attr(force_new, validate = crate::names::duration)]
    pub destroy_scheduled_duration: Auto<String>,
    /// Whether all versions are imported ones.
    #[attr(force_new)]
    pub import_only: Auto<bool>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// What the key is for.
    #[attr(force_new, default = "ENCRYPT_DECRYPT", validate = validate::one_of(&PURPOSES))]
    pub purpose: Option<String>,
    /// How often there is a new version: `7776000s`, a day at least.
    #[attr(validate = rotation)]
    pub rotation_period: Option<String>,
    /// Whether the key begins without a version.
    #[attr(force_new)]
    pub skip_initial_version_creation: Option<bool>,
    /// What new versions are like.
    #[block(computed)]
    pub version_template: Option<VersionTemplate>,
    /// The version that encrypts.
    pub primary: Computed<Vec<PrimaryVersion>>,
}

/// What new versions of a key are like.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct VersionTemplate {
    /// Their algorithm.
    pub algorithm: String,
    /// What protects them: `SOFTWARE`, `HSM`, `EXTERNAL` or `EXTERNAL_VPC`.
    #[attr(force_new, default = "SOFTWARE")]
    pub protection_level: Option<String>,
}

/// The version of a key that encrypts.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PrimaryVersion {
    /// Its path.
    pub name: Computed<String>,
    /// Whether it can be used: `ENABLED`, `DISABLED` and others.
    pub state: Computed<String>,
}

fn rotation(value: &Value) -> Result<(), String> {
    crate::names::duration(value)?;
    match value.as_str().and_then(seconds) {
        Some(seconds) if seconds < 86_400 => Err("A rotation period is at least a day, \"86400s\".".into()),
        _ => Ok(()),
    }
}

/// The whole seconds of a duration.
fn seconds(duration: &str) -> Option<i64> {
    duration.trim_end_matches('s').split('.').next()?.parse().ok()
}

#[async_trait]
impl Resource for CryptoKey {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if cx.repeated
            && let Some(found) = API.find(google, &path).await?
        {
            return Ok(planned.with(&path, &found)?);
        }
        let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
        let mut to = format!("{collection}?cryptoKeyId={}", planned.name);
        if planned.skip_initial_version_creation == Some(true) {
            to.push_str("&skipInitialVersionCreation=true");
        }
        let mut body = planned.body();
        planned.rotate(&mut body)?;
        let made = API.send(google, ("cryptoKeys.create", Method::POST), &to, Some(body)).await;
        Ok(planned.with(&path, &made.map_err(|e| never_gone(e, "key"))?)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        API.read(google, states, |state| state.path(google), CryptoKey::with).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.path(google)?;
        let (was, mut is) = (prior.body(), planned.body());
        let fields = ["labels", "rotationPeriod", "versionTemplate"];
        let mut changed: Vec<&str> = fields.into_iter().filter(|field| was[*field] != is[*field]).collect();
        if changed.is_empty() {
            return Ok(planned);
        }
        if changed.contains(&"rotationPeriod") {
            planned.rotate(&mut is)?;
            changed.push("nextRotationTime");
        }
        let to = format!("{path}?updateMask={}", changed.join(","));
        let now = API.send(google, ("cryptoKeys.patch", Method::PATCH), &to, Some(is)).await?;
        Ok(planned.with(&path, &now)?)
    }

    /// Destroys all versions, and lets no new ones come.
    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let path = state.path(google)?;
        let versions = match API.list(google, &format!("{path}/cryptoKeyVersions")).await {
            Err(e) if is_not_found(&e) => return Ok(()),
            other => other?,
        };
        if state.rotation_period.is_some() {
            let to = format!("{path}?updateMask=rotationPeriod,nextRotationTime");
            API.send(google, ("cryptoKeys.patch", Method::PATCH), &to, Some(json!({}))).await?;
        }
        let alive = versions.iter().filter(|v| v["state"] == "ENABLED" || v["state"] == "DISABLED");
        let destroyed = alive.map(|version| async move {
            let to = format!("{}:destroy", version["name"].as_str().unwrap_or_default());
            API.send(google, ("cryptoKeyVersions.destroy", Method::POST), &to, Some(json!({})))
                .await
                .map(drop)
        });
        join_all(destroyed).await.into_iter().collect()
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let wrong = || {
            let form = "projects/PROJECT/locations/LOCATION/keyRings/RING/cryptoKeys/NAME";
            Error::new(
                "Invalid import id",
                format!("{id:?} is not of the form \"{form}\", nor short for it."),
            )
        };
        let (ring, name) = id.rsplit_once('/').ok_or_else(wrong)?;
        let ring = ring.trim_end_matches("/cryptoKeys");
        Ok(vec![("key_ring", Value::from(ring)), ("name", Value::from(name))])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let rings = rings(google, project).await?;
        let each =
            rings.iter().map(|ring| async move { API.list(google, &format!("{ring}/cryptoKeys")).await });
        let all = join_all(each).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let keys = all.iter().flatten();
        let seen = keys.map(|key| CryptoKey::default().with(key["name"].as_str().unwrap_or_default(), key));
        Ok(Some(seen.collect::<Result<_, _>>()?))
    }
}

impl CryptoKey {
    fn path(&self, google: &Google) -> Result<String, Error> {
        Ok(format!("{}/cryptoKeys/{}", path(google, &self.key_ring, None)?, self.name))
    }

    /// The key as Google is to have it.
    fn body(&self) -> Json {
        NAMES.body("", &<CryptoKey as Object>::spec(), &self.to_value())
    }

    /// The first new version comes after one period.
    fn rotate(&self, body: &mut Json) -> Result<(), Error> {
        let Some(period) = self.rotation_period.as_deref().and_then(seconds) else { return Ok(()) };
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |passed| passed.as_secs());
        let then = Timestamp::clamp(i64::try_from(now).unwrap_or_default() + period, 0);
        body["nextRotationTime"] = String::from(then).into();
        Ok(())
    }

    /// This key as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Result<CryptoKey, Error> {
        let mut remote = remote.clone();
        remote["primary"] = match &remote["primary"] {
            Json::Null => json!([]),
            primary => json!([primary]),
        };
        remote["importOnly"] = (remote["importOnly"] == true).into();
        if remote["cryptoKeyBackend"].is_null() {
            remote["cryptoKeyBackend"] = "".into();
        }
        let before = self.to_value();
        let mut seen =
            CryptoKey::from_value(&NAMES.object("", &<CryptoKey as Object>::spec(), &remote, &before))?;
        seen.id = path.into();
        seen.name = name_of(path).to_owned();
        let ring = path.split("/cryptoKeys/").next().unwrap_or_default();
        if seen.key_ring.is_empty() || !same_path(&seen.key_ring, ring) {
            seen.key_ring = ring.to_owned();
        }
        Ok(seen)
    }
}
