//! `action` blocks, and the `action_trigger` blocks of resources that refer to them.

use super::traversal::{self, Quoted};
use super::{Decoder, constant, implied_provider, label, lifecycle, names, provider};
use crate::{Action, ActionRef, ActionTrigger};
use terrane_diagnostics::nearest;
use terrane_syntax::{Block, Expr, ExprKind};

/// When actions can be triggered.
const EVENTS: [&str; 4] = ["before_create", "after_create", "before_update", "after_update"];

pub(super) fn decode(decoder: &mut Decoder<'_>, block: Block) {
    let (Some((kind, kind_span)), Some((name, name_span))) = (label(&block, 0), label(&block, 1)) else {
        return;
    };
    names::check_identifier(&kind, "action type", kind_span, &mut decoder.diagnostics);
    names::check_identifier(&name, "action", name_span, &mut decoder.diagnostics);
    let content = decoder.content(
        &block.body,
        &["count", "for_each", "provider", "depends_on"],
        &[("config", &[]), ("lifecycle", &[])],
    );
    if let Some(argument) = content.attribute("depends_on") {
        let detail = "Actions are done when resources trigger them, so they cannot have \"depends_on\".";
        decoder.error("Unsupported argument", detail, argument.name.span);
    }
    for nested in content.blocks("lifecycle") {
        let detail = "Actions have no objects with a life, so they cannot have a \"lifecycle\" block.";
        decoder.error("Unsupported block type", detail, nested.header);
    }
    let mut config = None;
    for nested in content.blocks("config") {
        if config.is_some() {
            let detail = "An action has one \"config\" block, and this one has another already.";
            decoder.error("Duplicate config block", detail, nested.header);
            continue;
        }
        config = Some(nested.body.clone());
    }
    let provider = content
        .attribute("provider")
        .and_then(|a| provider::reference(&a.expr, "provider", &mut decoder.diagnostics))
        .unwrap_or_else(|| implied_provider(&kind, block.header));
    let repetition = lifecycle::repetition(decoder, &content);
    let key = (kind, name);
    if let Some(earlier) = decoder.module.actions.get(&key) {
        let detail = format!(
            "An action of type \"{}\" named \"{}\" was already declared at {}. Names of actions must be unique per \
             type in each module.",
            key.0,
            key.1,
            decoder.place(earlier.span)
        );
        decoder.error(format!("Duplicate action \"{}\" configuration", key.0), detail, block.header);
        return;
    }
    let action = Action { name: key.clone(), config, repetition, provider, span: block.header };
    decoder.module.actions.insert(key, action);
}

/// An `action_trigger` block of a resource.
pub(super) fn decode_trigger(decoder: &mut Decoder<'_>, block: &Block) -> Option<ActionTrigger> {
    let content = decoder.content(&block.body, &["events", "actions", "condition"], &[]);
    for name in ["events", "actions"] {
        if content.attribute(name).is_none() {
            decoder.missing_argument(&block.body, name);
        }
    }
    let (events, actions) = (content.attribute("events")?, content.attribute("actions")?);
    let wanted = constant::list(&events.expr, "the value of events", &mut decoder.diagnostics);
    if wanted.is_empty() && matches!(events.expr.kind, ExprKind::Tuple(_)) {
        let detail = format!("Name at least one of the events {}.", EVENTS.join(", "));
        decoder.error("No events specified", detail, events.expr.span);
    }
    for event in wanted {
        check_event(decoder, event);
    }
    let mut found = Vec::new();
    let elements = constant::list(&actions.expr, "the value of actions", &mut decoder.diagnostics);
    if elements.is_empty() && matches!(actions.expr.kind, ExprKind::Tuple(_)) {
        let detail = "Name at least one action, as action.TYPE.NAME.";
        decoder.error("No actions specified", detail, actions.expr.span);
    }
    for element in elements {
        let Some(expr) = traversal::bare(element, Quoted::Refused, &mut decoder.diagnostics) else {
            continue;
        };
        match action(&expr) {
            Some(action) => found.push(action),
            None => decoder.error(
                "Invalid action argument inside action_triggers",
                "Each element of \"actions\" must be a reference to an action of this module, as action.TYPE.NAME, or \
                 action.TYPE.NAME[KEY] for one of several.",
                expr.span,
            ),
        }
    }
    let condition = content.attribute("condition").map(|a| a.expr.clone());
    Some(ActionTrigger { condition, actions: found, span: block.header })
}

fn check_event(decoder: &mut Decoder<'_>, event: &Expr) {
    let Some(expr) = traversal::bare(event, Quoted::Deprecated, &mut decoder.diagnostics) else { return };
    let name = match &expr.kind {
        ExprKind::Variable(name) => name.clone(),
        _ => "".into(),
    };
    if !EVENTS.contains(&&*name) {
        let hint = nearest(&name, EVENTS).map(|near| format!(" Did you mean {near}?")).unwrap_or_default();
        let detail = format!("An event is one of {}.{hint}", EVENTS.join(", "));
        decoder.error("Invalid \"event\" value", detail, expr.span);
    }
}

/// What `action.TYPE.NAME` or `action.TYPE.NAME[KEY]` refers to.
fn action(expr: &Expr) -> Option<ActionRef> {
    let (target, key) = match &expr.kind {
        ExprKind::Index(target, key) => (&**target, Some((**key).clone())),
        _ => (expr, None),
    };
    let ExprKind::GetAttr(source, name) = &target.kind else { return None };
    let ExprKind::GetAttr(root, kind) = &source.kind else { return None };
    let is_action = traversal::root_name(root).is_some_and(|root| &*root == "action");
    is_action.then(|| ActionRef { action: (kind.name.clone(), name.name.clone()), key, span: expr.span })
}
