//! How the parts of a plan are written.

use super::PlanFileError;
use crate::{Action, ActionReason, ChangeKind, CheckResult, CheckStatus, OutputChange, ResourceChange};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use terrane_provider::{Identity, ImportKey, Private};
use terrane_value::{MarkSet, Marks, Path, PathStep, Type, Value, from_msgpack, to_msgpack};

/// A value of any type: cty's MessagePack in base64, and the paths of its marks.
#[derive(Serialize, Deserialize)]
pub(super) struct ValueForm {
    value: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    marks: Vec<MarkForm>,
}

#[derive(Serialize, Deserialize)]
struct MarkForm {
    path: Vec<StepForm>,
    sensitive: bool,
    ephemeral: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StepForm {
    Attribute(String),
    Index(u64),
    Key(String),
    Element(String),
}

#[derive(Serialize, Deserialize)]
pub(super) struct ChangeForm {
    address: String,
    previous_address: Option<String>,
    deposed: Option<String>,
    provider: String,
    action: Action,
    reason: Option<ActionReason>,
    before: ValueForm,
    after: ValueForm,
    requires_replace: Vec<Vec<StepForm>>,
    private: String,
    importing: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    importing_identity: Option<ValueForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityForm>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    generated_config: Option<String>,
    dependencies: Vec<String>,
    create_before_destroy: bool,
}

#[derive(Serialize, Deserialize)]
struct IdentityForm {
    version: u64,
    attributes: serde_json::Value,
}

#[derive(Serialize, Deserialize)]
pub(super) struct OutputForm {
    before: ValueForm,
    after: ValueForm,
    sensitive: bool,
    action: Action,
}

#[derive(Serialize, Deserialize)]
pub(super) struct CheckForm {
    kind: ChangeKind,
    address: String,
    status: CheckStatus,
    instances: Vec<(String, CheckStatus, Vec<String>)>,
}

fn damaged(e: impl std::fmt::Display) -> PlanFileError {
    PlanFileError(format!("The plan file is damaged: {e}."))
}

fn bytes_of(value: &Value) -> Result<String, PlanFileError> {
    let bytes = to_msgpack(value, &Type::Dynamic).map_err(|e| PlanFileError(e.to_string()))?;
    Ok(STANDARD.encode(bytes))
}

fn value_of(text: &str) -> Result<Value, PlanFileError> {
    from_msgpack(&STANDARD.decode(text).map_err(damaged)?, &Type::Dynamic).map_err(damaged)
}

impl ValueForm {
    pub(super) fn new(value: &Value) -> Result<ValueForm, PlanFileError> {
        let (plain, marks) = value.unmark_paths();
        let marks = marks
            .into_iter()
            .filter(|(_, m)| m.is_sensitive() || m.is_ephemeral())
            .map(|(path, m)| {
                Ok(MarkForm { path: steps(&path)?, sensitive: m.is_sensitive(), ephemeral: m.is_ephemeral() })
            })
            .collect::<Result<_, PlanFileError>>()?;
        Ok(ValueForm { value: bytes_of(&plain)?, marks })
    }

    pub(super) fn read(self) -> Result<Value, PlanFileError> {
        let marks = (self.marks.into_iter())
            .map(|m| {
                let set = MarkSet { sensitive: m.sensitive, ephemeral: m.ephemeral, ..MarkSet::default() };
                Ok((path(m.path)?, Marks::new(set)))
            })
            .collect::<Result<Vec<_>, PlanFileError>>()?;
        Ok(value_of(&self.value)?.mark_paths(&marks))
    }
}

fn steps(path: &Path) -> Result<Vec<StepForm>, PlanFileError> {
    (path.0.iter())
        .map(|step| {
            Ok(match step {
                PathStep::Attribute(name) => StepForm::Attribute(name.to_string()),
                PathStep::Index(n) => StepForm::Index(*n),
                PathStep::Key(key) => StepForm::Key(key.to_string()),
                PathStep::Element(value) => StepForm::Element(bytes_of(value)?),
            })
        })
        .collect()
}

fn path(steps: Vec<StepForm>) -> Result<Path, PlanFileError> {
    let steps = steps.into_iter().map(|step| {
        Ok(match step {
            StepForm::Attribute(name) => PathStep::Attribute(name.into()),
            StepForm::Index(n) => PathStep::Index(n),
            StepForm::Key(key) => PathStep::Key(key.into()),
            StepForm::Element(text) => PathStep::Element(Box::new(value_of(&text)?)),
        })
    });
    Ok(Path(steps.collect::<Result<_, PlanFileError>>()?))
}

impl ChangeForm {
    pub(super) fn new(change: &ResourceChange) -> Result<ChangeForm, PlanFileError> {
        Ok(ChangeForm {
            address: change.address.to_string(),
            previous_address: change.previous_address.as_ref().map(ToString::to_string),
            deposed: change.deposed.as_deref().map(str::to_owned),
            provider: change.provider.to_string(),
            action: change.action,
            reason: change.reason,
            before: ValueForm::new(&change.before)?,
            after: ValueForm::new(&change.after)?,
            requires_replace: change.requires_replace.iter().map(steps).collect::<Result<_, _>>()?,
            private: STANDARD.encode(&change.private),
            importing: match &change.importing {
                Some(ImportKey::Id(id)) => Some(id.to_string()),
                _ => None,
            },
            importing_identity: match &change.importing {
                Some(ImportKey::Identity(identity)) => Some(ValueForm::new(identity)?),
                _ => None,
            },
            identity: change.private.identity.as_deref().map(|identity| IdentityForm {
                version: identity.version,
                attributes: identity.attributes.clone(),
            }),
            generated_config: change.generated_config.as_deref().map(str::to_owned),
            dependencies: change.dependencies.iter().map(ToString::to_string).collect(),
            create_before_destroy: change.create_before_destroy,
        })
    }

    pub(super) fn read(self) -> Result<ResourceChange, PlanFileError> {
        let identity =
            self.identity.map(|form| Identity { version: form.version, attributes: form.attributes });
        Ok(ResourceChange {
            address: self.address.parse().map_err(damaged)?,
            previous_address: self.previous_address.map(|a| a.parse().map_err(damaged)).transpose()?,
            deposed: self.deposed.map(Arc::from),
            provider: self.provider.parse().map_err(damaged)?,
            action: self.action,
            reason: self.reason,
            before: self.before.read()?,
            after: self.after.read()?,
            requires_replace: self.requires_replace.into_iter().map(path).collect::<Result<_, _>>()?,
            private: Private::from(STANDARD.decode(&self.private).map_err(damaged)?).with_identity(identity),
            importing: match self.importing_identity {
                Some(identity) => Some(ImportKey::Identity(identity.read()?)),
                None => self.importing.as_deref().map(ImportKey::from),
            },
            generated_config: self.generated_config.map(Arc::from),
            dependencies: (self.dependencies.iter())
                .map(|a| a.parse().map_err(damaged))
                .collect::<Result<_, _>>()?,
            create_before_destroy: self.create_before_destroy,
        })
    }
}

impl OutputForm {
    pub(super) fn new(change: &OutputChange) -> Result<OutputForm, PlanFileError> {
        Ok(OutputForm {
            before: ValueForm::new(&change.before)?,
            after: ValueForm::new(&change.after)?,
            sensitive: change.sensitive,
            action: change.action,
        })
    }

    pub(super) fn read(self) -> Result<OutputChange, PlanFileError> {
        Ok(OutputChange {
            before: self.before.read()?,
            after: self.after.read()?,
            sensitive: self.sensitive,
            action: self.action,
        })
    }
}

impl CheckForm {
    pub(super) fn new(check: &CheckResult) -> CheckForm {
        CheckForm {
            kind: check.kind,
            address: check.address.clone(),
            status: check.status,
            instances: check.instances.clone(),
        }
    }

    pub(super) fn read(self) -> CheckResult {
        CheckResult { kind: self.kind, address: self.address, status: self.status, instances: self.instances }
    }
}
