//! The most general type that values of several types can all be converted to.

use crate::Type;

/// The type that all of `types` convert to, by cty's rules; `None` when there is none.
pub fn unify(types: &[Type]) -> Option<Type> {
    let first = types.first()?;
    types.iter().all(|t| t == first).then(|| first.clone())
}
