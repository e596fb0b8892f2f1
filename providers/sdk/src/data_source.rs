//! Data sources: what a data source file implements, and its type-erased form.

use crate::spec::BlockSpec;
use crate::{Described, Error};
use async_trait::async_trait;
use std::marker::PhantomData;
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_value::Value;

/// A data source.
#[async_trait]
pub trait DataSource: Described + Send + Sync + 'static {
    /// The connection to the remote system.
    type Client: Send + Sync + 'static;

    /// Fills in what the configuration leaves to the remote system.
    async fn read(client: &Self::Client, config: Self) -> Result<Self, Error>;

    /// Checks that the schema cannot express, on a configuration that may have unknown values.
    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }
}

/// A data source as an entry of a provider's table.
pub struct DataSourceType<C>(pub(crate) Arc<dyn AnyDataSource<C>>);

impl<C: Send + Sync + 'static> DataSourceType<C> {
    /// The entry of `D`.
    pub fn of<D: DataSource<Client = C>>() -> DataSourceType<C> {
        DataSourceType(Arc::new(Typed::<D>(PhantomData)))
    }

    /// The name that users write.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

/// A [`DataSource`] on dynamic values.
#[async_trait]
pub(crate) trait AnyDataSource<C>: Send + Sync {
    fn name(&self) -> &'static str;
    fn spec(&self) -> BlockSpec;
    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics);
    async fn read(&self, client: &C, config: &Value) -> Result<Value, Error>;
}

struct Typed<D>(PhantomData<fn() -> D>);

#[async_trait]
impl<D: DataSource> AnyDataSource<D::Client> for Typed<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn spec(&self) -> BlockSpec {
        D::spec()
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        D::validate(config, diagnostics);
    }

    async fn read(&self, client: &D::Client, config: &Value) -> Result<Value, Error> {
        Ok(D::read(client, D::from_value(config)?).await?.to_value())
    }
}
