//! Searching: each `list` block when those that it refers to have found what there is.

use crate::found::{FoundObject, all_instances, as_value, generated};
use futures::StreamExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_address::{InstanceKey, ProviderConfigAddress};
use terrane_config::ListBlock;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_evaluate::{DesiredList, Evaluator, FoundLists, Stop};
use terrane_plan::mark_object;
use terrane_provider::{Client, ListRequest, ListedObject, Providers, ReadOnly, Schemas};
use terrane_schema::{Block, Schema};
use terrane_value::Value;

/// How many searches run at the same time.
const SEARCHES: usize = 10;

/// What is looked for, and with what.
#[derive(Clone, Copy)]
pub struct Queries<'a> {
    /// The `list` blocks.
    pub lists: &'a [ListBlock],
    /// What providers offer.
    pub schemas: &'a Schemas,
    /// Who can be asked.
    pub providers: &'a Providers,
    /// Whether configuration that imports the objects is wanted.
    pub generate: bool,
}

/// What happens while a query runs.
#[derive(Clone, Debug)]
pub enum QueryEvent {
    /// An instance of a `list` block begins to search.
    Started {
        /// The instance.
        address: String,
        /// The resource type.
        type_name: Arc<str>,
        /// What the provider is told.
        config: Value,
    },
    /// An object was found.
    Found(Box<FoundObject>),
    /// An instance of a `list` block has found all that there is, or as much as was wanted.
    Completed {
        /// The instance.
        address: String,
        /// The resource type.
        type_name: Arc<str>,
        /// How many objects it has found.
        total: usize,
        /// Whether these are as many as were wanted, so that there may be more.
        limited: bool,
    },
}

/// What a listing of a type can be told: nothing, where the provider does not say it.
pub(crate) fn schema_of(
    queries: &Queries<'_>,
    ev: &Evaluator<'_>,
    block: &ListBlock,
) -> Result<Block, Diagnostic> {
    let config = ev.inputs().config;
    let root = terrane_address::ModulePath::root();
    let address = config.module(&root).map(|module| module.provider_address(&block.provider.local_name));
    let schema = address.as_ref().and_then(|address| queries.schemas.get(address));
    let Some((address, schema)) = address.as_ref().zip(schema) else {
        let detail = format!("The provider {} of {block} is not installed.", block.provider);
        return Err(Diagnostic::error("Provider not available", detail).at(block.provider.span));
    };
    if let Some(found) = schema.lists.get(&block.type_name) {
        return Ok(found.block.clone());
    }
    if !schema.resources.contains_key(&block.type_name) || !schema.lists.is_empty() {
        // Where the provider does not say which types it lists, it may be any.
        let types = if schema.lists.is_empty() { &schema.resources } else { &schema.lists };
        let known = terrane_diagnostics::nearest(&block.type_name, types.keys().map(|name| &**name));
        let hint = known.map(|name| format!(" Did you mean {name:?}?")).unwrap_or_default();
        let detail = format!(
            "The provider {} cannot list objects of type {:?}.{hint}",
            address.short(),
            &*block.type_name
        );
        return Err(Diagnostic::error("Invalid list resource", detail).at(block.span));
    }
    Ok(Block::default())
}

/// Searches, and tells what happens. Where something cannot be searched, the rest still is.
pub async fn query(
    ev: &Evaluator<'_>,
    queries: &Queries<'_>,
    mut tell: impl FnMut(QueryEvent),
) -> Diagnostics {
    let mut problems = Diagnostics::new();
    let mut clients = Clients::default();
    let name = |block: &ListBlock| (block.type_name.clone(), block.name.clone());
    let mut found: FoundLists = queries.lists.iter().map(|block| (name(block), None)).collect();
    let mut waiting: Vec<(&ListBlock, Block)> = Vec::new();
    for block in queries.lists {
        match schema_of(queries, ev, block) {
            Ok(schema) => waiting.push((block, schema)),
            Err(problem) => problems.push(problem),
        }
    }
    loop {
        let (mut searches, mut later) = (Vec::new(), Vec::new());
        for (block, schema) in waiting {
            match ev.lists(block, &schema, &found) {
                Ok((lists, warnings)) => {
                    problems.append(warnings);
                    searches.push((block, lists));
                }
                Err(Stop::Blocked(on)) => later.push((block, schema, on)),
                Err(Stop::Failed(failed)) => problems.append(failed),
            }
        }
        if searches.is_empty() {
            // What could not be searched has been told; those who wait for it need no word.
            let failed = problems.has_errors();
            problems.extend(later.iter().filter(|_| !failed).map(|(block, _, on)| never(block, on)));
            return problems;
        }
        waiting = later.into_iter().map(|(block, schema, _)| (block, schema)).collect();
        let mut asked = Vec::new();
        for (block, lists) in searches {
            if lists.is_empty() {
                found.insert(name(block), Some(all_instances(BTreeMap::new())));
            }
            for list in lists {
                match clients.of(ev, queries, &list.provider).await {
                    Ok((provider, client)) => asked.push((block, list, provider, client)),
                    Err(failed) => problems.append(at_block(failed, block)),
                }
            }
        }
        for (block, list, ..) in &asked {
            let address = format!("{block}{}", suffix(&list.key));
            let config = list.config.clone();
            tell(QueryEvent::Started { address, type_name: block.type_name.clone(), config });
        }
        let answers = asked.into_iter().map(|(block, list, provider, client)| async move {
            let answer = search(block, &list, &provider, &client, queries.generate).await;
            (block, list, provider, answer)
        });
        let mut answers = futures::stream::iter(answers).buffered(SEARCHES);
        let mut values: BTreeMap<(Arc<str>, Arc<str>), BTreeMap<InstanceKey, Value>> = BTreeMap::new();
        while let Some((block, list, provider, answer)) = answers.next().await {
            let objects = match answer {
                Ok(objects) => objects,
                Err(failed) => {
                    problems.append(at_block(failed, block));
                    continue;
                }
            };
            let schema = provider.schema();
            let address = format!("{block}{}", suffix(&list.key));
            for (index, object) in objects.iter().enumerate() {
                let resource: Option<&Arc<Schema>> = schema.resources.get(&block.type_name);
                let wanted = resource.filter(|_| queries.generate);
                tell(QueryEvent::Found(Box::new(FoundObject {
                    address: address.clone(),
                    type_name: block.type_name.clone(),
                    display_name: object.display_name.clone(),
                    key: object.key.clone(),
                    identity: object.identity.clone(),
                    object: object.object.clone().filter(|_| list.include_resource),
                    generated: wanted
                        .and_then(|schema| generated(block, &list.key, index, &provider, schema, object)),
                })));
            }
            let (type_name, total) = (block.type_name.clone(), objects.len());
            let limited = total as u64 >= list.limit;
            tell(QueryEvent::Completed { address, type_name, total, limited });
            let identities = schema.identities.get(&block.type_name);
            let value = as_value(&objects, |identity| identities?.value(identity).ok());
            values.entry(name(block)).or_default().insert(list.key, value);
        }
        drop(answers);
        found.extend(values.into_iter().map(|(name, values)| (name, Some(all_instances(values)))));
    }
}

/// What one instance of a `list` block finds.
async fn search(
    block: &ListBlock,
    list: &DesiredList,
    provider: &ReadOnly,
    client: &Arc<dyn Client>,
    generate: bool,
) -> Result<Vec<ListedObject>, Diagnostics> {
    let config = list.config.unmark_deep().0;
    let problems = provider.validate_list(&block.type_name, &config);
    if problems.has_errors() {
        return Err(problems);
    }
    let request = ListRequest {
        type_name: block.type_name.to_string(),
        config,
        include_resource: list.include_resource || generate,
        limit: list.limit,
    };
    let mut found = provider.query(client, request).await?.ok_or_else(|| {
        let detail = format!("Its provider cannot list objects of type {:?}.", &*block.type_name);
        Diagnostic::error("Invalid list resource", detail)
    })?;
    if let Some(schema) = provider.schema().resources.get(&block.type_name) {
        for object in found.iter_mut().filter_map(|found| found.object.as_mut()) {
            *object = mark_object(&schema.block, object, &[]);
        }
    }
    Ok(found)
}

/// Points problems that a provider has at the argument that they name, or at the block.
pub(crate) fn at_block(problems: Diagnostics, block: &ListBlock) -> Diagnostics {
    let located = |mut problem: Diagnostic| {
        let argument = problem.attribute.as_deref().zip(block.config.as_ref());
        let argument = argument.and_then(|(path, body)| body.argument_span(path));
        problem.subject = argument.or(problem.subject).or(Some(block.span));
        problem
    };
    problems.into_iter().map(located).collect()
}

fn suffix(key: &InstanceKey) -> String {
    match key {
        InstanceKey::None => String::new(),
        InstanceKey::Int(n) => format!("[{n}]"),
        InstanceKey::String(text) => format!("[{text:?}]"),
    }
}

/// The problem of a block that waits for what never comes.
fn never(block: &ListBlock, on: &std::collections::BTreeSet<Arc<str>>) -> Diagnostic {
    let on: Vec<&str> = on.iter().map(|name| &**name).collect();
    let detail = if on.iter().all(|name| name.starts_with("list.")) {
        format!("{block} refers to {}, which refers back to it.", on.join(", "))
    } else {
        format!(
            "{block} depends on {}. A query can refer to variables, locals and other list blocks, and not to what \
             resources or data sources are.",
            on.join(", ")
        )
    };
    Diagnostic::error("Query cannot be evaluated", detail).at(block.span)
}

/// Connections, each made once.
#[derive(Default)]
struct Clients(BTreeMap<ProviderConfigAddress, Connection>);

/// A provider and a connection of it, or why there is none.
type Connection = Result<(ReadOnly, Arc<dyn Client>), Diagnostics>;

impl Clients {
    /// The problems of a configuration are told once.
    async fn of(
        &mut self,
        ev: &Evaluator<'_>,
        queries: &Queries<'_>,
        address: &ProviderConfigAddress,
    ) -> Connection {
        if let Some(made) = self.0.get(address) {
            return made.clone().map_err(|_| Diagnostics::new());
        }
        let made = connect(ev, queries, address).await;
        self.0.insert(address.clone(), made.clone());
        made
    }
}

async fn connect(ev: &Evaluator<'_>, queries: &Queries<'_>, address: &ProviderConfigAddress) -> Connection {
    let provider =
        queries.providers.serving(address).cloned().ok_or_else(|| {
            Diagnostic::error("Provider not available", format!("Nobody serves {address}."))
        })?;
    let provider = ReadOnly::new(provider);
    let unknown = |why: &str| {
        let detail = format!("The provider configuration {address} {why}, which a query does not know.");
        Diagnostics::from(Diagnostic::error("Provider cannot be configured", detail))
    };
    let config = match ev.provider_config(address) {
        Ok((config, _)) => config.unmark_deep().0,
        Err(Stop::Blocked(on)) => {
            let on: Vec<&str> = on.iter().map(|name| &**name).collect();
            return Err(unknown(&format!("depends on {}", on.join(", "))));
        }
        Err(Stop::Failed(problems)) => return Err(problems),
    };
    if !config.is_wholly_known() {
        return Err(unknown("depends on values that are only known after apply"));
    }
    let problems = provider.validate_provider(&config);
    if problems.has_errors() {
        return Err(problems);
    }
    let client = provider.configure(&config).await?;
    Ok((provider, client))
}
