//! Write-only values: given to the provider, stored nowhere, and sent again when they change.

use terrane_plan::{Action, ActionReason, PlanMode, WriteOnlyKey};
use terrane_scenario::{World, texts};
use terrane_state::JournalEntry;

const THING: &str = r#"
variable "secret" {
  type      = string
  ephemeral = true
}
variable "version_of_it" {
  type    = number
  default = null
}
resource "fake_thing" "a" {
  name              = "a"
  secret_wo         = var.secret
  secret_wo_version = var.version_of_it
}
"#;

fn world(secret: &str) -> World {
    let mut world = World::new(THING);
    world.options.write_only_key = Some(WriteOnlyKey::new(b"0123456789abcdef"));
    world.set("secret", secret);
    world
}

fn sent(world: &World) -> Vec<String> {
    world.cloud.named("a").unwrap().secrets.into_iter().map(|(_, text)| text).collect()
}

#[tokio::test]
async fn a_changed_value_is_sent_again_and_nothing_of_it_is_stored() {
    let mut world = world("first");
    world.apply().await;
    assert_eq!(sent(&world), ["first"]);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);

    world.set("secret", "second");
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.a".to_owned(), Action::Update)]);
    let change = &made.plan.changes[0];
    assert_eq!(change.reason, Some(ActionReason::UpdateBecauseWriteOnlyChanged));
    assert_eq!(change.before, change.after, "nothing of the value shows");
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(sent(&world), ["first", "second"]);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
    let (state, file) = (world.state_text(), made.file);
    for text in ["first", "second"] {
        assert!(!state.contains(text) && !file.contains(text), "{text}");
    }
    let object = world.state.current(&"fake_thing.a".parse().unwrap()).unwrap();
    assert_eq!(object.attributes.json()["secret_wo"], serde_json::Value::Null);
    assert_eq!(&*object.private, br#"{"fake":"kept"}"#, "the provider sees its own part alone");
}

#[tokio::test]
async fn the_digest_cannot_be_made_without_the_key() {
    let mut first = world("same");
    first.apply().await;
    let mut other = world("same");
    other.options.write_only_key = Some(WriteOnlyKey::new(b"another key that is long"));
    other.apply().await;
    let digests = |w: &World| {
        let object = w.state.current(&"fake_thing.a".parse().unwrap()).unwrap();
        object.kept.write_only.clone().unwrap()
    };
    let (a, b) = (digests(&first), digests(&other));
    assert_ne!(a.key, b.key);
    assert_ne!(a.digests, b.digests);
    assert_eq!(a.digests.keys().collect::<Vec<_>>(), ["secret_wo"]);
}

#[tokio::test]
async fn with_another_key_nothing_is_guessed() {
    let mut world = world("first");
    world.apply().await;
    world.set("secret", "second");
    for key in [Some(WriteOnlyKey::new(b"another key that is long")), None] {
        world.options.write_only_key = key;
        let made = world.plan(PlanMode::Normal).await;
        assert_eq!(made.actions(), []);
        assert!(
            texts(&made.problems).starts_with("Write-only values cannot be compared"),
            "{:#?}",
            made.problems
        );
    }
    // An update for another reason sends the value, and the new key knows it from then on.
    world.options.write_only_key = Some(WriteOnlyKey::new(b"another key that is long"));
    world.edit("main.tf", &THING.replace("= \"a\"", "= \"a\"\n  size = 2"));
    world.apply().await;
    assert_eq!(sent(&world), ["first", "second"]);
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty() && made.actions().is_empty(), "{:#?}", made.problems);
}

#[tokio::test]
async fn a_state_without_digests_causes_no_update() {
    let mut world = world("first");
    world.options.write_only_key = None;
    world.apply().await;
    assert!(!world.state_text().contains(".terrane"), "as Terraform writes it");
    world.options.write_only_key = Some(WriteOnlyKey::new(b"0123456789abcdef"));
    world.set("secret", "second");
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty() && made.actions().is_empty(), "{:#?}", made.problems);
}

#[tokio::test]
async fn a_version_argument_alone_decides_where_it_is_set() {
    let mut world = world("first");
    world.set("version_of_it", "1");
    world.apply().await;
    world.set("secret", "second");
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
    world.set("version_of_it", "2");
    world.apply().await;
    assert_eq!(sent(&world), ["first", "second"]);
}

#[tokio::test]
async fn an_update_that_failed_is_planned_again() {
    let mut world = world("first");
    world.apply().await;
    world.set("secret", "second");
    let made = world.plan(PlanMode::Normal).await;
    world.cloud.fail("update a");
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.has_errors());
    world.cloud.heal();
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.a".to_owned(), Action::Update)]);
}

#[tokio::test]
async fn what_was_sent_is_known_after_a_run_that_died() {
    for entries in 0.. {
        let mut world = world("first");
        let made = world.plan(PlanMode::Normal).await;
        let done = world.apply_until(&made, entries).await.is_some();
        let journal: String =
            world.in_flight.iter().cloned().map(|o| JournalEntry::Intent(o).to_line().unwrap()).collect();
        assert!(!journal.contains("first"), "{journal}");
        let settled = world.settle().await;
        assert!(!settled.problems.has_errors(), "{}", texts(&settled.problems));
        world.apply().await;
        assert_eq!(sent(&world).len(), 1, "after entry {entries}");
        world.set("secret", "second");
        assert_eq!(
            world.plan(PlanMode::Normal).await.actions(),
            [("fake_thing.a".to_owned(), Action::Update)],
            "after entry {entries}"
        );
        if done {
            assert!(entries >= 2, "an intent and an outcome, not {entries}");
            return;
        }
    }
}
