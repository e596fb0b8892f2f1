//! A report as JSON. `docs/drift-report.schema.json` describes it.

use super::words::id;
use serde_json::{Value as Json, json};
use terrane_diagnostics::{Context, Diagnostic, Diagnostics};
use terrane_drift::{
    AccountReport, Difference, Finding, History, Ignored, Kind, Report, Rule, StackReport, StackStatus,
    Unmanaged,
};
use terrane_provider::Scope;
use terrane_value::{Value, to_json};

/// A report as JSON in format 1.0. Within a major version, things are only added.
pub fn drift_json(report: &Report, version: &str) -> Json {
    let status = |wanted| report.stacks.iter().filter(|s| s.status() == wanted).count();
    let conclusion = report.conclusion();
    json!({
        "format_version": "1.0",
        "terrane_version": version,
        "started": report.started,
        "finished": report.finished,
        "conclusion": conclusion.word(),
        "exit_code": conclusion.exit_code(),
        "shard": report.shard.map(|shard| shard.to_string()),
        "summary": {
            "stacks": report.stacks.len(),
            "stacks_partial": status(StackStatus::Partial),
            "stacks_failed": status(StackStatus::Failed),
            "managed": report.stacks.iter().map(|s| s.managed).sum::<usize>(),
            "read": report.stacks.iter().map(|s| s.read).sum::<usize>(),
            "changed": report.count(Kind::Changed),
            "vanished": report.count(Kind::Vanished),
            "unmanaged": report.count(Kind::Unmanaged),
            "ignored": report.ignored_count(),
        },
        "stacks": report.stacks.iter().map(stack).collect::<Vec<_>>(),
        "accounts": report.accounts.iter().map(account).collect::<Vec<_>>(),
        "rules": {
            "expired": report.expired.iter().map(|r| rule(r)).collect::<Vec<_>>(),
            "unused": report.unused.iter().map(|r| rule(r)).collect::<Vec<_>>(),
        },
        "problems": problems(&report.problems),
    })
}

fn stack(stack: &StackReport) -> Json {
    json!({
        "name": stack.name,
        "workspace": stack.workspace,
        "status": stack.status().word(),
        "serial": stack.serial,
        "lineage": stack.lineage,
        "managed": stack.managed,
        "read": stack.read,
        "findings": stack.findings.iter().map(finding).collect::<Vec<_>>(),
        "ignored": stack.ignored.iter().map(ignored).collect::<Vec<_>>(),
        "problems": problems(&stack.problems),
    })
}

fn account(account: &AccountReport) -> Json {
    json!({
        "account": text(&account.scope.account),
        "region": text(&account.scope.region),
        "name": text(&account.name),
        "types": account.types,
        "objects": account.objects,
        "unmanaged": account.unmanaged.iter().map(unmanaged).collect::<Vec<_>>(),
        "ignored": account.ignored.iter().map(ignored).collect::<Vec<_>>(),
        "problems": problems(&account.problems),
    })
}

fn finding(finding: &Finding) -> Json {
    let change = &finding.change;
    let Scope { account, region } = &finding.scope;
    json!({
        "kind": finding.kind.word(),
        "address": change.address.to_string(),
        "type": &*change.address.resource.type_name,
        "id": id(finding),
        "provider": change.provider.to_string(),
        "account": text(account),
        "region": text(region),
        "differences": finding.differences.iter().map(difference).collect::<Vec<_>>(),
        "expected_differences": finding.expected,
        "history": history(&finding.history),
    })
}

fn difference(difference: &Difference) -> Json {
    let sensitive = difference.is_sensitive();
    let value = |value: &Option<Value>| match value {
        Some(value) if !sensitive => to_json(&value.unmark_deep().0).unwrap_or_default(),
        _ => Json::Null,
    };
    json!({
        "path": difference.path.to_string(),
        "before": value(&difference.before),
        "after": value(&difference.after),
        "sensitive": sensitive,
    })
}

fn unmanaged(object: &Unmanaged) -> Json {
    json!({
        "type": &*object.type_name,
        "id": object.id,
        "name": object.name,
        "history": history(&object.history),
    })
}

fn history(history: &History) -> Json {
    let events = match history {
        History::Events(events) => events.as_slice(),
        _ => &[],
    };
    let events: Vec<Json> = (events.iter())
        .map(|event| {
            json!({
                "time": event.time,
                "operation": event.operation,
                "principal": event.principal,
                "source_address": event.source_address,
                "tool": event.tool,
                "request_id": event.request_id,
                "error": event.error,
            })
        })
        .collect();
    let (state, reason) = match history {
        History::NotAsked => ("not_asked", None),
        History::Unknown(reason) => ("unknown", Some(reason)),
        History::Events(_) => ("known", None),
    };
    json!({ "state": state, "reason": reason, "events": events })
}

fn ignored(ignored: &Ignored) -> Json {
    json!({ "kind": ignored.kind.word(), "subject": ignored.subject, "rule": rule(&ignored.rule) })
}

fn rule(rule: &Rule) -> Json {
    json!({
        "name": rule.name,
        "place": rule.place,
        "reason": rule.reason,
        "owner": rule.owner,
        "expires": rule.expires,
    })
}

fn problems(problems: &Diagnostics) -> Vec<Json> {
    problems.iter().map(problem).collect()
}

fn problem(diagnostic: &Diagnostic) -> Json {
    let address = diagnostic.about.iter().find(|(kind, _)| *kind == Context::Address);
    json!({
        "severity": if diagnostic.is_error() { "error" } else { "warning" },
        "summary": diagnostic.summary,
        "detail": diagnostic.detail,
        "address": address.map(|(_, address)| &**address),
    })
}

fn text(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
