//! Results of conditions, in plans and in state.

use terrane_plan::{Action, CheckStatus, PlanMode};
use terrane_scenario::{Made, World, texts};

fn status(made: &Made, address: &str) -> Option<CheckStatus> {
    made.plan.checks.iter().find(|c| c.address == address).map(|c| c.status)
}

const ALL: &str = r#"
variable "size" {
  type    = number
  default = 3
  validation {
    condition     = var.size < 10
    error_message = "Too large."
  }
}
resource "fake_thing" "a" {
  count = 2
  name  = "a ${count.index}"
  size  = var.size
  lifecycle {
    postcondition {
      condition     = self.size != 5
      error_message = "Five is right out."
    }
  }
}
resource "fake_thing" "after" {
  name = fake_thing.a[0].name
}
output "arn" {
  value = fake_thing.a[0].arn
  precondition {
    condition     = fake_thing.a[0].arn != "none"
    error_message = "No name."
  }
}
check "small" {
  assert {
    condition     = fake_thing.a[1].size < 3
    error_message = "Not small: ${fake_thing.a[1].size}."
  }
}
"#;

#[tokio::test]
async fn every_condition_has_its_result_in_the_plan_and_in_the_state() {
    let mut world = World::new(ALL);
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(status(&made, "var.size"), Some(CheckStatus::Pass));
    assert_eq!(status(&made, "fake_thing.a"), Some(CheckStatus::Pass));
    assert_eq!(status(&made, "output.arn"), Some(CheckStatus::Unknown));
    assert_eq!(status(&made, "check.small"), Some(CheckStatus::Fail));
    assert!(texts(&made.problems).contains("Not small: 3."));
    world.apply_plan(&made).await;
    let text = world.state.check_results.to_string();
    for part in [
        r#"{"object_kind":"var","config_addr":"var.size","status":"pass","objects":[{"object_addr":"var.size","status":"pass"}]}"#,
        r#""object_addr":"fake_thing.a[1]","status":"pass""#,
        r#""object_addr":"check.small","status":"fail","failure_messages":["Not small: 3."]"#,
        r#""object_addr":"output.arn","status":"pass""#,
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let made = world.plan(PlanMode::Destroy).await;
    assert_eq!(status(&made, "check.small"), Some(CheckStatus::Unknown));
    world.apply_plan(&made).await;
    let stored = world.state.check_results.as_array().unwrap().clone();
    assert!(stored.iter().all(|c| c["status"] == "unknown" && c["objects"].is_null()), "{stored:?}");
    assert_eq!(stored.len(), made.plan.checks.len());
}

#[tokio::test]
async fn a_failed_condition_stops_what_needs_the_object_and_shows_the_rest() {
    let mut world = World::new(ALL);
    world.set("size", "5");
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.plan.errored);
    let actions: Vec<String> = made.actions().into_iter().map(|(a, _)| a).collect();
    assert_eq!(actions, ["fake_thing.a[0]", "fake_thing.a[1]"]);
    let failed = made.plan.checks.iter().find(|c| c.address == "fake_thing.a").unwrap();
    assert_eq!(failed.instances[1].2, ["Five is right out."]);

    world.set("size", "50");
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(status(&made, "var.size"), Some(CheckStatus::Fail));
    assert!(made.actions().is_empty());
    assert!(texts(&made.problems).contains("Too large."));
}

#[tokio::test]
async fn a_data_source_in_a_check_never_fails_a_plan() {
    let mut world = World::new(
        "resource \"fake_thing\" \"a\" {}\ncheck \"c\" {\n  data \"fake_lookup\" \"d\" {\n    name = \"x\"\n  }\n  \
         assert {\n    condition = data.fake_lookup.d.value != \"\"\n    error_message = \"Empty.\"\n  }\n}\n",
    );
    world.cloud.fail("data x");
    let made = world.plan(PlanMode::Normal).await;
    assert!(!made.problems.has_errors(), "{:?}", made.problems);
    let read = made.actions().into_iter().find(|(a, _)| a == "data.fake_lookup.d").unwrap();
    assert_eq!(read.1, Action::Read);
    let check = made.plan.checks.iter().find(|c| c.address == "check.c").unwrap();
    assert_eq!(check.status, CheckStatus::Fail);
    assert!(check.instances[0].2[0].contains("was to fail"), "{check:?}");
    let applied = world.apply_plan(&made).await;
    assert!(!applied.problems.has_errors(), "{:?}", applied.problems);
}

#[tokio::test]
async fn an_assert_that_cannot_be_evaluated_stops_the_plan_and_one_that_does_not_hold_does_not() {
    for (condition, message, want) in [
        ("local.list[0] == \"b\"", "\"No b.\"", None),
        ("local.list[0] != \"\" && local.list[1] == \"b\"", "\"No b.\"", Some("Invalid index")),
        ("[for x in local.list : x]", "\"No b.\"", Some("Invalid condition result")),
        ("local.list[0] == \"a\"", "local.list", Some("Invalid error message")),
    ] {
        let text = format!(
            "locals {{\n  list = [\"a\"]\n}}\ncheck \"c\" {{\n  assert {{\n    condition = {condition}\n    \
             error_message = {message}\n  }}\n}}\n"
        );
        let made = World::new(&text).plan(PlanMode::Normal).await;
        let errors: Vec<_> = made.problems.iter().filter(|d| d.is_error()).map(|d| &*d.summary).collect();
        assert_eq!(errors, want.into_iter().collect::<Vec<_>>(), "{condition}");
    }
}
