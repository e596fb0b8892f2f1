//! `google_pubsub_topic`: a topic.

use super::API;
use crate::Google;
use crate::client::is_not_found;
use crate::mirror::Mirror;
use crate::names::{name_of, parse_id, same_reference};
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, Resource, async_trait, validate,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[("id", ""), ("project", ""), ("name", ""), ("tags", "!tags")]);

/// What can change.
const CHANGED: [&str; 7] = [
    "ingestionDataSourceSettings",
    "kmsKeyName",
    "labels",
    "messageRetentionDuration",
    "messageStoragePolicy",
    "messageTransforms",
    "schemaSettings",
];

/// Provides a topic.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_pubsub_topic", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Topic {
    /// The path of the topic, from `projects/` on.
    pub id: Computed<String>,
    /// The name of the topic.
    #[attr(force_new, equivalent = same_reference)]
    pub name: String,
    /// The project of the topic.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// The key that messages are encrypted with: `projects/P/locations/L/keyRings/R/cryptoKeys/K`.
    pub kms_key_name: Option<String>,
    /// Labels.
    pub labels: BTreeMap<String, String>,
    /// Tags of the resource manager, given at creation only: values by keys.
    #[attr(force_new)]
    pub tags: BTreeMap<String, String>,
    /// How long messages are kept after they were published: `86400s`.
    #[attr(validate = crate::names::duration)]
    pub message_retention_duration: Option<String>,
    /// Where messages come from besides publishers.
    #[block]
    pub ingestion_data_source_settings: Option<Ingestion>,
    /// Where messages are kept.
    #[block(computed)]
    pub message_storage_policy: Option<StoragePolicy>,
    /// What is done to each message, one after the other.
    #[block]
    pub message_transforms: Vec<Transform>,
    /// What messages have to look like.
    #[block(computed)]
    pub schema_settings: Option<SchemaSettings>,
}

/// Where messages come from besides publishers: one source.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Ingestion {
    /// Amazon Kinesis Data Streams.
    #[block]
    pub aws_kinesis: Option<Kinesis>,
    /// Amazon MSK.
    #[block]
    pub aws_msk: Option<Msk>,
    /// Azure Event Hubs.
    #[block]
    pub azure_event_hubs: Option<EventHubs>,
    /// Cloud Storage.
    #[block]
    pub cloud_storage: Option<StorageSource>,
    /// Confluent Cloud.
    #[block]
    pub confluent_cloud: Option<Confluent>,
    /// What is logged of it.
    #[block]
    pub platform_logs_settings: Option<PlatformLogs>,
}

/// Amazon Kinesis Data Streams.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Kinesis {
    /// The role that reads.
    pub aws_role_arn: String,
    /// The consumer.
    pub consumer_arn: String,
    /// The service account that takes the role.
    pub gcp_service_account: String,
    /// The stream.
    pub stream_arn: String,
}

/// Amazon MSK.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Msk {
    /// The role that reads.
    pub aws_role_arn: String,
    /// The cluster.
    pub cluster_arn: String,
    /// The service account that takes the role.
    pub gcp_service_account: String,
    /// The topic there.
    pub topic: String,
}

/// Azure Event Hubs.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct EventHubs {
    /// The application that reads.
    pub client_id: Option<String>,
    /// The event hub.
    pub event_hub: Option<String>,
    /// The service account that acts as the application.
    pub gcp_service_account: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The resource group.
    pub resource_group: Option<String>,
    /// The subscription.
    pub subscription_id: Option<String>,
    /// The tenant.
    pub tenant_id: Option<String>,
}

/// Cloud Storage.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct StorageSource {
    /// The bucket.
    pub bucket: String,
    /// Which objects, by their names.
    pub match_glob: Option<String>,
    /// From which time on.
    pub minimum_object_create_time: Option<String>,
    /// Objects are Avro files.
    #[block]
    pub avro_format: Option<AvroFormat>,
    /// Objects are Avro files that a subscription wrote.
    #[block]
    pub pubsub_avro_format: Option<AvroFormat>,
    /// Objects are texts.
    #[block]
    pub text_format: Option<TextFormat>,
}

/// Avro, of which nothing is to be said.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct AvroFormat {}

/// Texts.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct TextFormat {
    /// What is between two messages.
    #[attr(default = "\n")]
    pub delimiter: Option<String>,
}

/// Confluent Cloud.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Confluent {
    /// The server to begin with.
    pub bootstrap_server: String,
    /// The cluster.
    pub cluster_id: Option<String>,
    /// The service account that acts as the identity pool.
    pub gcp_service_account: String,
    /// The identity pool.
    pub identity_pool_id: String,
    /// The topic there.
    pub topic: String,
}

/// What is logged of a source.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct PlatformLogs {
    /// From which severity on.
    #[attr(validate = validate::one_of(&["SEVERITY_UNSPECIFIED", "DISABLED", "DEBUG", "INFO", "WARNING", "ERROR"]))]
    pub severity: Option<String>,
}

/// Where messages are kept.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct StoragePolicy {
    /// The regions.
    #[attr(required)]
    pub allowed_persistence_regions: BTreeSet<String>,
    /// Whether messages are published and pulled in these only.
    pub enforce_in_transit: Auto<bool>,
}

/// What is done to each message.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct Transform {
    /// Whether it is off.
    pub disabled: Option<bool>,
    /// A function in JavaScript.
    #[block]
    pub javascript_udf: Option<JavaScript>,
}

/// A function in JavaScript.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct JavaScript {
    /// The text that has the function.
    pub code: String,
    /// The name of the function.
    pub function_name: String,
}

/// What messages have to look like.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct SchemaSettings {
    /// How messages are written.
    #[attr(
        default = "ENCODING_UNSPECIFIED",
        validate = validate::one_of(&["ENCODING_UNSPECIFIED", "JSON", "BINARY"])
    )]
    pub encoding: Option<String>,
    /// The schema: `projects/P/schemas/S`.
    pub schema: String,
}

#[async_trait]
impl Resource for Topic {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if cx.repeated
            && let Some(found) = API.find(google, &path).await?
        {
            return Ok(planned.with(&path, &found)?);
        }
        let mut body = planned.body();
        body["name"] = path.as_str().into();
        let made = API.send(google, ("topics.create", Method::PUT), &path, Some(body)).await?;
        Ok(planned.with(&path, &made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        API.read(google, states, |state| state.path(google), Topic::with).await
    }

    async fn update(
        google: &Google,
        prior: Self,
        planned: Self,
        _: &ApplyContext,
    ) -> Result<Self, Failure<Self>> {
        let path = prior.path(google)?;
        let (was, is) = (prior.body(), planned.body());
        let changed: Vec<&str> = CHANGED.into_iter().filter(|field| was[*field] != is[*field]).collect();
        if changed.is_empty() {
            return Ok(planned);
        }
        let mut topic = is;
        topic["name"] = path.as_str().into();
        let body = json!({"topic": topic, "updateMask": changed.join(",")});
        let now = API.send(google, ("topics.patch", Method::PATCH), &path, Some(body)).await?;
        Ok(planned.with(&path, &now)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        match API.send(google, ("topics.delete", Method::DELETE), &state.path(google)?, None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(drop),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/topics/{name}", "{project}/{name}", "{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = API.list(google, &format!("projects/{project}/topics")).await?;
        let each =
            all.iter().map(|topic| Topic::default().with(topic["name"].as_str().unwrap_or_default(), topic));
        Ok(Some(each.collect::<Result<_, _>>()?))
    }
}

impl Topic {
    fn path(&self, google: &Google) -> Result<String, Error> {
        let project = project_of(google, self.project.as_deref())?;
        Ok(format!("projects/{project}/topics/{}", name_of(&self.name)))
    }

    /// The topic as Google is to have it, but for its name.
    fn body(&self) -> Json {
        NAMES.body("", &<Topic as Object>::spec(), &self.to_value())
    }

    /// This topic as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Result<Topic, Error> {
        let before = self.to_value();
        let mut seen = Topic::from_value(&NAMES.object("", &<Topic as Object>::spec(), remote, &before))?;
        seen.id = path.into();
        seen.project = path.split('/').nth(1).unwrap_or_default().into();
        if !same_reference(&seen.name, path) || seen.name.is_empty() {
            seen.name = name_of(path).to_owned();
        }
        Ok(seen)
    }
}
