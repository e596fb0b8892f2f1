//! `lifecycle { destroy = false }`: objects that are no longer wanted are forgotten.

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
