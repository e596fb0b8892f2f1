//! The cloud and the world themselves: objects are made, changed, replaced and destroyed.

use std::fmt::Write;
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
async fn what_stays_is_stored_with_the_order_of_its_replacement() {
    let mut world = World::new(THINGS);
    world.apply().await;
    let plain = world.state_text();
    let first = THINGS
        .replace("  count = 2\n", "  count = 2\n  lifecycle {\n    create_before_destroy = true\n  }\n");
    world.edit("main.tf", &first);
    // Whether they are read or not.
    world.options.refresh = false;
    let (plan, _) = world.apply().await;
    assert!(plan.changes.iter().all(|c| c.action == Action::NoOp), "{:#?}", plan.changes);
    // What replacements that come first build on is replaced so, too.
    assert_eq!(world.state_text().matches("\"create_before_destroy\": true").count(), 3);
    world.edit("main.tf", THINGS);
    world.apply().await;
    assert_eq!(world.state_text(), plain);
    // That there is none at the moment makes no difference.
    world.edit("main.tf", &first.replace("  count = 2\n", "  count = 0\n"));
    world.set("kind", "large");
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions()[0], ("fake_thing.base".to_owned(), Action::CreateThenDelete));
}

#[tokio::test]
async fn a_provider_that_wants_to_plans_deletions() {
    let mut world = World::new(THINGS);
    world.apply().await;
    world.plan(PlanMode::Destroy).await;
    assert!(!world.cloud.calls().iter().any(|call| call.starts_with("plan deletion")));

    world.cloud.plan_deletions();
    world.cloud.fail("plan deletion of base");
    let made = world.plan(PlanMode::Destroy).await;
    assert_eq!(texts(&made.problems), "The cloud refused: plan deletion of base was to fail.\n");
    assert!(made.plan.errored);

    world.cloud.heal();
    let made = world.plan(PlanMode::Destroy).await;
    assert_eq!(texts(&made.problems), "");
    // Also when nothing is read before.
    world.options.refresh = false;
    let calls = world.cloud.take_calls().len();
    let made = world.plan(PlanMode::Destroy).await;
    assert!(calls > 0 && world.cloud.calls().iter().any(|call| call.starts_with("plan deletion of base")));
    // What it said is given back when the object is deleted.
    assert!(made.plan.changes.iter().all(|change| *change.private == *br#"{"fake":"deletion"}"#));
    world.apply_plan(&made).await;
    assert_eq!(world.cloud.objects().len(), 0);
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

#[tokio::test]
async fn an_object_that_could_not_be_changed_or_deleted_stays_in_the_state() {
    let mut world = World::new("resource \"fake_thing\" \"a\" {\n  name = \"a\"\n}\n");
    world.apply().await;
    world.cloud.be_mute();
    world.cloud.fail("update a");
    world.cloud.fail("delete a");

    world.edit("main.tf", "resource \"fake_thing\" \"a\" {\n  name = \"a\"\n  size = 2\n}\n");
    let made = world.plan(PlanMode::Normal).await;
    let applied = world.apply_plan(&made).await;
    assert_eq!(texts(&applied.problems), "The cloud refused: update a was to fail.\n");
    assert!(world.state_text().contains("\"name\": \"a\""));

    let made = world.plan(PlanMode::Destroy).await;
    let applied = world.apply_plan(&made).await;
    assert_eq!(texts(&applied.problems), "The cloud refused: delete a was to fail.\n");
    assert!(world.state_text().contains("\"name\": \"a\""));
}

#[tokio::test]
async fn a_new_object_ignores_no_changes() {
    const THING: &str = r#"
variable "kind" {
  type = string
}
variable "size" {
  type = number
}
resource "fake_thing" "a" {
  name = "a"
  kind = var.kind
  size = var.size
  lifecycle {
    ignore_changes = [size]
  }
}
"#;
    let mut world = World::new(THING);
    world.set("kind", "small");
    world.set("size", "1");
    world.apply().await;
    world.set("size", "2");
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
    // What replaces it is made as the configuration says, and that is what the plan shows.
    world.set("kind", "large");
    let (plan, _) = world.apply().await;
    let planned = plan.changes[0].after.attribute("size").unwrap();
    assert_eq!(planned, terrane_value::Value::number(2));
    assert_eq!(world.cloud.named("a").unwrap().value.attribute("size").unwrap(), planned);
}

#[tokio::test]
async fn what_is_made_anyway_says_what_triggered_it() {
    let two = |count: u32, size: u32| {
        format!(
            "resource \"fake_thing\" \"a\" {{\n  name = \"a\"\n  size = {size}\n}}\n\
             resource \"fake_thing\" \"b\" {{\n  count = {count}\n  name = \"b\"\n  lifecycle {{\n    \
             replace_triggered_by = [fake_thing.a]\n  }}\n}}\n"
        )
    };
    let mut world = World::new(&two(0, 1));
    world.apply().await;
    world.edit("main.tf", &two(1, 2));
    let (plan, _) = world.apply().await;
    let made = plan.changes.iter().find(|c| c.action == Action::Create).unwrap();
    assert_eq!(made.reason, Some(terrane_plan::ActionReason::ReplaceByTriggers));

    // The triggers are the reason even of what is to be replaced by request.
    world.options.replace = ["fake_thing.a", "fake_thing.b[0]"].map(|a| a.parse().unwrap()).into();
    let reasons = |plan: &terrane_plan::Plan| plan.changes.iter().map(|c| c.reason).collect::<Vec<_>>();
    let both = [terrane_plan::ActionReason::ReplaceByRequest, terrane_plan::ActionReason::ReplaceByTriggers];
    assert_eq!(reasons(&world.plan(PlanMode::Normal).await.plan), both.map(Some));
}

#[tokio::test]
async fn an_update_that_turns_out_to_be_none_is_left_out() {
    const THINGS: &str = r#"
variable "size" {
  type = number
}
resource "fake_thing" "first" {
  name = "first"
  size = var.size
}
data "fake_lookup" "late" {
  name       = "late"
  depends_on = [fake_thing.first]
}
resource "fake_thing" "second" {
  name = "second"
  tags = { found = data.fake_lookup.late.value }
}
"#;
    let mut world = World::new(THINGS);
    world.set("size", "1");
    world.apply().await;
    world.set("size", "2");
    world.cloud.take_calls();
    let (plan, applied) = world.apply().await;
    assert_eq!((plan.counts().change, applied.counts.change), (2, 1));
    let calls = world.cloud.take_calls();
    assert!(calls.contains(&"update first".to_owned()), "{calls:?}");
    assert!(!calls.contains(&"update second".to_owned()), "{calls:?}");
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

/// What uses an object may forbid to change it: a network with a cluster in it keeps its ranges.
#[tokio::test]
async fn an_object_changes_when_what_used_it_is_gone() {
    const BEFORE: &str = r#"
resource "fake_thing" "network" {
  name = "network"
  size = 1
}
resource "fake_thing" "gone" {
  name = "gone"
  tags = { network = fake_thing.network.id }
}
resource "fake_thing" "replaced" {
  name = "replaced"
  kind = "old"
  tags = { network = fake_thing.network.id }
}
resource "fake_thing" "first_made" {
  name = "first made"
  kind = "old"
  tags = { network = fake_thing.network.id }
  lifecycle {
    create_before_destroy = true
  }
}
"#;
    let mut world = World::new(BEFORE);
    world.apply().await;
    let gone = BEFORE.find("resource \"fake_thing\" \"gone\"").unwrap();
    let replaced = BEFORE.find("resource \"fake_thing\" \"replaced\"").unwrap();
    let after = format!("{}{}", &BEFORE[..gone], &BEFORE[replaced..]);
    world.edit("main.tf", &after.replace("size = 1", "size = 2").replace("\"old\"", "\"new\""));
    world.cloud.take_calls();
    world.apply().await;
    let calls = world.cloud.take_calls();
    let at = |what: &str| {
        calls.iter().position(|call| call == what).unwrap_or_else(|| panic!("{what}: {calls:?}"))
    };
    let change = at("update network");
    assert!(at("delete gone") < change && at("delete replaced") < change, "{calls:?}");
    assert!(change < at("create replaced"), "{calls:?}");
    assert!(
        change < at("create first made") && at("create first made") < at("delete first made"),
        "{calls:?}"
    );
}

/// Values are worked out when they are needed, however many there are on the way.
#[tokio::test]
async fn a_chain_of_locals_may_be_long() {
    let mut text = String::from("locals {\n  n0 = 1\n");
    for n in 1..10_000 {
        writeln!(text, "  n{n} = local.n{} + 1", n - 1).unwrap();
    }
    text.push_str("}\nresource \"fake_thing\" \"last\" {\n  size = local.n9999\n}\n");
    let mut world = World::new(&text);
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 1);
    assert!(world.state_text().contains("\"size\": 10000"), "{}", world.state_text());
}
