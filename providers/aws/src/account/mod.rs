//! What AWS knows of an account itself: whom it writes to, and which regions are open.

mod alternate_contact;
mod primary_contact;
mod primary_contact_data;
mod region;

pub use alternate_contact::AlternateContact;
pub use primary_contact::PrimaryContact;
pub use primary_contact_data::PrimaryContactData;
pub use region::AccountRegion;

use crate::Aws;
use crate::client::{ACCOUNT, Request};
use serde_json::{Map, Value as Json};
use terrane_sdk::{Auto, DataSourceType, Error, ResourceType, data_sources, resources};

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![AccountRegion, AlternateContact, PrimaryContact]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![PrimaryContactData]
}

/// Calls an operation: `name` is `GetAlternateContact`. The account is named only when it is another one:
/// the management account of an organization may not name itself.
async fn call(
    aws: &Aws,
    name: &str,
    account: Option<&str>,
    mut about: Map<String, Json>,
) -> Result<Json, Error> {
    if let Some(account) = account.filter(|a| !a.is_empty())
        && *aws.account().await? != *account
    {
        about.insert("AccountId".into(), account.into());
    }
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_lowercase());
    let path: String = std::iter::once('/').chain(first).chain(letters).collect();
    let operation = format!("account:{name}");
    let request =
        Request::new(&operation, "POST", path).body("application/json", Json::Object(about).to_string());
    let answer = aws.send(&ACCOUNT, request).await?;
    if answer.trim().is_empty() {
        return Ok(Json::Null);
    }
    serde_json::from_str(&answer).map_err(|_| {
        aws.here(Error::new("Unintelligible answer", "The answer is no JSON document.").operation(operation))
    })
}

/// Those of `pairs` that are set.
fn object<'a>(pairs: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> Map<String, Json> {
    let set = |(name, value): (&str, Option<&str>)| {
        Some((name.to_owned(), Json::from(value.filter(|v| !v.is_empty())?)))
    };
    pairs.into_iter().filter_map(set).collect()
}

/// The text at a path of an answer.
fn text(answer: &Json, path: &str) -> String {
    answer.pointer(path).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// A result in which what does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.has_code(&["ResourceNotFoundException"]) => Ok(None),
        other => other.map(Some),
    }
}

/// The account that a resource is about, when it is not the provider's own.
fn other(account: &Auto<String>) -> Option<&str> {
    account.as_deref().filter(|a| !a.is_empty())
}

/// The two parts of `account/rest`, or the rest alone.
fn split(id: &str) -> (&str, &str) {
    id.rsplit_once('/').unwrap_or(("", id))
}
