//! `google_kms_key_ring`: a key ring.

use super::{API, never_gone};
use crate::Google;
use crate::names::{name_of, parse_id};
use crate::provider::project_of;
use http::Method;
use terrane_sdk::serde_json::{Value as Json, json};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, async_trait, join_all,
};

/// Provides a key ring. It cannot be deleted: destroying it makes Terrane forget it.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "google_kms_key_ring", keep, timeouts(create = "20m", delete = "20m"))]
pub struct KeyRing {
    /// The path of the key ring, from `projects/` on.
    pub id: Computed<String>,
    /// Where the key ring is.
    #[attr(force_new)]
    pub location: String,
    /// The name of the key ring.
    #[attr(force_new)]
    pub name: String,
    /// The project of the key ring.
    #[attr(force_new)]
    pub project: Auto<String>,
}

#[async_trait]
impl Resource for KeyRing {
    type Client = Google;

    async fn create(google: &Google, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let path = planned.path(google)?;
        if !(cx.repeated && API.find(google, &path).await?.is_some()) {
            let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
            let to = format!("{collection}?keyRingId={}", planned.name);
            let made = API.send(google, ("keyRings.create", Method::POST), &to, Some(json!({}))).await;
            made.map_err(|e| never_gone(e, "key ring"))?;
        }
        Ok(planned.at(&path))
    }

    async fn read(google: &Google, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        API.read(google, states, |state| state.path(google), |state, path, _| Ok(state.at(path))).await
    }

    async fn update(_: &Google, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(_: &Google, _: Self, _: &ApplyContext) -> Result<(), Error> {
        Ok(())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let whole = "projects/{project}/locations/{location}/keyRings/{name}";
        parse_id(id, &[whole, "{project}/{location}/{name}", "{location}/{name}"])
    }

    async fn list(google: &Google) -> Result<Option<Vec<Self>>, Error> {
        let Some(project) = google.project() else { return Ok(None) };
        let all = rings(google, project).await?;
        Ok(Some(all.iter().map(|path| KeyRing::default().at(path)).collect()))
    }
}

/// The paths of all key rings of a project. The API lists those of one place only.
pub(super) async fn rings(google: &Google, project: &str) -> Result<Vec<String>, Error> {
    let text = |json: &Json| json["name"].as_str().unwrap_or_default().to_owned();
    let places = API.list(google, &format!("projects/{project}/locations")).await?;
    let each = places
        .iter()
        .map(|place| async move { API.list(google, &format!("{}/keyRings", text(place))).await });
    let all = join_all(each).await.into_iter().collect::<Result<Vec<_>, Error>>()?;
    Ok(all.iter().flatten().map(text).collect())
}

impl KeyRing {
    fn path(&self, google: &Google) -> Result<String, Error> {
        let project = project_of(google, self.project.as_deref())?;
        Ok(format!("projects/{project}/locations/{}/keyRings/{}", self.location, self.name))
    }

    /// The key ring at a path, which says all there is to say of it.
    fn at(self, path: &str) -> KeyRing {
        let word = |at: usize| path.split('/').nth(at).unwrap_or_default();
        KeyRing {
            id: path.into(),
            project: word(1).into(),
            location: word(3).to_owned(),
            name: name_of(path).to_owned(),
        }
    }
}
