//! Types that a provider has elsewhere: a configuration may declare them, and wants no instance of them.

use terrane_diagnostics::Severity;
use terrane_plan::PlanMode;
use terrane_scenario::{World, texts};

const MODULE: &str = r#"
variable "elsewhere" {
  type    = number
  default = 0
}
resource "fake_thing" "here" {
  name = "here"
}
resource "fake_elsewhere" "this" {
  count = var.elsewhere
  any   = fake_thing.here.id
  block {
    value = [for i in [1] : fake_thing.here.name]
  }
  dynamic "more" {
    for_each = [fake_thing.here.name]
    content {
      value = more.value
    }
  }
}
data "fake_lookup_elsewhere" "this" {
  for_each = var.elsewhere == 0 ? {} : { a = 1 }
  name     = each.key
}
output "id" {
  value = try(fake_elsewhere.this[0].id, null)
}
output "all" {
  value = [for e in fake_elsewhere.this : e.id]
}
"#;

#[tokio::test]
async fn no_instance_of_a_type_that_is_elsewhere_is_fine() {
    let mut world = World::new(MODULE);
    let problems = world.validate();
    assert!(!problems.has_errors(), "{problems:#?}");
    let warnings: Vec<_> = problems.iter().filter(|d| d.severity == Severity::Warning).collect();
    assert_eq!(warnings.len(), 1, "{problems:#?}");
    assert!(warnings[0].detail.ends_with("data fake_lookup_elsewhere, fake_elsewhere."), "{warnings:#?}");
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 1);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

#[tokio::test]
async fn an_instance_of_one_is_refused_with_the_way_out() {
    let mut world = World::new(MODULE);
    world.set("elsewhere", "1");
    let problems = world.fails_to_plan().await;
    let told = texts(&problems);
    assert!(told.contains("A resource type that the native provider does not have"), "{told}");
    assert!(told.contains("A data source that the native provider does not have"), "{told}");
    let detail = problems.iter().map(|d| d.detail.to_string()).collect::<String>();
    assert!(detail.contains("native { exclude = ["), "{detail}");
    assert_eq!(world.cloud.objects().len(), 0);
}

#[tokio::test]
async fn expressions_of_what_is_not_checked_are_still_looked_at() {
    let wrong = MODULE.replace("fake_thing.here.id", "fake_thing.nowhere.id");
    let told = texts(&World::new(&wrong).validate());
    assert!(told.contains("Reference to undeclared resource"), "{told}");
    let misspelled =
        MODULE.replace("\"fake_elsewhere\"", "\"fake_elsewher\"").replace("fake_elsewhere", "fake_elsewher");
    let told = texts(&World::new(&misspelled).validate());
    assert!(told.contains("Invalid resource type"), "{told}");
}
