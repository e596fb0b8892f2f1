//! A report as one page of HTML that needs nothing else: no scripts, no fonts, no requests. Light or dark
//! as the reader's system is. On a phone the rows of tables become lists, each value behind its column's name.

use super::words::{coverage, event, findings, id, plain_change, problem, who};
use crate::text::count;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use terrane_drift::{AccountReport, Finding, History, Report, Rule, StackReport};

const STYLE: &str = include_str!("report.css");

/// A report as a whole page.
pub fn drift_html(report: &Report) -> String {
    let title = format!("Drift: {}", findings(report));
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'";
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 class=(report.conclusion().word()) { (title) }
                    p { (coverage(report)) "." }
                    p.faint {
                        (report.started) " to " (report.finished)
                        @if let Some(shard) = report.shard { ", shard " (shard) }
                    }
                }
                (overview(report))
                @for diagnostic in &report.problems { p.problem { (problem(diagnostic)) } }
                @for stack in report.stacks.iter().filter(|s| !s.findings.is_empty() || !s.problems.is_empty()) {
                    (of_stack(stack))
                }
                @for account in report.accounts.iter().filter(|a| !a.unmanaged.is_empty() || !a.problems.is_empty()) {
                    (of_account(account))
                }
                (rules("Expired rules, which hide nothing any more", &report.expired))
                (rules("Rules with nothing to hide", &report.unused))
            }
        }
    };
    page.into_string()
}

fn overview(report: &Report) -> Markup {
    html! {
        @if !report.stacks.is_empty() {
            table {
                thead { tr { th { "Stack" } th { "Status" } th { "Read" } th { "Drifted" } th { "Expected" } th { "Serial" } } }
                tbody {
                    @for stack in &report.stacks {
                        tr {
                            td data-label="Stack" { (stack.name) }
                            td data-label="Status" { span class=(stack.status().word()) { (stack.status().word()) } }
                            td.number data-label="Read" { (stack.read) " of " (stack.managed) }
                            td.number data-label="Drifted" { (stack.findings.len()) }
                            td.number data-label="Expected" { (stack.ignored.len()) }
                            td.number data-label="Serial" { @if let Some(serial) = stack.serial { (serial) } }
                        }
                    }
                }
            }
        }
        @if !report.accounts.is_empty() {
            table {
                thead { tr { th { "Account" } th { "Name" } th { "Types" } th { "Objects" } th { "Unmanaged" } th { "Expected" } } }
                tbody {
                    @for account in &report.accounts {
                        tr {
                            td data-label="Account" { (account.scope) }
                            td data-label="Name" { (account.name) }
                            td.number data-label="Types" { (account.types) }
                            td.number data-label="Objects" { (account.objects) }
                            td.number data-label="Unmanaged" { (account.unmanaged.len()) }
                            td.number data-label="Expected" { (account.ignored.len()) }
                        }
                    }
                }
            }
        }
    }
}

fn of_stack(stack: &StackReport) -> Markup {
    html! {
        section {
            h2 { (stack.name) " " span class=(stack.status().word()) { (stack.status().word()) } }
            @for finding in &stack.findings { (of_finding(finding)) }
            @for diagnostic in &stack.problems { p.problem { (problem(diagnostic)) } }
            @for ignored in &stack.ignored {
                p.faint { (ignored.subject) " " (ignored.kind.word()) ", expected by " (ignored.rule.name) }
            }
        }
    }
}

fn of_finding(finding: &Finding) -> Markup {
    html! {
        details open {
            summary {
                code { (finding.change.address) } " " span class=(finding.kind.word()) { (finding.kind.word()) }
                @if let Some(id) = id(finding) { " " span.faint { (id) } }
                " " span.faint { (finding.scope) }
            }
            (of_history(&finding.history))
            @if finding.expected > 0 { p.faint { (count(finding.expected, "difference")) " expected by rules" } }
            pre { @for line in plain_change(finding).lines() { (coloured(line)) "\n" } }
        }
    }
}

fn coloured(line: &str) -> Markup {
    let class = match line.trim_start().as_bytes().first() {
        Some(b'+') => "add",
        Some(b'-') => "remove",
        Some(b'~') => "change",
        Some(b'#') => "faint",
        _ => return html! { (line) },
    };
    html! { span class=(class) { (line) } }
}

fn of_history(history: &History) -> Markup {
    html! {
        @match history {
            History::Events(events) => ul.who { @for told in events { li { (event(told)) } } },
            other => @if let Some(text) = who(other) { p.faint { "Who: " (text) } },
        }
    }
}

fn of_account(account: &AccountReport) -> Markup {
    html! {
        section {
            h2 { (account.scope) " " span.faint { (account.name) } }
            @for diagnostic in &account.problems { p.problem { (problem(diagnostic)) } }
            @if !account.unmanaged.is_empty() {
                table {
                    thead { tr { th { "Type" } th { "Id" } th { "Name" } th { "Who" } } }
                    tbody {
                        @for object in &account.unmanaged {
                            tr {
                                td.word data-label="Type" { (object.type_name) }
                                td.id data-label="Id" { code { (object.id) } }
                                td data-label="Name" { @if let Some(name) = &object.name { (name) } }
                                td data-label="Who" { @if let Some(who) = who(&object.history) { (who) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn rules(title: &str, rules: &[std::sync::Arc<Rule>]) -> Markup {
    html! {
        @if !rules.is_empty() {
            section {
                h2 { (title) }
                table {
                    thead { tr { th { "Rule" } th { "Where" } th { "Until" } th { "Owner" } th { "Reason" } } }
                    tbody {
                        @for rule in rules {
                            tr {
                                td data-label="Rule" { (rule.name) }
                                td data-label="Where" { (rule.place) }
                                td.word data-label="Until" { (rule.expires) }
                                td data-label="Owner" { (rule.owner) }
                                td data-label="Reason" { (rule.reason) }
                            }
                        }
                    }
                }
            }
        }
    }
}
