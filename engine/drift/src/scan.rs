//! Reading a stack: all objects of one type under one provider configuration at once.

use crate::stack::{Batch, Connection};
use crate::{Difference, Finding, History, Kind, Stack, StackReport, differences};
use futures::future::join_all;
use std::sync::Arc;
use terrane_address::ResourceInstance;
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_plan::{Action, ResourceChange, mark_object};
use terrane_provider::{Client, Private, ReadObject, ReadOnly, Scope, UpgradeRequest};
use terrane_schema::Block;
use terrane_state::Object;
use terrane_value::{PathStep, Value};
use tokio::sync::Semaphore;

/// How much is done at the same time, over all stacks.
#[derive(Clone)]
pub struct Limits {
    /// Stacks.
    pub stacks: Arc<Semaphore>,
    /// Batches of reads, listings and questions to audit logs.
    pub requests: Arc<Semaphore>,
}

impl Limits {
    /// So many stacks, and so many requests to providers.
    pub fn new(stacks: usize, requests: usize) -> Limits {
        let semaphore = |n: usize| Arc::new(Semaphore::new(n.max(1)));
        Limits { stacks: semaphore(stacks), requests: semaphore(requests) }
    }
}

/// A stack that was read.
pub struct Scanned {
    /// What was found.
    pub report: StackReport,
    /// The stack.
    pub stack: Stack,
    /// The clients of its connections, in their order; none where one could not be made.
    pub clients: Vec<Option<Arc<dyn Client>>>,
}

/// Reads a stack. Without `read`, clients are made and nothing is read: for stacks that only say what
/// is managed.
pub async fn scan(stack: Stack, read: bool, limits: &Limits) -> Scanned {
    // Nobody closes the semaphores.
    let _permit = limits.stacks.acquire().await;
    let mut report = StackReport {
        name: stack.name.clone(),
        workspace: stack.workspace.clone(),
        serial: Some(stack.serial),
        lineage: stack.lineage.clone(),
        managed: stack.object_count(),
        problems: stack.problems.clone(),
        ..StackReport::default()
    };
    let connections = stack.connections.iter().map(|connection| read_connection(connection, read, limits));
    let mut clients = Vec::new();
    for part in join_all(connections).await {
        report.read += part.read;
        report.findings.extend(part.findings);
        report.problems.append(part.problems);
        clients.push(part.client);
    }
    report.findings.sort_by(|a, b| a.change.address.cmp(&b.change.address));
    Scanned { report, stack, clients }
}

#[derive(Default)]
struct Part {
    client: Option<Arc<dyn Client>>,
    read: usize,
    findings: Vec<Finding>,
    problems: Diagnostics,
}

async fn read_connection(connection: &Connection, read: bool, limits: &Limits) -> Part {
    let client = match connection.provider.configure(&connection.config).await {
        Ok(client) => client,
        Err(problems) => return Part { problems, ..Part::default() },
    };
    let mut all = Part { client: Some(client.clone()), ..Part::default() };
    if read {
        let batches = connection.batches.iter().map(|batch| read_batch(connection, &client, batch, limits));
        for part in join_all(batches).await {
            all.read += part.read;
            all.findings.extend(part.findings);
            all.problems.append(part.problems);
        }
    }
    all
}

async fn read_batch(
    connection: &Connection,
    client: &Arc<dyn Client>,
    batch: &Batch,
    limits: &Limits,
) -> Part {
    let provider = &connection.provider;
    let mut part = Part::default();
    let mut asked = Vec::new();
    let mut states = Vec::new();
    for (address, object) in &batch.objects {
        match stored(provider, &batch.type_name, object).await {
            Ok(value) => {
                states.push(ReadObject { state: value.clone(), private: object.private.clone() });
                asked.push((address, object, value));
            }
            Err(problems) => part.problems.append(of(problems, address)),
        }
    }
    let answers = {
        let _permit = limits.requests.acquire().await;
        provider.read(client, &batch.type_name, states).await
    };
    let mut answers = answers.into_iter();
    for (address, object, stored) in asked {
        let current = match answers.next() {
            Some(Ok(answer)) => answer.map(|a| a.state),
            Some(Err(problems)) => {
                part.problems.append(of(problems, address));
                continue;
            }
            None => {
                let detail = "The provider was asked to read several objects and left some out. This is a bug in the \
                              provider.";
                let problem = Diagnostic::error("Provider gave too few answers", detail);
                part.problems.append(of(problem.into(), address));
                continue;
            }
        };
        part.read += 1;
        if current.as_ref() == Some(&stored) {
            continue;
        }
        if current
            .as_ref()
            .is_some_and(|now| differences(&stored, now).iter().all(|d| only_version(&batch.schema.block, d)))
        {
            continue;
        }
        // Where it is helps with what was found; without it, that is still worth telling.
        let scope = provider.scope(client, &batch.type_name, Some(&stored)).await.unwrap_or_default();
        part.findings.push(finding(connection, batch, address, object, &stored, current, scope));
    }
    part
}

/// Whether a difference only says that something is another version than before: an etag or fingerprint, which the cloud makes. Where it is
/// that of the object itself, what changed is another difference. Where it is that of something shared, such as the policy that a member is
/// in, somebody else's part of it has changed.
fn only_version(block: &Block, difference: &Difference) -> bool {
    let [PathStep::Attribute(name)] = &difference.path.0[..] else { return false };
    let made_by_cloud = block.attributes.get(name).is_some_and(|a| a.computed && !a.optional);
    made_by_cloud && (&**name == "etag" || name.ends_with("fingerprint"))
}

/// The object as stored, as a value of the present schema.
async fn stored(provider: &ReadOnly, type_name: &Arc<str>, object: &Object) -> Result<Value, Diagnostics> {
    let request = UpgradeRequest {
        type_name: type_name.to_string(),
        version: object.schema_version,
        json: object.attributes.json(),
    };
    provider.upgrade(request).await
}

fn finding(
    connection: &Connection,
    batch: &Batch,
    address: &ResourceInstance,
    object: &Object,
    stored: &Value,
    current: Option<Value>,
    scope: Scope,
) -> Finding {
    let mark = |value: &Value| mark_object(&batch.schema.block, value, &object.sensitive_paths);
    let before = mark(stored);
    let (kind, action, after) = match &current {
        Some(current) => (Kind::Changed, Action::Update, mark(current)),
        None => (Kind::Vanished, Action::Delete, Value::null(before.ty())),
    };
    let differences = if current.is_some() { differences(&before, &after) } else { Vec::new() };
    let change = ResourceChange {
        address: address.clone(),
        previous_address: None,
        deposed: None,
        provider: connection.address.clone(),
        action,
        reason: None,
        before,
        after,
        requires_replace: Vec::new(),
        private: Private::from([]),
        importing: None,
        generated_config: None,
        dependencies: Vec::new(),
        create_before_destroy: false,
    };
    Finding {
        kind,
        change: Arc::new(change),
        schema: batch.schema.clone(),
        scope,
        differences,
        expected: 0,
        history: History::NotAsked,
    }
}

/// Problems of one instance, saying whose they are.
fn of(problems: Diagnostics, address: &ResourceInstance) -> Diagnostics {
    let says = |d: &Diagnostic| d.about.iter().any(|(kind, _)| *kind == Context::Address);
    let told = |d: Diagnostic| if says(&d) { d } else { d.about(Context::Address, address.to_string()) };
    problems.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_schema::{Attribute, AttributeType};
    use terrane_value::Type;

    #[test]
    fn an_etag_alone_is_no_change() {
        let attribute = |computed, optional| Attribute {
            ty: AttributeType::Plain(Type::String),
            required: false,
            optional,
            computed,
            sensitive: false,
            write_only: false,
            description: String::new(),
            deprecated: None,
        };
        let mut block = Block::default();
        for (name, attribute) in [
            ("etag", attribute(true, false)),
            ("label_fingerprint", attribute(true, false)),
            ("fingerprint", attribute(true, true)),
            ("arn", attribute(true, false)),
        ] {
            block.attributes.insert(name.into(), attribute);
        }
        let object = |name: &str, text: &str| Value::object([(name, Value::string(text))]);
        for (name, expected) in [
            ("etag", true),
            ("label_fingerprint", true),
            ("fingerprint", false),
            ("arn", false),
            ("other", false),
        ] {
            let found = differences(&object(name, "1"), &object(name, "2"));
            assert_eq!(
                found.iter().map(|d| only_version(&block, d)).collect::<Vec<_>>(),
                [expected],
                "{name}"
            );
        }
    }
}
