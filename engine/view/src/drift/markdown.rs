//! A report as Markdown, for pull requests, issues and job summaries.

use super::words::{coverage, findings, id, parts, plain_change, problem, who};
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
                cell(&stack.name),
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
        let name = object.name.as_deref().map(cell).unwrap_or_default();
        let who = who(&object.history).map(|w| cell(&w)).unwrap_or_default();
        let _ = writeln!(out, "| {} | {} | {name} | {who} |", cell(&object.type_name), cell(&object.id));
    }
    for diagnostic in account.problems.iter().filter(|d| d.is_error()) {
        let _ = writeln!(out, "\n> Not listed: {}", quoted(&problem(diagnostic)));
    }
}

/// The change with the signs where renderings of differences look for them: at the beginning of lines.
pub(crate) fn diff(change: &str) -> String {
    let line = |line: &str| {
        let text = line.trim_start();
        let indent = line.len() - text.len();
        match text.as_bytes().first() {
            Some(b'+') => format!("+{}{}", " ".repeat(indent), &text[1..]),
            Some(b'-') => format!("-{}{}", " ".repeat(indent), &text[1..]),
            Some(b'~') => format!("!{}{}", " ".repeat(indent), &text[1..]),
            _ => line.to_owned(),
        }
    };
    change.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// A fence that is longer than any in the text.
pub(crate) fn fence(text: &str) -> String {
    let (mut longest, mut run) = (2, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    "`".repeat(longest + 1)
}

/// Text in which nothing is markup.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' | '!' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

fn cell(text: &str) -> String {
    quoted(text)
}

/// Text as code in a line.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    let fence = fence(&text);
    let ticks = if text.contains('`') { fence.as_str() } else { "`" };
    let space = if text.contains('`') { " " } else { "" };
    format!("{ticks}{space}{text}{space}{ticks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(quoted("a|b <img> [x](y) @team\n# c"), "a\\|b &lt;img> \\[x\\](y) \\@team \\# c");
        assert_eq!(code("a`b"), "``` a`b ```");
        assert_eq!(fence("````"), "`````");
    }

    #[test]
    fn signs_stand_at_the_beginning_of_lines() {
        assert_eq!(
            diff("  # x\n  ~ resource {\n      + a = 1\n      - b = 2\n    }"),
            "  # x\n!   resource {\n+       a = 1\n-       b = 2\n    }"
        );
    }
}
