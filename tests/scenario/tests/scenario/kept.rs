//! What the state keeps of `lifecycle` blocks: `destroy = false`, whose objects are forgotten when they
//! are no longer wanted, and `prevent_destroy`, both also when the blocks are gone.

use terrane_plan::{Action, PlanMode};
use terrane_scenario::World;

const KEPT: &str = r#"
variable "kind" {
  type    = string
  default = "small"
}
resource "fake_thing" "kept" {
  name = "kept"
  kind = var.kind
  lifecycle {
    destroy = false
  }
}
"#;

#[tokio::test]
async fn a_kept_object_is_forgotten_and_not_replaced() {
    let mut world = World::new(KEPT);
    world.apply().await;

    world.set("kind", "large");
    let made = world.plan(PlanMode::Normal).await;
    assert!(
        terrane_scenario::texts(&made.problems).contains("fake_thing.kept has lifecycle.destroy = false")
    );

    world.set("kind", "small");
    let made = world.plan(PlanMode::Destroy).await;
    assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Forget)]);
    world.apply_plan(&made).await;
    assert!(world.cloud.named("kept").is_some());
    assert!(world.state.resources.is_empty());
}

const REMOVED: &str = r#"
removed {
  from = fake_thing.kept
  lifecycle {
    destroy = true
  }
}
"#;

#[tokio::test]
async fn a_kept_object_is_forgotten_with_its_block() {
    let mut world = World::new(KEPT);
    world.apply().await;
    world.edit("main.tf", "");
    for mode in [PlanMode::Normal, PlanMode::Destroy] {
        let made = world.plan(mode).await;
        assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Forget)]);
    }

    // Somebody who means it says so.
    world.edit("main.tf", REMOVED);
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Delete)]);

    // What was said last holds, even if nothing else changes.
    world.edit("main.tf", &KEPT.replace("destroy = false", "destroy = true"));
    world.apply().await;
    world.edit("main.tf", "");
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Delete)]);
}

#[tokio::test]
async fn what_must_not_be_destroyed_survives_its_block() {
    let protected = KEPT.replace("destroy = false", "prevent_destroy = true");
    let mut world = World::new(&protected);
    world.apply().await;
    world.edit("main.tf", "");
    for mode in [PlanMode::Normal, PlanMode::Destroy] {
        let made = world.plan(mode).await;
        // The plan is shown as it would be, beside the error.
        assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Delete)]);
        let said = terrane_scenario::texts(&made.problems);
        assert!(said.contains("its block is no longer in the configuration"), "{said}");
        assert!(said.contains("from = fake_thing.kept\n    lifecycle {\n      destroy = true"), "{said}");
    }

    // Each way out that the message names.
    world.edit("main.tf", REMOVED);
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(texts(&made), "");
    assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Delete)]);
    world.edit("main.tf", &REMOVED.replace("true", "false"));
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.kept".to_owned(), Action::Forget)]);
    world.edit("main.tf", &protected.replace("= true", "= false"));
    world.apply().await;
    world.edit("main.tf", "");
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(texts(&made), "");
    world.apply_plan(&made).await;
    assert!(world.cloud.named("kept").is_none());
}

fn texts(made: &terrane_scenario::Made) -> String {
    terrane_scenario::texts(&made.problems)
}
