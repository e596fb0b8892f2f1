//! The providers that are part of this program. The only place that knows them.

use crate::backend::RemoteStates;
use crate::context::Context;
use std::sync::Arc;
use terrane_provider::{Providers, Schemas};

/// All native providers by address.
pub(crate) fn native(context: &Context) -> Providers {
    let mut providers = Providers::default();
    let builtin = terrane_provider_builtin::Builtin::new(Arc::new(RemoteStates::new(context)));
    providers.insert(terrane_provider_builtin::ADDRESS, Arc::new(builtin));
    #[cfg(feature = "aws")]
    providers.insert(terrane_provider_aws::ADDRESS, terrane_provider_aws::provider());
    providers
}

/// The schemas of `providers`.
pub(crate) fn schemas(providers: &Providers) -> Schemas {
    let mut schemas = Schemas::default();
    for address in providers.addresses() {
        if let Some(provider) = providers.get(&address) {
            schemas.insert(address, provider.schema());
        }
    }
    schemas
}
