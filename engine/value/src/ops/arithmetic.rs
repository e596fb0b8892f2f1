//! Operations on numbers.

use super::{OpError, unknown_not_null};
use crate::{ArithmeticError, Kind, Marks, Number, Refinement, Type, Value};

type Operation = fn(&Number, &Number) -> Result<Number, ArithmeticError>;

impl Value {
    /// `+` of numbers.
    pub fn add(&self, other: &Value) -> Result<Value, OpError> {
        self.arithmetic(other, Number::add, |a, b| Bounds {
            min: sum(&a.min, &b.min),
            max: sum(&a.max, &b.max),
        })
    }

    /// `-` of numbers.
    pub fn subtract(&self, other: &Value) -> Result<Value, OpError> {
        self.arithmetic(other, Number::sub, |a, b| {
            let negative = |bound: &Bound| bound.as_ref().map(|(n, inclusive)| (n.neg(), *inclusive));
            Bounds { min: sum(&a.min, &negative(&b.max)), max: sum(&a.max, &negative(&b.min)) }
        })
    }

    /// `*` of numbers.
    pub fn multiply(&self, other: &Value) -> Result<Value, OpError> {
        self.arithmetic(other, Number::mul, |_, _| Bounds::default())
    }

    /// `/` of numbers; division by zero is an error.
    pub fn divide(&self, other: &Value) -> Result<Value, OpError> {
        self.arithmetic(other, Number::div, |_, _| Bounds::default())
    }

    /// `%` of numbers. As in Terraform, the remainder of a division by zero is the dividend.
    pub fn modulo(&self, other: &Value) -> Result<Value, OpError> {
        if let (Some(a), Some(b)) = (operand(self)?, operand(other)?)
            && b.is_zero()
        {
            return Ok(Value::number(a.clone()).with_marks(&self.marks().union(other.marks())));
        }
        self.arithmetic(other, Number::rem, |_, _| Bounds::default())
    }

    /// Unary `-` of a number.
    pub fn negate(&self) -> Result<Value, OpError> {
        Ok(match operand(self)? {
            Some(n) => Value::number(n.neg()).with_marks(self.marks()),
            None => unknown_not_null(Type::Number, self.marks()),
        })
    }

    /// `<` of numbers.
    pub fn less_than(&self, other: &Value) -> Result<Value, OpError> {
        self.compare(other, |a, b| a.cmp_exactly(b).is_lt(), |strict| strict)
    }

    /// `<=` of numbers.
    pub fn less_or_equal(&self, other: &Value) -> Result<Value, OpError> {
        self.compare(other, |a, b| a == b || a.cmp_exactly(b).is_lt(), |strict| !strict)
    }

    /// `>` of numbers.
    pub fn greater_than(&self, other: &Value) -> Result<Value, OpError> {
        other.less_than(self)
    }

    /// `>=` of numbers.
    pub fn greater_or_equal(&self, other: &Value) -> Result<Value, OpError> {
        other.less_or_equal(self)
    }

    fn arithmetic(
        &self,
        other: &Value,
        operation: Operation,
        bounds: fn(&Bounds, &Bounds) -> Bounds,
    ) -> Result<Value, OpError> {
        let marks = self.marks().union(other.marks());
        match (operand(self)?, operand(other)?) {
            (Some(a), Some(b)) => Ok(Value::number(operation(a, b)?).with_marks(&marks)),
            _ => Ok(bounds(&Bounds::of(self), &Bounds::of(other)).unknown(&marks)),
        }
    }

    /// `test` of known numbers. For unknown ones, what their bounds say: `strict` says whether
    /// the comparison is strict, given true.
    fn compare(
        &self,
        other: &Value,
        test: fn(&Number, &Number) -> bool,
        strict: fn(bool) -> bool,
    ) -> Result<Value, OpError> {
        let marks = self.marks().union(other.marks());
        if let (Some(a), Some(b)) = (operand(self)?, operand(other)?) {
            return Ok(Value::from(test(a, b)).with_marks(&marks));
        }
        let (a, b) = (Bounds::of(self), Bounds::of(other));
        let strict = strict(true);
        let known = match ((&a.max, &b.min), (&a.min, &b.max)) {
            // The largest of the left is below the smallest of the right.
            ((Some((high, hi)), Some((low, li))), _)
                if high < low || (high == low && (!strict || !hi || !li)) =>
            {
                Some(true)
            }
            // The smallest of the left is above the largest of the right.
            (_, (Some((low, li)), Some((high, hi))))
                if low > high || (low == high && (strict || !li || !hi)) =>
            {
                Some(false)
            }
            _ => None,
        };
        Ok(match known {
            Some(b) => Value::from(b).with_marks(&marks),
            None => unknown_not_null(Type::Bool, &marks),
        })
    }
}

/// A bound, and whether it is included.
type Bound = Option<(Number, bool)>;

/// Between what a number is.
#[derive(Default)]
struct Bounds {
    min: Bound,
    max: Bound,
}

impl Bounds {
    fn of(value: &Value) -> Bounds {
        match value.kind() {
            Kind::Number(n) => Bounds { min: Some((n.clone(), true)), max: Some((n.clone(), true)) },
            Kind::Unknown(_, Some(r)) => Bounds { min: r.number_min.clone(), max: r.number_max.clone() },
            _ => Bounds::default(),
        }
    }

    fn unknown(self, marks: &Marks) -> Value {
        let refinement = Refinement {
            not_null: true,
            number_min: self.min,
            number_max: self.max,
            ..Refinement::default()
        };
        Value::unknown_refined(Type::Number, refinement).with_marks(marks)
    }
}

fn sum(a: &Bound, b: &Bound) -> Bound {
    let ((a, a_inclusive), (b, b_inclusive)) = (a.as_ref()?, b.as_ref()?);
    Some((a.add(b).ok()?, *a_inclusive && *b_inclusive))
}

/// The number; `None` when it is unknown.
fn operand(value: &Value) -> Result<Option<&Number>, OpError> {
    match value.kind() {
        Kind::Number(n) => Ok(Some(n)),
        Kind::Unknown(Type::Number | Type::Dynamic, _) => Ok(None),
        Kind::Null(_) => Err(OpError("argument must not be null".into())),
        _ => Err(OpError("a number is required".into())),
    }
}
