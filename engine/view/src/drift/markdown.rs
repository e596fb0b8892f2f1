//! A report as Markdown, for pull requests, issues and job summaries.

use super::words::{coverage, findings, id, parts, plain_change, problem, who};
use crate::markdown::{code, diff, fence, quoted};
use crate::text::count;
use std::fmt::Write as _;
use terrane_drift::{AccountReport, Finding, Report, StackReport, StackStatus};

/// A report as Markdown, ending with a line end.
pub fn drift_markdown(report: &Report) -> String {
    let mut out = format!("# Drift: {}\n\n{}.", findings(report), coverage(report));
    if let Some(shard) = report.shard {
        let _ = write!(out, " Shard {shard}.");
    }
    let _ = writeln!(out, " {} to {}.", report.started, report.finished);
    if !report.stacks.is_empty() {
        out.push_str("\n| Stack | Status | Read | Drifted | Expected |\n|---|---|---:|---:|---:|\n");
        for stack in &report.stacks {
            let _ = writeln!(
                out,
                "| {} | {} | {} of {} | {} | {} |",
                quoted(&stack.name),
                stack.status().word(),
                stack.read,
                stack.managed,
                stack.findings.len(),
                stack.ignored.len()
            );
        }
    }
    report.stacks.iter().filter(|s| s.status() != StackStatus::Clean).for_each(|s| of_stack(s, &mut out));
    let accounts = report.accounts.iter().filter(|a| !a.unmanaged.is_empty() || a.problems.has_errors());
    accounts.for_each(|a| of_account(a, &mut out));
    for diagnostic in &report.problems {
        let _ = writeln!(out, "\n> {}", quoted(&problem(diagnostic)));
    }
    if !report.expired.is_empty() {
        out.push_str("\n## Expired rules\n\nThey hide nothing any more.\n\n");
    }
    for rule in &report.expired {
        let text = format!(
            "{} ({}), expired {}, owner {}: {}",
            rule.name, rule.place, rule.expires, rule.owner, rule.reason
        );
        let _ = writeln!(out, "- {}", quoted(&text));
    }
    out
}

fn of_stack(stack: &StackReport, out: &mut String) {
    let serial = stack.serial.map(|serial| format!(", serial {serial}")).unwrap_or_default();
    let _ = writeln!(out, "\n## {}\n\n{}{serial}", quoted(&stack.name), stack.status().word());
    stack.findings.iter().for_each(|finding| of_finding(finding, out));
    for diagnostic in stack.problems.iter().filter(|d| d.is_error()) {
        let _ = writeln!(out, "\n> Not read: {}", quoted(&problem(diagnostic)));
    }
}

fn of_finding(finding: &Finding, out: &mut String) {
    let address = finding.change.address.to_string();
    let what = match finding.differences.is_empty() {
        true => finding.kind.word().to_owned(),
        false => format!("{}: {}", finding.kind.word(), code(&parts(&finding.differences))),
    };
    let id = id(finding).map(|id| format!(" ({})", code(&id))).unwrap_or_default();
    let _ = writeln!(out, "\n### {}\n\n{what}{id}", code(&address));
    if let Some(who) = who(&finding.history) {
        let _ = writeln!(out, "\nWho: {}", quoted(&who));
    }
    let change = plain_change(finding);
    let fence = fence(&change);
    let _ = writeln!(
        out,
        "\n<details><summary>Difference</summary>\n\n{fence}diff\n{}\n{fence}\n\n</details>",
        diff(&change)
    );
}

fn of_account(account: &AccountReport, out: &mut String) {
    let name = if account.name.is_empty() { String::new() } else { format!(" ({})", quoted(&account.name)) };
    let found = count(account.unmanaged.len(), "object");
    let _ = writeln!(out, "\n## {}{name}\n\n{found} that no state has\n", quoted(&account.scope.to_string()));
    if !account.unmanaged.is_empty() {
        out.push_str("| Type | Id | Name | Who |\n|---|---|---|---|\n");
    }
    for object in &account.unmanaged {
        let name = object.name.as_deref().map(quoted).unwrap_or_default();
        let who = who(&object.history).map(|w| quoted(&w)).unwrap_or_default();
        let _ = writeln!(out, "| {} | {} | {name} | {who} |", quoted(&object.type_name), quoted(&object.id));
    }
    for diagnostic in account.problems.iter().filter(|d| d.is_error()) {
        let _ = writeln!(out, "\n> Not listed: {}", quoted(&problem(diagnostic)));
    }
}
