//! What a provider's result must keep to.

use crate::items::{self, Pair};
use crate::{Block, NestedBlock, Nesting};
use terrane_value::{Kind, Path, PathStep, Refinement, Type, Value};

type Problems = Vec<(Path, String)>;

/// Where the object after apply departs from the planned one: known values must be the same.
pub fn assert_object_compatible(schema: &Block, planned: &Value, actual: &Value) -> Problems {
    let mut problems = Vec::new();
    check_object(schema, planned, actual, &Path::root(), &mut problems);
    problems
}

fn check_object(schema: &Block, planned: &Value, actual: &Value, at: &Path, problems: &mut Problems) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return problems.push((at.clone(), "was absent, but now present".to_owned())),
        (false, true) => return problems.push((at.clone(), "was present, but now absent".to_owned())),
        (false, false) => {}
    }
    for (name, attribute) in &schema.attributes {
        let (Some(planned), Some(actual)) = (planned.attribute(name), actual.attribute(name)) else {
            continue;
        };
        let at = at.attribute(name.clone());
        let mut found = Vec::new();
        check_value(&planned, &actual, &at, &mut found);
        if attribute.sensitive && !found.is_empty() {
            found = vec![(at, "inconsistent values for sensitive attribute".to_owned())];
        }
        problems.append(&mut found);
    }
    for (name, nested) in &schema.blocks {
        let (Some(planned), Some(actual)) = (planned.attribute(name), actual.attribute(name)) else {
            continue;
        };
        check_blocks(nested, &planned, &actual, &at.attribute(name.clone()), problems);
    }
}

fn check_blocks(schema: &NestedBlock, planned: &Value, actual: &Value, at: &Path, problems: &mut Problems) {
    if !planned.is_known() && matches!(schema.nesting, Nesting::Single | Nesting::Group) && actual.is_null() {
        return;
    }
    let check = |planned: &Value, actual: &Value, at: &Path, problems: &mut Problems| {
        check_object(&schema.block, planned, actual, at, problems);
    };
    if matches!(schema.nesting, Nesting::Single | Nesting::Group) {
        return check(planned, actual, at, problems);
    }
    let nothing = |v: &Value| v.is_null() || !v.is_known();
    if nothing(planned) || nothing(actual) || may_be_dynamic(schema, planned) {
        return;
    }
    if schema.nesting == Nesting::Set {
        return check_set("block set", planned, actual, at, &check, problems);
    }
    if let Some((was, is)) = items::lengths_differ(schema.nesting, planned, actual) {
        return problems.push((at.clone(), format!("block count changed from {was} to {is}")));
    }
    check_pairs("block key", planned, actual, at, &check, problems);
}

/// Whether a block is unknown throughout: perhaps it stands for the blocks of a `dynamic` block
/// whose number was not known, and there can be any number of them now.
fn may_be_dynamic(schema: &NestedBlock, planned: &Value) -> bool {
    let blocks: Vec<&Value> = match planned.as_map() {
        Some(map) => map.values().collect(),
        None => planned.as_slice().unwrap_or_default().iter().collect(),
    };
    blocks.into_iter().any(|block| all_unknown(&schema.block, block))
}

fn all_unknown(schema: &Block, block: &Value) -> bool {
    let attribute_unknown = |name: &std::sync::Arc<str>| block.attribute(name).is_none_or(|v| !v.is_known());
    let any = !schema.attributes.is_empty() || !schema.blocks.is_empty();
    !block.is_known()
        || any
            && schema.attributes.keys().all(attribute_unknown)
            && schema.blocks.iter().all(|(name, nested)| {
                let Some(inner) = block.attribute(name) else { return true };
                let empty = inner.is_null() || inner.as_slice().is_some_and(<[Value]>::is_empty);
                empty || !inner.is_known() || may_be_dynamic(nested, &inner)
            })
}

fn check_value(planned: &Value, actual: &Value, at: &Path, problems: &mut Problems) {
    let mut problem = |text: String| problems.push((at.clone(), text));
    if !conforms(&planned.ty(), &actual.ty()) {
        let (wanted, got) = (planned.ty(), actual.ty());
        return problem(format!("wrong final value type: {wanted} required, but have {got}"));
    }
    match (planned.kind(), actual.kind()) {
        (Kind::Unknown(_, Some(refinement)), _) if !includes(refinement, actual) => {
            problem(format!("final value {actual:?} does not conform to planning placeholder {planned:?}"));
        }
        (Kind::Unknown(..), _) => {}
        (Kind::Null(_), Kind::Null(_)) => {}
        (Kind::Null(_), _) => problem(format!("was null, but now {actual:?}")),
        (_, Kind::Null(_)) => problem(format!("was {planned:?}, but now null")),
        (_, Kind::Unknown(..)) => problem("was known, but now unknown".to_owned()),
        (Kind::Set(..), Kind::Set(..)) => check_set("", planned, actual, at, &check_value, problems),
        (Kind::List(..) | Kind::Tuple(_) | Kind::Map(..) | Kind::Object(_), _) => {
            check_pairs("element", planned, actual, at, &check_value, problems);
        }
        _ if planned != actual => problem(format!("was {planned:?}, but now {actual:?}")),
        _ => {}
    }
}

/// Whether a value of type `actual` may come where one of type `planned` was planned.
fn conforms(planned: &Type, actual: &Type) -> bool {
    match (planned, actual) {
        (Type::Dynamic, _) => true,
        (Type::List(p), Type::List(a)) | (Type::Set(p), Type::Set(a)) | (Type::Map(p), Type::Map(a)) => {
            conforms(p, a)
        }
        (Type::Tuple(p), Type::Tuple(a)) => {
            p.len() == a.len() && p.iter().zip(a.iter()).all(|(p, a)| conforms(p, a))
        }
        (Type::Object(p), Type::Object(a)) => {
            p.attributes.len() == a.attributes.len()
                && p.attributes.iter().all(|(k, p)| a.attributes.get(k).is_some_and(|a| conforms(p, a)))
        }
        _ => planned == actual,
    }
}

fn includes(refinement: &Refinement, actual: &Value) -> bool {
    if actual.is_null() {
        return !refinement.not_null;
    }
    if let (Some(prefix), Some(text)) = (&refinement.prefix, actual.as_str()) {
        return text.starts_with(&**prefix);
    }
    if let Some(number) = actual.as_number() {
        let above = refinement
            .number_min
            .as_ref()
            .is_none_or(|(min, inclusive)| number > min || (*inclusive && number == min));
        let below = refinement
            .number_max
            .as_ref()
            .is_none_or(|(max, inclusive)| number < max || (*inclusive && number == max));
        return above && below;
    }
    let length = actual.as_map().map(|m| m.len()).or(actual.as_slice().map(<[Value]>::len));
    length.is_none_or(|length| {
        let length = length as u64;
        refinement.length_min.is_none_or(|min| length >= min)
            && refinement.length_max.is_none_or(|max| length <= max)
    })
}

type Check<'a> = dyn Fn(&Value, &Value, &Path, &mut Problems) + 'a;

fn check_pairs(
    what: &str,
    planned: &Value,
    actual: &Value,
    at: &Path,
    check: &Check<'_>,
    problems: &mut Problems,
) {
    for Pair { step, left, right } in items::pairs(planned, actual) {
        let step = match (planned.kind(), step) {
            (Kind::Object(_), PathStep::Key(name)) => PathStep::Attribute(name),
            (_, step) => step,
        };
        let at = at.then(step);
        match (left, right) {
            (Some(planned), Some(actual)) => check(&planned, &actual, &at, problems),
            (Some(_), None) => problems.push((at, format!("{what} has vanished"))),
            (None, _) => problems.push((at, format!("new {what} has appeared"))),
        }
    }
}

/// Elements of sets have no identity: each planned one must be compatible with some actual one,
/// and each actual one with some planned one.
fn check_set(
    what: &str,
    planned: &Value,
    actual: &Value,
    at: &Path,
    check: &Check<'_>,
    problems: &mut Problems,
) {
    let before = planned.as_slice().unwrap_or_default();
    let after = actual.as_slice().unwrap_or_default();
    let compatible = |planned: &Value, actual: &Value| {
        let mut found = Vec::new();
        check(planned, actual, at, &mut found);
        found.is_empty()
    };
    for element in before {
        if !after.contains(element) && !after.iter().any(|a| compatible(element, a)) {
            let problem =
                format!("planned set element {element:?} does not correlate with any element in actual");
            problems.push((at.clone(), problem));
        }
    }
    for element in after {
        if !before.contains(element) && !before.iter().any(|p| compatible(p, element)) {
            let problem =
                format!("actual set element {element:?} does not correlate with any element in plan");
            problems.push((at.clone(), problem));
        }
    }
    // Elements that were unknown can turn out to be equal.
    if planned.is_wholly_known() && before.len() != after.len() {
        let what = if what.is_empty() { String::new() } else { format!("{what} ") };
        let problem = format!("{what}length changed from {} to {}", before.len(), after.len());
        problems.push((at.clone(), problem));
    }
}
