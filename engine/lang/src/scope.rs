//! What names mean where an expression stands.

use crate::FunctionContext;
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_value::Value;

/// What an expression can refer to.
pub trait Scope {
    /// What a reference stands for: `root` is its first name and `steps` everything that
    /// follows it in the source, index keys evaluated. The scope takes as many steps as it
    /// needs to find a value (`aws_vpc` takes `.main` and, with `count`, `[0]`); the evaluator
    /// applies the rest to the value.
    fn resolve(&self, root: &str, span: Span, steps: &[Step]) -> Resolved;

    /// What functions may know of their surroundings.
    fn functions(&self) -> &FunctionContext;

    /// The result of the provider function `name` (`provider::aws::arn_parse`) with these
    /// arguments; `None` when there is no such function.
    fn call_provider_function(&self, name: &str, args: &[Value]) -> Option<Resolved> {
        let _ = (name, args);
        None
    }

    /// Whether `local_name` means the provider that is part of the program, whose functions are
    /// known here.
    fn is_builtin_provider(&self, local_name: &str) -> bool {
        let _ = local_name;
        false
    }

    /// Whether functions may be called.
    fn functions_allowed(&self) -> bool {
        true
    }

    /// Whether the expression is (part of) a template that `templatefile` or `templatestring`
    /// renders; those cannot be called again from there.
    fn in_template(&self) -> bool {
        false
    }
}

/// A step of a reference.
#[derive(Clone, Debug)]
pub enum Step {
    /// `.name`
    Attribute(Arc<str>, Span),
    /// `[key]`
    Index(Value, Span),
}

/// What a scope says of a reference.
#[derive(Debug)]
pub enum Resolved {
    /// The value, and how many steps it took.
    Value(Value, usize),
    /// There is no value before the results with these addresses are in.
    Blocked(Vec<Arc<str>>),
    /// The reference is wrong.
    Failed(Vec<Diagnostic>),
}
