//! Values, paths and diagnostics, between the engine's form and the protocol's.

use crate::messages::{self, DynamicValue, Selector};
use terrane_diagnostics::{Diagnostic, Diagnostics, Severity};
use terrane_value::{Path, PathStep, Type, Value, from_json_with_type, from_msgpack, to_msgpack};

/// A value as bytes. `ty` is the type that the schema says, in which attributes of any type are
/// written with their type.
pub(crate) fn encode(value: &Value, ty: &Type) -> Result<Option<DynamicValue>, String> {
    let msgpack = to_msgpack(value, ty).map_err(|e| e.to_string())?;
    Ok(Some(DynamicValue { msgpack, json: Vec::new() }))
}

/// The inverse of [`encode`]; also reads JSON. Nothing at all is null.
pub(crate) fn decode(value: Option<DynamicValue>, ty: &Type) -> Result<Value, String> {
    let value = value.unwrap_or_default();
    if !value.msgpack.is_empty() {
        return from_msgpack(&value.msgpack, ty).map_err(|e| e.to_string());
    }
    if value.json.is_empty() {
        return Ok(Value::null(ty.clone()));
    }
    let json = serde_json::from_slice(&value.json).map_err(|e| e.to_string())?;
    from_json_with_type(&json, ty).map_err(|e| e.to_string())
}

/// A path. The protocol has no way to name an element of a set, so that paths end before one.
pub(crate) fn path(path: messages::AttributePath) -> Path {
    let step = |step: messages::Step| {
        Some(match step.selector? {
            Selector::Attribute(name) => PathStep::Attribute(name.into()),
            Selector::Key(key) => PathStep::Key(key.into()),
            Selector::Index(index) => PathStep::Index(u64::try_from(index).ok()?),
        })
    };
    Path(path.steps.into_iter().map_while(step).collect())
}

/// Problems that a plugin reports.
pub(crate) fn diagnostics(reported: Vec<messages::Diagnostic>) -> Diagnostics {
    let mut all = Diagnostics::new();
    for problem in reported {
        let mut diagnostic = match problem.severity {
            messages::WARNING => Diagnostic::warning(problem.summary, problem.detail),
            // What has no valid severity had better stop the work.
            _ => Diagnostic::error(problem.summary, problem.detail),
        };
        if let Some(attribute) = problem.attribute.filter(|path| !path.steps.is_empty()) {
            diagnostic = diagnostic.on_attribute(path(attribute));
        }
        all.push(diagnostic);
    }
    all
}

/// A path as a message. It ends before an element of a set, which the protocol cannot name.
pub(crate) fn attribute_path(path: &Path) -> messages::AttributePath {
    let step = |step: &PathStep| {
        let selector = match step {
            PathStep::Attribute(name) => Selector::Attribute(name.to_string()),
            PathStep::Key(key) => Selector::Key(key.to_string()),
            PathStep::Index(index) => Selector::Index(i64::try_from(*index).ok()?),
            PathStep::Element(_) => return None,
        };
        Some(messages::Step { selector: Some(selector) })
    };
    messages::AttributePath { steps: path.0.iter().map_while(step).collect() }
}

/// Problems as messages. Where something happened, which the protocol has no place for, is told in
/// the detail.
pub(crate) fn reported(problems: Diagnostics) -> Vec<messages::Diagnostic> {
    let message = |problem: Diagnostic| {
        let facts: Vec<String> =
            problem.about.iter().map(|(kind, fact)| format!("{} {fact}", kind.label())).collect();
        let mut detail = problem.detail;
        if !facts.is_empty() {
            detail = format!("{detail}\n\n{}", facts.join(", "));
        }
        // Only the argument: what is within it is told by the text.
        let name = problem.attribute.as_deref().and_then(|path| path.split(['.', '[']).next());
        let attribute = name.filter(|name| !name.is_empty()).map(|name| messages::AttributePath {
            steps: vec![messages::Step { selector: Some(Selector::Attribute(name.to_owned())) }],
        });
        let severity = match problem.severity {
            Severity::Warning => messages::WARNING,
            Severity::Error => messages::ERROR,
        };
        messages::Diagnostic { severity, summary: problem.summary, detail, attribute }
    };
    problems.into_iter().map(message).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::messages::{AttributePath, ERROR, Step, WARNING};

    fn ty() -> Type {
        Type::object([("name", Type::String), ("any", Type::Dynamic)])
    }

    #[test]
    fn values_survive_the_way_there_and_back() {
        let value = Value::object([
            ("name", Value::unknown(Type::String)),
            ("any", Value::tuple([Value::from(true), Value::null(Type::String)])),
        ]);
        let bytes = encode(&value, &ty()).unwrap();
        assert_eq!(decode(bytes, &ty()).unwrap(), value);
        assert!(decode(None, &ty()).unwrap().is_null());
    }

    #[test]
    fn json_is_read_and_what_is_neither_is_refused() {
        let json = br#"{"name": "a", "any": {"type": "string", "value": "b"}}"#.to_vec();
        let value = decode(Some(DynamicValue { msgpack: Vec::new(), json }), &ty()).unwrap();
        assert_eq!(value.attribute("any"), Some(Value::from("b")));
        let garbage = DynamicValue { msgpack: vec![0xc1, 0xff], json: Vec::new() };
        assert!(decode(Some(garbage), &ty()).is_err());
        let garbage = DynamicValue { msgpack: Vec::new(), json: b"{".to_vec() };
        assert!(decode(Some(garbage), &ty()).is_err());
    }

    #[test]
    fn problems_keep_severity_and_place() {
        let steps = [Selector::Attribute("tags".into()), Selector::Key("Name".into()), Selector::Index(-1)];
        let attribute = AttributePath { steps: steps.map(|s| Step { selector: Some(s) }).into() };
        let report = |severity| messages::Diagnostic {
            severity,
            summary: format!("severity {severity}"),
            detail: String::new(),
            attribute: Some(attribute.clone()),
        };
        let found = diagnostics(vec![report(ERROR), report(WARNING), report(0)]);
        let errors: Vec<_> = found.iter().map(Diagnostic::is_error).collect();
        assert_eq!(errors, [true, false, true]);
        assert!(found.iter().all(|d| d.attribute.as_deref() == Some("tags[\"Name\"]")));
    }
}
