//! What the providers of clouds' credentials see of the surroundings of a fetcher.

use super::Fetcher;
use reqsign_core::Context;

/// The surroundings of a fetcher.
pub(super) fn context(fetcher: &Fetcher<'_>) -> Context {
    let surroundings = fetcher.surroundings;
    let variables = surroundings.variables.clone().into_iter().collect();
    terrane_credentials::surroundings(surroundings.in_home(""), variables, fetcher.http.client())
}
