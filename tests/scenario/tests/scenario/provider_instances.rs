//! Provider configurations with `for_each`, and what is kept of configurations that are gone.

use std::sync::Arc;
use std::time::Instant;
use terrane_plan::{Action, PlanMode};
use terrane_scenario::{World, texts};

const REGIONS: &str = r#"
data "fake_lookup" "regions" {
  name = "regions"
}
provider "fake" {
  alias    = "by_region"
  for_each = toset(data.fake_lookup.regions.names)
  region   = each.key
}
resource "fake_thing" "here" {
  for_each = toset(data.fake_lookup.regions.names)
  provider = fake.by_region[each.key]
  name     = "here ${each.key}"
}
module "m" {
  source   = "./m"
  for_each = toset(data.fake_lookup.regions.names)
  providers = {
    fake = fake.by_region[each.key]
  }
}
"#;

fn world() -> World {
    let world = World::new(REGIONS)
        .with_file("m/main.tf", "resource \"fake_thing\" \"inner\" {\n  name = \"inner\"\n}\n");
    world.cloud.set_names(&["eu", "us"]);
    world
}

#[tokio::test]
async fn each_instance_is_served_by_its_own_and_the_state_says_by_which() {
    let mut world = world();
    world.apply().await;
    let regions: Vec<String> = world.cloud.objects().into_values().map(|o| o.region).collect();
    assert_eq!(regions.iter().filter(|r| *r == "eu").count(), 2, "{regions:?}");
    assert_eq!(regions.iter().filter(|r| *r == "us").count(), 2, "{regions:?}");
    let state: serde_json::Value = serde_json::from_str(&world.state_text()).unwrap();
    let here = state["resources"].as_array().unwrap().iter().find(|r| r["name"] == "here").unwrap();
    assert_eq!(here.get("provider"), None, "{here:#}");
    assert_eq!(
        here["instances"][0]["provider"],
        "provider[\"registry.terraform.io/hashicorp/fake\"].by_region[\"eu\"]"
    );
    let made = world.plan(PlanMode::Normal).await;
    assert!(
        made.problems.is_empty() && made.actions().is_empty(),
        "{:#?} {:?}",
        made.problems,
        made.actions()
    );
}

#[tokio::test]
async fn an_element_and_its_objects_go_in_one_apply() {
    let mut world = world();
    world.apply().await;
    world.cloud.set_names(&["us"]);
    let (plan, _) = world.apply().await;
    let deleted = plan.changes.iter().filter(|c| c.action == Action::Delete).count();
    assert_eq!(deleted, 2);
    assert!(world.cloud.objects().into_values().all(|o| o.region == "us"));

    // The whole provider block and everything it served, too.
    world.edit("main.tf", "");
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 0);
    assert!(world.state.resources.is_empty(), "{}", world.state_text());
}

#[tokio::test]
async fn a_plain_alias_goes_with_its_objects_unless_it_had_secrets() {
    let text = r#"
provider "fake" {
  alias  = "there"
  region = "there"
  MORE
}
resource "fake_thing" "a" {
  provider = fake.there
  name     = "a"
}
"#;
    let mut world = World::new(&text.replace("MORE", ""));
    world.apply().await;
    world.edit("main.tf", "");
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 0);

    let mut world = World::new(
        &text.replace("MORE", "token = \"t0p\"\n  endpoint {\n    url = \"u\"\n    secret = \"s3cret\"\n  }"),
    );
    world.apply().await;
    let state = world.state_text();
    assert!(!state.contains("t0p") && !state.contains("s3cret"));
    world.edit("main.tf", "");
    let problems = texts(&world.fails_to_plan().await);
    assert!(
        problems.contains("no longer declared") && problems.contains("endpoint[0].secret, token"),
        "{problems}"
    );
    assert_eq!(world.cloud.objects().len(), 1);
}

#[tokio::test]
async fn objects_that_stay_learn_the_configuration_that_they_are_managed_with() {
    let text = "provider \"fake\" {\n  alias = \"x\"\n  region = \"r\"\n}\nresource \"fake_thing\" \"a\" {\n  provider = fake.x\n  name = \"a\"\n}\n";
    let mut world = World::new(text);
    world.apply().await;
    let address = "fake_thing.a".parse().unwrap();
    let kept = |w: &World| w.state.current(&address).unwrap().kept.provider.clone();
    assert_eq!(kept(&world).unwrap().config.json(), serde_json::json!({ "region": "r" }));
    // As a state has it that something else wrote.
    let mut object = terrane_state::Object::clone(world.state.current(&address).unwrap());
    object.kept = Default::default();
    let provider = world.state.resources.values().next().unwrap().provider.clone();
    world.state.write(terrane_state::StateWrite::Put {
        address: address.clone(),
        deposed: None,
        provider,
        object: Arc::new(object),
    });
    world.apply().await;
    assert_eq!(kept(&world).unwrap().config.json(), serde_json::json!({ "region": "r" }));
}

#[tokio::test]
async fn wrong_keys_are_refused() {
    let cases = [
        ("fake.by_region[\"mars\"]", "no instance [\"mars\"]"),
        ("fake.by_region", "must say which instance"),
        ("fake.by_region[1 > 0 ? null : \"a\"]", "must be a string"),
    ];
    for (provider, wanted) in cases {
        let mut world =
            World::new(&REGIONS.replace("fake.by_region[each.key]\n  name", &format!("{provider}\n  name")))
                .with_file("m/main.tf", "resource \"fake_thing\" \"inner\" {\n  name = \"inner\"\n}\n");
        world.cloud.set_names(&["eu"]);
        world.variables.clear();
        let (_, problems) = world.load();
        let problems = if problems.has_errors() { problems } else { world.fails_to_plan().await };
        assert!(texts(&problems).contains(wanted), "{provider}: {}", texts(&problems));
    }
}

#[tokio::test]
async fn six_hundred_configurations_live_in_one_process() {
    let text = r#"
locals {
  places = toset(flatten([for a in range(200) : [for r in ["eu", "us", "ap"] : "${a}-${r}"]]))
}
provider "fake" {
  alias    = "place"
  for_each = local.places
  region   = each.key
}
resource "fake_thing" "one" {
  for_each = local.places
  provider = fake.place[each.key]
  name     = each.key
}
"#;
    let mut world = World::new(text);
    let began = Instant::now();
    world.apply().await;
    let made = began.elapsed();
    assert_eq!(world.cloud.objects().len(), 600);
    let configured = world.cloud.take_calls().iter().filter(|c| c.starts_with("configure ")).count();
    assert_eq!(configured, 1200, "once for the plan and once for the apply each");
    let began = Instant::now();
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
    println!(
        "600 provider configurations: plan and apply {made:?}, plan without changes {:?}",
        began.elapsed()
    );
}
