//! Tables of what a block has, with nested blocks in it.

use crate::spec::{AttributeSpec, BlockSpec, NestedSpec, Presence};
use std::fmt::Write;
use terrane_schema::Nesting;
use terrane_value::{Type, Value};

/// A row: whether it comes first, its name, and its cells.
struct Row {
    required: bool,
    name: String,
    cells: String,
}

/// What can be set, and what is told.
pub(super) fn block_tables(text: &mut String, spec: &BlockSpec) {
    let (mut arguments, mut attributes) = (Vec::new(), Vec::new());
    collect(spec, "", false, &mut arguments, &mut attributes);
    // Required ones first; what is nested stays beside its block.
    arguments.sort_by_key(|row| !row.required);
    for (head, rows) in [("Argument", arguments), ("Attribute", attributes)] {
        if rows.is_empty() {
            continue;
        }
        let _ = writeln!(text, "| {head} | Type | | |\n|---|---|---|---|");
        for row in rows {
            let _ = writeln!(text, "| `{}` | {}", row.name, row.cells);
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
}

/// The arguments of the provider itself. Those that only name endpoints, one a service, are one row.
pub(super) fn configuration_table(text: &mut String, spec: &BlockSpec) {
    const ENDPOINT: &str = "_custom_endpoint";
    let mut shown = spec.clone();
    let before = shown.attributes.len();
    shown.attributes.retain(|name, _| !name.ends_with(ENDPOINT));
    let endpoints = before - shown.attributes.len();
    block_tables(text, &shown);
    if endpoints > 0 {
        let _ = writeln!(
            text,
            "\nBesides, `SERVICE{ENDPOINT}` for each of {endpoints} services: the URL to send its requests to."
        );
    }
}

fn collect(spec: &BlockSpec, path: &str, inside: bool, arguments: &mut Vec<Row>, attributes: &mut Vec<Row>) {
    for (name, attribute) in &spec.attributes {
        let told = attribute.presence == Presence::Computed;
        let row = Row {
            required: attribute.presence == Presence::Required && !inside,
            name: format!("{path}{name}"),
            cells: format!(
                "{} | {} | {} |",
                type_words(&attribute.ty),
                notes(attribute),
                cell(&attribute.description)
            ),
        };
        if told { attributes.push(row) } else { arguments.push(row) }
    }
    for (name, nested) in &spec.blocks {
        let row = Row {
            required: nested.min > 0 && !inside,
            name: format!("{path}{name}"),
            cells: format!(
                "{} | {} | {} |",
                blocks(nested),
                block_notes(nested),
                cell(&nested.block.description)
            ),
        };
        let within = row.required;
        arguments.push(row);
        let begin = arguments.len();
        collect(&nested.block, &format!("{path}{name}."), true, arguments, attributes);
        // Rows of a required block stay beside it.
        arguments[begin..].iter_mut().for_each(|row| row.required = within);
    }
}

fn blocks(nested: &NestedSpec) -> String {
    let kind = match nested.nesting {
        Nesting::Single | Nesting::Group => return "block".into(),
        Nesting::List => "blocks",
        Nesting::Set => "blocks, in no order",
        Nesting::Map => "blocks by label",
    };
    match (nested.min, nested.max) {
        (1, 1) => "one block".into(),
        (_, 1) => "block".into(),
        (0, 0) => kind.into(),
        (min, 0) => format!("{kind}, {min} or more"),
        (min, max) => format!("{kind}, {min} to {max}"),
    }
}

fn block_notes(nested: &NestedSpec) -> String {
    let mut notes = vec![if nested.min > 0 { "required" } else { "optional" }.to_owned()];
    if nested.computed {
        notes.push("else known after apply".into());
    }
    if nested.force_new {
        notes.push("replaces".into());
    }
    notes.extend(conflicts(&nested.conflicts_with));
    notes.extend(deprecation(nested.block.deprecated.as_ref()));
    notes.join(", ")
}

fn notes(attribute: &AttributeSpec) -> String {
    let mut notes: Vec<String> = match attribute.presence {
        Presence::Required => vec!["required".into()],
        Presence::Optional => vec!["optional".into()],
        Presence::OptionalComputed => vec!["optional, else known after apply".into()],
        Presence::Computed => Vec::new(),
    };
    if let Some(default) = attribute.default.as_ref().and_then(literal) {
        notes.push(format!("default `{default}`"));
    }
    for (set, word) in [
        (attribute.force_new, "replaces"),
        (attribute.sensitive, "sensitive"),
        (attribute.write_only, "write-only"),
    ] {
        if set {
            notes.push(word.into());
        }
    }
    notes.extend(conflicts(&attribute.conflicts_with));
    notes.extend(deprecation(attribute.deprecated.as_ref()));
    notes.join(", ")
}

fn deprecation(why: Option<&String>) -> Option<String> {
    why.map(|why| format!("deprecated: {}", cell(why)))
}

fn conflicts(names: &[&'static str]) -> Option<String> {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    (!names.is_empty()).then(|| format!("not with {}", names.join(", ")))
}

/// A default as it would be written.
fn literal(value: &Value) -> Option<String> {
    if let Some(text) = value.as_str() {
        return Some(format!("{text:?}"));
    }
    terrane_value::to_json(value).ok().map(|json| json.to_string())
}

/// A type as people say it.
fn type_words(ty: &Type) -> String {
    match ty {
        Type::Object(object) => {
            let names: Vec<String> = object.attributes.keys().map(|name| format!("`{name}`")).collect();
            format!("object of {}", names.join(", "))
        }
        other => match other.element() {
            Some(element) => format!("{} of {}", kind_word(other), type_words(element)),
            None => kind_word(other).into(),
        },
    }
}

fn kind_word(ty: &Type) -> &'static str {
    match ty {
        Type::String => "string",
        Type::Number => "number",
        Type::Bool => "bool",
        Type::List(_) => "list",
        Type::Set(_) => "set",
        Type::Map(_) => "map",
        _ => "any",
    }
}

/// Text as a cell of a table.
fn cell(text: &str) -> String {
    plain(text).replace('|', "\\|")
}

/// Text in one line, in which nothing is taken for a tag of HTML.
fn plain(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let parts = line.split('`').enumerate();
    let safe = parts.map(|(n, part)| if n % 2 == 0 { part.replace('<', "&lt;") } else { part.to_owned() });
    safe.collect::<Vec<_>>().join("`")
}

/// The first sentence of a description, without its full stop.
pub(super) fn first_sentence(text: &str) -> String {
    let line = plain(text);
    let end = line.find(". ").unwrap_or(line.len());
    line[..end].trim_end_matches('.').to_owned()
}
