//! The value of one argument.

use crate::eval::Evaluator;
use terrane_diagnostics::{Diagnostic, Span};
use terrane_schema::{Attribute, AttributeType, NestedAttributes, Nesting};
use terrane_syntax::Attribute as Argument;
use terrane_value::{Type, Value, convert};

impl Evaluator<'_> {
    /// The value of `argument`, of the type of `attribute`.
    pub(super) fn attribute(&mut self, argument: &Argument, name: &str, attribute: &Attribute) -> Value {
        let expr = &argument.expr;
        let value = self.eval(expr);
        let converted = match &attribute.ty {
            AttributeType::Plain(ty) => convert(&value, ty),
            AttributeType::Nested(nested) => convert(&value, &configured_type(nested)),
        };
        let value = match converted {
            Ok(value) => value,
            Err(e) => {
                let detail = format!("Inappropriate value for attribute {name:?}: {}.", e.message);
                let d = Diagnostic::error("Incorrect attribute value type", detail);
                self.fail_in(expr, d.at(expr.span).within(argument.span));
                return Value::unknown(attribute.value_type());
            }
        };
        if value.is_null() {
            if attribute.required {
                let detail = format!("The argument {name:?} is required, but no definition was found.");
                self.fail(Diagnostic::error("Missing required argument", detail).at(expr.span));
            }
            return value;
        }
        if attribute.computed && !attribute.optional && !attribute.required {
            let detail = format!(
                "Can't configure a value for {name:?}: its value will be decided automatically based on the \
                 result of applying this configuration."
            );
            self.fail(Diagnostic::error("Value for unconfigurable attribute", detail).at(expr.span));
        }
        self.deprecated(attribute.deprecated.as_deref(), expr.span);
        value
    }

    /// Warns of an argument or a block that should not be used any more.
    pub(super) fn deprecated(&mut self, instead: Option<&str>, span: Span) {
        if let Some(instead) = instead.filter(|instead| !instead.is_empty()) {
            self.fail(Diagnostic::warning("Argument is deprecated", instead).at(span));
        }
    }
}

/// What a configuration may write for nested attributes: all but the required ones can be left
/// out.
fn configured_type(nested: &NestedAttributes) -> Type {
    let ty = |attribute: &Attribute| match &attribute.ty {
        AttributeType::Plain(ty) => ty.clone(),
        AttributeType::Nested(nested) => configured_type(nested),
    };
    let object = Type::object_with_optional(
        nested.attributes.iter().map(|(name, a)| (name.clone(), ty(a))),
        nested.attributes.iter().filter(|(_, a)| !a.required).map(|(name, _)| name.clone()),
    );
    match nested.nesting {
        Nesting::Single | Nesting::Group => object,
        Nesting::List => Type::list(object),
        Nesting::Set => Type::set(object),
        Nesting::Map => Type::map(object),
    }
}
