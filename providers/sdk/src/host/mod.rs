//! A provider made of typed resources, as the engine sees it.

mod lost_answers;
mod table;

pub(crate) use table::described;

use crate::data_source::AnyDataSource;
use crate::plan::{Change, plan, with_defaults};
use crate::reconcile::reconcile;
use crate::unset::{without_chosen, without_empty};
use crate::validation::validate;
use crate::{ApplyContext, Error, PlanContext, ProviderDefinition, TypeKind};
use async_trait::async_trait;
use lost_answers::LostAnswers;
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use table::{DataSourceEntry, EphemeralEntry, ResourceEntry};
use terrane_diagnostics::Diagnostics;
use terrane_provider::{
    Account, ApplyRequest, ApplyResponse, Client, HistoryEvent, HistoryQuery, ImportKey, ImportedObject,
    ListRequest, ListedObject, Opened, PlanRequest, PlanResponse, Private, Provider, ProviderSchema,
    ReadObject, ReadResponse, Renewal, Scope, Traffic, Unserved, UpgradeRequest, no_identities, query_among,
    upgrade_by_schema,
};
use terrane_schema::Schema;
use terrane_value::{Path, Value};

fn took_too_long(type_name: &str, limit: Duration) -> Error {
    let detail = format!(
        "Reading {type_name} took longer than {} s, which is what the timeouts of its block allow.",
        limit.as_secs_f64()
    );
    Error::new("Data source took too long to read", detail)
}

/// Kept with an object between its import and its first read, when nothing in it says yet how
/// unset values were written.
const IMPORTED: &[u8] = br#"{"imported":true}"#;

/// Serves a [`ProviderDefinition`] through the [`Provider`] trait.
pub struct NativeProvider<D: ProviderDefinition> {
    definition: D,
    /// Made when somebody asks: most runs need few of the providers that there are.
    tables: OnceLock<Tables<D>>,
}

/// What a provider has, by name.
struct Tables<D: ProviderDefinition> {
    configuration: crate::BlockSpec,
    resources: BTreeMap<&'static str, ResourceEntry<D::Client>>,
    data_sources: BTreeMap<&'static str, DataSourceEntry<D::Client>>,
    ephemeral: BTreeMap<&'static str, EphemeralEntry<D::Client>>,
    schema: Arc<ProviderSchema>,
}

struct Handle<C> {
    client: Arc<C>,
    identity: String,
}

impl<C: Send + Sync + 'static> Client for Handle<C> {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn identity(&self) -> String {
        self.identity.clone()
    }
}

impl<D: ProviderDefinition> Tables<D> {
    fn of(definition: &D) -> Tables<D> {
        let configuration = definition.configuration();
        let resources = table::resources(definition);
        let data_sources = table::data_sources(definition);
        let ephemeral = table::ephemeral_resources(definition);
        let (known_resources, known_data) = definition.known_types();
        let unserved = Unserved {
            resources: known_resources
                .into_iter()
                .filter(|n| !resources.contains_key(n))
                .map(Arc::from)
                .collect(),
            data_sources: known_data
                .into_iter()
                .filter(|n| !data_sources.contains_key(n))
                .map(Arc::from)
                .collect(),
            and_others: definition.has_other_types(),
        };
        let schema = ProviderSchema {
            provider: Schema { version: 0, block: configuration.to_schema() },
            meta: definition.meta().map(|meta| Schema { version: 0, block: meta.to_schema() }),
            resources: resources
                .iter()
                .map(|(name, e)| {
                    (
                        Arc::from(*name),
                        Arc::new(Schema { version: e.options.version, block: e.spec.to_schema() }),
                    )
                })
                .collect(),
            identities: definition.identities().into_iter().map(|(name, s)| (Arc::from(name), s)).collect(),
            data_sources: data_sources
                .iter()
                .map(|(name, e)| {
                    (Arc::from(*name), Arc::new(Schema { version: 0, block: e.spec.to_schema() }))
                })
                .collect(),
            lists: (resources.keys())
                .filter_map(|name| Some((name, definition.list_arguments(name)?.to_schema())))
                .map(|(name, block)| (Arc::from(*name), Arc::new(Schema { version: 0, block })))
                .collect(),
            parts: (resources.iter().filter(|(_, entry)| entry.resource.is_part()))
                .map(|(name, _)| Arc::from(*name))
                .collect(),
            ephemeral: ephemeral
                .iter()
                .map(|(name, e)| {
                    (Arc::from(*name), Arc::new(Schema { version: 0, block: e.spec.to_schema() }))
                })
                .collect(),
            functions: definition.functions().into_iter().map(|(name, f)| (Arc::from(name), f)).collect(),
            unserved,
            access: definition.access(),
        };
        let schema = Arc::new(schema);
        Tables { configuration, resources, data_sources, ephemeral, schema }
    }
}

impl<D: ProviderDefinition> NativeProvider<D> {
    /// The provider that `definition` defines.
    pub fn new(definition: D) -> NativeProvider<D> {
        NativeProvider { definition, tables: OnceLock::new() }
    }

    fn tables(&self) -> &Tables<D> {
        self.tables.get_or_init(|| Tables::of(&self.definition))
    }

    /// What the provider is made of.
    pub fn definition(&self) -> &D {
        &self.definition
    }

    /// A handle of `client`, as [`Provider::configure`] returns it; for clients made otherwise.
    pub fn handle(&self, client: Arc<D::Client>) -> Arc<dyn Client> {
        let identity = self.definition.identity(&client);
        Arc::new(Handle { client, identity })
    }

    fn resource(&self, type_name: &str) -> Result<&ResourceEntry<D::Client>, Error> {
        self.tables().resources.get(type_name).ok_or_else(|| unknown_type("resource type", type_name))
    }

    fn data_source(&self, type_name: &str) -> Result<&DataSourceEntry<D::Client>, Error> {
        self.tables().data_sources.get(type_name).ok_or_else(|| unknown_type("data source", type_name))
    }

    fn ephemeral(&self, type_name: &str) -> Result<&EphemeralEntry<D::Client>, Error> {
        self.tables()
            .ephemeral
            .get(type_name)
            .ok_or_else(|| unknown_type("ephemeral resource type", type_name))
    }

    fn base_client<'a>(&self, client: &'a Arc<dyn Client>) -> Result<&'a Arc<D::Client>, Error> {
        let handle = client.as_any().downcast_ref::<Handle<D::Client>>();
        handle
            .map(|h| &h.client)
            .ok_or_else(|| Error::new("Wrong client", "The client was configured by another provider."))
    }

    fn client_of(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        object: &Value,
    ) -> Result<Arc<D::Client>, Error> {
        self.definition.client(type_name, self.base_client(client)?, object)
    }

    /// All objects of a type that the client sees where `at` says.
    async fn listed(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        at: &Value,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        let entry = self.resource(type_name)?;
        let client = self.client_of(client, type_name, at)?;
        let found = match entry.resource.list(&client).await {
            Err(error) if self.definition.has_no_service(&error) => Some(Vec::new()),
            found => found?,
        };
        let Some(found) = found else { return Ok(None) };
        let imported = |object| ImportedObject {
            type_name: type_name.to_owned(),
            state: self.answer(entry, &client, &Value::NULL, object, false),
            private: Private::from(IMPORTED),
        };
        Ok(Some(found.into_iter().map(imported).collect()))
    }

    /// What a resource answered, as the engine shall see it.
    fn answer(
        &self,
        entry: &ResourceEntry<D::Client>,
        client: &D::Client,
        before: &Value,
        object: Value,
        known_before: bool,
    ) -> Value {
        let object =
            self.definition.encode(TypeKind::Resource, entry.resource.name(), client, before, object);
        reconcile(&entry.spec, before, &object, known_before)
    }

    fn decoded(&self, entry: &ResourceEntry<D::Client>, client: &D::Client, object: &Value) -> Value {
        let object = without_empty(&entry.spec, object).into_owned();
        self.definition.decode(TypeKind::Resource, entry.resource.name(), client, object)
    }

    async fn read_group(
        &self,
        entry: &ResourceEntry<D::Client>,
        client: &D::Client,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let states = objects.iter().map(|o| self.decoded(entry, client, &o.state)).collect();
        let answers = entry.resource.read(client, states).await;
        let with_private = |(object, answer): (ReadObject, Result<Option<Value>, Error>)| {
            let Some(state) = answer? else { return Ok(None) };
            let imported = *object.private == *IMPORTED;
            let state = self.answer(entry, client, &object.state, state, !imported);
            let private = if imported { Private::from([]) } else { object.private };
            Ok(Some(ReadResponse { state, private }))
        };
        objects.into_iter().zip(answers).map(with_private).collect()
    }

    async fn change(
        &self,
        client: &Arc<dyn Client>,
        request: &ApplyRequest,
    ) -> Result<Value, (Error, Value)> {
        let nothing = |error| (error, request.prior.clone());
        let entry = self.resource(&request.type_name).map_err(nothing)?;
        let (operation, object) = match (request.prior.is_null(), request.planned.is_null()) {
            (_, true) => ("delete", &request.prior),
            (true, false) => ("create", &request.planned),
            (false, false) => ("update", &request.planned),
        };
        let client = self.client_of(client, &request.type_name, object).map_err(nothing)?;
        let mut cx = ApplyContext {
            token: request.token.clone(),
            write_only_changed: request.write_only_changed.clone(),
            repeated: request.repeated,
            timeout: entry.options.timeouts.of(operation, object),
            config: request.config.clone(),
        };
        let prior = self.decoded(entry, &client, &request.prior);
        let planned = self.decoded(entry, &client, &request.planned);
        let mut lost = LostAnswers::default();
        let result = loop {
            let result = match operation {
                "delete" => {
                    let deleted = entry.resource.delete(&client, &prior, &cx).await;
                    return deleted.map(|()| request.planned.clone()).map_err(nothing);
                }
                "create" => entry.resource.create(&client, &planned, &cx).await,
                _ => entry.resource.update(&client, &prior, &planned, &cx).await,
            };
            match result {
                Err((error, _)) if error.outcome_unknown && lost.pause().await => cx.repeated = true,
                Err((error, object)) => break Err((lost.mark(error), object)),
                Ok(object) => break Ok(object),
            }
        };
        let answer = |object| self.answer(entry, &client, &request.planned, object, true);
        result
            .map(answer)
            .map_err(|(error, object)| (error, object.map_or_else(|| request.prior.clone(), answer)))
    }
}

fn unknown_type(kind: &str, name: &str) -> Error {
    Error::new(format!("Unknown {kind}"), format!("The provider has no {kind} {name:?}."))
}

#[async_trait]
impl<D: ProviderDefinition> Provider for NativeProvider<D> {
    fn schema(&self) -> Arc<ProviderSchema> {
        self.tables().schema.clone()
    }

    fn api(&self, type_name: &str) -> Arc<str> {
        self.tables().resources.get(type_name).map_or("", |entry| entry.api).into()
    }

    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let mut diagnostics = Diagnostics::new();
        validate(&self.tables().configuration, &Path::root(), config, &mut diagnostics);
        self.definition.validate(config, &mut diagnostics);
        diagnostics
    }

    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        let entry = match self.resource(type_name) {
            Ok(entry) => entry,
            Err(error) => return error.into(),
        };
        let mut diagnostics = Diagnostics::new();
        let config = &without_empty(&entry.spec, config);
        validate(&entry.spec, &Path::root(), config, &mut diagnostics);
        entry.resource.validate(config, &mut diagnostics);
        diagnostics
    }

    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        let entry = match self.data_source(type_name) {
            Ok(entry) => entry,
            Err(error) => return error.into(),
        };
        let mut diagnostics = Diagnostics::new();
        let config = &without_empty(&entry.spec, config);
        validate(&entry.spec, &Path::root(), config, &mut diagnostics);
        entry.data_source.validate(config, &mut diagnostics);
        diagnostics
    }

    async fn configure(&self, config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        Ok(self.handle(self.definition.configure(config).await?))
    }

    async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        let entry = self.resource(&request.type_name)?;
        let mut request = request;
        if request.version < entry.options.version {
            request.json = entry.resource.upgrade(request.version, request.json)?;
        }
        upgrade_by_schema(&self.tables().schema, &request)
    }

    async fn read(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        let entry = match self.resource(type_name) {
            Ok(entry) => entry,
            Err(error) => return objects.iter().map(|_| Err(error.clone().into())).collect(),
        };
        let count = objects.len();
        let mut answers: Vec<Option<Result<Option<ReadResponse>, Diagnostics>>> = vec![None; count];
        let mut groups: Vec<(Arc<D::Client>, Vec<usize>, Vec<ReadObject>)> = Vec::new();
        for (i, object) in objects.into_iter().enumerate() {
            let client = match self.client_of(client, type_name, &object.state) {
                Ok(client) => client,
                Err(error) => {
                    answers[i] = Some(Err(error.into()));
                    continue;
                }
            };
            match groups.iter_mut().find(|(c, ..)| Arc::ptr_eq(c, &client)) {
                Some((_, indexes, objects)) => {
                    indexes.push(i);
                    objects.push(object);
                }
                None => groups.push((client, vec![i], vec![object])),
            }
        }
        for (client, indexes, objects) in groups {
            let group = self.read_group(entry, &client, objects).await;
            indexes.into_iter().zip(group).for_each(|(i, answer)| answers[i] = Some(answer));
        }
        let missing = || Err(Error::new("Incomplete answer", "The object was not read.").into());
        answers.into_iter().map(|answer| answer.unwrap_or_else(missing)).collect()
    }

    async fn plan(&self, client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse {
        let object = if request.config.is_null() { &request.prior } else { &request.config };
        let found = self
            .resource(&request.type_name)
            .and_then(|entry| Ok((entry, self.client_of(client, &request.type_name, object)?)));
        let (entry, client) = match found {
            Ok(found) => found,
            Err(error) => {
                return PlanResponse {
                    planned: request.proposed,
                    requires_replace: Vec::new(),
                    private: request.private,
                    legacy_types: true,
                    diagnostics: error.into(),
                };
            }
        };
        let mut planned = {
            let custom = |cx: &mut PlanContext<'_, D::Client>| {
                entry.resource.plan(cx);
                self.definition.plan(cx);
            };
            plan(&Change {
                type_name: entry.resource.name(),
                spec: &entry.spec,
                client: &*client,
                custom: &custom,
                prior: &request.prior,
                config: &without_chosen(&entry.spec, &request.config),
            })
        };
        if !planned.planned.is_null() && planned.planned != request.prior {
            let object = self.decoded(entry, &client, &planned.planned);
            planned.diagnostics.append(entry.resource.foresee(&client, &request.prior, &object).await);
        }
        PlanResponse {
            planned: planned.planned,
            requires_replace: planned.replace,
            private: request.private,
            legacy_types: true,
            diagnostics: planned.diagnostics,
        }
    }

    async fn apply(&self, client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse {
        let (state, diagnostics) = match self.change(client, &request).await {
            Ok(state) => (state, Diagnostics::new()),
            Err((error, state)) => (state, error.into()),
        };
        ApplyResponse { state, private: request.private, legacy_types: true, diagnostics }
    }

    fn compares_write_only(&self) -> bool {
        true
    }

    fn traffic(&self) -> Vec<Traffic> {
        self.definition.traffic()
    }

    async fn settled(&self, client: &Arc<dyn Client>, type_name: &str, object: &Value) {
        let Ok(entry) = self.resource(type_name) else { return };
        let Ok(client) = self.client_of(client, type_name, object) else { return };
        entry.resource.settled(&client, &self.decoded(entry, &client, object)).await;
    }

    async fn import(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        self.base_client(client)?;
        let entry = self.resource(type_name)?;
        let (id, all) = self.definition.import(type_name, id)?;
        let mut state = self
            .tables()
            .schema
            .resources
            .get(type_name)
            .map(|s| s.block.empty_value())
            .unwrap_or(Value::NULL);
        if self.definition.imports_defaults() {
            for (name, attribute) in &entry.spec.attributes {
                state = attribute
                    .default
                    .iter()
                    .fold(state, |state, value| state.with_attribute(name, value.clone()));
            }
        }
        for (name, value) in entry.resource.import(&id)?.into_iter().chain(all) {
            state = state.with_attribute(name, value);
        }
        Ok(vec![ImportedObject { type_name: type_name.to_owned(), state, private: Private::from(IMPORTED) }])
    }

    async fn import_by_identity(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        identity: &Value,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        if !self.tables().schema.identities.contains_key(type_name) {
            return Err(no_identities(type_name).into());
        }
        let id = self.definition.import_id(self.base_client(client)?, type_name, identity).await?;
        self.import(client, type_name, &id).await
    }

    async fn read_data(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics> {
        let entry = self.data_source(type_name)?;
        let source: &dyn AnyDataSource<D::Client> = &*entry.data_source;
        let client = self.client_of(client, type_name, &config)?;
        let config = with_defaults(&entry.spec, &without_empty(&entry.spec, &config));
        let kind = TypeKind::DataSource;
        let decoded = self.definition.decode(kind, type_name, &client, config.clone());
        let limit = crate::apply::read_limit(&config);
        let read = source.read(&client, &decoded);
        let read = match limit {
            Some(limit) => {
                tokio::time::timeout(limit, read).await.map_err(|_| took_too_long(type_name, limit))?
            }
            None => read.await,
        }?;
        let read = self.definition.encode(kind, type_name, &client, &config, read);
        Ok(reconcile(&entry.spec, &config, &read, false))
    }

    fn validate_ephemeral(&self, type_name: &str, config: &Value) -> Diagnostics {
        let entry = match self.ephemeral(type_name) {
            Ok(entry) => entry,
            Err(error) => return error.into(),
        };
        let mut diagnostics = Diagnostics::new();
        validate(&entry.spec, &Path::root(), config, &mut diagnostics);
        entry.ephemeral.validate(config, &mut diagnostics);
        diagnostics
    }

    async fn open(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Opened, Diagnostics> {
        let entry = self.ephemeral(type_name)?;
        let config = with_defaults(&entry.spec, &config);
        let (opened, renewal) = entry.ephemeral.open(self.base_client(client)?, &config).await?;
        Ok(Opened { value: reconcile(&entry.spec, &config, &opened, false), renewal })
    }

    async fn renew(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        private: &Private,
    ) -> Result<Renewal, Diagnostics> {
        let entry = self.ephemeral(type_name)?;
        Ok(entry.ephemeral.renew(self.base_client(client)?, private).await?)
    }

    async fn close(&self, client: &Arc<dyn Client>, type_name: &str, private: &Private) -> Diagnostics {
        let closed = async {
            let entry = self.ephemeral(type_name)?;
            entry.ephemeral.close(self.base_client(client)?, private).await
        };
        closed.await.err().map(Diagnostics::from).unwrap_or_default()
    }

    async fn list(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        self.listed(client, type_name, &Value::NULL).await
    }

    async fn query(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        let (type_name, at) = (request.type_name.clone(), request.config.clone());
        let Some(found) = self.listed(client, &type_name, &at).await? else { return Ok(None) };
        let mut listed = query_among(self, client, request, found).await?;
        for object in &mut listed {
            if let Some(ImportKey::Id(id)) = &mut object.key {
                *id = self.definition.found_at(&type_name, self.base_client(client)?, &at, id).into();
            }
        }
        Ok(Some(listed))
    }

    fn import_id(&self, type_name: &str, object: &Value) -> Option<String> {
        self.resource(type_name).ok()?.resource.import_id(object)
    }

    async fn scope(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        object: Option<&Value>,
    ) -> Result<Scope, Diagnostics> {
        let client = self.client_of(client, type_name, object.unwrap_or(&Value::NULL))?;
        Ok(self.definition.scope(&client, type_name, object).await?)
    }

    async fn history(
        &self,
        client: &Arc<dyn Client>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Diagnostics> {
        let client = self.client_of(client, &query.type_name, &query.object)?;
        Ok(self.definition.history(&client, query).await?)
    }

    async fn accounts(
        &self,
        client: &Arc<dyn Client>,
        config: &Value,
        organization: &str,
    ) -> Result<Option<Vec<Account>>, Diagnostics> {
        Ok(self.definition.accounts(self.base_client(client)?, config, organization).await?)
    }
}
