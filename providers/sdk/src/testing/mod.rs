//! A harness for tests of resource types: plans from JSON, without a remote system.

mod driver;
mod pages;
mod reference;

pub use driver::{Action, Driver, assert_same, get, text};
pub use pages::{Pages, Topic};
pub use reference::Reference;

use crate::host::described;
use crate::plan::{Change, Planned, plan};
use crate::resource::{AnyResource, ResourceType};
use crate::{Object, PlanContext, Resource};
use serde_json::Value as Json;
use terrane_schema::{Block, Schema};
use terrane_value::{JsonError, Path, PathStep, Value, from_json_with_type};

/// The schema of a resource type by itself, for golden files.
pub fn schema_of<R: Resource>() -> Schema {
    let (options, spec) = described::<R::Client>(&*ResourceType::of::<R>().0);
    Schema { version: options.version, block: spec.to_schema() }
}

/// An object of `block` from JSON in which attributes and blocks may be left out.
pub fn object(block: &Block, json: &Json) -> Result<Value, JsonError> {
    let mut complete = json.clone();
    fill(block, &mut complete);
    from_json_with_type(&complete, &block.implied_type())
}

fn fill(block: &Block, json: &mut Json) {
    let Some(object) = json.as_object_mut() else { return };
    for name in block.attributes.keys() {
        object.entry(name.to_string()).or_insert(Json::Null);
    }
    for (name, nested) in &block.blocks {
        let value = object.entry(name.to_string()).or_insert(match nested.empty_value().is_null() {
            true => Json::Null,
            false => Json::Array(Vec::new()),
        });
        match value {
            Json::Array(blocks) => blocks.iter_mut().for_each(|b| fill(&nested.block, b)),
            other => fill(&nested.block, other),
        }
    }
}

/// Plans a change of type `R` from `prior` (null for a new object) to `config`, by the rules of
/// the type alone, without those of its provider.
pub fn plan_change<R: Resource>(
    client: &R::Client,
    prior: &Json,
    config: &Json,
) -> Result<Planned, JsonError> {
    let resource: &dyn AnyResource<R::Client> = &*ResourceType::of::<R>().0;
    let (_, spec) = described(resource);
    let block = spec.to_schema();
    let prior = if prior.is_null() { Value::NULL } else { object(&block, prior)? };
    let config = object(&block, config)?;
    Ok(plan(&Change {
        type_name: R::NAME,
        spec: &spec,
        client,
        custom: &|cx: &mut PlanContext<'_, R::Client>| resource.plan(cx),
        prior: &prior,
        config: &config,
    }))
}

/// One row of a table of plans.
pub struct PlanCase<'a> {
    /// What the row shows.
    pub name: &'a str,
    /// The object as it is; null for a new one. What is left out is null.
    pub prior: Json,
    /// The configuration.
    pub config: Json,
    /// The action: `create`, `no-op`, `update` or `replace`.
    pub action: &'a str,
    /// The paths that need a new object.
    pub replace: &'a [&'a str],
    /// The top-level attributes that are known only after apply (in whole or in part).
    pub unknown: &'a [&'a str],
}

/// What is wrong with the rows of a table of plans: one line for each difference.
pub fn check_plans<R: Resource>(client: &R::Client, cases: &[PlanCase<'_>]) -> Vec<String> {
    let mut wrong = Vec::new();
    let block = schema_of::<R>().block;
    for case in cases {
        let planned = match plan_change::<R>(client, &case.prior, &case.config) {
            Ok(planned) => planned,
            Err(error) => {
                wrong.push(format!("{}: {error}", case.name));
                continue;
            }
        };
        let prior = object(&block, &case.prior).unwrap_or(Value::NULL);
        let action = match () {
            () if case.prior.is_null() => "create",
            () if !planned.replace.is_empty() => "replace",
            () if planned.planned == prior => "no-op",
            () => "update",
        };
        let replace: Vec<String> = planned.replace.iter().map(Path::to_string).collect();
        let unknown: Vec<&str> = (planned.planned.as_map().into_iter().flatten())
            .filter(|(_, v)| !v.is_wholly_known())
            .map(|(name, _)| &**name)
            .collect();
        let mut expect = |what: &str, want: String, got: String| {
            if want != got {
                wrong.push(format!("{}: {what} should be {want}, is {got}", case.name));
            }
        };
        expect("action", case.action.to_owned(), action.to_owned());
        expect("replace", format!("{:?}", case.replace), format!("{replace:?}"));
        expect("unknown", format!("{:?}", case.unknown), format!("{unknown:?}"));
    }
    wrong
}

/// What is wrong with the codec of `T` for `json`, an object of its schema: an object that is
/// read and written must stay the same.
pub fn check_codec<T: Object>(json: &Json) -> Result<(), String> {
    let block = T::spec().to_schema();
    let value = object(&block, json).map_err(|e| e.to_string())?;
    let again = T::from_value(&value).map_err(|e| e.to_string())?.to_value();
    if again == value {
        return Ok(());
    }
    let different =
        value.as_map().into_iter().flatten().find(|(name, v)| again.attribute(name).as_ref() != Some(v));
    let path = different.map(|(name, _)| Path(vec![PathStep::Attribute(name.clone())]));
    Err(format!("{}: {value:?} became {again:?}", path.unwrap_or_default()))
}
