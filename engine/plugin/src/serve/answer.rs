//! What each method of the protocol does with a provider.

use super::deprecations::deprecations;
use super::offer::{functions, metadata, offered};
use crate::identity;
use crate::messages::identity as identities;
use crate::messages::schema::{self as schemas, v6};
use crate::messages::{self as wire_types, DynamicValue, Empty};
use crate::wire;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    ApplyRequest, Client, Identity, IdentitySchema, OperationToken, PlanRequest, Private, Provider,
    ReadObject, Renewal, UpgradeRequest,
};
use terrane_schema::Schema;
use terrane_value::{Type, Value};
use tokio::sync::watch;
use tonic::Status;

type Answer<T> = Result<T, Status>;
type Schemas = BTreeMap<Arc<str>, Arc<Schema>>;

/// A provider, and the connection that the engine has configured.
pub(super) struct Answers {
    provider: Arc<dyn Provider>,
    client: Mutex<Option<Arc<dyn Client>>>,
    stop: watch::Sender<bool>,
}

fn unusable(what: impl std::fmt::Display) -> Status {
    Status::invalid_argument(what.to_string())
}

impl Answers {
    pub(super) fn new(provider: Arc<dyn Provider>, stop: watch::Sender<bool>) -> Answers {
        Answers { provider, client: Mutex::default(), stop }
    }

    pub(super) fn stop(&self) {
        let _ = self.stop.send(true);
    }

    fn type_of(&self, schemas: &Schemas, name: &str) -> Answer<Type> {
        Ok(schema_of(schemas, name)?.block.implied_type())
    }

    fn resource(&self, name: &str) -> Answer<Type> {
        self.type_of(&self.provider.schema().resources, name)
    }

    fn client(&self) -> Result<Arc<dyn Client>, Diagnostic> {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.clone().ok_or_else(|| {
            Diagnostic::error(
                "Provider not configured",
                "The engine asked before it had configured the provider.",
            )
        })
    }

    pub(super) async fn schema(&self, _: Empty) -> Answer<v6::ProviderSchema> {
        Ok(offered(&self.provider.schema()))
    }

    pub(super) async fn metadata(&self, _: Empty) -> Answer<schemas::Metadata> {
        Ok(schemas::Metadata { lists: Vec::new(), ..metadata(&self.provider.schema()) })
    }

    pub(super) async fn functions(&self, _: Empty) -> Answer<schemas::Functions> {
        Ok(functions(&self.provider.schema()))
    }

    pub(super) async fn identity_schemas(&self, _: Empty) -> Answer<identities::IdentitySchemas> {
        let schema = self.provider.schema();
        let all = schema.identities.iter();
        let schemas = all.map(|(name, s)| (name.to_string(), identity::to_message(s))).collect();
        Ok(identities::IdentitySchemas { schemas, diagnostics: Vec::new() })
    }

    /// Identities have not changed their form yet.
    pub(super) async fn upgrade_identity(
        &self,
        request: identities::UpgradeIdentity,
    ) -> Answer<identities::IdentityUpgraded> {
        let schema = self.identity_schema(&request.type_name)?;
        let json = request.raw_identity.map(|raw| raw.json).unwrap_or_default();
        let stored = Identity {
            version: schema.version,
            attributes: serde_json::from_slice(&json).map_err(unusable)?,
        };
        let value = schema.value(&stored).map_err(unusable)?;
        let upgraded_identity = Some(identity::data(&schema, &value).map_err(failed)?);
        Ok(identities::IdentityUpgraded { upgraded_identity, diagnostics: Vec::new() })
    }

    fn identity_schema(&self, type_name: &str) -> Answer<IdentitySchema> {
        let schema = self.provider.schema().identities.get(type_name).cloned();
        schema.ok_or_else(|| unusable(format!("objects of type {type_name} have no identity")))
    }

    /// What the provider has kept with an object, from the engine's request.
    fn kept(
        &self,
        type_name: &str,
        bytes: Vec<u8>,
        told: Option<identities::IdentityData>,
    ) -> Answer<Private> {
        identity::received(&self.provider.schema().identities, type_name, bytes, told, None).map_err(unusable)
    }

    /// The identity that the provider keeps with an object, for an answer.
    fn identity(&self, type_name: &str, private: &Private) -> Answer<Option<identities::IdentityData>> {
        let Some(stored) = &private.identity else { return Ok(None) };
        let schema = self.identity_schema(type_name)?;
        let value = schema.value(stored).map_err(Status::internal)?;
        Ok(Some(identity::data(&schema, &value).map_err(failed)?))
    }

    pub(super) async fn validate_provider(
        &self,
        request: wire_types::ValidateProvider,
    ) -> Answer<wire_types::ProviderValidated> {
        let block = &self.provider.schema().provider.block;
        let config = decode(request.config, &block.implied_type())?;
        let mut problems = self.provider.validate_provider(&config);
        problems.extend(deprecations(block, &config));
        Ok(wire_types::ProviderValidated { diagnostics: wire::reported(problems) })
    }

    pub(super) async fn validate_resource(
        &self,
        request: wire_types::Validate,
    ) -> Answer<wire_types::Validated> {
        let check = |config: &Value| self.provider.validate_resource(&request.type_name, config);
        validate(&self.provider.schema().resources, &request, check)
    }

    pub(super) async fn validate_data(&self, request: wire_types::Validate) -> Answer<wire_types::Validated> {
        let check = |config: &Value| self.provider.validate_data_source(&request.type_name, config);
        validate(&self.provider.schema().data_sources, &request, check)
    }

    pub(super) async fn validate_ephemeral(
        &self,
        request: wire_types::Validate,
    ) -> Answer<wire_types::Validated> {
        let check = |config: &Value| self.provider.validate_ephemeral(&request.type_name, config);
        validate(&self.provider.schema().ephemeral, &request, check)
    }

    pub(super) async fn configure(&self, request: wire_types::Configure) -> Answer<wire_types::Validated> {
        let ty = self.provider.schema().provider.block.implied_type();
        let config = decode(request.config, &ty)?;
        Ok(match self.provider.configure(&config).await {
            Ok(client) => {
                *self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
                wire_types::Validated::default()
            }
            Err(problems) => validated(problems),
        })
    }

    pub(super) async fn upgrade(&self, request: wire_types::Upgrade) -> Answer<wire_types::Upgraded> {
        let ty = self.resource(&request.type_name)?;
        let json = request.raw_state.map(|raw| raw.json).unwrap_or_default();
        let json = serde_json::from_slice(&json).map_err(unusable)?;
        let version = u64::try_from(request.version).map_err(unusable)?;
        let request = UpgradeRequest { type_name: request.type_name, version, json };
        Ok(match self.provider.upgrade(request).await {
            Ok(value) => wire_types::Upgraded { upgraded_state: encode(&value, &ty)?, ..Default::default() },
            Err(problems) => {
                wire_types::Upgraded { diagnostics: wire::reported(problems), ..Default::default() }
            }
        })
    }

    pub(super) async fn read(&self, request: wire_types::Read) -> Answer<wire_types::ReadDone> {
        let ty = self.resource(&request.type_name)?;
        let state = decode(request.current_state, &ty)?;
        let failed = |problems: Diagnostics| wire_types::ReadDone {
            diagnostics: wire::reported(problems),
            ..Default::default()
        };
        let client = match self.client() {
            Ok(client) => client,
            Err(problem) => return Ok(failed(problem.into())),
        };
        let private = self.kept(&request.type_name, request.private, request.identity)?;
        let object = ReadObject { state, private };
        let answers = self.provider.read(&client, &request.type_name, vec![object]).await;
        Ok(match answers.into_iter().next() {
            Some(Ok(Some(found))) => wire_types::ReadDone {
                deferred: None,
                new_state: encode(&found.state, &ty)?,
                private: found.private.to_vec(),
                identity: self.identity(&request.type_name, &found.private)?,
                diagnostics: Vec::new(),
            },
            Some(Ok(None)) => wire_types::ReadDone {
                new_state: encode(&Value::null(ty.clone()), &ty)?,
                ..Default::default()
            },
            Some(Err(problems)) => failed(problems),
            None => return Err(Status::internal("the provider gave no answer")),
        })
    }

    pub(super) async fn plan(&self, request: wire_types::Plan) -> Answer<wire_types::Planned> {
        let ty = self.resource(&request.type_name)?;
        let proposed = decode(request.proposed_new_state, &ty)?;
        if proposed.is_null() {
            // Deletions need no planning.
            return Ok(wire_types::Planned {
                planned_state: encode(&proposed, &ty)?,
                planned_private: request.prior_private,
                identity: request.identity,
                ..Default::default()
            });
        }
        let private = self.kept(&request.type_name, request.prior_private, request.identity)?;
        let request = PlanRequest {
            type_name: request.type_name,
            prior: decode(request.prior_state, &ty)?,
            config: decode(request.config, &ty)?,
            proposed,
            private,
        };
        let type_name = request.type_name.clone();
        let client = match self.client() {
            Ok(client) => client,
            Err(problem) => {
                let diagnostics = wire::reported(problem.into());
                return Ok(wire_types::Planned { diagnostics, ..Default::default() });
            }
        };
        let answer = self.provider.plan(&client, request).await;
        Ok(wire_types::Planned {
            deferred: None,
            planned_state: encode(&answer.planned, &ty)?,
            requires_replace: answer.requires_replace.iter().map(wire::attribute_path).collect(),
            planned_private: answer.private.to_vec(),
            diagnostics: wire::reported(answer.diagnostics),
            legacy_type_system: answer.legacy_types,
            identity: self.identity(&type_name, &answer.private)?,
        })
    }

    pub(super) async fn apply(&self, request: wire_types::Apply) -> Answer<wire_types::Applied> {
        let ty = self.resource(&request.type_name)?;
        let type_name = request.type_name.clone();
        let prior = decode(request.prior_state, &ty)?;
        let creates = prior.is_null();
        let client = match self.client() {
            Ok(client) => client,
            Err(problem) => {
                let diagnostics = wire::reported(problem.into());
                return Ok(wire_types::Applied {
                    new_state: encode(&prior, &ty)?,
                    diagnostics,
                    ..Default::default()
                });
            }
        };
        let private = self.kept(&type_name, request.planned_private, request.identity)?;
        let request = ApplyRequest {
            type_name: request.type_name,
            prior,
            config: decode(request.config, &ty)?,
            planned: decode(request.planned_state, &ty)?,
            private,
            // The protocol has no tokens: an operation that is cut off is not repeated.
            token: OperationToken(uuid::Uuid::new_v4().to_string().into()),
            write_only_changed: Vec::new(),
            repeated: false,
        };
        let answer = self.provider.apply(&client, request).await;
        if creates && !answer.state.is_null() {
            self.provider.settled(&client, &type_name, &answer.state).await;
        }
        Ok(wire_types::Applied {
            new_state: encode(&answer.state, &ty)?,
            private: answer.private.to_vec(),
            diagnostics: wire::reported(answer.diagnostics),
            legacy_type_system: answer.legacy_types,
            identity: self.identity(&type_name, &answer.private)?,
        })
    }

    pub(super) async fn import(&self, request: wire_types::Import) -> Answer<wire_types::Imported> {
        self.resource(&request.type_name)?;
        let wanted = match request.identity {
            Some(told) => {
                let ty = self.identity_schema(&request.type_name)?.implied_type();
                Some(decode(told.value, &ty)?).filter(|identity| !identity.is_null())
            }
            None => None,
        };
        let found = match (self.client(), wanted) {
            (Ok(client), Some(identity)) => {
                self.provider.import_by_identity(&client, &request.type_name, &identity).await
            }
            (Ok(client), None) => self.provider.import(&client, &request.type_name, &request.id).await,
            (Err(problem), _) => Err(problem.into()),
        };
        match found {
            Err(problems) => {
                Ok(wire_types::Imported { diagnostics: wire::reported(problems), ..Default::default() })
            }
            Ok(found) => {
                let mut resources = Vec::new();
                for object in found {
                    let state = encode(&object.state, &self.resource(&object.type_name)?)?;
                    let private = object.private.to_vec();
                    let identity = self.identity(&object.type_name, &object.private)?;
                    let type_name = object.type_name;
                    resources.push(wire_types::ImportedResource { type_name, state, private, identity });
                }
                Ok(wire_types::Imported { resources, ..Default::default() })
            }
        }
    }

    pub(super) async fn read_data(&self, request: wire_types::ReadData) -> Answer<wire_types::DataRead> {
        let ty = self.type_of(&self.provider.schema().data_sources, &request.type_name)?;
        let config = decode(request.config, &ty)?;
        let read = match self.client() {
            Ok(client) => self.provider.read_data(&client, &request.type_name, config).await,
            Err(problem) => Err(problem.into()),
        };
        Ok(match read {
            Ok(value) => wire_types::DataRead { state: encode(&value, &ty)?, ..Default::default() },
            Err(problems) => {
                wire_types::DataRead { diagnostics: wire::reported(problems), ..Default::default() }
            }
        })
    }

    pub(super) async fn open(&self, request: wire_types::Open) -> Answer<wire_types::OpenDone> {
        let ty = self.type_of(&self.provider.schema().ephemeral, &request.type_name)?;
        let config = decode(request.config, &ty)?;
        let opened = match self.client() {
            Ok(client) => self.provider.open(&client, &request.type_name, config).await,
            Err(problem) => Err(problem.into()),
        };
        Ok(match opened {
            Ok(opened) => wire_types::OpenDone {
                deferred: None,
                result: encode(&opened.value, &ty)?,
                renew_at: renewal_time(&opened.renewal),
                private: Some(opened.renewal.private.to_vec()),
                diagnostics: Vec::new(),
            },
            Err(problems) => {
                wire_types::OpenDone { diagnostics: wire::reported(problems), ..Default::default() }
            }
        })
    }

    pub(super) async fn renew(&self, request: wire_types::Opened) -> Answer<wire_types::Renewed> {
        let private = request.private.unwrap_or_default().into();
        let renewed = match self.client() {
            Ok(client) => self.provider.renew(&client, &request.type_name, &private).await,
            Err(problem) => Err(problem.into()),
        };
        Ok(match renewed {
            Ok(renewal) => wire_types::Renewed {
                renew_at: renewal_time(&renewal),
                private: Some(renewal.private.to_vec()),
                diagnostics: Vec::new(),
            },
            Err(problems) => {
                wire_types::Renewed { diagnostics: wire::reported(problems), ..Default::default() }
            }
        })
    }

    pub(super) async fn close(&self, request: wire_types::Opened) -> Answer<wire_types::Validated> {
        let private = request.private.unwrap_or_default().into();
        Ok(validated(match self.client() {
            Ok(client) => self.provider.close(&client, &request.type_name, &private).await,
            Err(problem) => problem.into(),
        }))
    }

    pub(super) async fn call_function(
        &self,
        request: wire_types::CallFunction,
    ) -> Answer<wire_types::FunctionCalled> {
        let schema = self.provider.schema();
        let function = schema
            .functions
            .get(request.name.as_str())
            .ok_or_else(|| unusable(format!("there is no function {}", request.name)))?;
        let mut args = Vec::new();
        for (index, argument) in request.arguments.into_iter().enumerate() {
            let parameter = function.parameters.get(index).or(function.variadic.as_ref());
            let ty = parameter.map_or(Type::Dynamic, |p| p.ty.clone());
            args.push(decode(Some(argument), &ty)?);
        }
        Ok(match function.invoke(&args) {
            Ok(value) => {
                wire_types::FunctionCalled { result: encode(&value, &function.result)?, error: None }
            }
            Err(error) => {
                let argument = error.argument.and_then(|index| i64::try_from(index).ok());
                let error = wire_types::FunctionError { text: error.text, argument };
                wire_types::FunctionCalled { result: None, error: Some(error) }
            }
        })
    }

    /// Operations that have begun are finished: what they make must be told.
    pub(super) async fn stop_provider(&self, _: Empty) -> Answer<Empty> {
        Ok(Empty {})
    }
}

fn failed(problem: Diagnostic) -> Status {
    Status::internal(problem.detail)
}

fn schema_of<'a>(schemas: &'a Schemas, name: &str) -> Answer<&'a Schema> {
    schemas.get(name).map(|schema| &**schema).ok_or_else(|| unusable(format!("there is no type {name}")))
}

/// What `check` says of a configuration, and what its schema says not to use.
fn validate(
    schemas: &Schemas,
    request: &wire_types::Validate,
    check: impl FnOnce(&Value) -> Diagnostics,
) -> Answer<wire_types::Validated> {
    let block = &schema_of(schemas, &request.type_name)?.block;
    let config = decode(request.config.clone(), &block.implied_type())?;
    let mut problems = check(&config);
    problems.extend(deprecations(block, &config));
    Ok(validated(problems))
}

fn decode(value: Option<DynamicValue>, ty: &Type) -> Answer<Value> {
    wire::decode(value, ty).map_err(unusable)
}

fn encode(value: &Value, ty: &Type) -> Answer<Option<DynamicValue>> {
    wire::encode(value, ty).map_err(Status::internal)
}

fn validated(problems: Diagnostics) -> wire_types::Validated {
    wire_types::Validated { diagnostics: wire::reported(problems) }
}

fn renewal_time(renewal: &Renewal) -> Option<wire_types::Timestamp> {
    let at = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO) + renewal.renew_after?;
    let seconds = i64::try_from(at.as_secs()).ok()?;
    Some(wire_types::Timestamp { seconds, nanos: i32::try_from(at.subsec_nanos()).unwrap_or(0) })
}
