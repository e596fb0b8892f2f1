//! `google_bigquery_dataset`: a dataset.

use crate::Google;
use crate::client::{Request, is_not_found, is_taken};
use crate::mirror::Mirror;
use crate::names::parse_id;
use crate::provider::project_of;
use http::Method;
use std::collections::{BTreeMap, BTreeSet};
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Block, Computed, Error, Failure, Object, PlanContext, Resource, Value,
    async_trait, join_all, validate,
};

/// What the API calls otherwise, or not at all.
const NAMES: Mirror = Mirror(&[
    ("id", ""),
    ("project", ""),
    ("delete_contents_on_destroy", ""),
    ("access.dataset.dataset.dataset_id", "datasetId"),
    ("access.view.dataset_id", "datasetId"),
    ("access.routine.dataset_id", "datasetId"),
    ("dataset_id", "datasetReference.datasetId"),
]);

/// Provides a dataset.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_bigquery_dataset", keep, timeouts(create = "20m", update = "20m", delete = "20m"))]
pub struct Dataset {
    /// The path of the dataset, from `projects/` on.
    pub id: Computed<String>,
    /// The dataset's own id: letters, digits and underscores.
    #[attr(force_new, validate = dataset_id)]
    pub dataset_id: String,
    /// The project.
    #[attr(force_new)]
    pub project: Auto<String>,
    /// Who may do what with the dataset.
    #[block(computed)]
    pub access: BTreeSet<Access>,
    /// How texts of new tables are compared.
    pub default_collation: Auto<String>,
    /// The key of tables that name none.
    #[block]
    pub default_encryption_configuration: Option<DatasetKey>,
    /// How long partitions of new tables are kept, in milliseconds.
    pub default_partition_expiration_ms: Option<i64>,
    /// How long new tables are kept, in milliseconds: an hour at least.
    #[attr(validate = an_hour)]
    pub default_table_expiration_ms: Option<i64>,
    /// Whether tables are deleted with the dataset.
    #[attr(local, default = false)]
    pub delete_contents_on_destroy: Option<bool>,
    /// What the dataset is for.
    pub description: Option<String>,
    /// How open source engines see the dataset.
    #[block]
    pub external_catalog_dataset_options: Option<CatalogOptions>,
    /// The dataset elsewhere that this one stands for.
    #[block(force_new)]
    pub external_dataset_reference: Option<ExternalDataset>,
    /// The name of the dataset, for people.
    pub friendly_name: Option<String>,
    /// Whether names of tables differ by case alone.
    pub is_case_insensitive: Auto<bool>,
    /// The labels of the dataset.
    pub labels: BTreeMap<String, String>,
    /// The region or multi-region.
    #[attr(force_new, default = "US", equivalent = same_word)]
    pub location: Option<String>,
    /// How far back tables can be read, in hours.
    pub max_time_travel_hours: Auto<String>,
    /// Tags of the resource manager: values by keys.
    pub resource_tags: BTreeMap<String, String>,
    /// Which bytes are paid for: `LOGICAL` or `PHYSICAL`.
    #[attr(validate = validate::one_of(&["LOGICAL", "PHYSICAL"]))]
    pub storage_billing_model: Auto<String>,
    /// When the dataset was made, in milliseconds.
    pub creation_time: Computed<i64>,
    /// The version of the dataset.
    pub etag: Computed<String>,
    /// When the dataset was changed, in milliseconds.
    pub last_modified_time: Computed<i64>,
    /// The URL of the dataset.
    pub self_link: Computed<String>,
}

/// Who may do what.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct Access {
    /// When it holds.
    #[block]
    pub condition: Option<AccessCondition>,
    /// A dataset whose views may read.
    #[block]
    pub dataset: Option<AccessDataset>,
    /// Everybody of a domain.
    pub domain: Option<String>,
    /// A group.
    pub group_by_email: Option<String>,
    /// A member as IAM writes it.
    pub iam_member: Option<String>,
    /// What they may do: `OWNER`, `WRITER`, `READER`, or a role of IAM.
    pub role: Option<String>,
    /// A routine that may read.
    #[block]
    pub routine: Option<AccessRoutine>,
    /// `projectOwners`, `projectReaders`, `projectWriters` or `allAuthenticatedUsers`.
    pub special_group: Option<String>,
    /// A user or service account.
    pub user_by_email: Option<String>,
    /// A view that may read.
    #[block]
    pub view: Option<AccessView>,
}

/// When an access holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AccessCondition {
    /// The condition, in the Common Expression Language.
    pub expression: String,
    /// What it is for.
    pub description: Option<String>,
    /// Where errors in it are said to be.
    pub location: Option<String>,
    /// Its name.
    pub title: Option<String>,
}

/// A dataset whose objects may read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AccessDataset {
    /// The dataset.
    #[block(min = 1)]
    pub dataset: Option<DatasetReference>,
    /// Which of its objects: `VIEWS`.
    #[attr(required)]
    pub target_types: Vec<String>,
}

/// Which dataset.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct DatasetReference {
    /// Its id.
    pub dataset_id: String,
    /// Its project.
    pub project_id: String,
}

/// A routine that may read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AccessRoutine {
    /// Its dataset.
    pub dataset_id: String,
    /// Its project.
    pub project_id: String,
    /// Its own id.
    pub routine_id: String,
}

/// A view that may read.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct AccessView {
    /// Its dataset.
    pub dataset_id: String,
    /// Its project.
    pub project_id: String,
    /// Its own id.
    pub table_id: String,
}

/// The key of tables that name none.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct DatasetKey {
    /// The key in Cloud KMS.
    pub kms_key_name: String,
}

/// How open source engines see a dataset.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct CatalogOptions {
    /// Where tables are stored that name no place.
    pub default_storage_location_uri: Option<String>,
    /// Further parameters.
    pub parameters: BTreeMap<String, String>,
}

/// A dataset elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Block)]
pub struct ExternalDataset {
    /// The connection it is reached through.
    #[attr(force_new)]
    pub connection: String,
    /// The dataset there.
    #[attr(force_new)]
    pub external_source: String,
}

fn same_word(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn dataset_id(value: &Value) -> Result<(), String> {
    let text = value.as_str().unwrap_or_default();
    let good =
        (1..=1024).contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match good {
        true => Ok(()),
        false => Err(format!("{text:?} must have letters, digits and underscores only, at most 1024.")),
    }
}

fn an_hour(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(|n| n.to_i64()) {
        Some(time) if time < 3_600_000 => Err(format!("{time} is less than an hour, 3600000 milliseconds.")),
        _ => Ok(()),
    }
}

/// The older name of a role that the API answers with.
fn basic(role: &str) -> &str {
    match role {
        "roles/bigquery.dataOwner" => "OWNER",
        "roles/bigquery.dataEditor" => "WRITER",
        "roles/bigquery.dataViewer" => "READER",
        other => other,
    }
}

#[async_trait]
impl Resource for Dataset {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        let to = path.rsplit_once('/').map_or("", |(collection, _)| collection);
        match call(google, "insert", Method::POST, to, Some(planned.body(&path))).await {
            Err(e) if !(cx.repeated && is_taken(&e)) => return Err(e.into()),
            _ => {}
        }
        // The answer to the creation leaves out what the dataset has by default.
        let made = call(google, "get", Method::GET, &path, None).await?;
        Ok(planned.with(&path, &made)?)
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // Lists of datasets do not tell who has access; each has to be asked for.
        join_all(states.into_iter().map(|state| async move {
            let path = state.path(google)?;
            match call(google, "get", Method::GET, &path, None).await {
                Ok(found) => state.with(&path, &found).map(Some),
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
        let path = prior.path(google)?;
        let (was, is) = (prior.body(&path), planned.body(&path));
        if was != is {
            // The whole dataset: a patch would leave what is not set any more.
            call(google, "update", Method::PUT, &path, Some(is)).await?;
        }
        let changed = call(google, "get", Method::GET, &path, None).await?;
        Ok(planned.with(&path, &changed)?)
    }

    async fn delete(google: &Google, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let with_contents = state.delete_contents_on_destroy == Some(true);
        let to = format!("{}?deleteContents={with_contents}", state.path(google)?);
        match call(google, "delete", Method::DELETE, &to, None).await {
            Err(e) if is_not_found(&e) => Ok(()),
            Err(e) if !with_contents && e.has_code(&["resourceInUse"]) => {
                let detail = format!(
                    "Dataset {} has tables. With delete_contents_on_destroy = true, applied first, they are deleted with it.",
                    state.dataset_id
                );
                Err(Error::new("A dataset that is not empty", detail).operation("bigquery.datasets.delete"))
            }
            other => other.map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        parse_id(id, &["projects/{project}/datasets/{dataset_id}", "{project}/{dataset_id}", "{dataset_id}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let from = format!("bigquery/v2/projects/{project}/datasets?maxResults=1000");
        let all = google.fetch_all("bigquery.datasets.list", "big_query", &from, "datasets").await?;
        let ids = all.iter().filter_map(|found| found["datasetReference"]["datasetId"].as_str());
        let states: Vec<Dataset> = ids
            .map(|id| Dataset { dataset_id: id.to_owned(), project: project.into(), ..Dataset::default() })
            .collect();
        let read = Self::read(google, states).await.into_iter().filter_map(Result::transpose);
        Ok(Some(read.collect::<Result<_, _>>()?))
    }

    fn plan(cx: &mut PlanContext<'_, Google>) {
        if !cx.is_create() && cx.is_changed() {
            cx.set_unknown("etag");
            cx.set_unknown("last_modified_time");
        }
    }
}

impl Dataset {
    fn path(&self, google: &Google) -> Result<String, Error> {
        Ok(format!("projects/{}/datasets/{}", project_of(google, self.project.as_deref())?, self.dataset_id))
    }

    /// The dataset as Google is to have it.
    fn body(&self, path: &str) -> Json {
        let mut body = NAMES.body("", &<Dataset as Object>::spec(), &self.to_value());
        body["datasetReference"]["projectId"] = path.split('/').nth(1).unwrap_or_default().into();
        body
    }

    /// This dataset as Google describes it.
    fn with(self, path: &str, remote: &Json) -> Result<Dataset, Error> {
        let mut answer = remote.clone();
        if answer["isCaseInsensitive"].is_null() {
            answer["isCaseInsensitive"] = json!(false);
        }
        for name in ["defaultCollation", "storageBillingModel"] {
            if answer[name].is_null() {
                answer[name] = "".into();
            }
        }
        let spec = <Dataset as Object>::spec();
        let mut seen = Dataset::from_value(&NAMES.object("", &spec, &answer, &self.to_value()))?;
        seen.id = path.into();
        seen.project = path.split('/').nth(1).unwrap_or_default().into();
        // A role stays as it was written.
        seen.access = (seen.access.into_iter())
            .map(|one| {
                let same = self.access.iter().find(|written| {
                    let role = written.role.as_deref().map(|role| basic(role).to_owned());
                    Access { role, ..(*written).clone() } == one
                });
                same.cloned().unwrap_or(one)
            })
            .collect();
        Ok(seen)
    }
}

async fn call(
    google: &Google,
    verb: &str,
    method: Method,
    path: &str,
    body: Option<Json>,
) -> Result<Json, Error> {
    let operation = format!("bigquery.datasets.{verb}");
    // Without it, accesses with conditions are left out.
    let query = if verb == "delete" { "" } else { "?accessPolicyVersion=3" };
    let path = format!("bigquery/v2/{path}{query}");
    let idempotent = method != Method::POST;
    google
        .send(Request { operation: &operation, method, endpoint: "big_query", path, body, idempotent })
        .await
}
