//! What is true for a whole provider: its configuration, its tables of types, and what all
//! types have in common.

use crate::plan::PlanContext;
use crate::spec::BlockSpec;
use crate::{Attributes, DataSourceType, EphemeralType, Error, ResourceType};
use async_trait::async_trait;
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_provider::{
    Access, Account, Function, HistoryEvent, HistoryQuery, IdentitySchema, Scope, Traffic,
};
use terrane_value::Value;

/// Managed resource type or data source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TypeKind {
    /// A managed resource type.
    Resource,
    /// A data source.
    DataSource,
}

/// A provider, for [`NativeProvider`](crate::NativeProvider) to serve.
///
/// What all types have in common (a `region` attribute, default tags) is here and not in the
/// types: [`extend`](Self::extend) adds attributes and rules to their schemas,
/// [`plan`](Self::plan) takes part in each plan, [`client`](Self::client) chooses the
/// connection for an object, and [`decode`](Self::decode) and [`encode`](Self::encode)
/// translate between objects as the engine has them and as the resource's struct has them.
/// Attributes that the struct does not have keep their planned or stored value.
#[async_trait]
pub trait ProviderDefinition: Send + Sync + 'static {
    /// A connection: one account and region under one set of credentials.
    type Client: Send + Sync + 'static;

    /// The provider's own configuration.
    fn configuration(&self) -> BlockSpec;

    /// What modules may say of themselves in `provider_meta` blocks, which is checked, and of no other use.
    fn meta(&self) -> Option<BlockSpec> {
        None
    }

    /// Its resource types: `resources![...]`.
    fn resources(&self) -> Vec<ResourceType<Self::Client>>;

    /// Its data sources: `data_sources![...]`.
    fn data_sources(&self) -> Vec<DataSourceType<Self::Client>>;

    /// Its ephemeral resource types: `ephemeral_resources![...]`.
    fn ephemeral_resources(&self) -> Vec<EphemeralType<Self::Client>> {
        Vec::new()
    }

    /// Names of all types of the provider that this one stands for, managed ones and data sources,
    /// whether they are served here or not.
    fn known_types(&self) -> (Vec<&'static str>, Vec<&'static str>) {
        (Vec::new(), Vec::new())
    }

    /// Whether that provider may have types that are not among the known ones.
    fn has_other_types(&self) -> bool {
        false
    }

    /// What can be told of the access that its objects give.
    fn access(&self) -> Option<Access> {
        None
    }

    /// Functions for configurations, by name.
    fn functions(&self) -> Vec<(&'static str, Function)> {
        Vec::new()
    }

    /// Checks a provider configuration beyond its schema; may contain unknown values.
    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Makes a connection. Values that are not known yet are unknown.
    async fn configure(&self, config: &Value) -> Result<Arc<Self::Client>, Diagnostics>;

    /// Who and where a connection is: `account 123456789012, region eu-west-1`.
    fn identity(&self, client: &Self::Client) -> String {
        let _ = client;
        String::new()
    }

    /// Adds to the schema of a type what all types have.
    fn extend(&self, kind: TypeKind, type_name: &str, spec: &mut BlockSpec) {
        let _ = (kind, type_name, spec);
    }

    /// The connection to use for `object`, which may be a configuration, a planned object or a
    /// stored one.
    fn client(
        &self,
        type_name: &str,
        client: &Arc<Self::Client>,
        object: &Value,
    ) -> Result<Arc<Self::Client>, Error> {
        let _ = (type_name, object);
        Ok(client.clone())
    }

    /// Takes part in planning, after the type's own custom diff.
    fn plan(&self, cx: &mut PlanContext<'_, Self::Client>) {
        let _ = cx;
    }

    /// `object` as the struct of its type shall see it.
    fn decode(&self, kind: TypeKind, type_name: &str, client: &Self::Client, object: Value) -> Value {
        let _ = (kind, type_name, client);
        object
    }

    /// `object`, which came from the struct of its type, as the engine shall see it. `before`
    /// is the object as it was planned (after create and update) or stored (after read).
    fn encode(
        &self,
        kind: TypeKind,
        type_name: &str,
        client: &Self::Client,
        before: &Value,
        object: Value,
    ) -> Value {
        let _ = (kind, type_name, client, before);
        object
    }

    /// What the calls of all clients have cost so far, sorted.
    fn traffic(&self) -> Vec<Traffic> {
        Vec::new()
    }

    /// Where `object` is, or, without one, what listing the type with this connection sees. `client`
    /// is the one that [`client`](Self::client) has chosen for the object.
    async fn scope(
        &self,
        client: &Self::Client,
        type_name: &str,
        object: Option<&Value>,
    ) -> Result<Scope, Error> {
        let _ = (type_name, object);
        Ok(Scope { account: self.identity(client).into(), region: Arc::from("") })
    }

    /// The calls that changed an object, newest first; `None` when there is no log to ask.
    async fn history(
        &self,
        client: &Arc<Self::Client>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Error> {
        let _ = (client, query);
        Ok(None)
    }

    /// All accounts of an organisation, reached by what `config` becomes; `organization` says in the provider's way
    /// which, or how. `None` when it cannot mean that.
    async fn accounts(
        &self,
        client: &Self::Client,
        config: &Value,
        organization: &str,
    ) -> Result<Option<Vec<Account>>, Error> {
        let _ = (client, config, organization);
        Ok(None)
    }

    /// Whether an error of a list says that the account does not use the service, and so has none of its objects.
    fn has_no_service(&self, error: &Error) -> bool {
        let _ = error;
        false
    }

    /// What identities of objects look like, of the types whose objects can be imported by one.
    fn identities(&self) -> Vec<(&'static str, IdentitySchema)> {
        Vec::new()
    }

    /// The import id of the object with an identity. By default it is the only attribute that the
    /// identity must have.
    async fn import_id(
        &self,
        client: &Arc<Self::Client>,
        type_name: &str,
        identity: &Value,
    ) -> Result<String, Error> {
        let _ = client;
        let schemas = self.identities();
        let schema = schemas.iter().find(|(name, _)| *name == type_name);
        let mut required = schema.iter().flat_map(|(_, s)| &s.attributes).filter(|(_, a)| a.required);
        let id = match (required.next(), required.next()) {
            (Some((name, _)), None) => identity.attribute(name),
            _ => None,
        };
        id.as_ref().and_then(|id| id.as_str()).map(str::to_owned).ok_or_else(|| {
            let detail = format!("Objects of type {type_name} cannot be imported by identity.");
            Error::new("Import by identity is not supported", detail)
        })
    }

    /// Whether an imported object has the defaults of its schema where the remote system does not say otherwise, so that what
    /// only configurations say is no difference to one that does not say it.
    fn imports_defaults(&self) -> bool {
        false
    }

    /// Splits from an import id what all types have in common (`@eu-west-1`): the id that the
    /// type understands, and attributes to set.
    fn import(&self, type_name: &str, id: &str) -> Result<(String, Attributes), Error> {
        let _ = type_name;
        Ok((id.to_owned(), Vec::new()))
    }

    /// The import id that [`import`](Self::import) splits, of an object that a query has found where `at` says. `id` is the one that
    /// the type understands.
    fn found_at(&self, type_name: &str, client: &Self::Client, at: &Value, id: &str) -> String {
        let _ = (type_name, client, at);
        id.to_owned()
    }

    /// What queries can tell the listing of a type: arguments by which [`client`](Self::client) chooses a connection. `None` of
    /// types that cannot be listed; a provider that always answers so does not say which types can be.
    fn list_arguments(&self, type_name: &str) -> Option<BlockSpec> {
        let _ = type_name;
        None
    }
}
