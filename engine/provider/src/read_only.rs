//! A provider of which only what reads can be called.

use crate::{
    Account, Client, HistoryEvent, HistoryQuery, ImportedObject, ListRequest, ListedObject, Provider,
    ProviderSchema, ReadObject, ReadResponse, Scope, UpgradeRequest,
};
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_value::Value;

/// A provider that cannot change anything: there is no way from it to what creates, updates or
/// deletes, so that whoever holds nothing else is read-only by its type.
///
/// ```compile_fail
/// # use terrane_provider::{ApplyRequest, Client, ReadOnly};
/// # use std::sync::Arc;
/// async fn change(provider: ReadOnly, client: Arc<dyn Client>, request: ApplyRequest) {
///     provider.apply(&client, request).await;
/// }
/// ```
///
/// ```
/// # use terrane_provider::{Client, ReadObject, ReadOnly};
/// # use std::sync::Arc;
/// async fn read(provider: ReadOnly, client: Arc<dyn Client>, objects: Vec<ReadObject>) {
///     provider.read(&client, "aws_vpc", objects).await;
/// }
/// ```
#[derive(Clone)]
pub struct ReadOnly(Arc<dyn Provider>);

impl ReadOnly {
    /// What of `provider` reads.
    pub fn new(provider: Arc<dyn Provider>) -> ReadOnly {
        ReadOnly(provider)
    }

    /// As [`Provider::schema`].
    pub fn schema(&self) -> Arc<ProviderSchema> {
        self.0.schema()
    }

    /// As [`Provider::validate_provider`].
    pub fn validate_provider(&self, config: &Value) -> Diagnostics {
        self.0.validate_provider(config)
    }

    /// As [`Provider::validate_resource`].
    pub fn validate_resource(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.0.validate_resource(type_name, config)
    }

    /// As [`Provider::configure`].
    pub async fn configure(&self, config: &Value) -> Result<Arc<dyn Client>, Diagnostics> {
        self.0.configure(config).await
    }

    /// As [`Provider::upgrade`].
    pub async fn upgrade(&self, request: UpgradeRequest) -> Result<Value, Diagnostics> {
        self.0.upgrade(request).await
    }

    /// As [`Provider::read`].
    pub async fn read(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        objects: Vec<ReadObject>,
    ) -> Vec<Result<Option<ReadResponse>, Diagnostics>> {
        self.0.read(client, type_name, objects).await
    }

    /// As [`Provider::list`].
    pub async fn list(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
    ) -> Result<Option<Vec<ImportedObject>>, Diagnostics> {
        self.0.list(client, type_name).await
    }

    /// As [`Provider::validate_list`].
    pub fn validate_list(&self, type_name: &str, config: &Value) -> Diagnostics {
        self.0.validate_list(type_name, config)
    }

    /// As [`Provider::query`].
    pub async fn query(
        &self,
        client: &Arc<dyn Client>,
        request: ListRequest,
    ) -> Result<Option<Vec<ListedObject>>, Diagnostics> {
        self.0.query(client, request).await
    }

    /// As [`Provider::import_id`].
    pub fn import_id(&self, type_name: &str, object: &Value) -> Option<String> {
        self.0.import_id(type_name, object)
    }

    /// As [`Provider::scope`].
    pub async fn scope(
        &self,
        client: &Arc<dyn Client>,
        type_name: &str,
        object: Option<&Value>,
    ) -> Result<Scope, Diagnostics> {
        self.0.scope(client, type_name, object).await
    }

    /// As [`Provider::history`].
    pub async fn history(
        &self,
        client: &Arc<dyn Client>,
        query: &HistoryQuery,
    ) -> Result<Option<Vec<HistoryEvent>>, Diagnostics> {
        self.0.history(client, query).await
    }

    /// As [`Provider::accounts`].
    pub async fn accounts(
        &self,
        client: &Arc<dyn Client>,
        config: &Value,
        organization: &str,
    ) -> Result<Option<Vec<Account>>, Diagnostics> {
        self.0.accounts(client, config, organization).await
    }
}
