//! A state as text: `show`, `state show` and the outputs after an apply.

use super::value::render_value;
use crate::plan::{unchanged_object, unchanged_value};
use crate::{Options, Palette};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;
use terrane_address::{Mode, ResourceInstance};
use terrane_provider::Schemas;
use terrane_schema::Schema;
use terrane_state::{Object, ObjectStatus, OutputState, State};
use terrane_value::{Marks, Value, from_json, from_json_with_type};

/// A whole state as text, ending with a line end.
pub fn render_state(state: &State, schemas: &Schemas, options: &Options) -> String {
    let mut out = String::new();
    let mut resources: Vec<_> = state.resources.iter().collect();
    // Data sources come first in each module.
    resources.sort_by_key(|(address, _)| (&address.module, address.resource.mode != Mode::Data));
    for (address, resource) in resources {
        let (mode, type_name) = (address.resource.mode, &address.resource.type_name);
        let schema = schemas.resource(&resource.provider.provider, mode, type_name);
        for (key, instance) in &resource.instances {
            let address = address.instance(key.clone());
            if let Some(object) = &instance.current {
                let tainted = object.status == ObjectStatus::Tainted;
                let status = if tainted { " (tainted)" } else { "" };
                let text = render_object(&address, &object_value(object, schema), schema, options);
                let _ = writeln!(out, "# {address}:{status}\n{text}\n");
            }
            for (deposed, object) in &instance.deposed {
                let text = render_object(&address, &object_value(object, schema), schema, options);
                let _ = writeln!(out, "# {address}: (deposed object {deposed})\n{text}\n");
            }
        }
    }
    if !state.outputs.is_empty() {
        out.push_str("\nOutputs:\n\n");
        for (name, output) in &state.outputs {
            let value = if output.sensitive { output.value.sensitive() } else { output.value.clone() };
            let _ = writeln!(out, "{name} = {}", unchanged_value(&value, options));
        }
    }
    if out.is_empty() {
        out.push_str("The state file is empty. No resources are represented.\n");
    }
    out
}

/// An object in the form of a `resource` or `data` block, without a line end at its end.
pub fn render_object(
    address: &ResourceInstance,
    object: &Value,
    schema: Option<&Schema>,
    options: &Options,
) -> String {
    let resource = &address.resource;
    let kind = match resource.mode {
        Mode::Managed => "resource",
        Mode::Data => "data",
        Mode::Ephemeral => "ephemeral",
    };
    let mut out = format!("{kind} \"{}\" \"{}\" {{\n", resource.type_name, resource.name);
    for line in unchanged_object(object, schema, options) {
        out.push_str(&line);
        out.push('\n');
    }
    out.push('}');
    out
}

/// The object that a state holds, by its schema where that fits and as plain JSON elsewhere, with
/// its sensitive parts marked.
pub(crate) fn object_value(object: &Object, schema: Option<&Schema>) -> Value {
    let typed =
        schema.and_then(|s| from_json_with_type(&object.attributes.json(), &s.block.implied_type()).ok());
    let value = typed.unwrap_or_else(|| from_json(&object.attributes.json()));
    let marks: Vec<_> = object.sensitive_paths.iter().map(|p| (p.clone(), Marks::sensitive())).collect();
    value.mark_paths(&marks)
}

/// Output values as `output` and the end of `apply` print them, one `name = value` each, ending
/// with a line end.
pub fn render_outputs(
    outputs: &BTreeMap<Arc<str>, OutputState>,
    palette: &Palette,
    options: &Options,
) -> String {
    let mut out = String::new();
    for (name, output) in outputs {
        let value = if output.sensitive && !options.show_sensitive {
            crate::palette::paint(palette.faint, "<sensitive>")
        } else {
            render_value(&output.value, options.show_sensitive)
        };
        let _ = writeln!(out, "{name} = {value}");
    }
    out
}
