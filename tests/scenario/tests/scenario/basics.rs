//! The cloud and the world themselves: objects are made, changed, replaced and destroyed.

use terrane_plan::{Action, PlanMode};
use terrane_scenario::{World, texts};

const THINGS: &str = r#"
variable "kind" {
  type    = string
  default = "small"
}
resource "fake_thing" "base" {
  name = "base"
  kind = var.kind
}
resource "fake_thing" "top" {
  count = 2
  name  = "top ${count.index} on ${fake_thing.base.id}"
}
output "arn" {
  value = fake_thing.base.arn
}
"#;

#[tokio::test]
async fn objects_are_made_kept_replaced_and_destroyed() {
    let mut world = World::new(THINGS);
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 3);
    let again = world.plan(PlanMode::Normal).await;
    assert_eq!(again.actions(), []);

    world.set("kind", "large");
    let made = world.plan(PlanMode::Normal).await;
    let replaced = Action::DeleteThenCreate;
    let updated = Action::Update;
    assert_eq!(
        made.actions(),
        [
            ("fake_thing.base".to_owned(), replaced),
            ("fake_thing.top[0]".to_owned(), updated),
            ("fake_thing.top[1]".to_owned(), updated),
        ]
    );
    world.apply_plan(&made).await;
    assert!(world.cloud.named("base").is_some());

    let made = world.plan(PlanMode::Destroy).await;
    world.apply_plan(&made).await;
    assert_eq!(world.cloud.objects().len(), 0);
    assert!(world.state.resources.is_empty());
}

#[tokio::test]
async fn the_cloud_fails_where_it_is_told_to() {
    let mut world = World::new(THINGS);
    world.cloud.fail("create base");
    let made = world.plan(PlanMode::Normal).await;
    let applied = world.apply_plan(&made).await;
    assert_eq!(texts(&applied.problems), "The cloud refused: create base was to fail.\n");
    assert_eq!(world.cloud.objects().len(), 0);
    world.cloud.heal();
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 3);
}
