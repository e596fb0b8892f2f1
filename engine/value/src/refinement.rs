//! Refinements: what is known of an unknown value.

use crate::{Number, Type};
use std::sync::Arc;

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
}
