//! How large a value is, as far as it matters to what is done with it.

use crate::{Kind, Value};

/// In which way a value is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TooLarge {
    /// Collections are nested too deep in each other.
    Deep,
    /// It has too many parts, or too long texts.
    Big,
}

impl Value {
    /// Whether collections are nested at most `levels` deep in each other, and the value has at most `parts` parts
    /// altogether, those that are in it several times counted as often. A text counts as one part for each 32 bytes.
    pub fn fits(&self, levels: usize, parts: u64) -> Result<(), TooLarge> {
        let mut left = parts;
        self.take(levels, &mut left)
    }

    fn take(&self, levels: usize, left: &mut u64) -> Result<(), TooLarge> {
        let weight = self.as_str().map_or(1, |text| 1 + text.len() as u64 / 32);
        *left = left.checked_sub(weight).ok_or(TooLarge::Big)?;
        let mut inside = |v: &Value| v.take(levels.checked_sub(1).ok_or(TooLarge::Deep)?, left);
        match self.kind() {
            Kind::List(_, vs) | Kind::Set(_, vs) | Kind::Tuple(vs) => vs.iter().try_for_each(&mut inside),
            Kind::Map(_, vs) | Kind::Object(vs) => vs.values().try_for_each(&mut inside),
            _ => Ok(()),
        }
    }
}
