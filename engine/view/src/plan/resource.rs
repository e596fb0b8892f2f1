//! The change of one resource instance: title, reasons, block.

use super::block::{block, without_schema};
use super::diff::{Context, Place, whole};
use super::node::{BlockNode, Mark};
use super::write::Writer;
use crate::palette::paint;
use crate::{Options, Palette};
use anstyle::Style;
use terrane_address::{InstanceKey, Mode};
use terrane_plan::{Action, ActionReason, ResourceChange};
use terrane_schema::Schema;
use terrane_value::Value;

/// What a change is part of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Part<'a> {
    /// What is going to happen. What a data source waits for is named, where that is known.
    Planned(&'a [String]),
    /// What happened outside of Terrane.
    Drift,
}

/// The text of one change, without a line end at its end.
pub(crate) fn resource(
    change: &ResourceChange,
    schema: Option<&Schema>,
    part: Part<'_>,
    palette: &Palette,
    options: &Options,
) -> String {
    let mut lines = Vec::new();
    for (i, comment) in comments(change, part).into_iter().enumerate() {
        let comment = if i == 0 { paint(palette.strong, &comment) } else { comment };
        lines.push(format!("  # {comment}"));
    }
    let writer = Writer { palette, width: options.width };
    let (symbol, style) = symbol(change.action, palette);
    let resource = &change.address.resource;
    let kind = match resource.mode {
        Mode::Managed => "resource",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    };
    let header = writer.header(&[kind, &resource.type_name, &resource.name]);
    lines.push(format!("{} {header}", paint(style, format!("{symbol:>3}"))));
    let mut content = Vec::new();
    writer.block_content(&difference(change, schema, options), 6, &mut content);
    lines.append(&mut content);
    lines.push("    }".into());
    lines.join("\n")
}

fn difference(change: &ResourceChange, schema: Option<&Schema>, options: &Options) -> BlockNode {
    let cx = Context {
        requires_replace: if change.action.is_replace() { &change.requires_replace } else { &[] },
        show_null: true,
        show_sensitive: options.show_sensitive,
    };
    let present = |v: &Value| (!v.is_null()).then(|| v.clone());
    let (before, mut after) = (present(&change.before), present(&change.after));
    if matches!(change.action, Action::Forget | Action::NoOp) {
        after = before.clone().or(after);
    }
    let before = match change.action {
        Action::Create | Action::Read => None,
        Action::NoOp => before.or_else(|| after.clone()),
        _ => before,
    };
    let after = if change.action == Action::Delete { None } else { after };
    if before.is_none() && after.is_none() {
        return without_schema(None, None, &cx, false);
    }
    let all = change.action == Action::NoOp && change.importing.is_some();
    match schema {
        Some(schema) => block(&schema.block, before.as_ref(), after.as_ref(), &Place::default(), &cx, all),
        None => without_schema(before.as_ref(), after.as_ref(), &cx, all),
    }
}

/// The symbol of an action, at most three columns wide.
pub(crate) fn symbol(action: Action, palette: &Palette) -> (&'static str, Style) {
    match action {
        Action::NoOp => ("", Style::new()),
        Action::Create => ("+", palette.add),
        Action::Read => ("<=", palette.read),
        Action::Update => ("~", palette.change),
        Action::Delete => ("-", palette.remove),
        Action::DeleteThenCreate => ("-/+", palette.remove),
        Action::CreateThenDelete => ("+/-", palette.add),
        Action::Forget => (".", palette.faint),
    }
}

/// What a symbol means.
pub(crate) fn legend(action: Action) -> &'static str {
    match action {
        Action::NoOp => "",
        Action::Create => "create",
        Action::Read => "read (data resources)",
        Action::Update => "update in-place",
        Action::Delete => "destroy",
        Action::DeleteThenCreate => "destroy and then create replacement",
        Action::CreateThenDelete => "create replacement and then destroy",
        Action::Forget => "stop managing, without destroying",
    }
}

/// Title and reasons.
fn comments(change: &ResourceChange, part: Part<'_>) -> Vec<String> {
    let address = match &change.deposed {
        Some(key) => format!("{} (deposed object {key})", change.address),
        None => change.address.to_string(),
    };
    let Part::Planned(pending) = part else { return drift_comments(change, &address) };
    let mut comments = vec![title(change, &address)];
    comments.extend(reason(change, pending).map(|r| format!("({r})")));
    if change.generated_config.is_some() {
        comments.push("(config will be generated)".into());
    }
    if change.deposed.is_some() && change.action == Action::Delete {
        comments.push("(left over from a partially-failed replacement of this instance)".into());
    }
    if change.action == Action::Forget {
        comments.push("(destroy = false is set in the configuration)".into());
    }
    let said = change.reason == Some(ActionReason::DeleteBecauseNoMoveTarget);
    if !said && (change.action != Action::NoOp || change.importing.is_some()) {
        comments.extend(change.previous_address.as_ref().map(|a| format!("(moved from {a})")));
    }
    if change.action != Action::NoOp {
        comments
            .extend(change.importing.as_ref().map(|key| format!("(imported from {:?})", key.to_string())));
    }
    if change.action.is_replace() && change.importing.is_some() {
        comments.push("Warning: this will destroy the imported resource".into());
    }
    comments
}

fn drift_comments(change: &ResourceChange, address: &str) -> Vec<String> {
    let mut comments = vec![match change.action {
        Action::Delete => format!("{address} has been deleted"),
        Action::NoOp => match &change.previous_address {
            Some(from) => format!("{from} has moved to {address}"),
            None => format!("{address} has not changed"),
        },
        _ => format!("{address} has changed"),
    }];
    if change.action != Action::NoOp {
        comments.extend(change.previous_address.as_ref().map(|a| format!("(moved from {a})")));
    }
    comments
}

fn title(change: &ResourceChange, address: &str) -> String {
    let rest = match change.action {
        Action::NoOp => match (&change.importing, &change.previous_address) {
            (Some(_), _) => "will be imported",
            (None, Some(from)) => return format!("{from} has moved to {address}"),
            (None, None) => "will not change",
        },
        Action::Create => "will be created",
        Action::Read => "will be read during apply",
        Action::Update => "will be updated in-place",
        Action::Delete => "will be destroyed",
        Action::Forget => "will no longer be managed by Terrane, but will not be destroyed",
        Action::DeleteThenCreate | Action::CreateThenDelete => match change.reason {
            Some(ActionReason::ReplaceBecauseTainted) => "is tainted, so must be replaced",
            Some(ActionReason::ReplaceByRequest) => "will be replaced, as requested",
            Some(ActionReason::ReplaceByTriggers) => {
                "will be replaced due to changes in replace_triggered_by"
            }
            _ => "must be replaced",
        },
    };
    format!("{address} {rest}")
}

fn reason(change: &ResourceChange, pending: &[String]) -> Option<String> {
    let address = &change.address;
    Some(match change.reason? {
        ActionReason::DeleteBecauseNoResourceConfig if change.action == Action::Forget => return None,
        ActionReason::DeleteBecauseNoResourceConfig => {
            format!("because {} is not in configuration", address.resource_address())
        }
        ActionReason::DeleteBecauseWrongRepetition => match &address.key {
            InstanceKey::None => "because resource uses count or for_each".into(),
            InstanceKey::Int(_) => "because resource does not use count".into(),
            InstanceKey::String(_) => "because resource does not use for_each".into(),
        },
        ActionReason::DeleteBecauseCountIndex => {
            format!("because index {} is out of range for count", address.key)
        }
        ActionReason::DeleteBecauseEachKey => format!("because key {} is not in for_each map", address.key),
        ActionReason::DeleteBecauseNoModule => {
            format!("because {} is not in configuration", address.module)
        }
        ActionReason::DeleteBecauseNoMoveTarget => format!(
            "because {} was moved to {address}, which is not in configuration",
            change.previous_address.as_ref().unwrap_or(address)
        ),
        ActionReason::ReadBecauseConfigUnknown => match pending {
            [] => "config refers to values not yet known".into(),
            names => format!("config refers to values not yet known, of {}", names.join(", ")),
        },
        ActionReason::ReadBecauseDependencyPending => match pending {
            [] => "depends on a resource or a module with changes pending".into(),
            names => format!("depends on what has changes pending: {}", names.join(", ")),
        },
        ActionReason::ReadBecauseCheckNested => "config will be reloaded to verify a check block".into(),
        ActionReason::UpdateBecauseWriteOnlyChanged => "a write-only value has changed".into(),
        ActionReason::ReplaceBecauseCannotUpdate
        | ActionReason::ReplaceBecauseTainted
        | ActionReason::ReplaceByRequest
        | ActionReason::ReplaceByTriggers => return None,
    })
}

/// Whether there is nothing to show of a change.
pub(crate) fn is_silent(change: &ResourceChange) -> bool {
    change.action == Action::NoOp && change.importing.is_none() && change.previous_address.is_none()
}

/// The lines of an object's content, all of it, for renderings without a change.
pub(crate) fn unchanged_object(object: &Value, schema: Option<&Schema>, options: &Options) -> Vec<String> {
    let cx = Context { requires_replace: &[], show_null: true, show_sensitive: options.show_sensitive };
    let node = match schema {
        Some(schema) => block(&schema.block, Some(object), Some(object), &Place::default(), &cx, true),
        None => without_schema(Some(object), Some(object), &cx, true),
    };
    let palette = Palette::plain();
    let mut lines = Vec::new();
    Writer { palette: &palette, width: options.width }.block_content(&node, 2, &mut lines);
    lines
}

/// A value in the form that plans and states have, all of it.
pub(crate) fn unchanged_value(value: &Value, options: &Options) -> String {
    let cx = Context { requires_replace: &[], show_null: true, show_sensitive: options.show_sensitive };
    let palette = Palette::plain();
    Writer { palette: &palette, width: options.width }.value(&whole(value, Mark::Same, &cx))
}
