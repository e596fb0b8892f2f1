//! Runs the pages of `docs/language`. In a code block marked `hcl`, each expression is followed
//! by a comment that says what it gives:
//!
//! - `# = EXPRESSION`: the same value, of the same type and with the same marks, as that one;
//! - `# unknown TYPE, ...`: a value that is not known yet, and what is known of it;
//! - `# error: TEXT`: an error whose summary or detail has this text.
//!
//! A block marked `hcl locals` defines `local.NAME` for the rest of the page. `unknown.TYPE` is a
//! value of that type that is not known yet.

use std::fs;
use std::path::PathBuf;
use terrane_diagnostics::{Diagnostic, SourceMap, Span};
use terrane_lang::{FunctionContext, Outcome, Resolved, Scope, Step, evaluate};
use terrane_syntax::{parse_expression, parse_file};
use terrane_value::{Kind, Type, Value};

struct Page {
    local: Value,
    functions: FunctionContext,
}

impl Scope for Page {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        let Some(Step::Attribute(name, _)) = steps.first() else {
            return Resolved::Failed(vec![Diagnostic::error("Invalid reference", root).at(span)]);
        };
        let found = match root {
            "local" => self.local.attribute(name),
            "unknown" => ty(name).map(Value::unknown),
            _ => None,
        };
        match found {
            Some(value) => Resolved::Value(value, 1),
            None => Resolved::Failed(vec![
                Diagnostic::error("Invalid reference", format!("{root}.{name}")).at(span),
            ]),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

fn ty(name: &str) -> Option<Type> {
    Some(match name {
        "any" => Type::Dynamic,
        "bool" => Type::Bool,
        "number" => Type::Number,
        "string" => Type::String,
        "list" => Type::list(Type::String),
        "set" => Type::set(Type::String),
        "map" => Type::map(Type::String),
        "object" => Type::object([("a", Type::String), ("b", Type::Number)]),
        _ => return None,
    })
}

/// What is known of an unknown value, in the words of the pages.
fn unknown_text(value: &Value) -> Option<String> {
    let Kind::Unknown(ty, refinement) = value.kind() else { return None };
    let mut text = format!("unknown {ty}");
    if let Some(r) = refinement {
        if r.not_null {
            text.push_str(", not null");
        }
        if let Some(prefix) = &r.prefix {
            text.push_str(&format!(", starts with {prefix:?}"));
        }
        if let Some((n, _)) = &r.number_min {
            text.push_str(&format!(", at least {n}"));
        }
        if let Some((n, _)) = &r.number_max {
            text.push_str(&format!(", at most {n}"));
        }
        match (r.length_min, r.length_max) {
            (None, None) => {}
            (min, None) => text.push_str(&format!(", length from {}", min.unwrap_or(0))),
            (min, Some(max)) => text.push_str(&format!(", length {} to {max}", min.unwrap_or(0))),
        }
    }
    if value.marks().is_sensitive() {
        text.push_str(", sensitive");
    }
    Some(text)
}

impl Page {
    fn outcome(&self, text: &str) -> Result<Outcome, String> {
        let mut sources = SourceMap::default();
        let file = sources.add("page", text);
        let (expr, problems) = parse_expression(&sources, file);
        match expr {
            Some(expr) if !problems.has_errors() => Ok(evaluate(&expr, self)),
            _ => Err(problems
                .iter()
                .map(|d| format!("{}: {}", d.summary, d.detail))
                .collect::<Vec<_>>()
                .join("\n")),
        }
    }

    fn value(&self, text: &str) -> Result<Value, String> {
        let outcome = self.outcome(text)?;
        match outcome.diagnostics.iter().find(|d| d.is_error()) {
            Some(d) => Err(format!("{}: {}", d.summary, d.detail)),
            None => Ok(outcome.value),
        }
    }

    fn define(&mut self, text: &str) {
        let mut sources = SourceMap::default();
        let file = sources.add("page", text);
        let (body, problems) = parse_file(&sources, file);
        assert!(!problems.has_errors(), "{text}: {problems:#?}");
        for attribute in body.just_attributes().0 {
            let outcome = evaluate(&attribute.expr, self);
            assert!(!outcome.diagnostics.has_errors(), "{text}: {:#?}", outcome.diagnostics);
            self.local = self.local.with_attribute(&attribute.name.name, outcome.value);
        }
    }

    /// What is wrong with what the page says of `expression`.
    fn check(&self, expression: &str, said: &str) -> Option<String> {
        let found = self.value(expression);
        if let Some(part) = said.strip_prefix("error: ") {
            return match found {
                Err(why) if why.contains(part) => None,
                other => Some(format!("said error {part:?}, is {other:?}")),
            };
        }
        let found = match found {
            Ok(value) => value,
            Err(why) => return Some(format!("said {said:?}, fails: {why}")),
        };
        if said.starts_with("unknown ") {
            let text = unknown_text(&found).unwrap_or_else(|| format!("{found:?}"));
            return (text != said).then(|| format!("said {said:?}, is {text:?}"));
        }
        let Some(wanted) = said.strip_prefix("= ") else {
            return Some(format!("cannot understand {said:?}"));
        };
        match self.value(wanted) {
            Ok(wanted) if wanted == found => None,
            other => Some(format!("said {other:?}, is {found:?} of type {}", found.ty())),
        }
    }
}

#[test]
fn the_pages_about_the_language_are_true() {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/language");
    let mut problems = Vec::new();
    let mut checked = 0;
    let mut pages: Vec<PathBuf> =
        fs::read_dir(&dir).expect("the pages").flatten().map(|e| e.path()).collect();
    pages.sort();
    for path in pages {
        let text = fs::read_to_string(&path).expect("a page");
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut page = Page { local: Value::object::<&str>([]), functions: FunctionContext::default() };
        let before = checked;
        let mut block: Option<(String, String)> = None;
        for (number, line) in text.lines().enumerate() {
            let Some((kind, collected)) = &mut block else {
                if let Some(kind) = line.strip_prefix("```hcl") {
                    block = Some((kind.trim().to_owned(), String::new()));
                }
                continue;
            };
            if line == "```" {
                match kind.as_str() {
                    "locals" => page.define(collected),
                    _ => assert!(
                        collected.trim().is_empty(),
                        "{name}:{number}: nothing is said of {collected}"
                    ),
                }
                block = None;
                continue;
            }
            let said = line.strip_prefix("# ").filter(|_| kind.is_empty());
            let said = said.filter(|s| ["= ", "error: ", "unknown "].iter().any(|p| s.starts_with(p)));
            match said {
                Some(said) => {
                    checked += 1;
                    if let Some(problem) = page.check(collected.trim(), said) {
                        problems.push(format!("{name}:{}: {}: {problem}", number + 1, collected.trim()));
                    }
                    collected.clear();
                }
                None => {
                    collected.push_str(line);
                    collected.push('\n');
                }
            }
        }
        assert!(block.is_none(), "{name}: a code block has no end");
        assert!(checked > before || name == "README.md", "{name}: nothing is said in it");
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(checked > 200, "only {checked} expressions");
}
