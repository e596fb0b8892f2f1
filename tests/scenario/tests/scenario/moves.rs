//! Moved objects, and why objects go.

use terrane_plan::{Action, ActionReason, PlanMode};
use terrane_scenario::{World, texts};

fn thing(name: &str, more: &str) -> String {
    format!("resource \"fake_thing\" \"{name}\" {{\n{more}\n}}\n")
}

fn moved(from: &str, to: &str) -> String {
    format!("moved {{\n  from = {from}\n  to = {to}\n}}\n")
}

/// What becomes of the objects of `before` under `after`: address, action, and previous address.
async fn step(before: &str, after: &str) -> Vec<(String, Action, Option<String>)> {
    let mut world = World::new(before);
    world.apply().await;
    world.edit("main.tf", after);
    let made = world.plan(PlanMode::Normal).await;
    assert!(!made.problems.has_errors(), "{:#?}", made.problems);
    (made.plan.changes.iter())
        .map(|c| (c.address.to_string(), c.action, c.previous_address.as_ref().map(ToString::to_string)))
        .collect()
}

fn went(from: &str, to: &str) -> (String, Action, Option<String>) {
    (to.to_owned(), Action::NoOp, Some(from.to_owned()))
}

#[tokio::test]
async fn objects_follow_statements_to_their_end_and_no_further() {
    let chain = moved("fake_thing.a", "fake_thing.b") + &moved("fake_thing.b", "fake_thing.c");
    let after = thing("c", "") + &chain;
    assert_eq!(step(&thing("a", ""), &after).await, [went("fake_thing.a", "fake_thing.c")]);
    let to_counted = thing("b", "count = 1") + &moved("fake_thing.a", "fake_thing.b[0]");
    assert_eq!(step(&thing("a", ""), &to_counted).await, [went("fake_thing.a", "fake_thing.b[0]")]);
    // What gained count moves by itself, unless a statement has moved it.
    let counted = thing("a", "count = 1");
    assert_eq!(step(&thing("a", ""), &counted).await, [went("fake_thing.a", "fake_thing.a[0]")]);
    let explicit = thing("b", "count = 1") + &moved("fake_thing.a", "fake_thing.b");
    let got = step(&thing("a", ""), &explicit).await;
    let kinds: Vec<_> = got.iter().map(|(address, action, _)| (&**address, *action)).collect();
    assert_eq!(kinds, [("fake_thing.b", Action::Delete), ("fake_thing.b[0]", Action::Create)]);
}

#[tokio::test]
async fn statements_that_cannot_be_meant_are_refused() {
    let both = thing("a", "") + &thing("b", "");
    for (after, summary) in [
        (thing("a", "") + &moved("fake_thing.a", "fake_thing.a"), "Redundant move statement"),
        (both.clone() + &moved("fake_thing.a", "fake_thing.b"), "Moved object still exists"),
        (
            thing("c", "") + &moved("fake_thing.a", "fake_thing.c") + &moved("fake_thing.b", "fake_thing.c"),
            "Ambiguous move statements",
        ),
        (
            moved("fake_thing.a", "fake_thing.b") + &moved("fake_thing.b", "fake_thing.a"),
            "Cyclic dependency in move statements",
        ),
    ] {
        let mut world = World::new(&both);
        world.apply().await;
        world.edit("main.tf", &after);
        let made = world.plan(PlanMode::Normal).await;
        assert!(texts(&made.problems).contains(summary), "{summary}: {:?}", made.problems);
        assert!(made.plan.errored && made.plan.changes.is_empty());
    }
}

#[tokio::test]
async fn the_reason_of_a_deletion_is_what_the_configuration_lacks() {
    for (before, after, address, reason) in [
        (thing("a", ""), String::new(), "fake_thing.a", ActionReason::DeleteBecauseNoResourceConfig),
        (
            thing("a", ""),
            moved("fake_thing.a", "fake_thing.b"),
            "fake_thing.b",
            ActionReason::DeleteBecauseNoMoveTarget,
        ),
        (
            thing("a", "count = 2"),
            thing("a", "count = 1"),
            "fake_thing.a[1]",
            ActionReason::DeleteBecauseCountIndex,
        ),
        (
            thing("a", "for_each = { x = 1 }"),
            thing("a", ""),
            "fake_thing.a[\"x\"]",
            ActionReason::DeleteBecauseWrongRepetition,
        ),
    ] {
        let mut world = World::new(&before);
        world.apply().await;
        world.edit("main.tf", &after);
        let made = world.plan(PlanMode::Normal).await;
        let change = made.plan.changes.iter().find(|c| c.address.to_string() == address).unwrap();
        assert_eq!(change.reason, Some(reason), "{address}");
    }
}
