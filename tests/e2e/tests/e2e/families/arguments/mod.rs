//! Each argument changed and cleared, then imported with its first value, and some objects lost. The
//! configurations under `families/arguments` have arguments that are absent at stage 0, have a value at
//! stage 1 and another at stage 2; then comes stage 0 again.

mod accounts;
mod buckets;
mod crossings;
mod hybrid;
mod inline;
mod machines;
mod networks;
mod places;
mod seldom;
mod storage;
mod watching;

use serde_json::{Value, json};
use terrane_e2e::{Aws, Family, Imports, TestContext};

const FORCE_DESTROY: (&str, &str) = ("aws_iam_user.force_destroy", OURS);
const FORCE_DETACH: (&str, &str) = ("aws_iam_role.force_detach_policies", OURS);
const EMPTY_BUCKET: (&str, &str) = ("aws_s3_bucket.force_destroy", OURS);
const KEY_WINDOW: (&str, &str) = ("aws_kms_key.deletion_window_in_days", "told of deleted keys only");
/// Why AWS does not tell an attribute.
const OURS: &str = "of Terrane alone";

/// The edit that gives other values to what needs another object.
const TURN: (&str, &str) = ("turn  = 0", "turn  = 1");

/// The addresses of the resources that are not the same at all stages.
fn staged(family: &Family) -> Vec<String> {
    mentioning(family, "local.stage")
}

/// The addresses of the resources that say something.
fn mentioning(family: &Family, what: &str) -> Vec<String> {
    let text = family.context.read("main.tf");
    let blocks = text.split("\nresource \"").skip(1).filter(|block| block.contains(what));
    blocks
        .map(|block| {
            let mut words = block.split('"');
            format!("{}.{}", words.next().unwrap(), words.nth(1).unwrap())
        })
        .collect()
}

/// Goes from a stage to another: every resource that has a stage is updated, and no other.
/// `but` are those for which the two are the same.
#[track_caller]
fn go(family: &Family, from: u8, to: u8, but: &[&str]) {
    let addresses = staged(family);
    assert!(but.iter().all(|kept| addresses.iter().any(|a| a == kept)), "{but:?} in {addresses:?}");
    let changed = addresses.iter().filter(|address| !but.contains(&address.as_str()));
    let actions: Vec<_> = changed.map(|address| (address.as_str(), "update")).collect();
    family.step(&format!("stage {to}"), &[(&format!("stage = {from}"), &format!("stage = {to}"))], &actions);
}

/// Goes through all stages, and asks the witness at each of the last three. Cleared arguments that AWS
/// chooses where nobody does stay as they are, so that nothing is planned for resources that have no other:
/// `kept`. Then imports everything as it is at stage 1, and loses objects by statements, after which actions are planned.
#[track_caller]
fn try_all(
    family: &Family,
    kept: &[&str],
    told: (&str, [Value; 3]),
    imports: &Imports<'_>,
    lost: (&str, &[(&str, &str)]),
) {
    let (expression, [first, second, cleared]) = told;
    family.create();
    go(family, 0, 1, &[]);
    family.witness(expression, first);
    go(family, 1, 2, &[]);
    family.witness(expression, second);
    go(family, 2, 0, kept);
    family.witness(expression, cleared);
    go(family, 0, 1, &[]);
    family.import(imports);
    family.tamper(lost.0, lost.1);
}
