//! Ephemeral values: where they may go, when resources are opened and closed, and that nothing
//! of them is stored.

use std::time::Duration;
use terrane_plan::{Action, PlanMode};
use terrane_scenario::{World, texts};

const TOKEN: &str = r#"
resource "fake_thing" "base" {
  name = "base"
}
ephemeral "fake_token" "t" {
  audience = "api"
}
locals {
  secret = "secret ${ephemeral.fake_token.t.value}"
}
resource "fake_thing" "user" {
  name      = "user"
  secret_wo = local.secret
}
"#;

fn opening(calls: &[String]) -> Vec<&str> {
    let words = ["open", "renew", "close", "create", "update", "delete"];
    calls.iter().map(String::as_str).filter(|c| words.iter().any(|w| c.starts_with(w))).collect()
}

#[tokio::test]
async fn a_token_is_opened_in_plan_and_apply_and_stored_nowhere() {
    let mut world = World::new(TOKEN);
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty(), "{:#?}", made.problems);
    assert_eq!(opening(&world.cloud.take_calls()), ["open api", "close api"]);
    assert!(made.plan.changes.iter().all(|c| c.action == Action::Create), "{:?}", made.actions());
    assert_eq!(made.plan.changes.len(), 2, "the token is no change");
    assert!(!made.file.contains("token for api"));

    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    let calls = world.cloud.take_calls();
    let calls = opening(&calls);
    let at = |call: &str| calls.iter().position(|c| *c == call).unwrap();
    assert!(at("open api") < at("create user") && at("create user") < at("close api"), "{calls:?}");
    let secrets = world.cloud.named("user").unwrap().secrets;
    assert_eq!(secrets, [("secret_wo".to_owned(), "secret token for api".to_owned())]);
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
    let state = world.state_text();
    assert!(!state.contains("token for api") && !state.contains("fake_token"), "{state}");
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

#[tokio::test]
async fn what_nothing_needs_is_checked_and_not_opened() {
    let world = World::new("ephemeral \"fake_token\" \"t\" {\n  audience = \"api\"\n}\n");
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty(), "{:#?}", made.problems);
    assert_eq!(opening(&world.cloud.take_calls()), Vec::<&str>::new());
    let world = World::new("ephemeral \"fake_token\" \"t\" {\n  nonsense = \"api\"\n}\n");
    assert!(texts(&world.fails_to_plan().await).contains("nonsense"));
}

#[tokio::test]
async fn what_is_not_known_while_planning_is_opened_during_apply() {
    let mut world = World::new(&TOKEN.replace("\"api\"", "fake_thing.base.id"));
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty(), "{:#?}", made.problems);
    assert_eq!(opening(&world.cloud.take_calls()), Vec::<&str>::new());
    let user = made.plan.changes.iter().find(|c| c.address.to_string() == "fake_thing.user").unwrap();
    let dependencies: Vec<String> = user.dependencies.iter().map(ToString::to_string).collect();
    assert_eq!(dependencies, ["fake_thing.base"], "what the token was made from stands for it");
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    let calls = world.cloud.take_calls();
    assert_eq!(
        opening(&calls),
        ["create base", "open thing-1", "create user", "close thing-1"],
        "everything in its order"
    );
}

#[tokio::test]
async fn tokens_that_configure_providers_stay_open_and_are_closed_last() {
    let text = r#"
ephemeral "fake_token" "outer" {
  audience = "outer"
}
provider "fake" {
  alias  = "inner"
  region = "eu"
  token  = ephemeral.fake_token.outer.value
}
ephemeral "fake_token" "inner" {
  provider = fake.inner
  audience = "inner"
}
resource "fake_thing" "user" {
  provider  = fake.inner
  count     = 2
  name      = "user ${count.index}"
  secret_wo = ephemeral.fake_token.inner.value
}
resource "fake_thing" "after" {
  name = "after ${fake_thing.user[1].id}"
}
"#;
    let mut world = World::new(text);
    let (_, _) = world.apply().await;
    let user = world.cloud.named("user 0").unwrap();
    assert_eq!(user.token.as_deref(), Some("token for outer"));
    let calls = world.cloud.take_calls();
    let calls: Vec<&str> = opening(&calls);
    assert_eq!(calls[..4], ["open outer", "open inner", "close inner", "close outer"], "while planning");
    let calls = &calls[4..];
    assert_eq!(calls[..2], ["open outer", "open inner"]);
    let at = |call: &str| calls.iter().position(|c| c.starts_with(call)).unwrap();
    assert!(at("create user 1") < at("close inner") && at("close inner") < at("close outer"), "{calls:?}");

    world.edit("main.tf", &text.replace("count     = 2", "count     = 0").replace("[1].id", "[*].id"));
    let destroy = world.plan(PlanMode::Destroy).await;
    assert!(!destroy.problems.has_errors(), "{:#?}", destroy.problems);
    let applied = world.apply_plan(&destroy).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(world.cloud.objects().len(), 0);
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn tokens_are_renewed_while_they_are_needed() {
    let text = TOKEN.replace("audience = \"api\"", "audience = \"api\"\n  renew_ms = 1");
    let mut world = World::new(&text);
    // A check keeps the token open to the end; the renewals are waited for, not timed.
    let made = world.plan(PlanMode::Normal).await;
    let cloud = world.cloud.clone();
    cloud.take_calls();
    cloud.hold("create user");
    let release = async {
        while cloud.calls().iter().filter(|c| *c == "renew api").count() < 2 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cloud.release();
    };
    let (applied, ()) = tokio::join!(world.apply_plan(&made), release);
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    let calls = world.cloud.take_calls();
    let last_renewal = calls.iter().rposition(|c| c == "renew api").unwrap();
    assert!(last_renewal < calls.iter().position(|c| c == "close api").unwrap(), "{calls:?}");
}

#[tokio::test]
async fn a_renewal_that_fails_is_told_and_what_was_open_is_closed() {
    let text = TOKEN.replace("audience = \"api\"", "audience = \"api\"\n  renew_ms = 1");
    let mut world = World::new(&text);
    let made = world.plan(PlanMode::Normal).await;
    let cloud = world.cloud.clone();
    cloud.take_calls();
    cloud.fail("renew");
    cloud.hold("create user");
    let release = async {
        while !cloud.calls().iter().any(|c| c == "renew api") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        cloud.release();
    };
    let (applied, ()) = tokio::join!(world.apply_plan(&made), release);
    assert_eq!(texts(&applied.problems), "The cloud refused: renew api was to fail.\n");
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn errors_and_stops_leave_nothing_open() {
    let mut world = World::new(TOKEN);
    world.cloud.fail("plan user");
    let problems = world.fails_to_plan().await;
    assert!(texts(&problems).contains("plan user was to fail"));
    assert_eq!(opening(&world.cloud.take_calls()), ["open api", "close api"]);

    world.cloud.heal();
    let made = world.plan(PlanMode::Normal).await;
    world.cloud.fail("create user");
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.has_errors());
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());

    world.cloud.heal();
    world.cloud.fail("open");
    let problems = texts(&world.fails_to_plan().await);
    assert_eq!(
        problems, "The cloud refused: open api was to fail.\n",
        "once, and nothing that follows from it"
    );

    world.cloud.heal();
    let made = world.plan(PlanMode::Normal).await;
    world.cloud.fail("open");
    let applied = world.apply_plan(&made).await;
    assert_eq!(texts(&applied.problems), "The cloud refused: open api was to fail.\n");
    assert!(world.cloud.named("user").is_none());

    world.cloud.heal();
    let made = world.plan(PlanMode::Normal).await;
    world.cloud.take_calls();
    let cloud = world.cloud.clone();
    cloud.hold("create user");
    let stop = world.stop.clone();
    let interrupt = async {
        while !cloud.calls().iter().any(|c| c == "create user") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.send(true).unwrap();
        cloud.release();
    };
    let (applied, ()) = tokio::join!(world.apply_plan(&made), interrupt);
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn planning_that_is_stopped_closes_what_is_open() {
    let mut world = World::new(TOKEN);
    world.options.stop = Some(world.stop.subscribe());
    let cloud = world.cloud.clone();
    cloud.hold("plan user");
    let stop = world.stop.clone();
    let interrupt = async {
        while !cloud.calls().iter().any(|c| c == "plan user") {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        stop.send(true).unwrap();
        cloud.release();
    };
    let (made, ()) = tokio::join!(world.plan(PlanMode::Normal), interrupt);
    assert!(texts(&made.problems).starts_with("Planning was stopped"), "{:#?}", made.problems);
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn conditions_repetition_and_depends_on_work_on_ephemeral_blocks() {
    let text = r#"
resource "fake_thing" "base" {
  name = "base"
}
ephemeral "fake_token" "t" {
  for_each   = toset(["a", "b"])
  audience   = each.key
  depends_on = [fake_thing.base]
  lifecycle {
    precondition {
      condition     = each.key != ""
      error_message = "no key"
    }
    postcondition {
      condition     = self.serial > LIMIT
      error_message = "too early"
    }
  }
}
resource "fake_thing" "user" {
  name      = "user"
  secret_wo = join(",", [for t in ephemeral.fake_token.t : t.value])
}
"#;
    let mut world = World::new(&text.replace("LIMIT", "0"));
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(opening(&world.cloud.take_calls()), Vec::<&str>::new(), "what it depends on is still to come");
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(world.cloud.named("user").unwrap().secrets[0].1, "token for a,token for b");
    let calls = world.cloud.take_calls();
    let calls = opening(&calls);
    assert_eq!(calls[0], "create base");

    world.edit("main.tf", &text.replace("LIMIT", "1000"));
    let problems = texts(&world.fails_to_plan().await);
    assert_eq!(
        problems,
        "Resource postcondition failed: too early\nResource postcondition failed: too early\n"
    );
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn outputs_and_checks_can_need_them() {
    let text = r#"
ephemeral "fake_token" "t" {
  audience = "api"
}
output "known" {
  value = nonsensitive(ephemeralasnull(ephemeral.fake_token.t.value)) == null
}
check "length" {
  assert {
    condition     = length(ephemeral.fake_token.t.value) == 1
    error_message = "it is ${nonsensitive(ephemeral.fake_token.t.value)}"
  }
}
"#;
    let mut world = World::new(text);
    let (_, applied) = world.apply().await;
    assert_eq!(world.state.outputs["known"].value.as_bool(), Some(true));
    let text = texts(&applied.problems);
    assert!(text.contains("included an ephemeral value") && !text.contains("token for"), "{text}");
    assert_eq!(world.cloud.open_tokens(), Vec::<String>::new());
}

#[tokio::test]
async fn variables_are_given_again_and_pass_through_modules() {
    let world = World::new(
        r#"
variable "secret" {
  type      = string
  ephemeral = true
}
module "m" {
  source = "./m"
  secret = var.secret
}
resource "fake_thing" "user" {
  name      = "user"
  secret_wo = module.m.twice
}
"#,
    );
    let mut world = world.with_file(
        "m/main.tf",
        r#"
variable "secret" {
  type      = string
  ephemeral = true
}
output "twice" {
  value     = "${var.secret}${var.secret}"
  ephemeral = true
}
"#,
    );
    assert!(world.validate().is_empty(), "{:#?}", world.validate());
    world.set("secret", "abc");
    let made = world.plan(PlanMode::Normal).await;
    assert!(made.problems.is_empty(), "{:#?}", made.problems);
    assert!(!made.file.contains("abc"));
    assert!(made.plan.apply_variables.contains("secret"));
    let applied = world.apply_plan(&made).await;
    assert!(applied.problems.is_empty(), "{:#?}", applied.problems);
    assert_eq!(world.cloud.named("user").unwrap().secrets[0].1, "abcabc");
    assert!(!world.state_text().contains("abc"));
    world.variables.clear();
    let problems = world.values_to_apply(&made).1;
    assert!(texts(&problems).contains("was set during the plan phase"), "{problems:#?}");
}

#[tokio::test]
async fn elsewhere_they_are_refused_with_their_origin() {
    let declared = r#"
variable "v" {
  type      = string
  ephemeral = true
}
ephemeral "fake_token" "t" {
  audience = "api"
}
locals {
  l = "x${ephemeral.fake_token.t.value}"
}
"#;
    let cases = [
        (
            "resource \"fake_thing\" \"a\" {\n  name = local.l\n}",
            "Invalid use of ephemeral value",
            "of ephemeral.fake_token.t (through local.l)",
        ),
        (
            "resource \"fake_thing\" \"a\" {\n  name = var.v\n}",
            "Invalid use of ephemeral value",
            "Of fake_thing.a, these are write-only: other_wo, secret_wo",
        ),
        (
            "data \"fake_lookup\" \"a\" {\n  name = var.v\n}",
            "Invalid use of ephemeral value",
            "var.v, which is declared ephemeral",
        ),
        (
            "resource \"fake_thing\" \"a\" {\n  count = var.v == \"a\" ? 1 : 0\n}",
            "Invalid count argument",
            "var.v, which is declared ephemeral",
        ),
        (
            "resource \"fake_thing\" \"a\" {\n  for_each = toset([nonsensitive(local.l)])\n}",
            "Invalid for_each argument",
            "through local.l",
        ),
        ("output \"o\" {\n  value = local.l\n}", "Ephemeral value not allowed", "through local.l"),
        (
            "module \"m\" {\n  source = \"./m\"\n  plain = var.v\n}",
            "Ephemeral value not allowed",
            "is not declared with ephemeral = true",
        ),
    ];
    for (text, summary, detail) in cases {
        let mut world = World::new(&format!("{declared}{text}\n")).with_file(
            "m/main.tf",
            "variable \"plain\" {\n  type = string\n}\noutput \"plain\" {\n  value = var.plain\n}\n",
        );
        world.set("v", "a");
        let planned = world.fails_to_plan().await;
        for problems in [planned, world.validate()] {
            let found = problems.iter().find(|d| d.summary == summary && d.detail.contains(detail));
            let found = found.unwrap_or_else(|| panic!("{text}\n{}", texts(&problems)));
            assert!(found.subject.is_some(), "{text}");
        }
        assert_eq!(world.cloud.open_tokens(), Vec::<String>::new(), "{text}");
    }
    let world = World::new("output \"o\" {\n  value = 1\n  ephemeral = true\n}\n");
    assert!(texts(&world.load().1).starts_with("Ephemeral output not allowed"));
}
