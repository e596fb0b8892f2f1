//! The syntax tree.

use std::sync::Arc;
use terrane_diagnostics::Span;
use terrane_value::Value;

/// A name in the source.
#[derive(Clone, Debug)]
pub struct Ident {
    /// The name.
    pub name: Arc<str>,
    /// Where it stands.
    pub span: Span,
}

/// A block label, quoted or bare.
#[derive(Clone, Debug)]
pub struct Label {
    /// The label without quotes.
    pub text: Arc<str>,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// The content of a file or block, in either form of the language. What is attribute and what
/// is block can depend on what the reader expects; see [`Body::content`].
#[derive(Clone, Debug)]
pub enum Body {
    /// From native syntax.
    Native(NativeBody),
    /// From JSON: the parsed document node (always an object or an array of objects).
    Json(Expr),
}

/// A body in native syntax.
#[derive(Clone, Debug)]
pub struct NativeBody {
    /// Arguments in source order; names are distinct.
    pub attributes: Vec<Attribute>,
    /// Blocks in source order.
    pub blocks: Vec<Block>,
    /// The whole body, braces excluded.
    pub span: Span,
    /// Where to point when something is missing, as Terraform does: the block's opening brace, or
    /// the start of the file.
    pub missing: Span,
}

/// `name = expr`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The argument's name.
    pub name: Ident,
    /// Its value.
    pub expr: Expr,
    /// Name and value.
    pub span: Span,
}

/// `kind "label" { ... }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The block type: `resource`.
    pub kind: Ident,
    /// Its labels.
    pub labels: Vec<Label>,
    /// What is between the braces.
    pub body: Body,
    /// The header: block type and labels, without the opening brace.
    pub header: Span,
    /// The whole block.
    pub span: Span,
}

/// An expression.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands.
    pub span: Span,
}

/// The kinds of expressions.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `true`, `12.5`, `null`, or a string without any interpolation.
    Literal(Value),
    /// A quoted string or heredoc with interpolations or directives. One part that is an
    /// interpolation alone (`"${x}"`) gives the value itself, not a string.
    Template(Vec<TemplatePart>),
    /// A string in JSON syntax. Evaluated it is `template`; where a bare expression or keyword
    /// is expected (`depends_on`, type constraints), `text` is parsed as one.
    JsonString {
        /// The string as JSON decodes it.
        text: Arc<str>,
        /// The string as a template.
        template: Box<Expr>,
    },
    /// A name that starts a reference: `var`, `aws_vpc`, or a `for` variable.
    Variable(Arc<str>),
    /// `source.name`.
    GetAttr(Box<Expr>, Ident),
    /// `source[key]`, and the legacy `source.0`.
    Index(Box<Expr>, Box<Expr>),
    /// `source[*].rest` (full) or `source.*.rest` (attribute only). In `each` the element stands
    /// as [`ExprKind::SplatElement`].
    Splat {
        /// What is iterated.
        source: Box<Expr>,
        /// Whether it is `[*]`, which indexes can follow.
        full: bool,
        /// Applied to each element.
        each: Box<Expr>,
    },
    /// The element inside of the `each` of the nearest enclosing splat.
    SplatElement,
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = b }`.
    Object(Vec<ObjectItem>),
    /// `name(args...)`; provider functions have names such as `provider::aws::arn_parse`.
    Call {
        /// The function.
        name: Ident,
        /// Its arguments.
        args: Vec<Expr>,
        /// Whether the last argument is expanded by `...`.
        expand_final: bool,
    },
    /// `condition ? then : otherwise`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// An operator before its operand.
    Unary(UnaryOp, Box<Expr>),
    /// An operator between its operands.
    Binary(BinaryOp, Box<Expr>, Box<Expr>),
    /// `[for ...]` or `{for ...}`.
    For(Box<ForExpr>),
    /// `(inner)`: the same value, but `(a)` as an object key is an expression.
    Parens(Box<Expr>),
}

/// A part of a template.
#[derive(Clone, Debug)]
pub enum TemplatePart {
    /// Text as it is. Strip markers of neighbours are applied already.
    Literal(Arc<str>, Span),
    /// `${expr}`.
    Interpolation(Expr),
    /// `%{ if condition }...%{ else }...%{ endif }`.
    If {
        /// The condition.
        condition: Expr,
        /// Parts when it is true.
        then: Vec<TemplatePart>,
        /// Parts when it is false.
        otherwise: Vec<TemplatePart>,
        /// The directive from `%{ if` to `%{ endif }`.
        span: Span,
    },
    /// `%{ for key, value in collection }...%{ endfor }`.
    For {
        /// The key variable, if given.
        key: Option<Ident>,
        /// The value variable.
        value: Ident,
        /// What is iterated.
        collection: Expr,
        /// Parts for each element.
        body: Vec<TemplatePart>,
        /// The directive from `%{ for` to `%{ endfor }`.
        span: Span,
    },
}

/// One item of an object constructor.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// The key.
    pub key: ObjectKey,
    /// The value.
    pub value: Expr,
}

/// The key of an object item.
#[derive(Clone, Debug)]
pub enum ObjectKey {
    /// A bare name, which stands for itself: `{ name = 1 }`.
    Name(Ident),
    /// Anything else: `{ "a-${b}" = 1 }`, `{ (var.x) = 1 }`.
    Expr(Expr),
}

/// A `for` expression.
#[derive(Clone, Debug)]
pub struct ForExpr {
    /// The key variable, if given.
    pub key: Option<Ident>,
    /// The value variable.
    pub value: Ident,
    /// What is iterated.
    pub collection: Expr,
    /// For an object, the key of each result.
    pub result_key: Option<Expr>,
    /// The value of each result.
    pub result: Expr,
    /// Whether `...` groups the results by key.
    pub group: bool,
    /// The `if` clause.
    pub condition: Option<Expr>,
}

/// Operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `!`
    Not,
}

/// Operators with two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
}

impl Expr {
    /// The expression inside of any parentheses.
    pub fn without_parens(&self) -> &Expr {
        match &self.kind {
            ExprKind::Parens(inner) => inner.without_parens(),
            _ => self,
        }
    }
}
