//! `variable` blocks.

use super::{Decoder, check_rules, constant, label, names};
use crate::Variable;
use terrane_lang::type_constraint;
use terrane_syntax::{Block, Expr, ExprKind};
use terrane_value::{Type, Value, convert};

/// Names that mean something else in a `module` block.
const RESERVED: &[&str] =
    &["source", "version", "providers", "count", "for_each", "lifecycle", "depends_on", "locals"];

pub(super) fn decode(decoder: &mut Decoder<'_>, block: &Block) {
    let Some((name, name_span)) = label(block, 0) else { return };
    names::check_identifier(&name, "variable", name_span, &mut decoder.diagnostics);
    if RESERVED.contains(&&*name) {
        let detail = format!(
            "The variable name \"{name}\" is reserved due to its special meaning inside module blocks."
        );
        decoder.error("Invalid variable name", detail, name_span);
    }
    let content = decoder.content(
        &block.body,
        &["type", "default", "description", "sensitive", "ephemeral", "nullable", "deprecated", "const"],
        &[("validation", &[])],
    );
    let type_argument = content.attribute("type");
    let (ty, defaults) = match type_argument {
        Some(argument) => {
            let (ty, defaults, problems) = type_constraint(&argument.expr);
            decoder.diagnostics.append(problems);
            (ty, defaults)
        }
        None => (Type::Dynamic, Default::default()),
    };
    let nullable = decoder.boolean(&content, "nullable").unwrap_or(true);
    let variable = Variable {
        ty,
        defaults,
        typed: type_argument.is_some(),
        default: content.attribute("default").map(|a| a.expr.clone()),
        description: decoder.string(&content, "description"),
        sensitive: decoder.boolean(&content, "sensitive").unwrap_or(false),
        ephemeral: decoder.boolean(&content, "ephemeral").unwrap_or(false),
        nullable,
        validations: content.blocks("validation").filter_map(|b| check_rules::decode(decoder, b)).collect(),
        deprecated: decoder.string(&content, "deprecated"),
        name: name.clone(),
        span: block.header,
    };
    if decoder.boolean(&content, "const") == Some(true)
        && let Some(argument) = content.attribute("const")
        && (variable.sensitive || variable.ephemeral)
    {
        let other = if variable.sensitive { "sensitive" } else { "ephemeral" };
        let detail = format!(
            "The values of constant variables end up in the addresses of modules, where everybody sees them, so a \
             variable cannot be both \"const\" and \"{other}\"."
        );
        decoder.error(
            format!("Invalid combination of \"const\" and \"{other}\""),
            detail,
            argument.name.span,
        );
    }
    let default = check_default(decoder, &variable);
    let variable = Variable { default, ..variable };
    if let Some(earlier) = decoder.module.variables.get(&name) {
        let detail = format!(
            "A variable named \"{name}\" was already declared at {}. Variable names must be unique within a \
             module.",
            decoder.place(earlier.span)
        );
        decoder.error("Duplicate variable declaration", detail, block.header);
        return;
    }
    decoder.module.variables.insert(name, variable);
}

/// The default, which must be constant and fit the type, as a literal.
fn check_default(decoder: &mut Decoder<'_>, variable: &Variable) -> Option<Expr> {
    let default = variable.default.as_ref()?;
    let Some(value) = constant::constant(default, &mut decoder.diagnostics) else {
        return Some(default.clone());
    };
    let value = checked_value(decoder, variable, default, value);
    Some(Expr { kind: ExprKind::Literal(value), span: default.span })
}

/// The value converted to the type of the variable, or as it is when that is not possible.
fn checked_value(decoder: &mut Decoder<'_>, variable: &Variable, default: &Expr, value: Value) -> Value {
    if value.is_null() {
        if !variable.nullable {
            decoder.error(
                "Invalid default value for variable",
                "A null default value is not valid when nullable=false.",
                default.span,
            );
        }
        return value;
    }
    match convert(&variable.defaults.apply(&value), &variable.ty) {
        Ok(converted) => converted,
        Err(error) => {
            let inside = if error.path.0.is_empty() { String::new() } else { format!("{}: ", error.path) };
            let detail = format!(
                "This default value is not compatible with the variable's type constraint: {inside}{}.",
                error.message
            );
            decoder.error("Invalid default value for variable", detail, default.span);
            value
        }
    }
}
