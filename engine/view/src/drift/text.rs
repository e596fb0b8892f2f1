//! A report as text for terminals.

use super::words::{change, coverage, event, findings, is_broken, problem, who};
use crate::palette::paint;
use crate::text::{count, visible};
use crate::{Options, Palette};
use std::fmt::Write as _;
use terrane_drift::{AccountReport, Conclusion, Finding, History, Report, StackReport, StackStatus};

/// How many events of one object are told.
const EVENTS: usize = 3;

/// A report as text, ending with a line end. Stacks without drift are only counted.
pub fn render_drift(report: &Report, palette: &Palette, options: &Options) -> String {
    let mut out = String::new();
    for stack in &report.stacks {
        of_stack(stack, palette, options, &mut out);
    }
    for account in &report.accounts {
        of_account(account, palette, &mut out);
    }
    for diagnostic in &report.problems {
        let (style, word) = match diagnostic.is_error() {
            true => (palette.error, "Error"),
            false => (palette.warning, "Warning"),
        };
        let _ = writeln!(out, "\n{}: {}", paint(style, word), problem(diagnostic));
    }
    of_rules(report, palette, &mut out);
    let conclusion = report.conclusion();
    let style = match conclusion {
        Conclusion::Clean => palette.success,
        Conclusion::Drift => palette.change,
        Conclusion::Partial | Conclusion::Failed => palette.error,
    };
    let expected = match report.ignored_count() {
        0 => String::new(),
        n => format!(", {n} expected by rules"),
    };
    let shard = report.shard.map(|shard| format!(" Shard {shard}.")).unwrap_or_default();
    let summary = format!("Drift: {}{expected}.", findings(report));
    let _ = writeln!(out, "\n{} {}.{shard}", paint(style, summary), coverage(report));
    out
}

fn of_stack(stack: &StackReport, palette: &Palette, options: &Options, out: &mut String) {
    let status = stack.status();
    if status == StackStatus::Clean {
        return;
    }
    let serial = stack.serial.map(|serial| format!(", serial {serial}")).unwrap_or_default();
    let workspace = match stack.workspace.as_str() {
        "" | "default" => String::new(),
        name => format!(", workspace {name}"),
    };
    let style = if is_broken(status) { palette.error } else { palette.change };
    let title = paint(palette.strong, &stack.name);
    let _ = writeln!(out, "\n{title}: {}{workspace}{serial}", paint(style, status.word()));
    for finding in &stack.findings {
        of_finding(finding, palette, options, out);
    }
    for diagnostic in stack.problems.iter().filter(|d| d.is_error()) {
        let _ = writeln!(out, "\n  {}: {}", paint(palette.error, "Not read"), problem(diagnostic));
    }
}

fn of_finding(finding: &Finding, palette: &Palette, options: &Options, out: &mut String) {
    let _ = writeln!(out, "\n{}", change(finding, palette, options.width));
    let place = finding.scope.to_string();
    if !place.is_empty() {
        let _ = writeln!(out, "    {}", paint(palette.faint, format!("where: {place}")));
    }
    if finding.expected > 0 {
        let text = format!("{} of the differences expected by rules", finding.expected);
        let _ = writeln!(out, "    {}", paint(palette.faint, text));
    }
    of_history(&finding.history, palette, out);
}

fn of_history(history: &History, palette: &Palette, out: &mut String) {
    match history {
        History::Events(events) => {
            for told in events.iter().take(EVENTS) {
                let _ = writeln!(out, "    who: {}", event(told));
            }
            if events.len() > EVENTS {
                let more = format!("and {}", count(events.len() - EVENTS, "earlier call"));
                let _ = writeln!(out, "    {}", paint(palette.faint, more));
            }
        }
        other => {
            if let Some(text) = who(other) {
                let _ = writeln!(out, "    {}", paint(palette.faint, format!("who: {text}")));
            }
        }
    }
}

fn of_account(account: &AccountReport, palette: &Palette, out: &mut String) {
    if account.unmanaged.is_empty() && account.problems.is_empty() {
        return;
    }
    let name = if account.name.is_empty() { String::new() } else { format!(" ({})", account.name) };
    let place = paint(palette.strong, format!("{}{name}", account.scope));
    let _ = writeln!(out, "\n{place}: {} that no state has", count(account.unmanaged.len(), "object"));
    for object in &account.unmanaged {
        let name = object.name.as_ref().map(|name| format!(" ({})", visible(name))).unwrap_or_default();
        let sign = paint(palette.add, "?");
        let _ = writeln!(out, "  {sign} {}.{}{name}", object.type_name, object.id);
        of_history(&object.history, palette, out);
    }
    for diagnostic in account.problems.iter().filter(|d| d.is_error()) {
        let _ = writeln!(out, "  {}: {}", paint(palette.error, "Not listed"), problem(diagnostic));
    }
}

fn of_rules(report: &Report, palette: &Palette, out: &mut String) {
    for rule in &report.expired {
        let text = format!(
            "The drift rule {:?} ({}) expired on {} and hides nothing any more. Owner: {}. Reason: {}",
            rule.name, rule.place, rule.expires, rule.owner, rule.reason
        );
        let _ = writeln!(out, "\n{}: {text}", paint(palette.warning, "Warning"));
    }
    for rule in &report.unused {
        let text = format!("The drift rule {:?} ({}) has nothing to hide.", rule.name, rule.place);
        let _ = writeln!(out, "\n{}", paint(palette.faint, text));
    }
}
