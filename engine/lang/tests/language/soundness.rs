//! What it means that a result with unknown parts was right about what it said is known.

use terrane_diagnostics::{Diagnostic, SourceMap, Span};
use terrane_lang::{FunctionContext, Outcome, Resolved, Scope, Step, evaluate};
use terrane_syntax::parse_expression;
use terrane_value::{Kind, Type, Value};

/// A scope in which `v` is this object.
pub(crate) struct Values {
    pub(crate) v: Value,
    pub(crate) functions: FunctionContext,
}

impl Scope for Values {
    fn resolve(&self, root: &str, span: Span, _: &[Step]) -> Resolved {
        match root {
            "v" => Resolved::Value(self.v.clone(), 0),
            _ => Resolved::Failed(vec![Diagnostic::error("Invalid reference", root).at(span)]),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }
}

/// What `text` gives when `v` has these elements.
pub(crate) fn outcome(text: &str, v: &[Value], functions: &FunctionContext) -> Outcome {
    let mut sources = SourceMap::default();
    let file = sources.add("test", text);
    let (expr, problems) = parse_expression(&sources, file);
    let Some(expr) = expr.filter(|_| !problems.has_errors()) else { panic!("{text}: {problems:#?}") };
    let v = Value::object(v.iter().enumerate().map(|(i, v)| (format!("a{i}"), v.clone())));
    evaluate(&expr, &Values { v, functions: functions.clone() })
}

/// Fails when `known`, which came of known values, contradicts `before`, which came of the same
/// expression while some of these were unknown.
pub(crate) fn check(text: &str, before: &Outcome, known: &Outcome) -> Result<(), String> {
    let failed = |o: &Outcome| {
        o.diagnostics.iter().find(|d| d.is_error()).map(|d| format!("{}: {}", d.summary, d.detail))
    };
    match (failed(before), failed(known)) {
        // What no element can have is refused before it is known whether there is one.
        (Some(_), None) if text.contains("[*]") || text.contains(".*") => Ok(()),
        // A null of any type converts, and an unknown value of that type does not.
        (Some(_), None) if text.contains("convert(") => Ok(()),
        // What is wrong whatever the unknown values turn out to be is said early.
        (Some(why), None) => Err(format!("{text}: refused ({why}), but gives {:?}", known.value)),
        (None, None) if !agrees_but_for_type(&before.value, &known.value) => {
            Err(format!("{text}: said {:?}, but gives {:?}", before.value, known.value))
        }
        (None, None) => {
            let sensitive = |v: &Value| v.any_marks(&|m| m.is_sensitive());
            // Of a loop that is not run yet it is not known what it would make sensitive.
            if before.value.is_wholly_known() && sensitive(&known.value) && !sensitive(&before.value) {
                return Err(format!("{text}: {:?} was not sensitive, {:?} is", before.value, known.value));
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Whether `v` agrees with `before`, or would if one were of the type of the other: where one side
/// of a conditional has no known type yet, its type is taken to be that of the other side.
fn agrees_but_for_type(before: &Value, v: &Value) -> bool {
    let converted = |a: &Value, b: &Value| terrane_value::convert(a, &b.ty()).ok();
    agrees(before, v)
        || converted(v, before).is_some_and(|v| agrees(before, &v))
        || converted(before, v).is_some_and(|before| agrees(&before, v))
}

/// Whether `v` is a value that `before` can turn out to be.
pub(crate) fn agrees(before: &Value, v: &Value) -> bool {
    if let Kind::Unknown(ty, refinement) = before.kind() {
        let allowed = refinement.as_ref().is_none_or(|r| r.allows(v));
        return conforms(&v.ty(), ty) && allowed;
    }
    if !conforms(&v.ty(), &before.ty()) {
        return false;
    }
    match (before.kind(), v.kind()) {
        (Kind::Null(_), Kind::Null(_)) => true,
        (Kind::List(_, a), Kind::List(_, b)) | (Kind::Tuple(a), Kind::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| agrees(a, b))
        }
        (Kind::Map(_, a), Kind::Map(_, b)) | (Kind::Object(a), Kind::Object(b)) => {
            a.keys().eq(b.keys()) && a.values().zip(b.values()).all(|(a, b)| agrees(a, b))
        }
        (Kind::Set(_, a), Kind::Set(_, b)) => {
            b.len() <= a.len()
                && b.is_empty() == a.is_empty()
                && b.iter().all(|b| a.iter().any(|a| agrees(a, b)))
                && a.iter().all(|a| b.iter().any(|b| agrees(a, b)))
        }
        (a, b) => a == b,
    }
}

/// Whether `ty` is `wanted`, or one of the types that `wanted` can turn out to be.
pub(crate) fn conforms(ty: &Type, wanted: &Type) -> bool {
    match (ty, wanted) {
        (_, Type::Dynamic) => true,
        (Type::List(a), Type::List(b)) | (Type::Set(a), Type::Set(b)) | (Type::Map(a), Type::Map(b)) => {
            conforms(a, b)
        }
        (Type::Tuple(a), Type::Tuple(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| conforms(a, b))
        }
        (Type::Object(a), Type::Object(b)) => {
            a.attributes.keys().eq(b.attributes.keys())
                && a.attributes.values().zip(b.attributes.values()).all(|(a, b)| conforms(a, b))
        }
        (a, b) => a == b,
    }
}
