//! The part of a module's README that its source says: requirements, inputs, outputs, modules and
//! resources, as Markdown.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;
use terrane_address::{Mode, ModulePath};
use terrane_config::{Config, Module};
use terrane_diagnostics::{FileId, Span};
use terrane_syntax::{BodySchema, parse_file};

/// The documentation of the root module of a configuration.
pub fn module_docs(config: &Config) -> String {
    let Some(module) = config.module(&ModulePath::root()) else { return String::new() };
    let mut out = String::new();
    requirements(&mut out, module);
    inputs(&mut out, module, &written(config));
    outputs(&mut out, module);
    modules(&mut out, module);
    resources(&mut out, module);
    out.trim_end().to_owned() + "\n"
}

/// How an argument is written.
#[derive(Default)]
struct Written {
    ty: Option<String>,
    default: Option<String>,
}

/// How types and defaults of variables are written in the source.
fn written(config: &Config) -> BTreeMap<Arc<str>, Written> {
    let mut found = BTreeMap::new();
    let schema = BodySchema::new(&[], &[("variable", &["name"])]);
    let own = |id: &FileId| config.sources.get(*id).is_some_and(|f| !f.name.starts_with('<'));
    for id in (0..).map(FileId).take_while(|id| config.sources.get(*id).is_some()).filter(own) {
        let (body, _) = parse_file(&config.sources, id);
        for block in body.partial_content(&schema).0.blocks {
            let (Some(label), Some(root)) = (block.labels.first(), config.module(&ModulePath::root())) else {
                continue;
            };
            // Modules that are called have variables of their own.
            if root.variables.get(&label.text).is_none_or(|v| v.span != block.header) {
                continue;
            }
            let (content, _) = block.body.partial_content(&BodySchema::new(&["type", "default"], &[]));
            let text = |name: &str| {
                let attribute = content.attribute(name)?;
                Some(dedented(config, attribute.expr.span))
            };
            found.insert(label.text.clone(), Written { ty: text("type"), default: text("default") });
        }
    }
    found
}

/// A text of the source whose lines after the first are moved to the left as far as they go.
fn dedented(config: &Config, span: Span) -> String {
    let text = config.sources.text(span).unwrap_or_default();
    let mut lines = text.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = lines.collect();
    let indent = |line: &&&str| line.len() - line.trim_start().len();
    let least =
        rest.iter().filter(|line| !line.trim().is_empty()).map(|line| indent(&line)).min().unwrap_or(0);
    rest.iter().fold(first, |text, line| format!("{text}\n{}", line.get(least..).unwrap_or_default()))
}

fn requirements(out: &mut String, module: &Module) {
    out.push_str("## Requirements\n\n| name | version |\n|---|---|\n");
    let language: Vec<&str> = module.required_versions.iter().map(|(text, _)| text.as_str()).collect();
    let any = |versions: Vec<&str>| match versions.is_empty() {
        true => "any".to_owned(),
        false => format!("`{}`", versions.join(", ")),
    };
    let _ = writeln!(out, "| Terraform, OpenTofu or Terrane | {} |", any(language));
    for (name, required) in module.required_providers.iter().filter(|(_, r)| !r.source.is_builtin()) {
        let versions = required.versions.iter().map(|(text, _)| text.as_str()).collect();
        let aliases: Vec<String> =
            required.configuration_aliases.iter().map(|alias| format!("`{alias}`")).collect();
        let passed = match aliases.is_empty() {
            true => String::new(),
            false => format!(", configurations {} passed by the caller", aliases.join(" and ")),
        };
        let _ =
            writeln!(out, "| provider `{name}` ({}){passed} | {} |", required.source.short(), any(versions));
    }
    out.push('\n');
}

fn inputs(out: &mut String, module: &Module, written: &BTreeMap<Arc<str>, Written>) {
    if module.variables.is_empty() {
        out.push_str("## Inputs\n\nNone.\n\n");
        return;
    }
    out.push_str("## Inputs\n\n");
    let (needed, optional): (Vec<_>, Vec<_>) = module.variables.values().partition(|v| v.default.is_none());
    for variable in needed.into_iter().chain(optional) {
        let nothing = Written::default();
        let source = written.get(&variable.name).unwrap_or(&nothing);
        let mut facts = vec![if variable.default.is_none() { "required" } else { "optional" }];
        facts.extend(variable.sensitive.then_some("sensitive"));
        facts.extend(variable.ephemeral.then_some("ephemeral"));
        facts.extend(variable.deprecated.as_ref().map(|_| "deprecated"));
        let _ = writeln!(out, "### `{}`\n", variable.name);
        if let Some(text) = &variable.description {
            let _ = writeln!(out, "{}\n", text.trim());
        }
        let short = |text: &Option<String>| text.as_ref().is_none_or(|text| !text.contains('\n'));
        let ty = source.ty.as_deref().unwrap_or("any");
        if short(&source.ty) && short(&source.default) {
            let default =
                source.default.as_ref().map(|text| format!(", default `{text}`")).unwrap_or_default();
            let _ = writeln!(out, "`{ty}`, {}{default}\n", facts.join(", "));
            continue;
        }
        let _ = writeln!(out, "{}:\n\n```hcl\ntype = {ty}", capital(&facts.join(", ")));
        if let Some(default) = &source.default {
            let _ = writeln!(out, "\ndefault = {default}");
        }
        out.push_str("```\n\n");
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn outputs(out: &mut String, module: &Module) {
    if module.outputs.is_empty() {
        out.push_str("## Outputs\n\nNone.\n\n");
        return;
    }
    out.push_str("## Outputs\n\n| name | description |\n|---|---|\n");
    for output in module.outputs.values() {
        let text = output.description.as_deref().unwrap_or_default().trim();
        let sensitive = if output.sensitive { " Sensitive." } else { "" };
        let _ = writeln!(out, "| `{}` | {}{sensitive} |", output.name, cell(text));
    }
    out.push('\n');
}

fn modules(out: &mut String, module: &Module) {
    if module.calls.is_empty() {
        return;
    }
    out.push_str("## Modules\n\n| name | source | version |\n|---|---|---|\n");
    for call in module.calls.values() {
        let version = call.version.as_ref().map(|(text, _)| format!("`{text}`")).unwrap_or_default();
        let _ = writeln!(out, "| `{}` | `{}` | {version} |", call.name, cell(&call.source));
    }
    out.push('\n');
}

fn resources(out: &mut String, module: &Module) {
    if module.resources.is_empty() {
        return;
    }
    out.push_str("## Resources\n\n");
    for resource in module.resources.keys() {
        let kind = match resource.mode {
            Mode::Managed => "",
            Mode::Data => " (data source)",
            Mode::Ephemeral => " (ephemeral)",
        };
        let _ = writeln!(out, "- `{}.{}`{kind}", resource.type_name, resource.name);
    }
    out.push('\n');
}

/// A text in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}
