//! What the engine asks of a provider, native or plugin: one trait, whose unit is the batch and
//! whose credentials are an argument.
//!
//! Only schemas and values cross this boundary. Values are never marked here: the engine takes
//! marks off before a request and puts them back after the answer. Nothing here knows a cloud
//! or a wire protocol.

mod access;
mod discovery;
mod function;
mod host;
mod identity;
mod listing;
mod private;
mod read_only;
mod requests;
mod token;

pub use access::{Access, AccessObject, Given, Grant};
pub use discovery::{Account, HistoryEvent, HistoryQuery, Scope};
pub use function::{Function, FunctionCall, FunctionError, Parameter};
pub use host::{MockProvider, Providers, Schemas, upgrade_by_schema, value_by_schema};
pub use identity::{Identity, IdentityAttribute, IdentitySchema, ImportKey};
pub use listing::{ListRequest, ListedObject, query_among, query_by_list};
pub use private::Private;
pub use read_only::ReadOnly;
pub use requests::{
    ApplyRequest, ApplyResponse, ImportedObject, MoveRequest, Opened, PlanRequest, PlanResponse, ReadObject,
    ReadResponse, Renewal, Traffic, UpgradeRequest,
};
pub use token::OperationToken;

use async_trait::async_trait;
use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use terrane_address::Mode;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_schema::Schema;
use terrane_value::Value;

/// Everything a provider offers, by name. Built once and shared.
#[derive(Debug, Default)]
pub struct ProviderSchema {
    /// The provider's own configuration.
    pub provider: Schema,
    /// What a `provider_meta` block of a module can say, where there may be one.
    pub meta: Option<Schema>,
    /// Managed resource types.
    pub resources: BTreeMap<Arc<str>, Arc<Schema>>,
    /// What identities of managed resource types look like, of those that have some.
    pub identities: BTreeMap<Arc<str>, IdentitySchema>,
    /// Data sources.
    pub data_sources: BTreeMap<Arc<str>, Arc<Schema>>,
    /// Ephemeral resource types.
    pub ephemeral: BTreeMap<Arc<str>, Arc<Schema>>,
    /// What a listing of a managed resource type can be told, of providers that say which types can be listed.
    pub lists: BTreeMap<Arc<str>, Arc<Schema>>,
    /// Managed resource types whose objects are parts of others, or tie two together, so that an object of another type may
    /// manage the same one: nobody can say of one that no state has whether anything manages it.
    pub parts: BTreeSet<Arc<str>>,
    /// Functions.
    pub functions: BTreeMap<Arc<str>, Function>,
    /// Types that the provider of this name is known to have, and this one has not.
    pub unserved: Unserved,
    /// What it can tell of access that its objects give, of native providers.
    pub access: Option<Access>,
}

/// Types that are known by name only: other implementations of a provider serve them. A configuration
/// may declare them as long as it wants no instance of them.
#[derive(Debug, Default)]
pub struct Unserved {
    /// Managed resource types.
    pub resources: BTreeSet<Arc<str>>,
    /// Data sources.
    pub data_sources: BTreeSet<Arc<str>>,
    /// Whether there are others besides these.
    pub and_others: bool,
}

impl Unserved {
    /// Whether a type is one of them.
    pub fn contains(&self, mode: Mode, type_name: &str) -> bool {
        match mode {
            Mode::Managed => self.resources.contains(type_name),
            Mode::Data => self.data_sources.contains(type_name),
            Mode::Ephemeral => false,
        }
    }
}

/// A configured connection: one account and region under one set of credentials. Cheap to make
/// and shared; hundreds can live in one process.
pub trait Client: Any + Send + Sync {
    /// For the provider to get its own type back.
    fn as_any(&self) -> &dyn Any;

    /// Who and where this client is, for messages and grouping: `account 123456789012, region
    /// eu-west-1`. Empty when there is nothing to say.
    fn identity(&self) -> String {
        String::new()
    }
}

/// A provider. All methods may be called concurrently.
#[async_trait]
pub trait Provider: Send + Sync {
    /// What the provider offers.
    fn schema(&self) -> Arc<ProviderSchema>;

    /// Checks a provider configuration, which may contain unknown values. No I/O.
    fn validate_provider(&self, config: &Value) -> Diagnostics {
        let _ = config;
        Diagnostics::new()
    }

    /// Checks the configuration of a resource type, which may contain unknown values. No I/O.
    fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        let _ = (type_name, config);
        Diagnostics::new()
    }

    /// Checks the configuration of a data source, which may contain unknown values. No I/O.
    fn validate_data_source(&self, type_name: &str, config: &Value) -> Diagnostics {
        let _ = (type_name, config);
        Diagnostics::new()
    }

    /// Makes a client from a configuration of the provider schema's type. Values that are not
    /// known yet are unknown; a client that cannot do without them says so when it is used.
    async fn configure(&self, config: &Value) -> Result<Arc<dyn Client>, Diagnostics>;

    /// The client for requests that are made for a module which has said `meta` of itself in a `provider_meta` block: an object of
    /// the type of [`ProviderSchema::meta`], or null. A provider that has no use for it gives `client` back.
    fn for_module(&self, client: Arc<dyn Client>, meta: Value) -> Arc<dyn Client> {
        let _ = meta;
        client
    }

    /// Brings an object that an older version of the provider stored to the present schema. The
    /// default reads the stored JSON as the present schema's type.
    async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        host::upgrade_by_schema(&self.schema(), &request)
    }

    /// Makes an object of [`MoveRequest::type_name`] of one that had another type, where a `moved` block
    /// says that it is the same one. `None` when this provider cannot make such a move.
    async fn move_state(&self, request: MoveRequest) -> Result<Option<ReadResponse>, Diagnostics> {
        let _ = request;
        Ok(None)
    }

    /// Reads objects of one type as they are now, in the order given: one answer for each. An
    /// object that no longer exists is `None`. One object's failure does not fail the others.
    async fn read(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>>;

    /// Says what creating, updating or deleting an object would make of it. The engine does not
    /// ask for deletions unless the provider wants it ([`Provider::plans_deletions`]); config and proposed
    /// object are then null.
    async fn plan(&self, client: &Arc<dyn Client>, request: PlanRequest) -> PlanResponse;

    /// Whether deletions are planned as well: the provider may refuse them, warn, or keep something for when
    /// they are applied.
    fn plans_deletions(&self) -> bool {
        false
    }

    /// Creates, updates or deletes one object, as planned. When the call fails half way, the
    /// response carries both the object as far as it exists and the errors.
    async fn apply(&self, client: &Arc<dyn Client>, request: ApplyRequest) -> ApplyResponse;

    /// Says that a creation is recorded for good and will not be repeated: what was left with
    /// `object` to find it again by its operation token can go. Called once after each successful
    /// creation, unless the program dies before. What goes wrong here changes nothing.
    async fn settled(&self, client: &Arc<dyn Client>, type_name: &str, object: &Value) {
        let _ = (client, type_name, object);
    }

    /// Finds existing objects by import id. Only what identifies them needs to be set: the
    /// engine reads them afterwards.
    async fn import(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        id: &str,
    ) -> Result<Vec<ImportedObject>, Diagnostics>;

    /// Finds an existing object by its identity, an object of the type of the type's
    /// [`IdentitySchema`] in which attributes that are not required may be null. As
    /// [`Provider::import`] otherwise.
    async fn import_by_identity(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        identity: &Value,
    ) -> Result<Vec<ImportedObject>, Diagnostics> {
        let _ = (client, identity);
        Err(no_identities(type_name).into())
    }

    /// Reads a data source with a wholly known configuration.
    async fn read_data(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Value, Diagnostics>;

    /// Lists all objects of a resource type that the client can see, in the form that import
    /// gives, for the discovery of unmanaged objects. `None` when the type cannot be listed.
    async fn list(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        let _ = (client, type_name);
        Ok(None)
    }

    /// Checks what a listing of a type is told, which may contain unknown values. No I/O.
    fn validate_list(&self, type_name: &str, config: &Value) -> Diagnostics {
        let _ = (type_name, config);
        Diagnostics::new()
    }

    /// Lists objects of a resource type as a query asks for them. `None` when the type cannot be listed. The
    /// default takes them from [`Provider::list`], and can be told nothing.
    async fn query(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        listing::query_by_list(self, client, request).await
    }

    /// The import id of an object, where its attribute `id` is not one. No I/O.
    fn import_id(&self, type_name: &str, object: &Value) -> Option<String> {
        let _ = (type_name, object);
        None
    }

    /// Where an object of a type is, or, without one, what [`Provider::list`] sees of the type with
    /// this client. Objects of one type in one scope are told apart by their import ids.
    async fn scope(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        object: Option<&Value>,
    ) -> Result<Scope, Diagnostics> {
        let _ = (type_name, object);
        Ok(Scope { account: client.identity().into(), region: Arc::from("") })
    }

    /// The calls that changed an object, newest first, as the cloud's audit log has them. `None`
    /// when there is no log to ask.
    async fn history(
        &self,
        client: &Arc<dyn Client>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Diagnostics> {
        let _ = (client, query);
        Ok(None)
    }

    /// All accounts of an organisation, each with a provider configuration, made from the client's own, that
    /// reaches it. `organization` says in the provider's way which accounts or how to reach them: the name of a role,
    /// a folder. `None` when the provider cannot mean that, or knows no organisations.
    async fn accounts(
        &self,
        client: &Arc<dyn Client>,
        config: &Value,
        organization: &str,
    ) -> Result<Option<Vec<Account>>, Diagnostics> {
        let _ = (client, config, organization);
        Ok(None)
    }

    /// Checks the configuration of an ephemeral resource type, which may contain unknown values.
    /// No I/O.
    fn validate_ephemeral(&self, type_name: &str, config: &Value) -> Diagnostics {
        let _ = (type_name, config);
        Diagnostics::new()
    }

    /// Opens an ephemeral resource with a wholly known configuration: what it gives, a token or a
    /// tunnel, is good until it is closed. The engine never stores any of it.
    async fn open(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        config: Value,
    ) -> Result<Opened, Diagnostics> {
        let _ = (client, config);
        Err(Diagnostic::error(
            "Ephemeral resources are not supported",
            format!("The provider does not support ephemeral resources, and so not {type_name}."),
        )
        .into())
    }

    /// Keeps an ephemeral resource open that is still needed when [`Renewal::renew_after`] is over.
    async fn renew(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        private: &Private,
    ) -> Result<Renewal, Diagnostics> {
        let _ = (client, type_name);
        Ok(Renewal { private: private.clone(), renew_after: None })
    }

    /// Closes an ephemeral resource that is not needed any more. Called once for each that was
    /// opened, also after errors, and also when a renewal failed.
    async fn close(&self, client: &Arc<dyn Client>, type_name: &str, private: &Private) -> Diagnostics {
        let _ = (client, type_name, private);
        Diagnostics::new()
    }

    /// Asks for what is under way to be brought to an end, since somebody waits for that. All calls still answer,
    /// and say what became of what they were to do. The default lets them go on to their end.
    async fn stop(&self) {}

    /// The API that serves a type, by any name: what is slow or overloaded together. The engine
    /// bounds how many operations are under way at one API of one provider configuration.
    fn api(&self, type_name: &str) -> Arc<str> {
        let _ = type_name;
        Arc::from("")
    }

    /// Whether an operation that is repeated under its token finds what the first attempt did
    /// ([`ApplyRequest::token`]). Where it does not, the engine asks people rather than make an
    /// object twice.
    fn knows_tokens(&self) -> bool {
        true
    }

    /// Whether an update that has no other reason than a changed write-only value has an effect:
    /// whether [`ApplyRequest::write_only_changed`] is looked at. Where it is not, the engine
    /// leaves it to arguments such as `password_wo_version` to say that a value has changed.
    fn compares_write_only(&self) -> bool {
        false
    }

    /// What the calls of all clients have cost so far, sorted. Empty when nobody counts.
    fn traffic(&self) -> Vec<Traffic> {
        Vec::new()
    }
}

/// That a type has no identities, so that its objects are imported by ids.
pub fn no_identities(type_name: &str) -> Diagnostic {
    Diagnostic::error(
        "Import by identity is not supported",
        format!("Objects of type {type_name} have no identity. Import them by \"id\"."),
    )
}
