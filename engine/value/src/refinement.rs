//! Refinements: what is known of an unknown value.

use crate::{Kind, Number, Type, Value};
use std::cmp::Ordering;
use std::sync::Arc;

/// The longest list whose elements stand as unknown values because its length is known.
const MAX_SETTLED: u64 = 1024;

/// Facts that hold for an unknown value whatever it turns out to be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Refinement {
    /// It will not be null.
    pub not_null: bool,
    /// A string that will start with this.
    pub prefix: Option<Arc<str>>,
    /// A number no smaller than this (the flag: the bound itself is included).
    pub number_min: Option<(Number, bool)>,
    /// A number no larger than this (the flag: the bound itself is included).
    pub number_max: Option<(Number, bool)>,
    /// A collection of at least this many elements.
    pub length_min: Option<u64>,
    /// A collection of at most this many elements.
    pub length_max: Option<u64>,
}

impl Refinement {
    /// Nothing but "not null".
    pub fn not_null() -> Refinement {
        Refinement { not_null: true, ..Refinement::default() }
    }

    /// What still holds after conversion to `ty`: only facts that make sense for that type.
    #[must_use]
    pub fn for_type(&self, ty: &Type) -> Refinement {
        let is_string = *ty == Type::String;
        let is_number = *ty == Type::Number;
        let is_collection = ty.is_collection();
        Refinement {
            not_null: self.not_null,
            prefix: self.prefix.clone().filter(|_| is_string),
            number_min: self.number_min.clone().filter(|_| is_number),
            number_max: self.number_max.clone().filter(|_| is_number),
            length_min: self.length_min.filter(|_| is_collection),
            length_max: self.length_max.filter(|_| is_collection),
        }
    }

    /// What holds when both hold; `None` when they contradict each other.
    pub fn and(&self, other: &Refinement) -> Option<Refinement> {
        let prefix = match (&self.prefix, &other.prefix) {
            (Some(a), Some(b)) if a.starts_with(&**b) => Some(a.clone()),
            (Some(a), Some(b)) if b.starts_with(&**a) => Some(b.clone()),
            (Some(_), Some(_)) => return None,
            (a, b) => a.as_ref().or(b.as_ref()).cloned(),
        };
        let both = Refinement {
            not_null: self.not_null || other.not_null,
            prefix,
            number_min: tighter(&self.number_min, &other.number_min, Ordering::Greater),
            number_max: tighter(&self.number_max, &other.number_max, Ordering::Less),
            length_min: self.length_min.max(other.length_min),
            length_max: match (self.length_max, other.length_max) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            },
        };
        let numbers = match (&both.number_min, &both.number_max) {
            (Some((min, x)), Some((max, y))) => min < max || (min == max && *x && *y),
            _ => true,
        };
        let lengths = both.length_min.zip(both.length_max).is_none_or(|(min, max)| min <= max);
        (numbers && lengths).then_some(both)
    }

    /// Whether a value of which this is known can turn out to be `value`, as far as that is
    /// known itself.
    pub fn allows(&self, value: &Value) -> bool {
        let between = |least: usize, most: usize| {
            self.length_min.is_none_or(|min| most as u64 >= min)
                && self.length_max.is_none_or(|max| least as u64 <= max)
        };
        match value.kind() {
            Kind::Null(_) => !self.not_null,
            Kind::Unknown(_, Some(other)) => self.and(other).is_some(),
            Kind::String(s) => self.prefix.as_ref().is_none_or(|prefix| s.starts_with(&**prefix)),
            Kind::Number(n) => {
                self.number_min.as_ref().is_none_or(|(min, inclusive)| n > min || (*inclusive && n == min))
                    && self
                        .number_max
                        .as_ref()
                        .is_none_or(|(max, inclusive)| n < max || (*inclusive && n == max))
            }
            Kind::List(_, vs) => between(vs.len(), vs.len()),
            Kind::Map(_, vs) => between(vs.len(), vs.len()),
            // Unknown elements of a set may turn out to be equal to others.
            Kind::Set(_, vs) if !value.is_wholly_known() => between(vs.len().min(1), vs.len()),
            Kind::Set(_, vs) => between(vs.len(), vs.len()),
            _ => true,
        }
    }

    /// A value of type `ty` of which this is known: unknown, or what it must be when this leaves
    /// only that. A list of known length has unknown elements.
    pub fn settle(self, ty: Type) -> Value {
        let exact = self.length_min.filter(|n| Some(*n) == self.length_max && *n < MAX_SETTLED);
        match (&ty, exact, &self.number_min) {
            _ if !self.not_null => {}
            (Type::List(t), Some(n), _) => {
                return Value::list((**t).clone(), (0..n).map(|_| Value::unknown((**t).clone())));
            }
            (Type::Set(t), Some(0), _) => return Value::set((**t).clone(), []),
            (Type::Map(t), Some(0), _) => return Value::map::<&str>((**t).clone(), []),
            (Type::Number, _, Some((n, true))) if self.number_max == self.number_min => {
                return Value::number(n.clone());
            }
            _ => {}
        }
        Value::unknown_refined(ty, self)
    }
}

type Bound = Option<(Number, bool)>;

/// The bound that excludes more; `order` is how a tighter bound compares with a looser one.
fn tighter(a: &Bound, b: &Bound, order: Ordering) -> Bound {
    match (a, b) {
        (Some(x), Some(y)) => match x.0.cmp(&y.0) {
            Ordering::Equal => Some((x.0.clone(), x.1 && y.1)),
            found if found == order => Some(x.clone()),
            _ => Some(y.clone()),
        },
        (a, b) => a.as_ref().or(b.as_ref()).cloned(),
    }
}
