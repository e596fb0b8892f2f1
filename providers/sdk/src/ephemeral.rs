//! Ephemeral resources: what the file of one implements, and its type-erased form.

use crate::spec::BlockSpec;
use crate::{Described, Error};
use async_trait::async_trait;
use std::marker::PhantomData;
use std::sync::Arc;
use terrane_diagnostics::Diagnostics;
use terrane_provider::{Private, Renewal};
use terrane_value::Value;

/// An ephemeral resource: a struct that `#[derive(DataSource)]` describes, since its arguments and
/// results are like those of a data source.
#[async_trait]
pub trait Ephemeral: Described + Send + Sync + 'static {
    /// The connection to the remote system.
    type Client: Send + Sync + 'static;

    /// Opens it: fills in what the configuration leaves to the remote system, and says how it stays
    /// open.
    async fn open(client: &Self::Client, config: Self) -> Result<(Self, Renewal), Error>
    where
        Self: Sized;

    /// Keeps it open, with what opening or the last renewal left in [`Renewal::private`].
    async fn renew(client: &Self::Client, private: &Private) -> Result<Renewal, Error> {
        let _ = client;
        Ok(Renewal { private: private.clone(), renew_after: None })
    }

    /// Closes it.
    async fn close(client: &Self::Client, private: &Private) -> Result<(), Error> {
        let _ = (client, private);
        Ok(())
    }

    /// Checks that the schema cannot express, on a configuration that may have unknown values.
    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }
}

/// An ephemeral resource type as an entry of a provider's table.
pub struct EphemeralType<C>(pub(crate) Arc<dyn AnyEphemeral<C>>);

impl<C: Send + Sync + 'static> EphemeralType<C> {
    /// The entry of `E`.
    pub fn of<E: Ephemeral<Client = C>>() -> EphemeralType<C> {
        EphemeralType(Arc::new(Typed::<E>(PhantomData)))
    }

    /// The name that users write.
    pub fn name(&self) -> &'static str {
        self.0.name()
    }
}

/// An [`Ephemeral`] on dynamic values.
#[async_trait]
pub(crate) trait AnyEphemeral<C>: Send + Sync {
    fn name(&self) -> &'static str;
    fn spec(&self) -> BlockSpec;
    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics);
    async fn open(&self, client: &C, config: &Value) -> Result<(Value, Renewal), Error>;
    async fn renew(&self, client: &C, private: &Private) -> Result<Renewal, Error>;
    async fn close(&self, client: &C, private: &Private) -> Result<(), Error>;
}

struct Typed<E>(PhantomData<fn() -> E>);

#[async_trait]
impl<E: Ephemeral> AnyEphemeral<E::Client> for Typed<E> {
    fn name(&self) -> &'static str {
        E::NAME
    }

    fn spec(&self) -> BlockSpec {
        E::spec()
    }

    fn validate(&self, config: &Value, diagnostics: &mut Diagnostics) {
        E::validate(config, diagnostics);
    }

    async fn open(&self, client: &E::Client, config: &Value) -> Result<(Value, Renewal), Error> {
        let (opened, renewal) = E::open(client, E::from_value(config)?).await?;
        Ok((opened.to_value(), renewal))
    }

    async fn renew(&self, client: &E::Client, private: &Private) -> Result<Renewal, Error> {
        E::renew(client, private).await
    }

    async fn close(&self, client: &E::Client, private: &Private) -> Result<(), Error> {
        E::close(client, private).await
    }
}
