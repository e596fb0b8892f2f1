//! Provisioners: when they run, what they see, and what their failure does.

use terrane_plan::{Action, Event, PlanMode};
use terrane_scenario::{World, texts};
use terrane_state::ObjectStatus;

/// What was printed since the last time this was asked, a line each.
fn printed(world: &World) -> Vec<String> {
    let events = std::mem::take(&mut *world.events.lock().unwrap());
    let lines = events.into_iter().filter_map(|event| match event {
        Event::ProvisionOutput { line, .. } if !line.contains("Executing") => Some(line),
        _ => None,
    });
    lines.collect()
}

const LIFE: &str = r#"
variable "kind" {
  default = "small"
}
resource "fake_thing" "base" {
  name = "base"
}
resource "fake_thing" "a" {
  count = 1
  name  = "a"
  kind  = var.kind
  provisioner "local-exec" {
    command = "echo made ${self.id} of ${self.kind} with ${fake_thing.base.id}"
  }
  provisioner "local-exec" {
    when    = destroy
    command = "echo bye ${self.id} number ${count.index}"
  }
}
"#;

#[tokio::test]
async fn they_run_after_creation_and_before_destruction() {
    let mut world = World::new(LIFE);
    world.apply().await;
    assert_eq!(printed(&world), ["made thing-2 of small with thing-1"]);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);

    world.set("kind", "large");
    world.apply().await;
    assert_eq!(printed(&world), ["bye thing-2 number 0", "made thing-3 of large with thing-1"]);

    let made = world.plan(PlanMode::Destroy).await;
    world.apply_plan(&made).await;
    assert_eq!(printed(&world), ["bye thing-3 number 0"]);
    assert_eq!(world.cloud.objects().len(), 0);
}

#[tokio::test]
async fn an_instance_alone_may_be_called_by_its_name() {
    let mut world = World::new(
        r#"
resource "fake_thing" "a" {
  name = "a"
  provisioner "local-exec" {
    command = "echo ${self.id} is ${fake_thing.a.id}, ${local.kind}"
  }
}
locals {
  kind = "a local"
}
"#,
    );
    world.apply().await;
    assert_eq!(printed(&world), ["thing-1 is thing-1, a local"]);
}

#[tokio::test]
async fn what_has_a_successor_already_goes_without() {
    let text = LIFE.replace("count = 1", "count = 1\n  lifecycle {\n    create_before_destroy = true\n  }");
    let mut world = World::new(&text);
    world.apply().await;
    printed(&world);
    world.set("kind", "large");
    world.apply().await;
    assert_eq!(printed(&world), ["made thing-3 of large with thing-1"]);
}

#[tokio::test]
async fn a_failure_after_creation_taints_and_tainted_objects_go_without() {
    let text = LIFE.replace("echo made", "exit 1; echo made");
    let mut world = World::new(&text);
    let made = world.plan(PlanMode::Normal).await;
    let applied = world.apply_plan(&made).await;
    assert!(
        texts(&applied.problems).contains("local-exec provisioner error"),
        "{}",
        texts(&applied.problems)
    );
    assert_eq!(world.cloud.objects().len(), 2);
    let a = "fake_thing.a[0]".parse().unwrap();
    assert_eq!(world.state.current(&a).unwrap().status, ObjectStatus::Tainted);
    printed(&world);

    world.edit("main.tf", LIFE);
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.actions(), [("fake_thing.a[0]".to_owned(), Action::DeleteThenCreate)]);
    world.apply_plan(&made).await;
    assert_eq!(printed(&world), ["made thing-3 of small with thing-1"]);
    assert_eq!(world.state.current(&a).unwrap().status, ObjectStatus::Ready);
}

#[tokio::test]
async fn a_failure_before_destruction_keeps_the_object() {
    let text = LIFE.replace("echo bye", "exit 7; echo bye");
    let mut world = World::new(&text);
    world.apply().await;
    let made = world.plan(PlanMode::Destroy).await;
    let applied = world.apply_plan(&made).await;
    assert!(texts(&applied.problems).contains("exit status 7"), "{}", texts(&applied.problems));
    assert!(world.cloud.named("a").is_some(), "it is still there");
    assert!(world.cloud.named("base").is_some(), "and so is what it depends on in its provisioner");
    world.edit("main.tf", &text.replace("when    = destroy", "when = destroy\n    on_failure = continue"));
    let made = world.plan(PlanMode::Destroy).await;
    let applied = world.apply_plan(&made).await;
    assert!(!applied.problems.has_errors(), "{}", texts(&applied.problems));
    assert_eq!(world.cloud.objects().len(), 0);
}

#[tokio::test]
async fn a_removed_block_has_the_last_word() {
    let mut world = World::new(LIFE);
    world.apply().await;
    printed(&world);
    world.edit(
        "main.tf",
        "removed {\n  from = fake_thing.a\n  lifecycle {\n    destroy = true\n  }\n  provisioner \"local-exec\" {\n    \
         when    = destroy\n    command = \"echo at last ${self.id}\"\n  }\n}\n",
    );
    world.apply().await;
    assert_eq!(printed(&world), ["at last thing-2"]);
}

#[tokio::test]
async fn what_is_secret_is_not_printed() {
    let text = LIFE.replace("echo made", "echo ${var.pw}; echo made")
        + "variable \"pw\" {\n  sensitive = true\n  default   = \"s3cret\"\n}\n";
    let mut world = World::new(&text);
    world.apply().await;
    let hidden = "(output suppressed due to sensitive value in config)";
    assert_eq!(printed(&world), [hidden, hidden, hidden]);
}

#[tokio::test]
async fn what_is_wrong_is_found_while_planning() {
    for (provisioner, problem) in [
        ("provisioner \"locl-exec\" {}", "Did you mean \"local-exec\"?"),
        ("provisioner \"local-exec\" {}", "command"),
        ("provisioner \"local-exec\" {\n  command = \"x\"\n  comand = 1\n}", "comand"),
        ("connection {\n  type = \"winrm\"\n}\nprovisioner \"remote-exec\" {}", "OpenSSH"),
    ] {
        let world =
            World::new(&format!("resource \"fake_thing\" \"a\" {{\n  name = \"a\"\n{provisioner}\n}}\n"));
        let problems = texts(&world.fails_to_plan().await);
        assert!(problems.contains(problem), "{provisioner}: {problems}");
        assert!(world.cloud.objects().is_empty());
    }
}
