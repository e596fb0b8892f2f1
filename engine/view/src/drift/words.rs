//! Words that all renderings of a report share.

use crate::text::{count, visible};
use crate::{Options, Palette};
use terrane_diagnostics::{Context, Diagnostic};
use terrane_drift::{Difference, Finding, History, Kind, Report, StackStatus};
use terrane_provider::HistoryEvent;
use terrane_value::Value;

/// `3 changed, 1 vanished, 2 unmanaged`; `no drift` when there is none.
pub(super) fn findings(report: &Report) -> String {
    let parts: Vec<String> = (Kind::ALL.iter())
        .map(|kind| (report.count(*kind), kind.word()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if parts.is_empty() { "no drift".into() } else { parts.join(", ") }
}

/// How many objects of how many stacks were read, and what was not.
pub(super) fn coverage(report: &Report) -> String {
    let (managed, read) = report.stacks.iter().fold((0, 0), |(m, r), s| (m + s.managed, r + s.read));
    let broken = report.stacks.iter().filter(|s| is_broken(s.status())).count();
    let mut text =
        format!("{read} of {} read in {}", count(managed, "object"), count(report.stacks.len(), "stack"));
    if broken > 0 {
        text.push_str(&format!(", of which {broken} could not be read as a whole"));
    }
    if !report.accounts.is_empty() {
        let objects: usize = report.accounts.iter().map(|a| a.objects).sum();
        let broken = report.accounts.iter().filter(|a| a.problems.has_errors()).count();
        text.push_str(&format!(
            "; {} listed in {}",
            count(objects, "object"),
            count(report.accounts.len(), "place")
        ));
        if broken > 0 {
            text.push_str(&format!(", of which {broken} could not be listed as a whole"));
        }
    }
    text
}

pub(super) fn is_broken(status: StackStatus) -> bool {
    matches!(status, StackStatus::Partial | StackStatus::Failed)
}

/// Who did it, in one line; `None` when nobody asked.
pub(super) fn who(history: &History) -> Option<String> {
    match history {
        History::NotAsked => None,
        History::Unknown(reason) => Some(format!("unknown: {reason}")),
        History::Events(events) => {
            let shown = events.iter().find(|e| e.error.is_none()).or(events.first())?;
            let more = match events.len() - 1 {
                0 => String::new(),
                n => format!(" (and {})", count(n, "other call")),
            };
            Some(event(shown) + &more)
        }
    }
}

/// An event in one line.
pub(super) fn event(event: &HistoryEvent) -> String {
    let mut text = format!("{} at {}, {}", event.principal, event.time, event.operation);
    for (word, part) in
        [("from", &event.source_address), ("with", &event.tool), ("request", &event.request_id)]
    {
        if let Some(part) = part {
            text.push_str(&format!(", {word} {part}"));
        }
    }
    if let Some(error) = &event.error {
        text.push_str(&format!(" (refused: {error})"));
    }
    // Who calls chooses some of these words.
    visible(&text)
}

/// The change of a finding as a plan shows it, without colours.
pub(super) fn plain_change(finding: &Finding) -> String {
    change(finding, &Palette::plain(), 0)
}

/// The change of a finding as a plan shows it.
pub(super) fn change(finding: &Finding, palette: &Palette, width: usize) -> String {
    let options = Options { width, show_sensitive: false };
    crate::plan::drifted(&finding.change, &finding.schema, palette, &options)
}

/// The parts that differ, in one line: `tags["Owner"], cidr_block`.
pub(super) fn parts(differences: &[Difference]) -> String {
    let paths: Vec<String> = differences.iter().map(|d| d.path.to_string()).collect();
    paths.join(", ")
}

/// The id of the object, when it may be shown.
pub(super) fn id(finding: &Finding) -> Option<String> {
    let id: Value = finding.change.before.attribute("id")?;
    if id.any_marks(&|m| m.is_sensitive()) { None } else { id.as_str().map(str::to_owned) }
}

/// A problem in one line, with the address that it is about.
pub(super) fn problem(diagnostic: &Diagnostic) -> String {
    let address = diagnostic.about.iter().find(|(kind, _)| *kind == Context::Address);
    let about = address.map(|(_, address)| format!("{address}: ")).unwrap_or_default();
    let detail = diagnostic.detail.split_whitespace().collect::<Vec<_>>().join(" ");
    match detail.is_empty() {
        true => format!("{about}{}", diagnostic.summary),
        false => format!("{about}{}: {detail}", diagnostic.summary),
    }
}
