//! `-target` and `-exclude`: exact to the instance, with what is needed.

use terrane_plan::{Action, PlanMode, Selection};
use terrane_scenario::{World, texts};

const THINGS: &str = r#"
resource "fake_thing" "low" {
  count = 2
  name  = "low ${count.index}"
}
resource "fake_thing" "high" {
  count = 2
  name  = "high on ${fake_thing.low[count.index].id}"
}
resource "fake_thing" "named" {
  name       = "named"
  depends_on = [fake_thing.high]
}
resource "fake_thing" "alone" {
  name = "alone"
}
output "high" {
  value = fake_thing.high[0].id
}
output "alone" {
  value = fake_thing.alone.id
}
"#;

fn only(targets: &[&str]) -> Selection {
    Selection::Only(targets.iter().map(|t| t.parse().unwrap()).collect())
}

fn all_but(targets: &[&str]) -> Selection {
    Selection::AllBut(targets.iter().map(|t| t.parse().unwrap()).collect())
}

async fn planned(world: &mut World, selection: Selection, mode: PlanMode) -> Vec<String> {
    world.options.selection = selection;
    let made = world.plan(mode).await;
    assert!(!made.problems.has_errors(), "{:#?}", made.problems);
    assert!(made.plan.partial);
    assert!(texts(&made.problems).contains("Resource targeting is in effect"));
    made.actions().into_iter().map(|(address, action)| format!("{action:?} {address}")).collect()
}

#[tokio::test]
async fn a_target_brings_the_very_instances_that_it_needs() {
    let mut world = World::new(THINGS);
    for (targets, want) in [
        (&["fake_thing.high[1]"][..], &["Create fake_thing.high[1]", "Create fake_thing.low[1]"][..]),
        (&["fake_thing.low"], &["Create fake_thing.low[0]", "Create fake_thing.low[1]"]),
        (&["fake_thing.alone"], &["Create fake_thing.alone"]),
        (
            &["fake_thing.named"],
            &[
                "Create fake_thing.high[0]",
                "Create fake_thing.high[1]",
                "Create fake_thing.low[0]",
                "Create fake_thing.low[1]",
                "Create fake_thing.named",
            ],
        ),
        (&["fake_thing.nothing"], &[]),
    ] {
        assert_eq!(planned(&mut world, only(targets), PlanMode::Normal).await, want, "{targets:?}");
    }
}

#[tokio::test]
async fn what_is_excluded_takes_its_dependents_with_it() {
    let mut world = World::new(THINGS);
    for (excluded, want) in [
        (
            &["fake_thing.low[0]"][..],
            &["Create fake_thing.alone", "Create fake_thing.high[1]", "Create fake_thing.low[1]"][..],
        ),
        (&["fake_thing.low", "fake_thing.alone"], &[]),
    ] {
        assert_eq!(planned(&mut world, all_but(excluded), PlanMode::Normal).await, want, "{excluded:?}");
    }
}

#[tokio::test]
async fn only_outputs_of_what_is_targeted_are_written_and_the_rest_is_not_read() {
    let mut world = World::new(THINGS);
    world.apply().await;
    world.edit("main.tf", &THINGS.replace("\"high on", "\"higher on").replace("\"alone\"\n}", "\"al\"\n}"));
    world.options.selection = only(&["fake_thing.high[0]"]);
    world.cloud.take_calls();
    let made = world.plan(PlanMode::Normal).await;
    let read: Vec<String> = world.cloud.take_calls().into_iter().filter(|c| c.starts_with("read")).collect();
    assert!(read.iter().all(|c| c.starts_with("read fake_thing 1 ")) && read.len() == 2, "{read:?}");
    assert_eq!(made.actions(), [("fake_thing.high[0]".to_owned(), Action::Update)]);
    let outputs: Vec<&str> = made.plan.outputs.keys().map(|k| &**k).collect();
    assert_eq!(outputs, ["high"]);
    world.apply_plan(&made).await;
    assert_eq!(world.cloud.objects().len(), 6);
}

#[tokio::test]
async fn destroying_a_target_destroys_its_dependents_and_an_exclusion_keeps_what_it_needs() {
    let mut world = World::new(THINGS);
    world.apply().await;
    let gone = planned(&mut world, only(&["fake_thing.high[0]"]), PlanMode::Destroy).await;
    assert_eq!(gone, ["Delete fake_thing.high[0]", "Delete fake_thing.named"]);
    let gone = planned(&mut world, all_but(&["fake_thing.named"]), PlanMode::Destroy).await;
    assert_eq!(gone, ["Delete fake_thing.alone"]);
}

#[tokio::test]
async fn an_object_that_moved_cannot_be_left_out() {
    let mut world = World::new("resource \"fake_thing\" \"a\" {}\nresource \"fake_thing\" \"z\" {}");
    world.apply().await;
    world.edit(
        "main.tf",
        "resource \"fake_thing\" \"b\" {}\nresource \"fake_thing\" \"z\" {}\nmoved {\n  from = fake_thing.a\n  to = \
         fake_thing.b\n}",
    );
    world.options.selection = only(&["fake_thing.z"]);
    let problems = texts(&world.fails_to_plan().await);
    assert!(problems.contains("Moved resource instances excluded by targeting"), "{problems}");
    assert!(problems.contains("fake_thing.a, now fake_thing.b"), "{problems}");
    world.options.selection = all_but(&["fake_thing.z"]);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

#[tokio::test]
async fn a_replacement_of_what_is_no_instance_is_told() {
    let mut world = World::new(THINGS);
    world.apply().await;
    let replace = ["fake_thing.low", "fake_thing.alone", "fake_thing.alne"].map(|a| a.parse().unwrap());
    world.options.replace = replace.into_iter().collect();
    let made = world.plan(PlanMode::Normal).await;
    let said = texts(&made.problems);
    assert!(!made.problems.has_errors(), "{said}");
    for expected in [
        "no resource instance fake_thing.low, which -replace names. Its instances are replaced by:\n  \
         -replace=\"fake_thing.low[0]\"\n  -replace=\"fake_thing.low[1]\"",
        "no resource instance fake_thing.alne, which -replace names.",
    ] {
        assert!(said.contains(expected), "{said}");
    }
    assert!(!said.contains("fake_thing.alone"), "{said}");
    let replaced = made.actions().into_iter().filter(|(_, action)| action.is_replace());
    assert_eq!(replaced.map(|(address, _)| address).collect::<Vec<_>>(), ["fake_thing.alone"]);
}
