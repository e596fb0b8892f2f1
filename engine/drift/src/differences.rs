//! What differs between two values of one type, part by part.

use terrane_value::{Kind, Path, PathStep, Value};

/// A part that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Where it is.
    pub path: Path,
    /// What it was, with its marks; `None` when it was not there.
    pub before: Option<Value>,
    /// What it is, with its marks; `None` when it is not there any more.
    pub after: Option<Value>,
}

impl Difference {
    /// Whether it must not be shown.
    pub fn is_sensitive(&self) -> bool {
        let sensitive = |v: &Value| v.any_marks(&|m| m.is_sensitive());
        self.before.iter().chain(&self.after).any(sensitive)
    }
}

/// The smallest parts in which `after` differs from `before`: attributes, entries of maps, and elements
/// of lists that keep their length. Sets and other lists are parts as a whole. Marks make no
/// difference; what is inside of a marked value has its marks. Null and an empty collection are the same: many
/// providers cannot tell one from the other, and there is nothing in either.
pub fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(Path::root(), before, after, &mut found);
    found
}

fn compare(path: Path, before: &Value, after: &Value, found: &mut Vec<Difference>) {
    match (before.kind(), after.kind()) {
        (Kind::Object(old), Kind::Object(new)) | (Kind::Map(_, old), Kind::Map(_, new)) => {
            let is_object = matches!(before.kind(), Kind::Object(_));
            let mut names: Vec<_> = old.keys().chain(new.keys()).collect();
            names.sort();
            names.dedup();
            for name in names {
                let step = match is_object {
                    true => PathStep::Attribute(name.clone()),
                    false => PathStep::Key(name.clone()),
                };
                let path = path.then(step);
                let old = old.get(name).map(|v| v.with_marks(before.marks()));
                let new = new.get(name).map(|v| v.with_marks(after.marks()));
                match (old, new) {
                    (Some(old), Some(new)) => compare(path, &old, &new, found),
                    (before, after) => found.push(Difference { path, before, after }),
                }
            }
        }
        (Kind::List(_, old), Kind::List(_, new)) | (Kind::Tuple(old), Kind::Tuple(new))
            if old.len() == new.len() =>
        {
            for (index, (old, new)) in old.iter().zip(new.iter()).enumerate() {
                let path = path.then(PathStep::Index(index as u64));
                let (old, new) = (old.with_marks(before.marks()), new.with_marks(after.marks()));
                compare(path, &old, &new, found);
            }
        }
        _ if before.unmark_deep().0 == after.unmark_deep().0 => {}
        _ if has_nothing(before) && has_nothing(after) => {}
        _ => found.push(Difference { path, before: Some(before.clone()), after: Some(after.clone()) }),
    }
}

/// Whether it is null or an empty collection.
fn has_nothing(value: &Value) -> bool {
    match value.kind() {
        Kind::Null(_) => true,
        Kind::List(_, elements) | Kind::Set(_, elements) => elements.is_empty(),
        Kind::Map(_, elements) => elements.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use terrane_value::Type;

    fn paths(before: &Value, after: &Value) -> Vec<String> {
        differences(before, after).iter().map(|d| d.path.to_string()).collect()
    }

    fn object(tags: &[(&str, &str)], rules: &[&str], name: Value) -> Value {
        let tags = tags.iter().map(|(k, v)| (*k, Value::string(v)));
        Value::object([
            ("name", name),
            ("tags", Value::map(Type::String, tags)),
            ("rules", Value::list(Type::String, rules.iter().map(Value::string))),
        ])
    }

    #[test]
    fn the_smallest_parts_are_named() {
        let old = object(&[("a", "1"), ("b", "2")], &["x", "y"], Value::string("n"));
        let new = object(&[("a", "1"), ("c", "3")], &["x", "z"], Value::string("n"));
        assert_eq!(paths(&old, &new), ["rules[1]", "tags[\"b\"]", "tags[\"c\"]"]);
        let shorter = object(&[("a", "1"), ("b", "2")], &["x"], Value::string("n"));
        assert_eq!(paths(&old, &shorter), ["rules"]);
        assert!(paths(&old, &old).is_empty());
    }

    #[test]
    fn nothing_is_nothing_in_whatever_form() {
        let none = object(&[], &[], Value::null(Type::String));
        let null = none.with_attribute("tags", Value::null(Type::map(Type::String)));
        assert!(paths(&null, &none).is_empty());
        assert_eq!(paths(&null, &object(&[("a", "1")], &[], Value::null(Type::String))), ["tags"]);
        assert_eq!(paths(&none, &object(&[], &[], Value::string(""))), ["name"]);
    }

    #[test]
    fn marks_make_no_difference_and_are_handed_down() {
        let old = object(&[], &[], Value::string("n"));
        assert!(paths(&old, &object(&[], &[], Value::string("n").sensitive())).is_empty());
        let new = object(&[], &[], Value::string("m")).sensitive();
        let found = differences(&old, &new);
        assert_eq!(found.len(), 1);
        assert!(found[0].is_sensitive());
    }
}
