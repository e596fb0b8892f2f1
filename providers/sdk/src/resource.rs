//! Resource types: what a resource file implements, and its type-erased form.

use crate::plan::PlanContext;
use crate::spec::{BlockSpec, Presence};
use crate::{ApplyContext, Described, Error, Failure, FieldError, TypeOptions};
use async_trait::async_trait;
use std::marker::PhantomData;
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_value::{Type, Value};

/// Attributes of an object by name.
pub type Attributes = Vec<(&'static str, Value)>;

/// A managed resource type. Every struct holds an object whose configured values are known.
#[async_trait]
pub trait Resource: Described + Clone + Send + Sync + 'static {
    /// The connection to the remote system.
    type Client: Send + Sync + 'static;

    /// Creates the object. When [`ApplyContext::repeated`] says so, it must first find what an
    /// earlier call with the same [`ApplyContext::token`] may have made.
    async fn create(client: &Self::Client, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>>;

    /// The creation of the object is recorded and will not be repeated: what `create` left with
    /// it to be found again can go.
    async fn settled(client: &Self::Client, object: Self) {
        let _ = (client, object);
    }

    /// Reads objects as they are now: one answer for each, in the same order; `None` for those
    /// that no longer exist. After an import, only what identifies the object is set in
    /// `states`; required fields are then empty.
    async fn read(client: &Self::Client, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>>;

    /// Makes `prior` into `planned`.
    async fn update(
        client: &Self::Client,
        prior: Self,
        planned: Self,
        cx: &ApplyContext,
    ) -> Result<Self, Failure<Self>>;

    /// Deletes the object. One that is gone already is no error.
    async fn delete(client: &Self::Client, state: Self, cx: &ApplyContext) -> Result<(), Error>;

    /// The attributes that an import id stands for. By default it is attribute `id`.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id))])
    }

    /// The import id of an object, where its attribute `id` is not one.
    fn import_id(&self) -> Option<String> {
        None
    }

    /// Whether the objects are parts of others, or tie two together, so that an object of another type may manage the same
    /// one: queries find them, and the search for what nobody manages passes over them.
    const PART: bool = false;

    /// All objects that the client can see; `None` when they cannot be listed. See [`imported`] for types of which only
    /// import ids can be listed.
    async fn list(client: &Self::Client) -> Result<Option<Vec<Self>>, Error> {
        let _ = client;
        Ok(None)
    }

    /// The custom diff: changes what has been planned by the rules of the schema.
    fn plan(cx: &mut PlanContext<'_, Self::Client>) {
        let _ = cx;
    }

    /// What a planned change does besides, as far as only the remote system tells: warnings for whoever reads the plan.
    /// `prior` is null for a new object, and `planned` may have unknown values. Changes nothing; what cannot be
    /// found out is left unsaid.
    async fn foresee(client: &Self::Client, prior: &Value, planned: &Value) -> Diagnostics {
        let _ = (client, prior, planned);
        Diagnostics::new()
    }

    /// Checks that the schema cannot express, on a configuration that may have unknown values.
    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Changes an object stored with an older `version` of the schema into the present form.
    /// Attributes that are gone, or new, need nothing done.
    fn upgrade(version: u64, json: serde_json::Value) -> Result<serde_json::Value, Error> {
        let _ = version;
        Ok(json)
    }
}

/// What these import ids stand for, as it is now. Those of which there is nothing are left out.
pub async fn imported<R: Resource>(
    client: &R::Client,
    ids: impl IntoIterator<Item = String>,
) -> Result<Vec<R>, Error> {
    let empty = R::spec().to_schema().empty_value();
    let object = |id: String| -> Result<R, Error> {
        let known = R::import(&id)?.into_iter();
        let object = known.fold(empty.clone(), |object, (name, value)| object.with_attribute(name, value));
        Ok(decode_stored(&object)?)
    };
    let objects = ids.into_iter().map(object).collect::<Result<Vec<R>, Error>>()?;
    let read = R::read(client, objects).await;
    read.into_iter().filter_map(Result::transpose).collect()
}

/// A resource type as an entry of a provider's table.
pub struct ResourceType<C>(pub(crate) Arc<dyn AnyResource<C>>, pub(crate) &'static str);

impl<C: Send + Sync + 'static> ResourceType<C> {
    /// The entry of `R`.
    pub fn of<R: Resource<Client = C>>() -> ResourceType<C> {
        ResourceType(Arc::new(Typed::<R>(PhantomData)), "")
    }

    /// The same entry, of a type that is served by this API. Any name will do.
    #[must_use]
    pub fn served_by(self, api: &'static str) -> ResourceType<C> {
        ResourceType(self.0, api)
    }

    /// The name that users write.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

/// An error, and the object as far as it exists.
pub(crate) type AnyFailure = (Error, Option<Value>);

/// A [`Resource`] on dynamic values.
#[async_trait]
pub(crate) trait AnyResource<C>: Send + Sync {
    fn name(&self) -> &'static str;
    fn options(&self) -> TypeOptions;
    fn spec(&self) -> BlockSpec;
    fn plan(&self, cx: &mut PlanContext<'_, C>);
    async fn foresee(&self, client: &C, prior: &Value, planned: &Value) -> Diagnostics;
    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics);
    fn upgrade(&self, version: u64, json: serde_json::Value) -> Result<serde_json::Value, Error>;
    fn import(&self, id: &str) -> Result<Attributes, Error>;
    fn import_id(&self, object: &Value) -> Option<String>;
    fn is_part(&self) -> bool;
    async fn create(&self, client: &C, planned: &Value, cx: &ApplyContext) -> Result<Value, AnyFailure>;
    async fn settled(&self, client: &C, object: &Value);
    async fn read(&self, client: &C, states: Vec<Value>) -> Vec<Result<Option<Value>, Error>>;
    async fn update(
        &self,
        client: &C,
        prior: &Value,
        planned: &Value,
        cx: &ApplyContext,
    ) -> Result<Value, AnyFailure>;
    async fn delete(&self, client: &C, state: &Value, cx: &ApplyContext) -> Result<(), Error>;
    async fn list(&self, client: &C) -> Result<Option<Vec<Value>>, Error>;
}

struct Typed<R>(PhantomData<fn() -> R>);

impl<R: Resource> Typed<R> {
    fn failure(failure: Failure<R>) -> AnyFailure {
        (failure.error, failure.object.map(|o| o.to_value()))
    }
}

#[async_trait]
impl<R: Resource> AnyResource<R::Client> for Typed<R> {
    fn name(&self) -> &'static str {
        R::NAME
    }

    fn options(&self) -> TypeOptions {
        R::options()
    }

    fn spec(&self) -> BlockSpec {
        R::spec()
    }

    fn plan(&self, cx: &mut PlanContext<'_, R::Client>) {
        R::plan(cx);
    }

    async fn foresee(&self, client: &R::Client, prior: &Value, planned: &Value) -> Diagnostics {
        R::foresee(client, prior, planned).await
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        R::validate(config, diagnostics);
    }

    fn upgrade(&self, version: u64, json: serde_json::Value) -> Result<serde_json::Value, Error> {
        R::upgrade(version, json)
    }

    fn import(&self, id: &str) -> Result<Attributes, Error> {
        R::import(id)
    }

    fn import_id(&self, object: &Value) -> Option<String> {
        decode_stored::<R>(object).ok()?.import_id()
    }

    fn is_part(&self) -> bool {
        R::PART
    }

    async fn create(
        &self,
        client: &R::Client,
        planned: &Value,
        cx: &ApplyContext,
    ) -> Result<Value, AnyFailure> {
        let planned = R::from_value(planned).map_err(|e| (e.into(), None))?;
        let created = R::create(client, planned, cx).await.map_err(Self::failure)?;
        Ok(created.to_value())
    }

    async fn settled(&self, client: &R::Client, object: &Value) {
        if let Ok(object) = decode_stored::<R>(object) {
            R::settled(client, object).await;
        }
    }

    async fn read(&self, client: &R::Client, states: Vec<Value>) -> Vec<Result<Option<Value>, Error>> {
        let mut answers: Vec<Option<Result<Option<Value>, Error>>> = Vec::new();
        let mut readable = Vec::new();
        for state in &states {
            match decode_stored::<R>(state) {
                Ok(object) => {
                    readable.push(object);
                    answers.push(None);
                }
                Err(error) => answers.push(Some(Err(error.into()))),
            }
        }
        let mut read = R::read(client, readable).await.into_iter();
        let missing = || Err(Error::new("Incomplete answer", format!("{} was not read.", R::NAME)));
        answers
            .into_iter()
            .map(|answer| {
                answer.unwrap_or_else(|| {
                    read.next().unwrap_or_else(|| missing().map(|_: R| None)).map(|o| o.map(|o| o.to_value()))
                })
            })
            .collect()
    }

    async fn update(
        &self,
        client: &R::Client,
        prior: &Value,
        planned: &Value,
        cx: &ApplyContext,
    ) -> Result<Value, AnyFailure> {
        let prior = decode_stored::<R>(prior).map_err(|e| (e.into(), None))?;
        let planned = R::from_value(planned).map_err(|e| (e.into(), None))?;
        let updated = R::update(client, prior, planned, cx).await.map_err(Self::failure)?;
        Ok(updated.to_value())
    }

    async fn delete(&self, client: &R::Client, state: &Value, cx: &ApplyContext) -> Result<(), Error> {
        R::delete(client, decode_stored::<R>(state)?, cx).await
    }

    async fn list(&self, client: &R::Client) -> Result<Option<Vec<Value>>, Error> {
        let found = R::list(client).await?;
        Ok(found.map(|objects| objects.iter().map(R::to_value).collect()))
    }
}

/// Reads an object that was stored, perhaps in part (after an import, or a create that failed
/// half way): required attributes that are null get zero values.
fn decode_stored<R: Described>(state: &Value) -> Result<R, FieldError> {
    R::from_value(state).or_else(|_| R::from_value(&without_gaps(&R::spec(), state)))
}

fn without_gaps(spec: &BlockSpec, object: &Value) -> Value {
    spec.attributes.iter().fold(object.clone(), |object, (name, attribute)| {
        let unset = object.attribute(name).is_none_or(|v| v.is_null() || !v.is_known());
        if unset && attribute.presence == Presence::Required {
            object.with_attribute(name, zero(&attribute.ty))
        } else {
            object
        }
    })
}

/// The value that stands for "nothing" in Terraform's SDK.
pub(crate) fn zero(ty: &Type) -> Value {
    match ty {
        Type::Bool => Value::FALSE,
        Type::Number => Value::from(0),
        Type::String => Value::from(""),
        Type::List(t) => Value::list((**t).clone(), []),
        Type::Set(t) => Value::set((**t).clone(), []),
        Type::Map(t) => Value::map::<&str>((**t).clone(), []),
        Type::Object(o) => Value::object(o.attributes.iter().map(|(k, t)| (k.clone(), zero(t)))),
        other => Value::null(other.clone()),
    }
}
