//! A scope for tests: `local` with values of every kind, `unknown`, and results that are to come.
#![allow(dead_code)]

use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, SourceMap, Span};
use terrane_lang::{FunctionContext, Outcome, Resolved, Scope, Step, evaluate};
use terrane_syntax::{Expr, parse_expression};
use terrane_value::{Marks, Refinement, Type, Value};

/// The scope.
pub(crate) struct TestScope {
    /// What functions see.
    pub(crate) functions: FunctionContext,
    local: Value,
}

impl Default for TestScope {
    fn default() -> TestScope {
        let strings = |vs: &[&str]| vs.iter().map(Value::string).collect::<Vec<_>>();
        let object = Value::object([("a", Value::number(1)), ("b", Value::from("x"))]);
        let unknown = |ty: Type| Value::unknown(ty);
        let local = Value::object([
            ("s", Value::from("str")),
            ("n", Value::number(5)),
            ("yes", Value::TRUE),
            ("nothing", Value::NULL),
            ("o", object.clone()),
            ("l", Value::list(Type::String, strings(&["a", "b", "c"]))),
            ("none", Value::list(Type::String, [])),
            ("t", Value::tuple([Value::from("a"), Value::number(2)])),
            ("m", Value::map(Type::String, [("k", Value::from("v"))])),
            ("set", Value::set(Type::String, strings(&["b", "a"]))),
            ("objects", Value::list(object.ty(), [object.clone(), object])),
            ("secret", Value::from("hidden").sensitive()),
            ("secrets", Value::list(Type::String, strings(&["x", "y"])).sensitive()),
            ("part_secret", Value::object([("a", Value::number(1)), ("b", Value::from("p").sensitive())])),
            ("u", unknown(Type::String)),
            ("id", Value::unknown_refined(Type::String, Refinement::not_null())),
            ("ub", unknown(Type::Bool)),
            ("ul", unknown(Type::list(Type::String))),
            ("um", unknown(Type::map(Type::String))),
            ("dynamic", Value::UNKNOWN),
            ("from", Value::from("x").with_marks(&Marks::origin("aws_vpc.a"))),
            ("passing", Value::from("p").with_marks(&Marks::ephemeral())),
        ]);
        TestScope { functions: FunctionContext::default(), local }
    }
}

impl Scope for TestScope {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        match (root, steps.first()) {
            ("local", Some(Step::Attribute(name, at))) => match self.local.attribute(name) {
                Some(value) => Resolved::Value(value, 1),
                None => {
                    let d = Diagnostic::error("Reference to undeclared local value", format!("No {name}."));
                    Resolved::Failed(vec![d.at(span.to(*at))])
                }
            },
            ("later", Some(Step::Attribute(name, _))) => Resolved::Blocked(vec![Arc::clone(name)]),
            _ => Resolved::Failed(vec![Diagnostic::error("Invalid reference", root).at(span)]),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.functions
    }

    fn is_builtin_provider(&self, local_name: &str) -> bool {
        local_name == "terraform"
    }
}

/// Parses an expression that must be valid.
pub(crate) fn parse(text: &str) -> (SourceMap, Expr) {
    let mut sources = SourceMap::default();
    let file = sources.add("test.tf", text);
    let (expr, problems) = parse_expression(&sources, file);
    match expr {
        Some(expr) if !problems.has_errors() => (sources, expr),
        _ => panic!("{text}: {problems:#?}"),
    }
}

/// Evaluates an expression in the test scope.
pub(crate) fn outcome(text: &str) -> Outcome {
    let (_, expr) = parse(text);
    evaluate(&expr, &TestScope::default())
}

/// The value of an expression that must have one.
pub(crate) fn value(text: &str) -> Value {
    let outcome = outcome(text);
    assert!(!outcome.diagnostics.has_errors(), "{text}: {:#?}", outcome.diagnostics);
    assert!(outcome.blocked.is_empty(), "{text}: {:?}", outcome.blocked);
    outcome.value
}
