//! A plugin as a [`Provider`]: its processes, and what each request becomes on the wire.

mod listing;

use crate::messages::identity::IdentityData;
use crate::messages::{self as wire_types, ClientCapabilities};
use crate::methods::*;
use crate::process::{CallError, Process, runtime};
use crate::program::{Processes, Program};
use crate::{Reattach, identity, wire};
use async_trait::async_trait;
use futures::StreamExt;
use prost::Message;
use std::any::Any;
use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    ApplyRequest, ApplyResponse, Client, Function, FunctionCall, FunctionError, ImportedObject, ListRequest,
    ListedObject, MoveRequest, Opened, PlanRequest, PlanResponse, Private, Provider, ProviderSchema,
    ReadObject, ReadResponse, Renewal, UpgradeRequest, no_identities,
};
use terrane_schema::Schema;
use terrane_value::{Type, Value};
use tokio::sync::OnceCell;

/// The version of the language that plugins are told; some ask for a lowest one.
const LANGUAGE_VERSION: &str = "1.15.0";

/// How many objects of one type are read at a time.
const READS: usize = 10;

/// What this engine can do beyond the first version of the protocol.
fn capabilities() -> Option<ClientCapabilities> {
    Some(ClientCapabilities { deferral_allowed: false, write_only_attributes_allowed: true })
}

/// A provider that is a program of its own.
///
/// A plugin process can be configured once. The first configuration gets the process that the
/// schema came from, and each further one a process of its own.
pub struct PluginProvider {
    processes: Arc<Processes>,
    schema: Arc<ProviderSchema>,
    clients: Mutex<BTreeMap<Value, Arc<OnceCell<Arc<PluginClient>>>>>,
}

/// A process that is configured, and what the module that requests are made for says of itself.
#[derive(Clone)]
struct PluginClient {
    process: Arc<Process>,
    meta: Option<wire_types::DynamicValue>,
}

impl Client for PluginClient {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl PluginProvider {
    /// A plugin, of which it is known what it offers: from an earlier run, or since it was asked.
    pub async fn start(program: Program) -> Result<PluginProvider, Diagnostics> {
        PluginProvider::of(Processes::of(program)).await
    }

    /// Connects to a plugin that runs already, in a debugger perhaps. It serves all configurations.
    pub async fn attach(at: &Reattach, name: String) -> Result<PluginProvider, Diagnostics> {
        PluginProvider::of(Processes::attached(Process::attach(at.greeting()?, &name).await?)).await
    }

    async fn of(processes: Processes) -> Result<PluginProvider, Diagnostics> {
        let processes = Arc::new(processes);
        let calling = |name: &str, function: &Function| calling(&processes, name, function);
        let schema = Arc::new(processes.offered(&calling).await?);
        Ok(PluginProvider { processes, schema, clients: Mutex::default() })
    }

    fn name(&self) -> &str {
        self.processes.name()
    }

    fn unusable(&self, what: &str, why: impl std::fmt::Display) -> Diagnostic {
        Diagnostic::error(
            "Plugin gave an invalid answer",
            format!("The plugin {} answered with {what} that cannot be read: {why}.", self.name()),
        )
    }

    /// That a plugin puts off what it was not allowed to put off.
    fn not_deferred(&self, deferred: Option<wire_types::Deferred>) -> Result<(), Diagnostic> {
        let Some(deferred) = deferred else { return Ok(()) };
        let why = match deferred.reason {
            1 => "its configuration is not known yet",
            2 => "the configuration of the provider is not known yet",
            3 => "something that it needs does not exist yet",
            _ => "for a reason that it does not tell",
        };
        let detail = format!(
            "The plugin {} wants to do this later, {why}. It was not told that it may. \"terrane plan -rounds\" applies what is \
             known first, and plans the rest when that is done.",
            self.name()
        );
        Err(Diagnostic::error("Plugin deferred what it was asked for", detail))
    }

    fn unsendable(&self, why: impl std::fmt::Display) -> Diagnostic {
        Diagnostic::error(
            "Plugin cannot be asked",
            format!("What to send to the plugin {}: {why}.", self.name()),
        )
    }

    fn type_of(&self, schemas: &BTreeMap<Arc<str>, Arc<Schema>>, name: &str) -> Result<Type, Diagnostic> {
        let schema = schemas.get(name).ok_or_else(|| {
            Diagnostic::error(
                "Unknown type",
                format!("The plugin {} does not have the type {name}.", self.name()),
            )
        })?;
        Ok(schema.block.implied_type())
    }

    fn resource(&self, name: &str) -> Result<Type, Diagnostic> {
        self.type_of(&self.schema.resources, name)
    }

    fn encode(&self, value: &Value, ty: &Type) -> Result<Option<wire_types::DynamicValue>, Diagnostic> {
        wire::encode(value, ty).map_err(|e| self.unsendable(e))
    }

    fn decode(&self, value: Option<wire_types::DynamicValue>, ty: &Type) -> Result<Value, Diagnostic> {
        wire::decode(value, ty).map_err(|e| self.unusable("a value", e))
    }

    /// Calls a method that needs no configuration, and waits without the help of the caller's runtime.
    fn wait<Q, A>(&self, method: Method, request: Q) -> Result<A, Diagnostic>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        call_and_wait(&self.processes, method, request)
    }

    fn validate(
        &self,
        schemas: &BTreeMap<Arc<str>, Arc<Schema>>,
        method: Method,
        type_name: &str,
        config: &Value,
    ) -> Diagnostics {
        let request = || {
            let ty = self.type_of(schemas, type_name)?;
            let config = self.encode(config, &ty)?;
            let client_capabilities = capabilities();
            Ok::<_, Diagnostic>(wire_types::Validate {
                type_name: type_name.to_owned(),
                config,
                client_capabilities,
            })
        };
        let request = match request() {
            Ok(request) => request,
            Err(problem) => return Diagnostics::from(problem),
        };
        match self.wait::<_, wire_types::Validated>(method, request) {
            Ok(answer) => wire::diagnostics(answer.diagnostics),
            Err(problem) => problem.into(),
        }
    }

    async fn connect(&self, config: &Value) -> Result<Arc<PluginClient>, Diagnostics> {
        let config = self.encode(config, &self.schema.provider.block.implied_type())?;
        let process = self.processes.unconfigured().await?;
        let request = wire_types::Configure {
            terraform_version: LANGUAGE_VERSION.to_owned(),
            config,
            client_capabilities: capabilities(),
        };
        let answer: wire_types::Validated =
            process.call(CONFIGURE, request).await.map_err(|e| e.required(&process, CONFIGURE))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        Ok(Arc::new(PluginClient { process, meta: self.meta(&Value::null(Type::Dynamic)) }))
    }

    /// What a module says of itself, as it is sent to a plugin that may be told: null, too.
    fn meta(&self, meta: &Value) -> Option<wire_types::DynamicValue> {
        let ty = self.schema.meta.as_ref()?.block.implied_type();
        wire::encode(meta, &ty).unwrap_or_default()
    }

    async fn identity_sent(
        &self,
        process: &Process,
        type_name: &str,
        private: &Private,
    ) -> Result<Option<IdentityData>, Diagnostics> {
        identity::sent(&self.schema.identities, process, type_name, private).await
    }

    /// What is kept with an object after an answer.
    fn kept(
        &self,
        type_name: &str,
        bytes: Vec<u8>,
        told: Option<IdentityData>,
        before: &Private,
    ) -> Result<Private, Diagnostic> {
        identity::received(&self.schema.identities, type_name, bytes, told, Some(before))
            .map_err(|e| self.unusable("an identity", e))
    }

    async fn import_by(
        &self,
        client: &Arc<dyn Client>,
        request: wire_types::Import,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let process = process(client)?;
        let answer: wire_types::Imported =
            process.call(IMPORT, request).await.map_err(|e| e.required(process, IMPORT))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        self.not_deferred(answer.deferred)?;
        let object = |object: wire_types::ImportedResource| {
            let state = self.decode(object.state, &self.resource(&object.type_name)?)?;
            let private =
                self.kept(&object.type_name, object.private, object.identity, &Private::default())?;
            Ok(ImportedObject { type_name: object.type_name, state, private })
        };
        answer.resources.into_iter().map(object).collect()
    }

    async fn read_one(
        &self,
        client: &PluginClient,
        type_name: &str,
        object: ReadObject,
    ) -> Result<Option<ReadResponse>, Diagnostics> {
        let process = &*client.process;
        let ty = self.resource(type_name)?;
        let request = wire_types::Read {
            type_name: type_name.to_owned(),
            current_state: self.encode(&object.state, &ty)?,
            private: object.private.to_vec(),
            provider_meta: client.meta.clone(),
            client_capabilities: capabilities(),
            identity: self.identity_sent(process, type_name, &object.private).await?,
        };
        let answer: wire_types::ReadDone =
            process.call(READ, request).await.map_err(|e| e.required(process, READ))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        self.not_deferred(answer.deferred)?;
        let state = self.decode(answer.new_state, &ty)?;
        if state.is_null() {
            return Ok(None);
        }
        let private = self.kept(type_name, answer.private, answer.identity, &object.private)?;
        Ok(Some(ReadResponse { state, private }))
    }

    async fn plan_one(
        &self,
        client: &PluginClient,
        request: &PlanRequest,
    ) -> Result<PlanResponse, Diagnostics> {
        let process = &*client.process;
        let ty = self.resource(&request.type_name)?;
        let message = wire_types::Plan {
            type_name: request.type_name.clone(),
            prior_state: self.encode(&request.prior, &ty)?,
            proposed_new_state: self.encode(&request.proposed, &ty)?,
            config: self.encode(&request.config, &ty)?,
            prior_private: request.private.to_vec(),
            provider_meta: client.meta.clone(),
            client_capabilities: capabilities(),
            identity: self.identity_sent(process, &request.type_name, &request.private).await?,
        };
        let answer: wire_types::Planned =
            process.call(PLAN, message).await.map_err(|e| e.required(process, PLAN))?;
        let diagnostics = wire::diagnostics(answer.diagnostics);
        self.not_deferred(answer.deferred)?;
        let planned = match self.decode(answer.planned_state, &ty) {
            // With errors, what is planned does not matter.
            Err(_) if diagnostics.has_errors() => request.proposed.clone(),
            planned => planned?,
        };
        Ok(PlanResponse {
            planned,
            requires_replace: answer.requires_replace.into_iter().map(wire::path).collect(),
            private: self.kept(
                &request.type_name,
                answer.planned_private,
                answer.identity,
                &request.private,
            )?,
            legacy_types: answer.legacy_type_system,
            diagnostics,
        })
    }

    async fn apply_one(
        &self,
        client: &PluginClient,
        request: &ApplyRequest,
    ) -> Result<ApplyResponse, Diagnostics> {
        let process = &*client.process;
        let ty = self.resource(&request.type_name)?;
        let message = wire_types::Apply {
            type_name: request.type_name.clone(),
            prior_state: self.encode(&request.prior, &ty)?,
            planned_state: self.encode(&request.planned, &ty)?,
            config: self.encode(&request.config, &ty)?,
            planned_private: request.private.to_vec(),
            provider_meta: client.meta.clone(),
            identity: self.identity_sent(process, &request.type_name, &request.private).await?,
        };
        // The plugin may have got as far as making the object.
        let unknown = |mut problem: Diagnostic| {
            problem.outcome_unknown = true;
            problem
        };
        let answered = process.call(APPLY, message).await;
        let answer: wire_types::Applied = answered.map_err(|e| unknown(e.required(process, APPLY)))?;
        Ok(ApplyResponse {
            state: self.decode(answer.new_state, &ty).map_err(unknown)?,
            private: self
                .kept(&request.type_name, answer.private, answer.identity, &request.private)
                .map_err(unknown)?,
            legacy_types: answer.legacy_type_system,
            diagnostics: wire::diagnostics(answer.diagnostics),
        })
    }
}

/// What calls a function of a plugin. It waits for the answer.
fn calling(processes: &Arc<Processes>, name: &str, function: &Function) -> FunctionCall {
    let (processes, name) = (processes.clone(), name.to_owned());
    let (parameters, variadic) = (function.parameters.clone(), function.variadic.clone());
    let result = function.result.clone();
    Arc::new(move |args| {
        let general = |problem: Diagnostic| FunctionError::general(problem.detail);
        let mut arguments = Vec::new();
        for (index, arg) in args.iter().enumerate() {
            let parameter = parameters.get(index).or(variadic.as_ref());
            let ty = parameter.map_or(Type::Dynamic, |p| p.ty.clone());
            let argument = wire::encode(arg, &ty).map_err(|e| FunctionError::argument(index, e))?;
            arguments.extend(argument);
        }
        let request = wire_types::CallFunction { name: name.clone(), arguments };
        let answer: wire_types::FunctionCalled =
            call_and_wait(&processes, CALL_FUNCTION, request).map_err(general)?;
        if let Some(error) = answer.error {
            let argument = error.argument.and_then(|index| usize::try_from(index).ok());
            return Err(FunctionError { argument, text: error.text });
        }
        wire::decode(answer.result, &result).map_err(FunctionError::general)
    })
}

/// Calls a method that needs no configuration, and waits without the help of the caller's runtime.
fn call_and_wait<Q, A>(processes: &Arc<Processes>, method: Method, request: Q) -> Result<A, Diagnostic>
where
    Q: Message + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    let processes = processes.clone();
    block_on(async move {
        let process = processes.first().await?;
        process.call(method, request).await.map_err(|e| e.required(&process, method))
    })?
}

/// Runs a future among the plugins' connections and waits for it, on any thread but theirs.
fn block_on<T: Send + 'static>(future: impl Future<Output = T> + Send + 'static) -> Result<T, Diagnostic> {
    let (send, receive) = mpsc::channel();
    runtime()?.spawn(async move {
        let _ = send.send(future.await);
    });
    receive.recv().map_err(|e| Diagnostic::error("Cannot run plugins", format!("{e}.")))
}

fn connection(client: &Arc<dyn Client>) -> Result<&PluginClient, Diagnostic> {
    client.as_any().downcast_ref::<PluginClient>().ok_or_else(|| {
        Diagnostic::error("Foreign connection", "A plugin was given the connection of another provider.")
    })
}

fn process(client: &Arc<dyn Client>) -> Result<&Arc<Process>, Diagnostic> {
    connection(client).map(|client| &client.process)
}

/// In what time something is due.
fn due(at: Option<wire_types::Timestamp>) -> Option<Duration> {
    let at = at?;
    let since_epoch = Duration::new(u64::try_from(at.seconds).ok()?, u32::try_from(at.nanos).unwrap_or(0));
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Some(since_epoch.saturating_sub(now))
}

#[async_trait]
impl Provider for PluginProvider {
    fn schema(&self) -> Arc<ProviderSchema> {
        self.schema.clone()
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let config = match self.encode(config, &self.schema.provider.block.implied_type()) {
            Ok(config) => config,
            Err(problem) => return problem.into(),
        };
        let request = wire_types::ValidateProvider { config };
        match self.wait::<_, wire_types::ProviderValidated>(VALIDATE_PROVIDER, request) {
            Ok(answer) => wire::diagnostics(answer.diagnostics),
            Err(problem) => problem.into(),
        }
    }

    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validate(&self.schema.resources, VALIDATE_RESOURCE, type_name, config)
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validate(&self.schema.data_sources, VALIDATE_DATA, type_name, config)
    }

    fn validate_ephemeral(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validate(&self.schema.ephemeral, VALIDATE_EPHEMERAL, type_name, config)
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        let cell = {
            let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
            clients.entry(config.clone()).or_default().clone()
        };
        let client = cell.get_or_try_init(|| self.connect(config)).await?;
        Ok(client.clone())
    }

    fn for_module(&self, client: Arc<dyn Client>, meta: Value) -> Arc<dyn Client> {
        match connection(&client) {
            Ok(connection) if !meta.is_null() => {
                Arc::new(PluginClient { meta: self.meta(&meta), ..connection.clone() })
            }
            _ => client,
        }
    }

    async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        let ty = self.resource(&request.type_name)?;
        let version = i64::try_from(request.version).unwrap_or(i64::MAX);
        let raw_state = Some(wire_types::RawState { json: request.json.to_string().into_bytes() });
        let message = wire_types::Upgrade { type_name: request.type_name, version, raw_state };
        let process = self.processes.first().await?;
        let answer: wire_types::Upgraded =
            process.call(UPGRADE, message).await.map_err(|e| e.required(&process, UPGRADE))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() { Err(problems) } else { Ok(self.decode(answer.upgraded_state, &ty)?) }
    }

    async fn move_state(&self, request: MoveRequest) -> Result<Option<ReadResponse>, Diagnostics> {
        let raw =
            |json: &serde_json::Value| Some(wire_types::RawState { json: json.to_string().into_bytes() });
        let ty = self.resource(&request.type_name)?;
        let identity = request.source_private.identity.as_deref();
        let version = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let message = wire_types::Move {
            source_provider: request.source_provider,
            source_type: request.source_type,
            source_version: version(request.source_version),
            source_state: raw(&request.source),
            type_name: request.type_name.clone(),
            source_private: request.source_private.to_vec(),
            source_identity: identity.and_then(|identity| raw(&identity.attributes)),
            source_identity_version: identity.map_or(0, |identity| version(identity.version)),
        };
        let process = self.processes.first().await?;
        let answer: wire_types::MoveDone = match process.call(MOVE, message).await {
            Ok(answer) => answer,
            Err(CallError::Unimplemented) => return Ok(None),
            Err(CallError::Failed(problem)) => return Err(problem.into()),
        };
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        let state = self.decode(answer.state, &ty)?;
        if state.is_null() {
            return Ok(None);
        }
        let private = self.kept(&request.type_name, answer.private, answer.identity, &Private::default())?;
        Ok(Some(ReadResponse { state, private }))
    }

    async fn read(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let client = match connection(client) {
            Ok(client) => client,
            Err(problem) => return objects.iter().map(|_| Err(problem.clone().into())).collect(),
        };
        // The protocol reads one object at a time.
        let reads = objects.into_iter().map(|object| self.read_one(client, type_name, object));
        futures::stream::iter(reads).buffered(READS).collect().await
    }

    async fn stop(&self) {
        self.processes.stop().await;
    }

    /// The protocol has no tokens.
    fn knows_tokens(&self) -> bool {
        false
    }

    async fn plan(&self, client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        let answer = match connection(client) {
            Ok(client) => self.plan_one(client, &request).await,
            Err(problem) => Err(problem.into()),
        };
        answer.unwrap_or_else(|diagnostics| PlanResponse {
            planned: request.proposed,
            requires_replace: Vec::new(),
            private: request.private,
            legacy_types: false,
            diagnostics,
        })
    }

    fn plans_deletions(&self) -> bool {
        self.processes.plans_deletions()
    }

    async fn apply(&self, client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        let answer = match connection(client) {
            Ok(client) => self.apply_one(client, &request).await,
            Err(problem) => Err(problem.into()),
        };
        answer.unwrap_or_else(|diagnostics| ApplyResponse {
            state: request.prior,
            private: request.private,
            legacy_types: false,
            diagnostics,
        })
    }

    async fn import(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let request = wire_types::Import {
            type_name: type_name.to_owned(),
            id: id.to_owned(),
            client_capabilities: capabilities(),
            identity: None,
        };
        self.import_by(client, request).await
    }

    async fn import_by_identity(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        identity: &Value,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let schema = self.schema.identities.get(type_name).ok_or_else(|| no_identities(type_name))?;
        let request = wire_types::Import {
            type_name: type_name.to_owned(),
            id: String::new(),
            client_capabilities: capabilities(),
            identity: Some(identity::data(schema, identity)?),
        };
        self.import_by(client, request).await
    }

    async fn list(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        self.all(client, type_name).await
    }

    fn validate_list(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.validated_list(type_name, config).unwrap_or_else(Diagnostics::from)
    }

    async fn query(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        self.found(client, request).await
    }

    async fn read_data(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        let PluginClient { process, meta } = connection(client)?;
        let ty = self.type_of(&self.schema.data_sources, type_name)?;
        let request = wire_types::ReadData {
            type_name: type_name.to_owned(),
            config: self.encode(&config, &ty)?,
            provider_meta: meta.clone(),
            client_capabilities: capabilities(),
        };
        let answer: wire_types::DataRead =
            process.call(READ_DATA, request).await.map_err(|e| e.required(process, READ_DATA))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        self.not_deferred(answer.deferred)?;
        Ok(self.decode(answer.state, &ty)?)
    }

    async fn open(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Opened, Diagnostics> {
        let process = process(client)?;
        let ty = self.type_of(&self.schema.ephemeral, type_name)?;
        let request = wire_types::Open {
            type_name: type_name.to_owned(),
            config: self.encode(&config, &ty)?,
            client_capabilities: capabilities(),
        };
        let answer: wire_types::OpenDone =
            process.call(OPEN, request).await.map_err(|e| e.required(process, OPEN))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        self.not_deferred(answer.deferred)?;
        let value = self.decode(answer.result, &ty)?;
        let private = answer.private.unwrap_or_default().into();
        Ok(Opened { value, renewal: Renewal { private, renew_after: due(answer.renew_at) } })
    }

    async fn renew(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        private: &Private,
    ) -> Result<Renewal, Diagnostics> {
        let process = process(client)?;
        let request = wire_types::Opened { type_name: type_name.to_owned(), private: Some(private.to_vec()) };
        let answer: wire_types::Renewed =
            process.call(RENEW, request).await.map_err(|e| e.required(process, RENEW))?;
        let problems = wire::diagnostics(answer.diagnostics);
        if problems.has_errors() {
            return Err(problems);
        }
        let private = answer.private.map_or_else(|| private.clone(), Into::into);
        Ok(Renewal { private, renew_after: due(answer.renew_at) })
    }

    async fn close(&self, client: &Arc<dyn Client>, type_name: &str, private: &Private) -> Diagnostics {
        let process = match process(client) {
            Ok(process) => process,
            Err(problem) => return problem.into(),
        };
        let request = wire_types::Opened { type_name: type_name.to_owned(), private: Some(private.to_vec()) };
        match process.call::<_, wire_types::Validated>(CLOSE, request).await {
            Ok(answer) => wire::diagnostics(answer.diagnostics),
            Err(error) => error.required(process, CLOSE).into(),
        }
    }
}
