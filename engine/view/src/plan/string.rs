//! Strings: single lines, texts by line, JSON and YAML documents by meaning.

use super::diff::{Context, Place, diff, whole as whole_value};
use super::node::{Body, Line, Mark, Node};
use crate::text::{quote, visible};
use similar::{ChangeTag, TextDiff};
use terrane_value::{Kind, Value, from_json};

/// Unchanged lines shown before and after a changed one.
const CONTEXT_LINES: usize = 3;

/// All of a string.
pub(crate) fn whole(text: &str, mark: Mark, cx: &Context<'_>) -> Node {
    if let Some(document) = json(text) {
        let cx = Context { requires_replace: &[], show_null: true, ..*cx };
        let mut inner = whole_value(&document, mark, &cx);
        // The document as such has no mark, what is in it does.
        inner.mark = Mark::Same;
        return Node::new(mark, Body::Document("jsonencode", Box::new(inner), false));
    }
    if is_text(text) {
        let lines = lines(text).into_iter().map(|l| Line::Text(Mark::Same, visible(l))).collect();
        return Node::new(mark, Body::Text(lines));
    }
    Node::leaf(mark, quote(text))
}

/// A string that becomes another.
pub(crate) fn changed(before: &str, after: &str, cx: &Context<'_>) -> Node {
    if let (Some(b), Some(a)) = (json(before), json(after)) {
        let cx = Context { requires_replace: &[], show_null: true, ..*cx };
        let inner = diff(Some(&b), Some(&a), &Place::default(), &cx);
        let spelling = inner.mark == Mark::Same;
        return Node::new(Mark::Change, Body::Document("jsonencode", Box::new(inner), spelling));
    }
    if json(before).is_some() || json(after).is_some() {
        return Node::new(
            Mark::Change,
            Body::Becomes(Box::new(whole(before, Mark::Remove, cx)), Box::new(whole(after, Mark::Add, cx))),
        );
    }
    if let (Some(b), Some(a)) = (yaml(before), yaml(after))
        && comments(before).eq(comments(after))
    {
        let cx = Context { requires_replace: &[], show_null: true, ..*cx };
        let inner = diff(Some(&b), Some(&a), &Place::default(), &cx);
        // Where only the layout changes, that is what there is to see.
        if inner.mark != Mark::Same {
            return Node::new(Mark::Change, Body::Document("yamlencode", Box::new(inner), false));
        }
    }
    if is_text(before) || is_text(after) {
        return Node::new(Mark::Change, Body::Text(changed_lines(before, after)));
    }
    Node::new(Mark::Change, Body::Turns(quote(before), quote(after)))
}

/// The document, when the string is a JSON object or array.
fn json(text: &str) -> Option<Value> {
    if !text.trim_start().starts_with(['{', '[']) {
        return None;
    }
    let document: serde_json::Value = serde_json::from_str(text).ok()?;
    (document.is_object() || document.is_array()).then(|| from_json(&document))
}

/// The document, when the string is a YAML mapping or sequence of several lines.
fn yaml(text: &str) -> Option<Value> {
    if !is_text(text) {
        return None;
    }
    terrane_lang::read_yaml(text).ok().filter(|v| matches!(v.kind(), Kind::Object(_) | Kind::Tuple(_)))
}

/// The comments that have lines of their own: some of them mean something to who reads the text.
fn comments(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| line.starts_with('#'))
}

/// Whether the string is shown line by line. A single line that only ends in a line end is not.
fn is_text(text: &str) -> bool {
    text.trim_end_matches('\n').contains('\n')
}

fn lines(text: &str) -> Vec<&str> {
    text.strip_suffix('\n').unwrap_or(text).split('\n').collect()
}

fn changed_lines(before: &str, after: &str) -> Vec<Line> {
    let (old, new) = (lines(before), lines(after));
    let diff = TextDiff::from_slices(&old, &new);
    let mut all: Vec<(Mark, String)> = diff
        .iter_all_changes()
        .map(|change| {
            let mark = match change.tag() {
                ChangeTag::Equal => Mark::Same,
                ChangeTag::Delete => Mark::Remove,
                ChangeTag::Insert => Mark::Add,
            };
            (mark, visible(change.value()))
        })
        .collect();
    match (before.ends_with('\n'), after.ends_with('\n')) {
        (true, false) => all.push((Mark::Remove, "# (line end at the end of the text)".into())),
        (false, true) => all.push((Mark::Add, "# (line end at the end of the text)".into())),
        _ => {}
    }
    fold(all)
}

fn fold(all: Vec<(Mark, String)>) -> Vec<Line> {
    let changes: Vec<usize> = (0..all.len()).filter(|&i| all[i].0 != Mark::Same).collect();
    let near = |i: usize| {
        let next = changes.partition_point(|&c| c < i);
        let close = |c: Option<&usize>| c.is_some_and(|c| c.abs_diff(i) <= CONTEXT_LINES);
        close(changes.get(next)) || close(next.checked_sub(1).and_then(|n| changes.get(n)))
    };
    let shown: Vec<bool> = (0..all.len()).map(near).collect();
    let mut lines = Vec::new();
    let mut rest = all.into_iter().zip(shown).peekable();
    while let Some((line, shown)) = rest.next() {
        if shown {
            lines.push(Line::Text(line.0, line.1));
            continue;
        }
        let mut hidden = vec![line];
        while let Some((line, _)) = rest.next_if(|(_, shown)| !shown) {
            hidden.push(line);
        }
        // A note in place of one or two lines would save nothing.
        if hidden.len() <= 2 {
            lines.extend(hidden.into_iter().map(|(m, l)| Line::Text(m, l)));
        } else {
            lines.push(Line::Hidden(hidden.len(), "unchanged line"));
        }
    }
    lines
}
