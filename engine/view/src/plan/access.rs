//! What a plan changes of who may do what, as text.

use crate::Palette;
use crate::palette::paint;
use crate::text::visible;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use terrane_address::ProviderConfigAddress;
use terrane_plan::{AccessChange, Turn};
use terrane_provider::Grant;

/// How many lines there are at most, and how many actions in one.
const LINES: usize = 40;
const ACTIONS: usize = 8;

/// The section, beginning with an empty line; empty where nothing changes.
pub(super) fn access_section(changes: &[AccessChange], palette: &Palette) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let mut out = format!("\n{}\n", paint(palette.strong, "Access that this plan changes:"));
    for line in access_lines(changes, palette) {
        let _ = writeln!(out, "  {line}");
    }
    out
}

/// The lines of the section: those who are concerned, and below each, indented, what they gain and lose.
pub(crate) fn access_lines(changes: &[AccessChange], palette: &Palette) -> Vec<String> {
    let places: BTreeSet<&ProviderConfigAddress> = changes.iter().map(|change| &change.provider).collect();
    let mut people: BTreeMap<(&str, &ProviderConfigAddress), Vec<String>> = BTreeMap::new();
    for alike in grouped(changes) {
        people.entry((&alike[0].grant.who, &alike[0].provider)).or_default().push(line(&alike, palette));
    }
    let all: usize = people.values().map(Vec::len).sum();
    let mut lines = Vec::new();
    let mut shown = 0;
    for ((who, place), what) in people {
        let room = LINES - shown;
        if room == 0 {
            break;
        }
        // The same name may be somebody else's in another account.
        let ambiguous = places.iter().filter(|other| other.provider == place.provider).count() > 1;
        let within = if ambiguous { paint(palette.faint, format!(" ({place})")) } else { String::new() };
        lines.push(format!("{}{within}", paint(palette.strong, visible(who))));
        shown += what.len().min(room);
        lines.extend(what.into_iter().take(room).map(|line| format!("  {line}")));
    }
    if all > shown {
        lines.push(paint(palette.faint, format!("and {} more", all - shown)));
    }
    lines
}

/// Changes that differ in what is done alone are one line.
fn grouped(changes: &[AccessChange]) -> Vec<Vec<&AccessChange>> {
    let mut groups: Vec<Vec<&AccessChange>> = Vec::new();
    for change in changes {
        let alike = |other: &AccessChange| {
            let (a, b) = (&other.grant, &change.grant);
            (&a.who, a.denied, &a.on, &a.condition) == (&b.who, b.denied, &b.on, &b.condition)
                && (&other.provider, other.turn, &other.address)
                    == (&change.provider, change.turn, &change.address)
                && other.but.is_empty()
                && change.but.is_empty()
        };
        // They come ordered by whom they are about.
        let about = |group: &&mut Vec<&AccessChange>| group[0].grant.who == change.grant.who;
        match groups.iter_mut().rev().take_while(about).find(|group| alike(group[0])) {
            Some(group) => group.push(change),
            None => groups.push(vec![change]),
        }
    }
    groups
}

fn line(alike: &[&AccessChange], palette: &Palette) -> String {
    let change = alike[0];
    let Grant { denied, on, condition, .. } = &change.grant;
    let (symbol, style) = match change.turn {
        Turn::Lost => ("-", palette.remove),
        Turn::Gained | Turn::Unknown => ("+", palette.add),
    };
    let mut what: Vec<&str> =
        alike.iter().filter_map(|change| change.grant.what.as_deref()).take(ACTIONS).collect();
    let more = format!("{} more", alike.len() - what.len().min(alike.len()));
    if alike.len() > ACTIONS {
        what.push(&more);
    }
    let mut text = if *denied { "denied ".to_owned() } else { String::new() };
    match change.turn {
        Turn::Unknown => text.push_str("what is not known yet, or sensitive"),
        _ => text.push_str(&visible(&what.join(", "))),
    }
    if !on.is_empty() {
        let _ = write!(text, " on {}", visible(on));
    }
    if !condition.is_empty() {
        let _ = write!(text, ", if {}", visible(condition));
    }
    if !change.but.is_empty() {
        let had = if change.turn == Turn::Lost { "keeps" } else { "had" };
        let _ = write!(text, "; {had} {}", rest(change));
    }
    let by = paint(palette.faint, format!("# {}", change.address));
    format!("{} {text}  {by}", paint(style, symbol))
}

/// A few of the narrower grants that were there before, or stay.
fn rest(change: &AccessChange) -> String {
    const SHOWN: usize = 3;
    let mut parts: Vec<String> = (change.but.iter().take(SHOWN))
        .map(|grant| {
            let what = grant.what.as_deref().unwrap_or_default();
            let on = if grant.on == change.grant.on { String::new() } else { format!(" on {}", grant.on) };
            let under = if grant.condition == change.grant.condition { "" } else { " under a condition" };
            visible(&format!("{what}{on}{under}"))
        })
        .collect();
    if change.but.len() > SHOWN {
        parts.push(format!("{} more", change.but.len() - SHOWN));
    }
    parts.join(", ")
}
