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
    // What gained count moves by itself, unless a statement names it.
    let counted = thing("a", "count = 1");
    assert_eq!(step(&thing("a", ""), &counted).await, [went("fake_thing.a", "fake_thing.a[0]")]);
    for stale in ["fake_thing.a", "fake_thing.a[1]"] {
        let got = step(&thing("a", ""), &(counted.clone() + &moved("fake_thing.old", stale))).await;
        let kinds: Vec<_> = got.iter().map(|(address, action, _)| (&**address, *action)).collect();
        assert_eq!(kinds, [("fake_thing.a", Action::Delete), ("fake_thing.a[0]", Action::Create)], "{stale}");
    }
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

/// A world whose state has an object of another type and provider, and whose cloud has it as well.
async fn with_a_legacy_thing(type_name: &str) -> World {
    let mut world = World::new(&(thing("a", "  name = \"one\"") + &thing("b", "  name = fake_thing.a.id")));
    world.apply().await;
    let text = (world.state_text())
        .replace(
            "\"type\": \"fake_thing\",\n      \"name\": \"a\"",
            &format!("\"type\": {type_name:?},\n      \"name\": \"a\""),
        )
        .replace("\"name\": \"one\"", "\"label\": \"one\"")
        .replace("\"fake_thing.a\"", &format!("\"{type_name}.a\""));
    assert!(text.contains("label") && text.contains(type_name), "{text}");
    world.state = terrane_state::from_json(&text).unwrap();
    world
}

#[tokio::test]
async fn objects_change_their_type_where_the_provider_can_take_them_over() {
    let after = thing("c", "  name = \"one\"")
        + &thing("b", "  name = fake_thing.c.id")
        + &moved("legacy_thing.a", "fake_thing.c");
    let mut world = with_a_legacy_thing("legacy_thing").await;
    world.edit("main.tf", &after);
    let made = world.plan(PlanMode::Normal).await;
    let told: Vec<_> = (made.plan.changes.iter())
        .map(|c| (c.address.to_string(), c.action, c.previous_address.as_ref().map(ToString::to_string)))
        .collect();
    let stays = ("fake_thing.b".to_owned(), Action::NoOp, None);
    assert_eq!(told, [stays, went("legacy_thing.a", "fake_thing.c")], "{:#?}", made.problems);
    // Died as soon as the move was in the journal, and then again with nothing in the way.
    for entries in [1, 100] {
        world.apply_until(&made, entries).await;
        let text = world.state_text();
        assert!(!text.contains("label") && text.contains("\"name\": \"one\""), "{text}");
        if entries == 1 {
            world = with_a_legacy_thing("legacy_thing").await;
            world.edit("main.tf", &after);
        }
    }
    world.apply().await;
    assert!(!world.state_text().contains("legacy_thing"), "{}", world.state_text());
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
    assert_eq!(world.cloud.objects().len(), 2);
}

#[tokio::test]
async fn types_that_a_provider_cannot_take_over_are_refused() {
    let mut world = with_a_legacy_thing("strange_thing").await;
    world.edit("main.tf", &(thing("c", "") + &moved("strange_thing.a", "fake_thing.c")));
    let refused = texts(&world.fails_to_plan().await);
    assert!(refused.contains("cannot move objects between these types"), "{refused}");
    world.edit("main.tf", &moved("strange_thing.a", "fake_thing.c"));
    let refused = texts(&world.fails_to_plan().await);
    assert!(refused.contains("does not declare"), "{refused}");
}
