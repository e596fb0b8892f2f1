//! Runs that die at every point at which something is written down: what was in flight is settled, and
//! nothing is lost or made twice.

use std::collections::BTreeSet;
use terrane_address::Mode;
use terrane_apply::Finding;
use terrane_plan::PlanMode;
use terrane_scenario::{World, texts};

const THINGS: &str = r#"
variable "size" {
  default = 1
}
resource "fake_thing" "base" {
  name = "base"
  size = var.size
}
resource "fake_thing" "top" {
  count = 2
  name  = "top ${count.index} on ${fake_thing.base.id}"
  size  = var.size
}
"#;

/// The ids in the state, which must be those in the cloud.
fn same_as_in_the_cloud(world: &World, at: &str) -> usize {
    let mut stated = BTreeSet::new();
    let managed = world.state.instances().filter(|(a, ..)| a.resource.mode == Mode::Managed);
    for (address, _, instance) in managed {
        for object in instance.current.iter().chain(instance.deposed.values()) {
            let id = object.attributes.json()["id"].as_str().unwrap().to_owned();
            assert!(stated.insert(id), "{address} has the object of another instance {at}");
        }
    }
    let existing: BTreeSet<String> = world.cloud.objects().into_keys().collect();
    assert_eq!(stated, existing, "{at}");
    stated.len()
}

async fn settled(world: &mut World, at: &str) {
    let settled = world.settle().await;
    assert!(!settled.problems.has_errors(), "{at}: {}", texts(&settled.problems));
    assert!(settled.operations.iter().all(|o| o.finding != Finding::Open), "{at}: {:?}", settled.operations);
    same_as_in_the_cloud(world, at);
}

#[tokio::test]
async fn a_creation_dies_everywhere() {
    for entries in 0.. {
        let mut world = World::new(THINGS);
        let made = world.plan(PlanMode::Normal).await;
        if world.apply_until(&made, entries).await.is_some() {
            assert!(entries >= 6, "three intents and three outcomes, not {entries}");
            return;
        }
        let at = format!("after entry {entries}");
        settled(&mut world, &at).await;
        world.apply().await;
        assert_eq!(same_as_in_the_cloud(&world, &at), 3);
        assert_eq!(world.plan(PlanMode::Normal).await.actions(), [], "{at}");
    }
}

#[tokio::test]
async fn what_was_begun_is_found_when_the_configuration_no_longer_has_it() {
    for entries in 0.. {
        let mut world = World::new(THINGS);
        let made = world.plan(PlanMode::Normal).await;
        if world.apply_until(&made, entries).await.is_some() {
            return;
        }
        let at = format!("after entry {entries}");
        world.edit("main.tf", "");
        settled(&mut world, &at).await;
        world.apply().await;
        assert_eq!(same_as_in_the_cloud(&world, &at), 0);
    }
}

#[tokio::test]
async fn a_change_and_a_replacement_die_everywhere() {
    for (name, value) in [("size", "2"), ("kind", "large")] {
        let text = THINGS
            .replace("size = var.size\n}\nresource", "size = var.size\n  kind = var.kind\n}\nresource")
            + "variable \"kind\" {\n  default = \"small\"\n}\n";
        for entries in 0.. {
            let mut world = World::new(&text);
            world.apply().await;
            world.set(name, value);
            let made = world.plan(PlanMode::Normal).await;
            if world.apply_until(&made, entries).await.is_some() {
                break;
            }
            let at = format!("{name} after entry {entries}");
            settled(&mut world, &at).await;
            world.apply().await;
            assert_eq!(same_as_in_the_cloud(&world, &at), 3);
            assert_eq!(world.plan(PlanMode::Normal).await.actions(), [], "{at}");
        }
    }
}

#[tokio::test]
async fn a_replacement_that_comes_first_dies_everywhere() {
    let text = THINGS.replace(
        "resource \"fake_thing\" \"base\" {",
        "variable \"kind\" {\n  default = \"small\"\n}\nresource \"fake_thing\" \"base\" {\n  kind = var.kind\n  \
         lifecycle {\n    create_before_destroy = true\n  }",
    );
    for entries in 0.. {
        let mut world = World::new(&text);
        world.apply().await;
        world.set("kind", "large");
        let made = world.plan(PlanMode::Normal).await;
        if world.apply_until(&made, entries).await.is_some() {
            return;
        }
        let at = format!("after entry {entries}");
        settled(&mut world, &at).await;
        world.apply().await;
        assert_eq!(same_as_in_the_cloud(&world, &at), 3);
        assert_eq!(world.plan(PlanMode::Normal).await.actions(), [], "{at}");
    }
}

#[tokio::test]
async fn a_destruction_dies_everywhere() {
    for entries in 0.. {
        let mut world = World::new(THINGS);
        world.apply().await;
        let made = world.plan(PlanMode::Destroy).await;
        if world.apply_until(&made, entries).await.is_some() {
            return;
        }
        let at = format!("after entry {entries}");
        settled(&mut world, &at).await;
        let made = world.plan(PlanMode::Destroy).await;
        world.apply_plan(&made).await;
        assert_eq!(same_as_in_the_cloud(&world, &at), 0);
    }
}

#[tokio::test]
async fn what_was_changed_elsewhere_meanwhile_is_no_obstacle() {
    let mut world = World::new(THINGS);
    world.apply().await;
    world.set("size", "2");
    let made = world.plan(PlanMode::Normal).await;
    // The intent of the first update is written, nothing more.
    assert!(world.apply_until(&made, 1).await.is_none());
    let base = world.in_flight[0].address.clone();
    let id = world.state.current(&base).unwrap().attributes.json()["id"].as_str().unwrap().to_owned();
    world.cloud.lose(&id);
    let settled = world.settle().await;
    assert_eq!(settled.operations[0].finding, Finding::Gone, "{}", texts(&settled.problems));
    assert!(world.state.current(&base).is_none());
}

/// A write-only value is in no journal: where it comes from is asked again, also when that is something
/// ephemeral, or what the run itself had read.
#[tokio::test]
async fn a_creation_with_a_secret_dies_everywhere() {
    let text = |secret: &str| {
        format!(
            r#"
resource "fake_thing" "base" {{
  name = "base"
}}
data "fake_lookup" "late" {{
  name       = "late"
  depends_on = [fake_thing.base]
}}
ephemeral "fake_token" "t" {{
  audience = data.fake_lookup.late.name
}}
resource "fake_thing" "user" {{
  name      = "user"
  size      = length(fake_thing.base.id)
  tags      = {{ found = data.fake_lookup.late.value }}
  secret_wo = {secret}
}}
"#
        )
    };
    for (secret, sent) in [
        ("\"plain\"", "plain"),
        ("ephemeral.fake_token.t.value", "token for late"),
        ("data.fake_lookup.late.value", "late in nowhere"),
    ] {
        for entries in 0.. {
            let mut world = World::new(&text(secret));
            let made = world.plan(PlanMode::Normal).await;
            let through = world.apply_until(&made, entries).await.is_some();
            world.cloud.expire_tokens();
            let at = format!("{secret} after entry {entries}");
            settled(&mut world, &at).await;
            assert_eq!(world.cloud.open_tokens(), Vec::<String>::new(), "{at}");
            world.apply().await;
            assert_eq!(same_as_in_the_cloud(&world, &at), 2);
            let user = world.cloud.named("user").unwrap();
            assert_eq!(user.secrets, [("secret_wo".to_owned(), sent.to_owned())], "{at}");
            assert_eq!(user.value.attribute("size").unwrap(), terrane_value::Value::number(7), "{at}");
            assert_eq!(world.plan(PlanMode::Normal).await.actions(), [], "{at}");
            assert!(!world.state_text().contains(sent) || sent.starts_with("late"), "{at}");
            if through {
                break;
            }
        }
    }
}
