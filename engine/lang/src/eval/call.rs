//! Function calls.

use super::{Evaluator, start_span};
use crate::Resolved;
use crate::functions::{self, Call, CallError, Function};
use terrane_diagnostics::{Diagnostic, Span, nearest};
use terrane_syntax::{Expr, ExprKind, Ident};
use terrane_value::{Kind, Marks, Type, Value};

/// Arguments after expansion.
struct Arguments {
    values: Vec<Value>,
    /// Marks of a sequence that was expanded.
    marks: Marks,
}

impl Evaluator<'_> {
    pub(super) fn call(&mut self, name: &Ident, args: &[Expr], expand: bool, expr: &Expr) -> Value {
        let plain = name.name.strip_prefix("core::").unwrap_or(&name.name);
        if !self.scope.functions_allowed() {
            let d = Diagnostic::error("Function calls not allowed", "Functions may not be called here.");
            return self.fail_in(expr, d.at(expr.span));
        }
        match plain {
            "try" if !expand => return self.try_call(name, args, expr),
            "can" if !expand && args.len() == 1 => return self.can_call(&args[0]),
            "convert" if !expand && args.len() == 2 => return self.convert_call(args, expr),
            _ => {}
        }
        if functions::SPECIAL.contains(&plain) {
            return self.special_misused(name, args, expand, expr);
        }
        let Some(function) = functions::find(plain).or_else(|| self.builtin(plain)) else {
            if name.name.starts_with("provider::") {
                return self.provider_call(name, args, expand, expr);
            }
            let (summary, detail) = unknown_function(&name.name);
            let d = Diagnostic::error(summary, detail).at(name.span).within(expr.span);
            args.iter().for_each(|arg| {
                self.eval(arg);
            });
            return self.fail_in(expr, d);
        };
        let before = (self.errors, self.blocks);
        let Some(Arguments { mut values, marks }) = self.arguments(args, expand, expr) else {
            return Value::UNKNOWN;
        };
        if !self.count_is_right(function, name, values.len(), args, expr) {
            return Value::UNKNOWN;
        }
        if plain == "templatestring" && args.first().is_some_and(|a| is_literal(a.without_parens())) {
            let why = "invalid template expression: templatestring is only for rendering templates retrieved \
                       dynamically from elsewhere, and so does not support providing a literal template; \
                       consider using a template string expression instead";
            return self.call_failed(function, name, args, expr, CallError::Argument(0, why.into()));
        }
        for (i, value) in values.iter_mut().enumerate() {
            let Some(parameter) = function.parameter(i) else { continue };
            match parameter.accept(value) {
                Ok(Some(converted)) => *value = converted,
                Ok(None) => {}
                Err(e) => {
                    self.call_failed(function, name, args, expr, CallError::Argument(i, e.message));
                }
            }
        }
        if before != (self.errors, self.blocks) {
            return Value::UNKNOWN;
        }
        let call =
            Call { args: &values, context: self.scope.functions(), in_template: self.scope.in_template() };
        match function.invoke(&call) {
            Ok(value) => value.with_marks(&marks),
            Err(e) => self.call_failed(function, name, args, expr, e),
        }
    }

    /// The function of the built-in provider that `name` is the full name of.
    fn builtin(&self, name: &str) -> Option<&'static Function> {
        let (provider, function) = name.strip_prefix("provider::")?.split_once("::")?;
        self.scope.is_builtin_provider(provider).then(|| functions::find_builtin(function))?
    }

    /// The values of the arguments; `None` when the last one cannot be expanded (yet).
    fn arguments(&mut self, args: &[Expr], expand: bool, expr: &Expr) -> Option<Arguments> {
        let mut values: Vec<Value> = args.iter().map(|arg| self.eval(arg)).collect();
        let (Some(last), true) = (args.last(), expand) else {
            return Some(Arguments { values, marks: Marks::NONE });
        };
        let (sequence, marks) = values.pop()?.unmark();
        let mut wrong = |detail: &str| {
            let d = Diagnostic::error("Invalid expanding argument value", detail);
            self.fail_in(last, d.at(last.span).within(expr.span));
            None
        };
        if sequence.is_null() {
            return wrong("The expanding argument (indicated by ...) must not be null.");
        }
        match sequence.kind() {
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => {
                values.extend(vs.iter().cloned());
                Some(Arguments { values, marks })
            }
            Kind::Unknown(Type::Tuple(types), _) => {
                values.extend(types.iter().map(|t| Value::unknown(t.clone())));
                Some(Arguments { values, marks })
            }
            Kind::Unknown(Type::Dynamic | Type::List(_) | Type::Set(_), _) => None,
            _ => wrong("The expanding argument (indicated by ...) must be of a tuple, list, or set type."),
        }
    }

    fn count_is_right(
        &mut self,
        function: &Function,
        name: &Ident,
        count: usize,
        args: &[Expr],
        expr: &Expr,
    ) -> bool {
        let wanted = function.params.len();
        if count < wanted {
            let least = if function.rest.is_some() { " at least" } else { "" };
            let detail = format!(
                "Function {:?} expects{least} {wanted} argument(s). Missing value for {:?}.",
                &*name.name, function.params[count].name
            );
            let close = Span { start: expr.span.end.saturating_sub(1).max(expr.span.start), ..expr.span };
            let d = Diagnostic::error("Not enough function arguments", detail).at(close).within(expr.span);
            self.fail_call(name, expr, d);
            return false;
        }
        if count > wanted && function.rest.is_none() {
            let detail = format!("Function {:?} expects only {wanted} argument(s).", &*name.name);
            let at = args.get(wanted).or(args.last()).map_or(expr.span, start_span);
            let d = Diagnostic::error("Too many function arguments", detail).at(at).within(expr.span);
            self.fail_call(name, expr, d);
            return false;
        }
        true
    }

    fn call_failed(
        &mut self,
        function: &Function,
        name: &Ident,
        args: &[Expr],
        expr: &Expr,
        error: CallError,
    ) -> Value {
        let diagnostic = match error {
            CallError::Argument(i, why) => {
                let parameter = function.parameter(i).map_or("", |p| p.name);
                let at = args.get(i).or(args.last()).map_or(expr.span, start_span);
                let detail = format!("Invalid value for {parameter:?} parameter: {why}.");
                Diagnostic::error("Invalid function argument", detail).at(at)
            }
            CallError::Other(why) => {
                let detail = format!("Call to function {:?} failed: {why}.", &*name.name);
                Diagnostic::error("Error in function call", detail).at(start_span(expr))
            }
        };
        self.fail_call(name, expr, diagnostic.within(expr.span))
    }

    /// Reports that the call of the function `name` fails.
    pub(super) fn fail_call(&mut self, name: &Ident, expr: &Expr, mut diagnostic: Diagnostic) -> Value {
        if self.trying == 0 {
            let plain = name.name.rsplit("::").next().unwrap_or(&name.name);
            diagnostic.call = functions::failed_call(plain, &name.name).map(Box::new);
        }
        self.fail_in(expr, diagnostic)
    }

    fn provider_call(&mut self, name: &Ident, args: &[Expr], expand: bool, expr: &Expr) -> Value {
        let before = (self.errors, self.blocks);
        let Some(Arguments { values, marks }) = self.arguments(args, expand, expr) else {
            return Value::UNKNOWN;
        };
        if before != (self.errors, self.blocks) {
            return Value::UNKNOWN;
        }
        match self.scope.call_provider_function(&name.name, &values) {
            Some(Resolved::Value(value, _)) => value.with_marks(&marks),
            Some(Resolved::Blocked(addresses)) => self.block(addresses),
            Some(Resolved::Failed(diagnostics)) => {
                for mut d in diagnostics {
                    d.subject = d.subject.or(Some(start_span(expr)));
                    self.fail_in(expr, d);
                }
                Value::UNKNOWN
            }
            None => {
                let mut names = name.name.split("::").skip(1);
                let (provider, function) = (names.next().unwrap_or(""), names.next().unwrap_or(""));
                let detail = format!(
                    "There is no function named {:?}. Ensure that provider name {provider:?} is declared in this \
                     module's required_providers block, and that this provider offers a function named \
                     {function:?}.",
                    &*name.name
                );
                let d = Diagnostic::error("Unknown provider function", detail).at(name.span);
                self.fail_in(expr, d.within(expr.span))
            }
        }
    }
}

fn is_literal(expr: &Expr) -> bool {
    matches!(expr.kind, ExprKind::Literal(_) | ExprKind::Template(_) | ExprKind::JsonString { .. })
}

fn unknown_function(name: &str) -> (&'static str, String) {
    if let Some((namespace, _)) = name.split_once("::")
        && namespace != "core"
    {
        let detail = format!(
            "The function namespace {namespace:?} is not valid. Provider function calls must use the \
             \"provider::\" namespace prefix."
        );
        return ("Unknown provider function", detail);
    }
    let suggestion = nearest(name, functions::function_names())
        .map_or_else(String::new, |n| format!(" Did you mean {n:?}?"));
    ("Call to unknown function", format!("There is no function named {name:?}.{suggestion}"))
}
