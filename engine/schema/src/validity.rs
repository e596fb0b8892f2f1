//! What a provider's plan must keep to.

use crate::items::{self, Pair};
use crate::{Attribute, AttributeType, Block, Nesting};
use std::collections::BTreeMap;
use std::sync::Arc;
use terrane_value::{Path, Value};

type Attributes = BTreeMap<Arc<str>, Attribute>;
type Problems = Vec<(Path, String)>;

/// Where a planned object departs from what the configuration says: values that are configured
/// must be planned unchanged (or kept as in `prior`), and only computed attributes may differ.
pub fn assert_plan_valid(schema: &Block, prior: &Value, config: &Value, planned: &Value) -> Problems {
    let mut problems = Vec::new();
    check_block(schema, prior, config, planned, &Path::root(), &mut problems);
    problems
}

fn check_block(
    schema: &Block,
    prior: &Value,
    config: &Value,
    planned: &Value,
    at: &Path,
    problems: &mut Problems,
) {
    if !check_existence(config, planned, at, problems) {
        return;
    }
    check_attributes(&schema.attributes, prior, config, planned, at, problems);
    for (name, nested) in &schema.blocks {
        let at = at.attribute(name.clone());
        let (prior, config, planned) = parts(name, prior, config, planned, || nested.empty_value());
        if planned == config {
            continue;
        }
        let check = |prior: &Value, config: &Value, planned: &Value, at: &Path, problems: &mut Problems| {
            check_block(&nested.block, prior, config, planned, at, problems);
        };
        if let Some(problem) = malformed(nested.nesting, &planned) {
            problems.push((at, problem.to_owned()));
        } else if config.is_known() {
            check_items("block", nested.nesting, [&prior, &config, &planned], &at, &check, problems);
        }
    }
}

/// What is wrong with the value of nested blocks as such.
fn malformed(nesting: Nesting, planned: &Value) -> Option<&'static str> {
    if matches!(nesting, Nesting::Single | Nesting::Group) {
        return None;
    }
    match () {
        () if planned.is_null() => Some("nested blocks must be empty to say that there are none, not null"),
        () if !planned.is_known() => {
            Some("nested blocks must not be unknown as a whole; only attributes in them can be")
        }
        () => None,
    }
}

fn check_attributes(
    attributes: &Attributes,
    prior: &Value,
    config: &Value,
    planned: &Value,
    at: &Path,
    problems: &mut Problems,
) {
    for (name, attribute) in attributes {
        let (prior, config, planned) =
            parts(name, prior, config, planned, || Value::null(attribute.value_type()));
        check_attribute(attribute, &prior, &config, &planned, &at.attribute(name.clone()), problems);
    }
}

fn check_attribute(
    attribute: &Attribute,
    prior: &Value,
    config: &Value,
    planned: &Value,
    at: &Path,
    problems: &mut Problems,
) {
    if attribute.write_only {
        if !planned.is_null() {
            problems.push((at.clone(), "a write-only attribute must be planned as null".to_owned()));
        }
        return;
    }
    // A value that means the same as the configured one may stay as it was written before.
    let kept = planned == prior && !prior.is_null() && !config.is_null();
    if agree(planned, config) || kept {
        return;
    }
    let show = |value: &Value| match attribute.sensitive {
        true => "(sensitive value)".to_owned(),
        false if value.is_known() => format!("{value:?}"),
        false => "(known after apply)".to_owned(),
    };
    if config.is_null() {
        if !attribute.computed {
            let problem = format!("planned value {} for a non-computed attribute", show(planned));
            problems.push((at.clone(), problem));
        }
        return;
    }
    if let AttributeType::Nested(nested) = &attribute.ty {
        if !check_existence(config, planned, at, problems) {
            return;
        }
        let check = |prior: &Value, config: &Value, planned: &Value, at: &Path, problems: &mut Problems| {
            if check_existence(config, planned, at, problems) {
                check_attributes(&nested.attributes, prior, config, planned, at, problems);
            }
        };
        if planned.is_known() && config.is_known() {
            check_items("element", nested.nesting, [prior, config, planned], at, &check, problems);
            return;
        }
    }
    let mut problem = format!("planned value {} does not match config value {}", show(planned), show(config));
    if !prior.is_null() {
        problem += &format!(" nor prior value {}", show(prior));
    }
    problems.push((at.clone(), problem));
}

/// Whether two values are the same but for what is known of unknown ones, which some providers do not carry along.
fn agree(a: &Value, b: &Value) -> bool {
    if a == b {
        return true;
    }
    if !a.is_known() || !b.is_known() {
        return !a.is_known() && !b.is_known() && a.ty() == b.ty();
    }
    if let (Some(a), Some(b)) = (a.as_map(), b.as_map()) {
        return a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && agree(a, b));
    }
    match (a.as_slice(), b.as_slice()) {
        (Some(a), Some(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| agree(a, b)),
        _ => false,
    }
}

/// Whether there is something to compare; a side alone is a problem.
fn check_existence(config: &Value, planned: &Value, at: &Path, problems: &mut Problems) -> bool {
    match (config.is_null(), planned.is_null()) {
        (false, true) => {
            problems.push((at.clone(), "planned for absence but config wants existence".to_owned()));
            false
        }
        (true, false) => {
            problems.push((at.clone(), "planned for existence but config wants absence".to_owned()));
            false
        }
        (absent, _) => !absent,
    }
}

type Check<'a> = dyn Fn(&Value, &Value, &Value, &Path, &mut Problems) + 'a;

fn check_items(
    what: &str,
    nesting: Nesting,
    [prior, config, planned]: [&Value; 3],
    at: &Path,
    check: &Check<'_>,
    problems: &mut Problems,
) {
    match nesting {
        Nesting::Single | Nesting::Group => check(prior, config, planned, at, problems),
        Nesting::List | Nesting::Map => {
            if let Some((was, is)) = items::lengths_differ(nesting, config, planned) {
                let problem = format!("{what} count in plan ({is}) disagrees with count in config ({was})");
                problems.push((at.clone(), problem));
                return;
            }
            for Pair { step, left: config, right: planned } in items::pairs(config, planned) {
                let at = at.then(step.clone());
                match (config, planned) {
                    (Some(config), Some(planned)) => {
                        let prior = items::item(prior, &step).unwrap_or_else(|| Value::null(config.ty()));
                        check(&prior, &config, &planned, &at, problems);
                    }
                    (Some(_), None) => {
                        problems.push((at, format!("{what} key from config is missing from plan")));
                    }
                    _ => problems.push((at, format!("{what} key from plan is not present in config"))),
                }
            }
        }
        // Elements of sets cannot be told apart, so the provider is trusted with them.
        Nesting::Set => {}
    }
}

fn parts(
    name: &str,
    prior: &Value,
    config: &Value,
    planned: &Value,
    empty: impl Fn() -> Value,
) -> (Value, Value, Value) {
    let part = |value: &Value| value.attribute(name).unwrap_or_else(&empty);
    (part(prior), part(config), part(planned))
}
