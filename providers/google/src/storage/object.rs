//! `google_storage_bucket_object`: an object in a bucket.

use super::object_source::{contents, sums};
use crate::Google;
use crate::client::{Request, Upload, is_not_found};
use crate::mirror::Mirror;
use crate::names::escape;
use http::Method;
use std::collections::BTreeMap;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, PlanContext, Resource, Value,
    async_trait, join_all, validate,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("content", ""),
    ("contexts", ""),
    ("contexts", ""),
    ("source", ""),
    ("customer_encryption", ""),
    ("deletion_policy", ""),
    ("detect_md5hash", ""),
    ("force_empty_content_type", ""),
    ("source_md5hash", ""),
    ("output_name", "name"),
]);

/// Provides an object in a bucket.
#[derive(Clone, Debug, Default, Resource)]
#[resource(
    name = "google_storage_bucket_object",
    keep,
    timeouts(create = "4m", update = "4m", delete = "4m")
)]
pub struct BucketObject {
    /// The bucket and the name of the object.
    pub id: Computed<String>,
    /// The bucket.
    #[attr(force_new)]
    pub bucket: String,
    /// The name of the object.
    #[attr(force_new)]
    pub name: String,
    /// How long it may be kept by caches.
    #[attr(force_new)]
    pub cache_control: Option<String>,
    /// What the object contains.
    #[attr(force_new, local, sensitive, conflicts_with = "source")]
    pub content: Option<String>,
    /// How browsers are to show it.
    #[attr(force_new)]
    pub content_disposition: Option<String>,
    /// How it is compressed.
    #[attr(force_new)]
    pub content_encoding: Option<String>,
    /// Its language.
    #[attr(force_new)]
    pub content_language: Option<String>,
    /// Its type, such as `text/plain`.
    #[attr(force_new)]
    pub content_type: Auto<String>,
    /// What the object is known by in searches and policies.
    #[block]
    pub contexts: Option<Contexts>,
    /// A key of one's own.
    #[block(force_new, local)]
    pub customer_encryption: Option<CustomerEncryption>,
    /// What a destruction does: it deletes the object, or leaves it (`ABANDON`).
    #[attr(local, validate = validate::one_of(&["ABANDON"]))]
    pub deletion_policy: Option<String>,
    /// The MD5 sum that the object was seen with.
    #[attr(local, deprecated = "The contents are always compared.")]
    pub detect_md5hash: Auto<String>,
    /// Whether the object is held until an event.
    pub event_based_hold: Option<bool>,
    /// Whether no type is guessed.
    #[attr(force_new, local)]
    pub force_empty_content_type: Option<bool>,
    /// The key in Cloud KMS.
    #[attr(force_new, equivalent = same_key)]
    pub kms_key_name: Auto<String>,
    /// What is said of the object besides.
    #[attr(force_new)]
    pub metadata: BTreeMap<String, String>,
    /// How long it cannot be deleted.
    #[block]
    pub retention: Option<Retention>,
    /// A file whose contents the object has.
    #[attr(local, conflicts_with = "content")]
    pub source: Option<String>,
    /// An MD5 sum of the file; another one uploads the file again.
    #[attr(local)]
    pub source_md5hash: Option<String>,
    /// The class of the object.
    #[attr(force_new)]
    pub storage_class: Auto<String>,
    /// Whether the object is held.
    pub temporary_hold: Option<bool>,
    /// A checksum of the contents.
    pub crc32c: Computed<String>,
    /// Which version of the object it is.
    pub generation: Computed<i64>,
    /// The MD5 sum of the contents, in base64.
    pub md5hash: Computed<String>,
    /// The MD5 sum of the contents, in hexadecimal digits.
    pub md5hexhash: Computed<String>,
    /// Where the contents can be had.
    pub media_link: Computed<String>,
    /// The name of the object, for references that wait for it.
    pub output_name: Computed<String>,
    /// The URL of the object.
    pub self_link: Computed<String>,
}

/// What an object is known by.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Contexts {
    /// Names with values.
    #[block(min = 1)]
    pub custom: Vec<CustomContext>,
}

/// A name with a value.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CustomContext {
    /// The name.
    pub key: String,
    /// The value.
    pub value: String,
    /// When it was given.
    pub create_time: Computed<String>,
    /// When it was changed.
    pub update_time: Computed<String>,
}

/// A key of one's own.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CustomerEncryption {
    /// The algorithm.
    #[attr(force_new, default = "AES256")]
    pub encryption_algorithm: Option<String>,
    /// The key, in base64.
    #[attr(force_new, sensitive)]
    pub encryption_key: String,
}

/// How long an object cannot be deleted.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Retention {
    /// Whether that can be changed: `Locked` or `Unlocked`.
    #[attr(validate = validate::one_of(&["Locked", "Unlocked"]))]
    pub mode: String,
    /// Until when.
    pub retain_until_time: String,
}

/// Objects name the version of a key too.
fn same_key(one: &str, other: &str) -> bool {
    let key = |text: &str| text.split("/cryptoKeyVersions/").next().unwrap_or_default().to_owned();
    key(one) == key(other)
}

#[async_trait]
impl Resource for BucketObject {
    type Client = Google;

    async fn create(google: &Google, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        // A repeat uploads the same again.
        let made = planned.upload(google).await?;
        Ok(planned.with(&made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A bucket can have any number of objects besides, so each is asked for.
        join_all(states.into_iter().map(|state| async move {
            match state.get(google).await {
                Ok(found) => state.with(&found).map(Some),
                Err(e) if is_not_found(&e) => Ok(None),
                Err(e) => Err(e),
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
        if planned.md5hash.0.is_none() {
            let made = planned.upload(google).await?;
            return Ok(planned.with(&made)?);
        }
        let (was, is) = (prior.body(), planned.body());
        let mut change = json!({});
        for name in ["eventBasedHold", "temporaryHold", "retention"] {
            if was[name] != is[name] {
                change[name] = is[name].clone();
            }
        }
        if was["contexts"] != is["contexts"] {
            // What is not named any more has to be taken away by its name.
            change["contexts"]["custom"] = is["contexts"]["custom"].clone();
            for context in prior.contexts() {
                if is["contexts"]["custom"][&context.key].is_null() {
                    change["contexts"]["custom"][&context.key] = Json::Null;
                }
            }
        }
        let loosens = change.get("retention").is_some();
        let query = if loosens { "?overrideUnlockedRetention=true" } else { "" };
        if change.as_object().is_some_and(|fields| !fields.is_empty()) {
            let to = format!("{}{query}", prior.path());
            call(google, "patch", Method::PATCH, to, Some(change)).await?;
        }
        let changed = planned.get(google).await?;
        Ok(planned.with(&changed)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.deletion_policy.as_deref() == Some("ABANDON") {
            return Ok(());
        }
        match call(google, "delete", Method::DELETE, state.path(), None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split_once('/') {
            Some((bucket, name)) if !bucket.is_empty() && !name.is_empty() => {
                Ok(vec![("bucket", Value::from(bucket)), ("name", Value::from(name))])
            }
            _ => {
                let detail = format!("{id:?} is not of the form \"bucket/name\".");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        let (content, source) = (cx.planned("content"), cx.planned("source"));
        if content.is_null() && source.is_null() {
            let detail = "Set one of content and source: what the object is to contain.";
            cx.error_on("content", "An object of nothing", detail);
            return;
        }
        if cx.is_create() {
            return;
        }
        if cx.changed("contexts") {
            let contexts = super::with_unknown(&cx.planned("contexts"), &["create_time", "update_time"]);
            cx.set("contexts", contexts);
        }
        let known = content.is_known() && source.is_known();
        let there = cx.prior("md5hash");
        let now = contents(content.as_str(), source.as_str()).ok().filter(|_| known).map(|c| sums(&c).0);
        // A sum that somebody else's change left, or that of a file that is another one by now. What is made from
        // several objects has none.
        let differs = there.as_str().is_some_and(|there| now.as_deref().is_some_and(|now| now != there));
        if differs || cx.changed("source_md5hash") || !known {
            for name in ["md5hash", "md5hexhash", "crc32c", "generation", "media_link"] {
                cx.set_unknown(name);
            }
        }
    }
}

impl BucketObject {
    fn path(&self) -> String {
        format!("storage/v1/b/{}/o/{}", self.bucket, escape(&self.name))
    }

    /// What is said of the object.
    fn body(&self) -> Json {
        let mut body = NAMES.body("", &<BucketObject as Object>::spec(), &self.to_value());
        for context in self.contexts() {
            body["contexts"]["custom"][&context.key] = json!({"value": context.value});
        }
        body
    }

    fn contexts(&self) -> &[CustomContext] {
        self.contexts.as_ref().map_or(&[], |contexts| &contexts.custom)
    }

    /// Stores the object, in the place of one that is there.
    async fn upload(&self, google: &Google) -> Result<Json, Error> {
        let contents = contents(self.content.as_deref(), self.source.as_deref())?;
        let mut about = self.body();
        let kind = match self.content_type.as_deref() {
            Some(kind) => kind.to_owned(),
            None if self.force_empty_content_type == Some(true) => String::new(),
            None if self.content.is_some() => "text/plain; charset=utf-8".to_owned(),
            None => "application/octet-stream".to_owned(),
        };
        about["contentType"] = kind.into();
        if let Some(fields) = about.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        let key = self.kms_key_name.as_deref().filter(|key| !key.is_empty());
        let query = key.map(|key| format!("&kmsKeyName={}", escape(key))).unwrap_or_default();
        let path = format!("upload/storage/v1/b/{}/o?uploadType=multipart{query}", self.bucket);
        let request = Request {
            operation: "storage.objects.insert",
            method: Method::POST,
            endpoint: "storage",
            path,
            body: None,
            idempotent: true,
        };
        google.upload(request, Upload { about, contents, headers: self.key()? }).await
    }

    /// The object as Google describes it: without sums, unless the key is told that it is encrypted with.
    async fn get(&self, google: &Google) -> Result<Json, Error> {
        let request = Request {
            operation: "storage.objects.get",
            method: Method::GET,
            endpoint: "storage",
            path: self.path(),
            body: None,
            idempotent: true,
        };
        google.send_with(request, &self.key()?).await
    }

    /// The headers that tell the key of one's own.
    fn key(&self) -> Result<Vec<(&'static str, String)>, Error> {
        let Some(own) = &self.customer_encryption else { return Ok(Vec::new()) };
        let algorithm = own.encryption_algorithm.as_deref().unwrap_or("AES256");
        Ok(vec![
            ("x-goog-encryption-algorithm", algorithm.to_owned()),
            ("x-goog-encryption-key", own.encryption_key.clone()),
            ("x-goog-encryption-key-sha256", key_sum(&own.encryption_key)?),
        ])
    }

    /// This object as Google describes it.
    fn with(self, remote: &Json) -> Result<BucketObject, Error> {
        let mut answer = remote.clone();
        let sum = answer["md5Hash"].as_str().unwrap_or_default().to_owned();
        answer["md5hash"] = sum.as_str().into();
        answer["md5hexhash"] = hex(&sum).into();
        for name in ["kmsKeyName", "contentType"] {
            if answer[name].is_null() {
                answer[name] = "".into();
            }
        }
        let spec = <BucketObject as Object>::spec();
        let mut seen = BucketObject::from_value(&NAMES.object("", &spec, &answer, &self.to_value()))?;
        seen.id = format!("{}-{}", seen.bucket, seen.name).into();
        seen.contexts = contexts_seen(self.contexts(), &remote["contexts"]["custom"]);
        if seen.detect_md5hash.0.is_none() {
            seen.detect_md5hash = sum.into();
        }
        Ok(seen)
    }
}

/// The contexts that Google tells, in the order that they were written in.
fn contexts_seen(written: &[CustomContext], told: &Json) -> Option<Contexts> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let mut custom: Vec<CustomContext> = (told.as_object().into_iter().flatten())
        .map(|(key, context)| CustomContext {
            key: key.clone(),
            value: text(&context["value"]),
            create_time: text(&context["createTime"]).into(),
            update_time: text(&context["updateTime"]).into(),
        })
        .collect();
    custom.sort_by_key(|context| written.iter().position(|w| w.key == context.key).unwrap_or(written.len()));
    (!custom.is_empty()).then_some(Contexts { custom })
}

/// A sum in base64 in hexadecimal digits.
fn hex(sum: &str) -> String {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(sum).unwrap_or_default();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The SHA-256 sum of a key, both in base64.
fn key_sum(key: &str) -> Result<String, Error> {
    use base64::Engine as _;
    use sha2::Digest as _;
    let engine = base64::engine::general_purpose::STANDARD;
    let bytes = engine.decode(key).map_err(|e| {
        Error::new("Invalid key of an object", format!("encryption_key is not in base64: {e}."))
            .attribute("customer_encryption")
    })?;
    Ok(engine.encode(sha2::Sha256::digest(bytes)))
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: String,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("storage.objects.{verb}");
    google
        .send(Request { operation: &operation, method, endpoint: "storage", path, body, idempotent: true })
        .await
}
