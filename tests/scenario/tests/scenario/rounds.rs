//! What is only known after apply and decides what there is: told, or planned in rounds.

use terrane_plan::{Action, PlanMode};
use terrane_scenario::{World, texts};

const CHAIN: &str = r#"
resource "fake_thing" "first" {
  name = "first"
}
resource "fake_thing" "second" {
  for_each = toset([fake_thing.first.arn])
  name     = "second ${each.key}"
}
resource "fake_thing" "third" {
  count = length([for t in fake_thing.second : t.arn if t.arn != ""])
  name  = "third ${count.index}"
}
module "m" {
  source   = "./m"
  for_each = toset([fake_thing.first.id])
}
resource "fake_thing" "beside" {
  name = "beside"
}
output "third" {
  value = fake_thing.third[*].name
}
output "beside" {
  value = fake_thing.beside.name
}
"#;

fn world(text: &str) -> World {
    World::new(text).with_file("m/main.tf", "resource \"fake_thing\" \"inner\" {\n  name = \"inner\"\n}\n")
}

fn in_rounds(text: &str) -> World {
    let mut world = world(text);
    world.options.rounds = true;
    world
}

fn made(world: &World) -> Vec<String> {
    let name = |v: &terrane_value::Value| v.attribute("name").and_then(|n| n.as_str().map(str::to_owned));
    let mut names: Vec<String> = world.cloud.objects().values().filter_map(|o| name(&o.value)).collect();
    names.sort();
    names
}

#[tokio::test]
async fn without_rounds_the_error_says_what_would_make_it_known() {
    let problems = texts(&world(CHAIN).fails_to_plan().await);
    assert!(problems.contains("The \"for_each\" value of fake_thing.second depends on"), "{problems}");
    assert!(problems.contains("It is known when these are applied: fake_thing.first."), "{problems}");
    assert!(problems.contains("-target='fake_thing.first'") && problems.contains("-rounds"), "{problems}");
    assert!(problems.contains("The \"for_each\" value of module.m depends on"), "{problems}");
}

#[tokio::test]
async fn each_round_plans_what_is_known_then() {
    let mut world = in_rounds(CHAIN);
    let first = world.plan(PlanMode::Normal).await;
    assert!(first.problems.is_empty(), "{:#?}", first.problems);
    let create = |name: &str| (name.to_owned(), Action::Create);
    assert_eq!(first.actions(), [create("fake_thing.beside"), create("fake_thing.first")]);
    let waiting: Vec<&str> = first.plan.deferred.iter().map(|d| &*d.what).collect();
    assert_eq!(waiting, ["fake_thing.second", "module.m"]);
    assert_eq!(first.plan.deferred[0].waits_for, ["fake_thing.first"]);
    let applied = world.apply_plan(&first).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert!(world.state.outputs.contains_key("beside") && !world.state.outputs.contains_key("third"));

    let second = world.plan(PlanMode::Normal).await;
    assert_eq!(second.plan.deferred.len(), 1, "{:#?}", second.plan.deferred);
    assert_eq!(second.plan.deferred[0].argument, "count");
    world.apply_plan(&second).await;
    let third = world.plan(PlanMode::Normal).await;
    assert_eq!(third.actions(), [create("fake_thing.third[0]")]);
    assert!(third.plan.deferred.is_empty());
    world.apply_plan(&third).await;
    assert_eq!(
        made(&world),
        ["beside", "first", "inner", "second arn:nowhere:thing-2", "third 0"].map(str::to_owned)
    );
    assert!(world.state.outputs.contains_key("third"));
    let last = world.plan(PlanMode::Normal).await;
    assert!(last.actions().is_empty() && last.plan.deferred.is_empty(), "{:?}", last.actions());
}

#[tokio::test]
async fn nothing_is_destroyed_while_something_waits() {
    let text = "resource \"fake_thing\" \"old\" {\n  name = \"old\"\n}\nresource \"fake_thing\" \"kept\" {\n  name = \"kept\"\n  count = 1\n}\n";
    let mut world = in_rounds(text);
    world.apply().await;
    world.edit(
        "main.tf",
        "resource \"fake_thing\" \"new\" {\n  name = \"new\"\n}\nresource \"fake_thing\" \"kept\" {\n  name = \"kept\"\n  count = length(split(\":\", fake_thing.new.arn)) - 2\n}\n",
    );
    let first = world.plan(PlanMode::Normal).await;
    assert_eq!(first.actions(), [("fake_thing.new".to_owned(), Action::Create)]);
    world.apply_plan(&first).await;
    let second = world.plan(PlanMode::Normal).await;
    assert_eq!(second.actions(), [("fake_thing.old".to_owned(), Action::Delete)]);
    world.apply_plan(&second).await;
    assert_eq!(made(&world), ["kept", "new"].map(str::to_owned));
}

#[tokio::test]
async fn provider_configurations_wait_for_what_they_are_made_from() {
    let text = r#"
resource "fake_thing" "first" {
  name = "first"
}
provider "fake" {
  alias  = "made"
  region = fake_thing.first.arn
}
resource "fake_thing" "there" {
  provider = fake.made
  name     = "there"
}
"#;
    let problems = texts(&world(text).fails_to_plan().await);
    assert!(problems.contains("The region is not known yet."), "{problems}");
    assert!(problems.contains("region") && problems.contains("-target='fake_thing.first'"), "{problems}");
    let mut world = in_rounds(text);
    let first = world.plan(PlanMode::Normal).await;
    assert!(first.problems.is_empty(), "{:#?}", first.problems);
    assert_eq!(first.actions(), [("fake_thing.first".to_owned(), Action::Create)]);
    assert_eq!(first.plan.deferred[0].argument, "region");
    world.apply_plan(&first).await;
    world.apply().await;
    assert_eq!(world.cloud.named("there").unwrap().region, "arn:nowhere:thing-1");
}

#[tokio::test]
async fn instances_of_providers_wait_too() {
    let text = r#"
resource "fake_thing" "first" {
  name = "first"
}
provider "fake" {
  alias    = "each"
  for_each = toset([fake_thing.first.id])
  region   = each.key
}
resource "fake_thing" "there" {
  for_each = { a = 1 }
  provider = fake.each["thing-1"]
  name     = "there"
}
"#;
    let mut world = in_rounds(text);
    let first = world.plan(PlanMode::Normal).await;
    assert!(first.problems.is_empty(), "{:#?}", first.problems);
    assert_eq!(first.actions(), [("fake_thing.first".to_owned(), Action::Create)]);
    world.apply_plan(&first).await;
    world.apply().await;
    assert_eq!(world.cloud.named("there").unwrap().region, "thing-1");
}
