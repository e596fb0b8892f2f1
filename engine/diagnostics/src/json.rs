//! Diagnostics as JSON, in the shape of `validate -json`.

use crate::snippet::Snippet;
use crate::{Context, Diagnostic, FailedCall, Severity, SourceFile, SourceMap};
use serde_json::{Map, Value, json};

/// The diagnostic as an object of the keys `severity`, `summary`, `detail`, and where they are
/// known `address`, `range` and `snippet`.
pub fn to_json(diagnostic: &Diagnostic, sources: &SourceMap) -> Value {
    let mut object = Map::new();
    let severity = match diagnostic.severity {
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    object.insert("severity".to_owned(), severity.into());
    object.insert("summary".to_owned(), diagnostic.summary.as_str().into());
    object.insert("detail".to_owned(), diagnostic.detail.as_str().into());
    let address = diagnostic.about.iter().find(|(kind, _)| *kind == Context::Address);
    if let Some((_, address)) = address {
        object.insert("address".to_owned(), (**address).into());
    }
    if let Some(snippet) = Snippet::new(diagnostic, sources) {
        let range = json!({
            "filename": &*snippet.file.name,
            "start": position(snippet.file, snippet.subject.start),
            "end": position(snippet.file, snippet.subject.end),
        });
        let values: Vec<Value> = diagnostic
            .values
            .iter()
            .map(|v| json!({ "traversal": v.reference, "statement": v.statement }))
            .collect();
        object.insert("range".to_owned(), range);
        let mut shown = json!({
            "context": snippet.context,
            "code": snippet.code,
            "start_line": snippet.start_line,
            "highlight_start_offset": snippet.highlight.0,
            "highlight_end_offset": snippet.highlight.1,
            "values": values,
        });
        if let Some(call) = &diagnostic.call {
            shown["function_call"] = function_call(call);
        }
        object.insert("snippet".to_owned(), shown);
    }
    Value::Object(object)
}

fn function_call(call: &FailedCall) -> Value {
    let parameter = |(name, ty): &(String, Value)| json!({ "name": name, "type": ty });
    let mut signature = json!({
        "name": call.name,
        "params": call.parameters.iter().map(parameter).collect::<Vec<_>>(),
        "return_type": call.returns,
    });
    if let Some(variadic) = &call.variadic {
        signature["variadic_param"] = parameter(variadic);
    }
    json!({ "called_as": call.called_as, "signature": signature })
}

fn position(file: &SourceFile, offset: u32) -> Value {
    let position = file.position(offset);
    // An empty subject at the end of the file covers one byte that does not exist.
    let beyond = offset - position.byte;
    json!({ "line": position.line, "column": position.column + beyond, "byte": offset })
}
