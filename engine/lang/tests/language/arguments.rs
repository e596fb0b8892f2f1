//! Every function with arguments that are unknown, unknown in part, null or sensitive, and what Terraform makes of each such call.
//!
//! The tables hold a call a line: `call => result`. A result is JSON in which `?` stands for what is unknown, or `error`. Behind
//! an unknown result stands `any` when its type is not known either, and `not null` when it is known not to be null; behind any
//! result, `sensitive`. Terrane may know more than Terraform, and keep marks where Terraform loses them, but not the reverse.
//! Where it gives something else on purpose, the line goes on with `; here` and what that is.

use crate::soundness::Values;
use std::fmt::Write;
use terrane_diagnostics::{SourceMap, Span};
use terrane_lang::{FunctionContext, Outcome, Resolved, Scope, Step, evaluate};
use terrane_syntax::parse_expression;
use terrane_value::{Kind, Refinement, Type, Value};

const TABLES: [(&str, &str); 3] = [
    ("a-f.txt", include_str!("arguments/a-f.txt")),
    ("g-o.txt", include_str!("arguments/g-o.txt")),
    ("p-z.txt", include_str!("arguments/p-z.txt")),
];

#[test]
fn calls_give_what_they_give_in_terraform() {
    let scope = Arguments::new();
    let mut wrong = String::new();
    let mut called = 0;
    for (name, table) in TABLES {
        for (i, line) in table.lines().enumerate() {
            let (call, wanted) =
                line.split_once(" => ").unwrap_or_else(|| panic!("{name}:{}: {line}", i + 1));
            called += 1;
            let given = shown(&scope.outcome(call));
            let fits = match wanted.split_once("; here ") {
                Some((theirs, ours)) => given == ours && !is_as_good(&given, theirs),
                None => is_as_good(&given, wanted),
            };
            if !fits {
                let _ = writeln!(wrong, "{name}:{}: {line}\n    gives {given}", i + 1);
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(called > 1500, "{called} calls");
}

/// Unknown values of many types.
struct Arguments(Values, Value);

impl Arguments {
    fn new() -> Arguments {
        let types = [
            ("s", Type::String),
            ("n", Type::Number),
            ("b", Type::Bool),
            ("ls", Type::list(Type::String)),
            ("ln", Type::list(Type::Number)),
            ("lb", Type::list(Type::Bool)),
            ("ss", Type::set(Type::String)),
            ("ms", Type::map(Type::String)),
            ("o", Value::object([("a", Value::from(""))]).ty()),
            ("o2", Value::object([("b", Value::number(1))]).ty()),
            ("t", Type::tuple([Type::String, Type::Number])),
            ("d", Type::Dynamic),
            ("mls", Type::map(Type::list(Type::String))),
        ];
        let not_null = [
            ("xs", Type::String),
            ("xn", Type::Number),
            ("xls", Type::list(Type::String)),
            ("xms", Type::map(Type::String)),
        ];
        let variables = (types.into_iter().map(|(name, ty)| (name, Value::unknown(ty)))).chain(
            not_null.into_iter().map(|(n, ty)| (n, Value::unknown_refined(ty, Refinement::not_null()))),
        );
        let locals = [("tpl", Value::from("t${a}e")), ("tpl2", Value::from("%{if a == \"x\"}y%{endif}"))];
        let functions =
            FunctionContext { base_dir: "tests/language/arguments".into(), ..FunctionContext::default() };
        Arguments(Values { v: Value::object(variables), functions }, Value::object(locals))
    }

    fn outcome(&self, text: &str) -> Outcome {
        let mut sources = SourceMap::default();
        let file = sources.add("call", text);
        let (expr, problems) = parse_expression(&sources, file);
        evaluate(&expr.unwrap_or_else(|| panic!("{text}: {problems:#?}")), self)
    }
}

impl Scope for Arguments {
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved {
        match root {
            "var" => Resolved::Value(self.0.v.clone(), 0),
            "local" => Resolved::Value(self.1.clone(), 0),
            _ => self.0.resolve(root, span, steps),
        }
    }

    fn functions(&self) -> &FunctionContext {
        &self.0.functions
    }
}

/// A result as it stands in the tables.
fn shown(outcome: &Outcome) -> String {
    if outcome.diagnostics.has_errors() {
        return "error".into();
    }
    let value = &outcome.value;
    let mut text = String::new();
    json(value, &mut text);
    if let Kind::Unknown(ty, refinement) = value.kind() {
        if *ty == Type::Dynamic {
            text.push_str(" any");
        }
        if refinement.as_ref().is_some_and(|r| r.not_null) {
            text.push_str(" not null");
        }
    }
    if value.marks().is_sensitive() {
        text.push_str(" sensitive");
    }
    text
}

fn json(value: &Value, text: &mut String) {
    let mut sequence = |open: char, close: char, entries: Vec<(Option<&str>, &Value)>| {
        text.push(open);
        for (i, (key, value)) in entries.into_iter().enumerate() {
            text.push_str(if i > 0 { "," } else { "" });
            if let Some(key) = key {
                let _ = write!(text, "{key:?}:");
            }
            json(value, text);
        }
        text.push(close);
    };
    match value.kind() {
        Kind::Unknown(..) => text.push('?'),
        Kind::Null(_) => text.push_str("null"),
        Kind::Bool(b) => text.push_str(if *b { "true" } else { "false" }),
        Kind::Number(n) => text.push_str(&n.to_string()),
        Kind::String(s) => {
            let _ = write!(text, "{s:?}");
        }
        Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
            sequence('[', ']', vs.iter().map(|v| (None, v)).collect());
        }
        Kind::Map(_, vs) | Kind::Object(vs) => {
            sequence('{', '}', vs.iter().map(|(k, v)| (Some(&**k), v)).collect());
        }
    }
}

/// Whether `ours` says no less than `theirs`, and nothing else.
fn is_as_good(ours: &str, theirs: &str) -> bool {
    let flags = |text: &str| {
        let (text, sensitive) = text.strip_suffix(" sensitive").map_or((text, false), |t| (t, true));
        let (text, not_null) = text.strip_suffix(" not null").map_or((text, false), |t| (t, true));
        let (text, any) = text.strip_suffix(" any").map_or((text, false), |t| (t, true));
        (text.to_owned(), sensitive, not_null, any)
    };
    let (our_value, our_sensitive, our_not_null, our_any) = flags(ours);
    let (value, sensitive, not_null, any) = flags(theirs);
    our_value == value && our_sensitive >= sensitive && our_not_null >= not_null && our_any <= any
}
