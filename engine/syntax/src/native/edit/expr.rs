//! Expressions.

use super::super::term::{normal, object_key};
use super::super::{Broken, Parsed};
use super::Lowering;
use crate::token::TokenKind;
use crate::{BinaryOp, Expr, ExprKind, ForExpr, Ident, ObjectItem, ObjectKey, UnaryOp};
use hcl_edit::Decorated;
use hcl_edit::expr::{self, BinaryOperator, Expression, UnaryOperator};
use std::sync::Arc;
use terrane_diagnostics::Span;
use terrane_value::{Number, Type, Value};

/// White space around an expression. Bare carriage returns do not get here.
const SPACE: [char; 4] = [' ', '\t', '\r', '\n'];

impl Lowering<'_> {
    /// The whole text as an expression.
    pub(super) fn whole_expression(&mut self) -> Parsed<Expr> {
        let text = &self.parser.source[self.base..];
        let start = text.len() - text.trim_start_matches(SPACE).len();
        self.base += start;
        let expr = hcl_edit::parser::parse_expr(text[start..].trim_end_matches(SPACE)).map_err(|_| Broken)?;
        self.expression(&expr)
    }

    /// An expression that stands for itself, one level deeper than what it is in.
    pub(super) fn expression(&mut self, expr: &Expression) -> Parsed<Expr> {
        self.nested(|l| l.operand(expr))
    }

    /// An expression on the level at hand. Its height is noted in the parser.
    pub(super) fn operand(&mut self, expr: &Expression) -> Parsed<Expr> {
        match expr {
            Expression::Null(null) => self.literal(Value::null(Type::Dynamic), null),
            Expression::Bool(bool) => self.literal(Value::from(*bool.value()), bool),
            Expression::String(text) => self.literal(Value::string(text.value()), text),
            Expression::Number(number) => {
                let number = self.number(self.span(number)?)?;
                self.negated(number.0, number.1)
            }
            Expression::Variable(name) => {
                let span = self.span(name)?;
                self.parser.node(ExprKind::Variable(normal(name.as_str())), span, 0)
            }
            Expression::Array(array) => {
                let span = self.span(array)?;
                let (items, height) = self.list(array.iter(), array.len())?;
                self.parser.node(ExprKind::Tuple(items), span, height)
            }
            Expression::Object(object) => self.object(object),
            Expression::Parenthesis(parens) => {
                let span = self.span(&**parens)?;
                let inner = self.expression(parens.inner())?;
                self.parser.node(ExprKind::Parens(Box::new(inner)), span, self.parser.height)
            }
            Expression::FuncCall(call) => self.nested(|l| l.call(call)),
            Expression::Conditional(conditional) => self.conditional(conditional),
            Expression::UnaryOp(unary) => {
                let operator = match unary.operator.value() {
                    UnaryOperator::Neg => UnaryOp::Negate,
                    UnaryOperator::Not => UnaryOp::Not,
                };
                let start = self.span(&unary.operator)?;
                let operand = self.nested(|l| l.operand(&unary.expr))?;
                self.unary(operator, start, operand)
            }
            Expression::BinaryOp(binary) => {
                let left = self.operand(&binary.lhs_expr)?;
                let height = self.parser.height;
                let right = self.operand(&binary.rhs_expr)?;
                let height = height.max(self.parser.height);
                let span = left.span.to(right.span);
                let operator = binary_operator(*binary.operator.value());
                let kind = ExprKind::Binary(operator, Box::new(left), Box::new(right));
                self.parser.node(kind, span, height)
            }
            Expression::Traversal(traversal) => self.traversal(traversal),
            Expression::ForExpr(for_expr) => self.for_expr(for_expr),
            Expression::StringTemplate(template) => self.quoted_template(template),
            Expression::HeredocTemplate(heredoc) => self.heredoc(heredoc),
        }
    }

    fn literal(&mut self, value: Value, node: &impl hcl_edit::Span) -> Parsed<Expr> {
        let span = self.span(node)?;
        self.parser.literal(value, span)
    }

    /// A number from its text, since hcl-edit has 64 bits for it; and its minus sign, which
    /// hcl-edit counts to it.
    pub(super) fn number(&mut self, span: Span) -> Parsed<(Option<Span>, Expr)> {
        let index = self.parser.tokens.partition_point(|t| t.start < span.end).checked_sub(1);
        let digits = self.parser.token(index.ok_or(Broken)?);
        if digits.kind != TokenKind::Number || digits.end != span.end {
            return Err(Broken);
        }
        let number: Number = self.parser.text(digits).parse().map_err(|_| Broken)?;
        let minus = (digits.start > span.start).then(|| Span { end: span.start + 1, ..span });
        let span = self.parser.range(digits.start, digits.end);
        Ok((minus, self.parser.literal(Value::number(number), span)?))
    }

    pub(super) fn negated(&mut self, minus: Option<Span>, operand: Expr) -> Parsed<Expr> {
        match minus {
            Some(minus) => self.unary(UnaryOp::Negate, minus, operand),
            None => Ok(operand),
        }
    }

    fn unary(&mut self, operator: UnaryOp, start: Span, operand: Expr) -> Parsed<Expr> {
        let span = start.to(operand.span);
        let height = self.parser.height;
        self.parser.node(ExprKind::Unary(operator, Box::new(operand)), span, height)
    }

    /// Expressions, and the greatest height among them.
    fn list<'e>(
        &mut self,
        list: impl Iterator<Item = &'e Expression>,
        len: usize,
    ) -> Parsed<(Vec<Expr>, u32)> {
        let (mut lowered, mut height) = (Vec::with_capacity(len), 0);
        for expr in list {
            lowered.push(self.expression(expr)?);
            height = height.max(self.parser.height);
        }
        Ok((lowered, height))
    }

    fn object(&mut self, object: &expr::Object) -> Parsed<Expr> {
        let span = self.span(object)?;
        let (mut items, mut height) = (Vec::with_capacity(object.len()), 0);
        for (key, value) in object {
            let key = match key {
                expr::ObjectKey::Ident(name) => {
                    height = height.max(1);
                    ObjectKey::Name(self.variable(name)?)
                }
                expr::ObjectKey::Expression(key) => {
                    let key = self.expression(key)?;
                    height = height.max(self.parser.height);
                    object_key(key, self.parser.source)
                }
            };
            let value = self.expression(value.expr())?;
            height = height.max(self.parser.height);
            items.push(ObjectItem { key, value });
        }
        self.parser.node(ExprKind::Object(items), span, height)
    }

    /// A name in the normal form in which values hold attribute names.
    pub(super) fn variable(&self, name: &Decorated<hcl_edit::Ident>) -> Parsed<Ident> {
        Ok(Ident { name: normal(name.as_str()), span: self.span(name)? })
    }

    fn call(&mut self, call: &expr::FuncCall) -> Parsed<Expr> {
        let last = &call.name.name;
        let mut name_span = self.span(last)?;
        let mut name: Arc<str> = last.as_str().into();
        if let Some(first) = call.name.namespace.first() {
            name_span = self.span(first)?.to(name_span);
            let scope = call.name.namespace.iter().map(|part| part.as_str());
            name = scope.chain([last.as_str()]).collect::<Vec<_>>().join("::").into();
        }
        let end = self.span(call)?;
        let expand_final = call.args.expand_final();
        let (args, height) = self.list(call.args.iter(), call.args.len())?;
        let name = Ident { name, span: name_span };
        self.parser.node(ExprKind::Call { name, args, expand_final }, name_span.to(end), height)
    }

    fn conditional(&mut self, conditional: &expr::Conditional) -> Parsed<Expr> {
        let condition = self.operand(&conditional.cond_expr)?;
        let mut height = self.parser.height;
        let then = self.expression(&conditional.true_expr)?;
        height = height.max(self.parser.height);
        let otherwise = self.operand(&conditional.false_expr)?;
        height = height.max(self.parser.height);
        let span = condition.span.to(otherwise.span);
        let kind = ExprKind::Conditional(Box::new(condition), Box::new(then), Box::new(otherwise));
        self.parser.node(kind, span, height)
    }

    fn for_expr(&mut self, for_expr: &expr::ForExpr) -> Parsed<Expr> {
        let span = self.span(for_expr)?;
        let intro = &for_expr.intro;
        let key = intro.key_var.as_ref().map(|name| self.variable(name)).transpose()?;
        let value = self.variable(&intro.value_var)?;
        let collection = self.expression(&intro.collection_expr)?;
        let mut height = self.parser.height;
        self.index_at(collection.span.start)?;
        let mut result_key = None;
        if let Some(key) = &for_expr.key_expr {
            result_key = Some(self.expression(key)?);
            height = height.max(self.parser.height);
        }
        let result = self.expression(&for_expr.value_expr)?;
        height = height.max(self.parser.height);
        let mut condition = None;
        if let Some(cond) = &for_expr.cond {
            let lowered = self.expression(&cond.expr)?;
            self.index_at(lowered.span.start)?;
            height = height.max(self.parser.height);
            condition = Some(lowered);
        }
        let group = for_expr.grouping;
        let lowered = ForExpr { key, value, collection, result_key, result, group, condition };
        self.parser.node(ExprKind::For(Box::new(lowered)), span, height)
    }
}

fn binary_operator(operator: BinaryOperator) -> BinaryOp {
    match operator {
        BinaryOperator::Eq => BinaryOp::Equal,
        BinaryOperator::NotEq => BinaryOp::NotEqual,
        BinaryOperator::LessEq => BinaryOp::LessOrEqual,
        BinaryOperator::GreaterEq => BinaryOp::GreaterOrEqual,
        BinaryOperator::Less => BinaryOp::Less,
        BinaryOperator::Greater => BinaryOp::Greater,
        BinaryOperator::Plus => BinaryOp::Add,
        BinaryOperator::Minus => BinaryOp::Subtract,
        BinaryOperator::Mul => BinaryOp::Multiply,
        BinaryOperator::Div => BinaryOp::Divide,
        BinaryOperator::Mod => BinaryOp::Modulo,
        BinaryOperator::And => BinaryOp::And,
        BinaryOperator::Or => BinaryOp::Or,
    }
}
