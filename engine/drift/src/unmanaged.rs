//! Objects that exist and that no state has: each type of each provider listed once in each scope.

use crate::attribute::ask;
use crate::managed::{Key, Managed, identity, text};
use crate::{AccountReport, Ignored, Kind, Limits, Rules, Scanned, Shard, Unmanaged, Window, glob};
use futures::future::join_all;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{Client, ReadOnly, Scope};
use terrane_value::Value;

/// Where to search: one client of one provider.
#[derive(Clone)]
pub struct Place {
    /// The provider.
    provider: ReadOnly,
    /// The client; none when it could not be made, and why.
    client: Result<Arc<dyn Client>, Diagnostics>,
    /// The account, where it is known from elsewhere.
    account: Arc<str>,
    /// The account's name, likewise.
    name: String,
}

/// What to search for.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Patterns of the types to list; when empty, all but those of parts of other objects, which no pattern but their own name fits.
    pub types: Vec<String>,
    /// The accounts to search, of all that there are.
    pub shard: Option<Shard>,
    /// The time in which to ask who made what was found; nobody is asked without.
    pub window: Option<Window>,
}

impl Search {
    /// Whether to list a type. Parts of other objects have to be asked for by name.
    fn wants(&self, type_name: &str, part: bool) -> bool {
        let fits = |pattern: &String| if part { pattern == type_name } else { glob(pattern, type_name) };
        (self.types.is_empty() && !part) || self.types.iter().any(fits)
    }
}

/// Everywhere that the stacks reach, and all accounts of the organisations, each of which one of their providers
/// understands ([`terrane_provider::Provider::accounts`]).
pub async fn places(scanned: &[Scanned], organizations: &[String]) -> (Vec<Place>, Diagnostics) {
    let mut places = Vec::new();
    let mut failures: BTreeMap<(String, &str), Diagnostics> = BTreeMap::new();
    let mut found: BTreeSet<(String, &str)> = BTreeSet::new();
    for (connection, client) in scanned.iter().flat_map(|s| s.stack.connections.iter().zip(&s.clients)) {
        let Some(client) = client.as_ref().filter(|_| !connection.address.provider.is_builtin()) else {
            continue;
        };
        let address = connection.address.provider.to_string();
        let place = Place {
            provider: connection.provider.clone(),
            client: Ok(client.clone()),
            account: Arc::from(""),
            name: String::new(),
        };
        for organization in organizations {
            // One connection that may ask for the accounts is enough.
            let question = (address.clone(), organization.as_str());
            if found.contains(&question) {
                continue;
            }
            match connection.provider.accounts(client, &connection.config, organization).await {
                Ok(None) => {}
                Ok(Some(accounts)) => {
                    for account in accounts {
                        let client = connection.provider.configure(&account.config).await;
                        let name = account.name.to_string();
                        places.push(Place { client, account: account.id, name, ..place.clone() });
                    }
                    found.insert(question);
                }
                Err(problems) => failures.entry(question).or_default().append(problems),
            }
        }
        places.push(place);
    }
    failures.retain(|question, _| !found.contains(question));
    let unasked = organizations.iter().filter(|organization| {
        let is_it = |(_, other): &(String, &str)| *other == organization.as_str();
        !found.iter().any(is_it) && !failures.keys().any(is_it)
    });
    let unasked: Vec<_> = unasked
        .map(|organization| {
            let detail =
                format!("No provider of these stacks can say which accounts {organization:?} means.");
            Diagnostic::error("Unknown organization", detail)
        })
        .collect();
    (places, failures.into_values().flatten().chain(unasked).collect())
}

/// Searches. What every stack has must be among `managed`, or it is taken for unmanaged.
pub async fn unmanaged(
    managed: &[Managed<'_>],
    places: &[Place],
    search: &Search,
    rules: &mut Rules,
    limits: &Limits,
) -> Vec<AccountReport> {
    let managed: HashSet<&Key> = managed.iter().map(|object| &object.key).collect();
    let mut listings = Vec::new();
    let mut reports: BTreeMap<Scope, AccountReport> = BTreeMap::new();
    let mut seen: HashSet<(Arc<str>, Scope)> = HashSet::new();
    for place in places {
        let known = Scope { account: place.account.clone(), region: Arc::from("") };
        let mut failed = |problems: Diagnostics| {
            let report = reports.entry(known.clone()).or_default();
            (report.scope, report.name) = (known.clone(), place.name.clone());
            report.problems.append(problems);
        };
        let client = match &place.client {
            Ok(client) => client,
            Err(problems) => {
                failed(problems.clone());
                continue;
            }
        };
        let schema = place.provider.schema();
        for type_name in schema.resources.keys() {
            if !search.wants(type_name, schema.parts.contains(type_name)) {
                continue;
            }
            let scope = match place.provider.scope(client, type_name, None).await {
                Ok(scope) => scope,
                // Whoever cannot say where it is can list nothing either.
                Err(problems) => {
                    failed(problems);
                    break;
                }
            };
            if search.shard.is_some_and(|shard| !shard.has(&scope.account)) {
                break;
            }
            if seen.insert((type_name.clone(), scope.clone())) {
                listings.push((place, client, type_name.clone(), scope));
            }
        }
    }
    let listed = join_all(listings.into_iter().map(|(place, client, type_name, scope)| async move {
        let _permit = limits.requests.acquire().await;
        let answer = place.provider.list(client, &type_name).await;
        (place, client, type_name, scope, answer)
    }))
    .await;
    let mut found = Vec::new();
    for (place, client, type_name, scope, answer) in listed {
        let report = reports.entry(scope.clone()).or_default();
        report.scope = scope.clone();
        if report.name.is_empty() {
            report.name.clone_from(&place.name);
        }
        let objects = match answer {
            Ok(None) => continue,
            Ok(Some(objects)) => objects,
            Err(problems) => {
                report.problems.append(problems);
                continue;
            }
        };
        report.types += 1;
        report.objects += objects.len();
        for object in objects {
            let Some(id) = identity(&place.provider, &type_name, &object.state) else { continue };
            // A place may have objects of several regions.
            let Ok(own) = place.provider.scope(client, &type_name, Some(&object.state)).await else {
                continue;
            };
            if managed.contains(&Key::new(&type_name, own, id.clone())) {
                continue;
            }
            let name = name_of(&object.state);
            let unmanaged = Unmanaged {
                type_name: type_name.clone(),
                id,
                name,
                scope: scope.clone(),
                history: crate::History::NotAsked,
            };
            match rules.expects_unmanaged(&unmanaged) {
                Some(rule) => report.ignored.push(Ignored {
                    kind: Kind::Unmanaged,
                    subject: format!("{}.{}", unmanaged.type_name, unmanaged.id),
                    rule,
                }),
                None => found.push((place, client, unmanaged, object.state)),
            }
        }
    }
    let asked = found.into_iter().map(|(place, client, mut unmanaged, object)| async move {
        if let Some(window) = &search.window {
            let type_name = unmanaged.type_name.clone();
            unmanaged.history = ask(&place.provider, client, &type_name, &object, window, limits).await;
        }
        unmanaged
    });
    for unmanaged in join_all(asked).await {
        reports.entry(unmanaged.scope.clone()).or_default().unmanaged.push(unmanaged);
    }
    let mut reports: Vec<AccountReport> = reports.into_values().collect();
    reports.retain(|report| report.types > 0 || report.problems.has_errors());
    for report in &mut reports {
        report.unmanaged.sort_by(|a, b| (&a.type_name, &a.id).cmp(&(&b.type_name, &b.id)));
    }
    reports
}

fn name_of(object: &Value) -> Option<String> {
    let tag =
        object.attribute("tags").and_then(|tags| tags.as_map()?.get("Name")?.as_str().map(str::to_owned));
    text(object, "name").or(tag)
}
