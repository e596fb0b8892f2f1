//! Templates that are files or values: parsed while evaluating, and evaluated with variables of
//! their own.

use crate::eval::chains;
use crate::functions::{Call, CallError, FunctionContext, bad_argument};
use crate::{Resolved, Scope, Step, evaluate};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap, Span};
use terrane_syntax::parse_template;
use terrane_value::Value;

/// The names in a template.
struct Variables<'a> {
    values: &'a BTreeMap<Arc<str>, Value>,
    functions: &'a FunctionContext,
}

impl Scope for Variables<'_> {
    fn resolve(&self, root: &str, span: Span, _steps: &[Step]) -> Resolved {
        match self.values.get(root) {
            Some(value) => Resolved::Value(value.clone(), 0),
            None => {
                let detail = format!("There is no template variable named {root:?}.");
                Resolved::Failed(vec![Diagnostic::error("Reference to unknown variable", detail).at(span)])
            }
        }
    }

    fn functions(&self) -> &FunctionContext {
        self.functions
    }

    fn in_template(&self) -> bool {
        true
    }
}

/// The value of the template `text`, which `name` is shown for, with the variables that the
/// second argument of `call` has.
pub(crate) fn render(call: &Call<'_>, name: &str, text: &str) -> Result<Value, CallError> {
    if call.in_template {
        return Err(
            "cannot recursively call a template function from inside another template function".into()
        );
    }
    let vars = &call.args[1];
    let values = vars.as_map().ok_or_else(|| bad_argument(1, "invalid vars value: must be a map"))?;
    for name in values.keys() {
        let mut chars = name.chars();
        let valid = chars.next().is_some_and(|c| c.is_alphabetic() || c == '_')
            && chars.all(|c| c.is_alphanumeric() || c == '_' || c == '-');
        if !valid {
            let why = format!(
                "invalid template variable name {name:?}: must start with a letter, followed by zero or more \
                 letters, digits, and underscores"
            );
            return Err(bad_argument(1, why));
        }
    }
    let mut sources = SourceMap::default();
    let file = sources.add(name, text);
    let (expr, problems) = parse_template(&sources, file);
    let Some(expr) = expr.filter(|_| !problems.has_errors()) else { return Err(failed(&sources, &problems)) };
    for chain in chains(&expr) {
        if !values.contains_key(&chain.root) {
            let why = format!(
                "vars map does not contain key {:?}, referenced at {}",
                &*chain.root,
                place(&sources, chain.span)
            );
            return Err(bad_argument(1, why));
        }
    }
    let outcome = evaluate(&expr, &Variables { values, functions: call.context });
    if outcome.diagnostics.has_errors() {
        return Err(failed(&sources, &outcome.diagnostics));
    }
    Ok(outcome.value)
}

fn place(sources: &SourceMap, span: Span) -> String {
    let Some(file) = sources.get(span.file) else { return String::new() };
    let (start, end) = (file.position(span.start), file.position(span.end));
    if start.line == end.line {
        format!("{}:{},{}-{}", file.name, start.line, start.column, end.column)
    } else {
        format!("{}:{},{}-{},{}", file.name, start.line, start.column, end.line, end.column)
    }
}

fn failed(sources: &SourceMap, problems: &Diagnostics) -> CallError {
    CallError::Other(described(sources, problems))
}

/// The errors among `problems` with their places, a line each.
pub(crate) fn described(sources: &SourceMap, problems: &Diagnostics) -> String {
    let all: Vec<String> = problems
        .iter()
        .filter(|d| d.is_error())
        .map(|d| {
            let at = d.subject.map_or_else(String::new, |s| place(sources, s) + ": ");
            format!("{at}{}; {}", d.summary, d.detail.trim_end_matches('.'))
        })
        .collect();
    all.join("\n")
}
