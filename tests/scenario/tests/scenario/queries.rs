//! Queries: what is found, in which order, and what configuration comes of it.

use terrane_plan::PlanMode;
use terrane_query::{FoundObject, QueryEvent};
use terrane_scenario::{World, texts};

const PROVIDERS: &str = r#"
provider "fake" {
  region = "eu"
}
"#;

/// A world with three things in one region and one in another.
fn world(queries: &str) -> World {
    let world = World::new(PROVIDERS).with_file("all.tfquery.hcl", queries);
    for (name, region) in [("ann", "eu"), ("bob", "eu"), ("bert", "eu"), ("cid", "us")] {
        world.cloud.place(name, region);
    }
    world
}

fn found(events: &[QueryEvent]) -> Vec<&FoundObject> {
    events
        .iter()
        .filter_map(|event| match event {
            QueryEvent::Found(object) => Some(&**object),
            _ => None,
        })
        .collect()
}

/// Where each object was found, and what it is called.
fn lines(events: &[QueryEvent]) -> Vec<String> {
    found(events).iter().map(|object| format!("{} {}", object.address, object.display_name)).collect()
}

async fn fails(queries: &str) -> String {
    let (_, problems) = world(queries).query(false).await;
    assert!(problems.has_errors());
    texts(&problems)
}

#[tokio::test]
async fn what_exists_is_found_with_what_identifies_it() {
    let world = world(
        r#"
provider "fake" {
  alias  = "us"
  region = var.other
}
variable "other" {
  default = "us"
}
locals {
  prefix = "b"
}
list "fake_thing" "b" {
  provider = fake
  config {
    prefix = local.prefix
  }
}
list "fake_thing" "there" {
  provider         = fake.us
  include_resource = true
}
"#,
    );
    let (events, problems) = world.query(false).await;
    assert!(problems.is_empty(), "{}", texts(&problems));
    assert_eq!(
        lines(&events),
        ["list.fake_thing.b bert", "list.fake_thing.b bob", "list.fake_thing.there cid"]
    );
    let found = found(&events);
    assert_eq!(found[0].key.as_ref().unwrap().to_string(), "id=bert,region=eu");
    assert_eq!(found[0].identity.as_ref().unwrap().version, 1);
    assert!(found[0].object.is_none() && found[0].generated.is_none());
    assert_eq!(found[2].object.as_ref().unwrap().attribute("name").unwrap().as_str(), Some("cid"));
    let calls = world.cloud.take_calls();
    assert!(!calls.iter().any(|call| call.starts_with("create") || call.starts_with("update")), "{calls:?}");
    assert_eq!(calls.iter().filter(|call| call.starts_with("read")).count(), 1, "{calls:?}");
}

#[tokio::test]
async fn a_limit_is_kept_and_told() {
    let world = world("list \"fake_thing\" \"two\" {\n  provider = fake\n  limit = 1 + 1\n}\n");
    let (events, _) = world.query(false).await;
    assert_eq!(lines(&events), ["list.fake_thing.two ann", "list.fake_thing.two bert"]);
    let Some(QueryEvent::Completed { total: 2, limited: true, .. }) = events.last() else {
        panic!("{events:?}");
    };
}

#[tokio::test]
async fn lists_have_instances_and_refer_to_each_other() {
    let world = world(
        r#"
list "fake_thing" "again" {
  provider = fake
  for_each = toset([for found in list.fake_thing.first.data : found.state.name])
  config {
    prefix = each.value
  }
}
list "fake_thing" "first" {
  provider         = fake
  include_resource = true
  config {
    prefix = "b"
  }
}
list "fake_thing" "numbered" {
  provider = fake
  count    = length(list.fake_thing.again)
  config {
    prefix = list.fake_thing.again["bob"].data[0].identity.id
  }
}
list "fake_thing" "none" {
  provider = fake
  count    = 0
}
"#,
    );
    let (events, problems) = world.query(false).await;
    assert!(problems.is_empty(), "{}", texts(&problems));
    assert_eq!(
        lines(&events),
        [
            "list.fake_thing.first bert",
            "list.fake_thing.first bob",
            "list.fake_thing.again[\"bert\"] bert",
            "list.fake_thing.again[\"bob\"] bob",
            "list.fake_thing.numbered[0] bob",
            "list.fake_thing.numbered[1] bob",
        ]
    );
}

#[tokio::test]
async fn what_is_generated_imports_the_objects_as_they_are() {
    let mut world = world(
        r#"
list "fake_thing" "b" {
  provider = fake
  for_each = { eu = "b" }
  config {
    prefix = each.value
  }
}
"#,
    );
    let (events, problems) = world.query(true).await;
    assert!(problems.is_empty(), "{}", texts(&problems));
    let generated: Vec<_> = found(&events).iter().map(|object| object.generated.clone().unwrap()).collect();
    assert!(
        generated[1].resource.starts_with("resource \"fake_thing\" \"b_eu_1\" {\n"),
        "{}",
        generated[1].resource
    );
    assert_eq!(
        generated[1].import,
        "import {\n  to       = fake_thing.b_eu_1\n  identity = {\n    id     = \"bob\"\n    region = \"eu\"\n  }\n}"
    );
    assert!(found(&events)[0].object.is_none(), "nobody asked to see it");
    let text: String = generated.iter().map(|g| format!("{}\n{}\n", g.resource, g.import)).collect();
    world.edit("generated.tf", &text);
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty(), "{}", texts(&made.problems));
    assert!(made.actions().is_empty(), "{:?}", made.actions());
    assert_eq!(made.plan.counts().import, 2);
}

#[tokio::test]
async fn what_cannot_be_searched_is_told_with_its_reason() {
    let list = |rest: &str| format!("list \"fake_thing\" \"a\" {{\n  provider = fake\n{rest}\n}}\n");
    for (queries, why) in [
        (list("limit = 0"), "must be a whole number above zero"),
        (list("limit = \"some\""), "must be a whole number above zero"),
        (list("include_resource = \"perhaps\""), "must be true or false"),
        (list("config {\n  prefix = \"\"\n}"), "Useless prefix"),
        (list("config {\n  prefx = \"\"\n}"), "prefx"),
        (list("config {\n  prefix = list.fake_thing.a.data[0].display_name\n}"), "refers back to it"),
        (
            list("config {\n  prefix = list.fake_thing.b.data[0].display_name\n}"),
            "There is no block list.fake_thing.b",
        ),
        (list("config {\n  prefix = list.fake_thing\n}"), "list.TYPE.NAME"),
        (list("") + &list(""), "already declared at all.tfquery.hcl:1,1-"),
        (list("config {}\nconfig {}"), "has another already"),
        (list("").replace("provider = fake\n", "\n"), "The argument \"provider\" is required"),
        (list("").replace("= fake", "= fake.us"), "which is not declared"),
        (list("").replace("fake_thing", "fake_thin"), "Did you mean \"fake_thing\"?"),
        ("resource \"fake_thing\" \"a\" {}\n".to_owned(), "resource"),
        (PROVIDERS.to_owned(), "Duplicate provider configuration"),
    ] {
        let told = fails(&queries).await;
        assert!(told.contains(why), "{queries}: {told}");
    }
}

#[tokio::test]
async fn what_a_provider_refuses_does_not_stop_the_rest() {
    let world = world(
        r#"
provider "fake" {
  alias  = "us"
  region = "us"
}
list "fake_thing" "here" {
  provider = fake
}
list "fake_thing" "there" {
  provider = fake.us
}
list "fake_thing" "later" {
  provider = fake
  config {
    prefix = list.fake_thing.here.data[0].display_name
  }
}
"#,
    );
    world.cloud.fail("list fake_thing in eu");
    let (events, problems) = world.query(false).await;
    assert_eq!(lines(&events), ["list.fake_thing.there cid"]);
    assert_eq!(problems.len(), 1, "{}", texts(&problems));
}

#[test]
fn queries_are_validated_whatever_variables_are() {
    let good = r#"
variable "prefix" {
  type = string
}
list "fake_thing" "a" {
  provider         = fake
  count            = length(var.prefix)
  limit            = length(var.prefix)
  include_resource = var.prefix == "a"
  config {
    prefix = "${var.prefix}${count.index}${list.fake_thing.b[0].data[0].state.name}"
  }
}
list "fake_thing" "b" {
  provider = fake
  for_each = toset([var.prefix])
}
"#;
    let problems = world(good).validate_queries();
    assert!(problems.is_empty(), "{}", texts(&problems));
    for (from, to, why) in [
        ("prefix = \"$", "prefx = \"$", "prefx"),
        ("list.fake_thing.b[0]", "list.fake_thing.c[0]", "Did you mean list.fake_thing."),
        ("fake_thing\" \"b\"", "fake_lookup\" \"b\"", "cannot list objects of type \"fake_lookup\""),
        ("length(var.prefix)\n  limit", "length(var.prefx)\n  limit", "prefx"),
    ] {
        let told = texts(&world(&good.replace(from, to)).validate_queries());
        assert!(told.contains(why), "{to}: {told}");
    }
}
