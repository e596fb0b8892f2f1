//! What a plan changes of who may do what, below the changes themselves.
#![allow(clippy::unwrap_used)]

mod fixture;

use fixture::{address, change, plan, server};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use terrane_address::{InstanceKey, ProviderAddress};
use terrane_config::Config;
use terrane_plan::{Action, Plan, PlanMode, ResourceChange};
use terrane_provider::{Access, AccessObject, Given, Grant, ProviderSchema, Schemas};
use terrane_view::{Options, Palette, plan_markdown, render_plan};

/// Servers let those of their name do what is in `groups` to their image, if the script says so.
fn given(objects: &[AccessObject<'_>]) -> Vec<Given> {
    let mut all = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        let text = |name: &str| {
            let value = object.value.attribute(name).unwrap();
            value.as_str().unwrap_or_default().to_owned()
        };
        let groups = object.value.attribute("groups").unwrap();
        let whats: Vec<Option<String>> = match groups.is_known() {
            true => {
                groups.as_slice().unwrap_or_default().iter().map(|v| v.as_str().map(str::to_owned)).collect()
            }
            false => vec![None],
        };
        for what in whats {
            let (who, on, condition) = (text("name"), text("image"), text("script"));
            all.push(Given {
                grant: Grant { who, denied: who_is_denied(&text("id")), what, on, condition },
                by: vec![n],
            });
        }
    }
    all
}

fn who_is_denied(id: &str) -> bool {
    id == "deny"
}

fn schemas() -> Schemas {
    let access = Some(Access { concerns: |name| name == "test_server", given });
    let mut provider = ProviderSchema { access, ..ProviderSchema::default() };
    provider.resources.insert("test_server".into(), server().into());
    let mut schemas = Schemas::default();
    schemas.insert(ProviderAddress::default_for("test"), Arc::new(provider));
    schemas
}

/// The section of a plan.
fn section(plan: &Plan) -> String {
    let text = render_plan(plan, &Config::default(), &schemas(), &Palette::plain(), &Options::default());
    let Some((_, rest)) = text.split_once("Access that this plan changes:\n") else { return String::new() };
    rest.split_once("\nPlan: ").unwrap().0.to_owned()
}

fn server_named(name: &str, action: Action, before: Json, after: Json) -> ResourceChange {
    ResourceChange { address: address(name), ..change(action, before, after) }
}

fn grant(who: &str, what: &[&str], on: &str) -> Json {
    json!({"name": who, "groups": what, "image": on})
}

#[test]
fn what_is_gained_and_lost_stands_below_who_it_is() {
    let text = section(&plan(vec![
        server_named("new", Action::Create, Json::Null, grant("user ann", &["s3:Get", "s3:Put"], "bucket a")),
        server_named("gone", Action::Delete, grant("group devs", &["ec2:*"], "*"), Json::Null),
        server_named(
            "same",
            Action::NoOp,
            grant("user ann", &["s3:List"], "x"),
            grant("user ann", &["s3:List"], "x"),
        ),
    ]));
    let want = "  group devs\n    - ec2:* on *  # test_server.gone\n  user ann\n    \
                + s3:Get, s3:Put on bucket a  # test_server.new\n";
    assert_eq!(text, want);
}

#[test]
fn only_what_is_new_is_gained() {
    // Narrower than what there was, in another object.
    let all = grant("user ann", &["s3:*"], "*");
    let kept = server_named("all", Action::NoOp, all.clone(), all.clone());
    let narrow = grant("user ann", &["s3:Get"], "bucket a");
    let new = server_named("new", Action::Create, Json::Null, narrow.clone());
    assert_eq!(section(&plan(vec![kept, new])), "");

    // Wider: what there was is named. Narrowed: what stays is.
    let wider = server_named("one", Action::Update, narrow.clone(), all.clone());
    let want = "  user ann\n    + s3:* on *; had s3:Get on bucket a  # test_server.one\n";
    assert_eq!(section(&plan(vec![wider])), want);
    let narrower = server_named("one", Action::Update, all, narrow);
    let want = "  user ann\n    - s3:* on *; keeps s3:Get on bucket a  # test_server.one\n";
    assert_eq!(section(&plan(vec![narrower])), want);
}

#[test]
fn denials_and_conditions_are_told() {
    let mut denied = grant("user ann", &["iam:*"], "*");
    denied["id"] = "deny".into();
    denied["script"] = "mfa Bool false".into();
    let change = server_named("guard", Action::Create, Json::Null, denied);
    let want = "  user ann\n    + denied iam:* on *, if mfa Bool false  # test_server.guard\n";
    assert_eq!(section(&plan(vec![change])), want);
}

#[test]
fn what_is_unknown_or_sensitive_is_not_guessed() {
    let before = grant("user ann", &["s3:Get"], "*");
    let mut after = grant("user ann", &[], "*");
    after["groups"] = "<unknown>".into();
    let change = server_named("later", Action::Update, before.clone(), after);
    let want = "  user ann\n    + what is not known yet, or sensitive on *  # test_server.later\n";
    assert_eq!(section(&plan(vec![change])), want);

    let mut secret = server_named("secret", Action::Create, Json::Null, before);
    let groups = secret.after.attribute("groups").unwrap().sensitive();
    secret.after = secret.after.with_attribute("groups", groups);
    let want = "  user ann\n    + what is not known yet, or sensitive on *  # test_server.secret\n";
    assert_eq!(section(&plan(vec![secret])), want);
}

#[test]
fn accounts_are_told_apart() {
    let mut here = server_named("here", Action::Create, Json::Null, grant("role admin", &["*"], "*"));
    let other = server_named("there", Action::Create, Json::Null, grant("role admin", &["ec2:*"], "*"));
    here.provider.alias = Some("prod".into());
    here.provider.key = InstanceKey::None;
    let text = section(&plan(vec![here, other]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(text.contains("role admin (provider[\"registry.terraform.io/hashicorp/test\"].prod)"), "{text}");
    assert!(text.contains("+ ec2:* on *  # test_server.there"), "{text}");
}

#[test]
fn a_long_section_is_cut_and_a_destruction_needs_none() {
    let whats: Vec<String> = (0..50).map(|n| format!("svc:{n:02}")).collect();
    let many = |n: usize| {
        server_named(&format!("s{n:02}"), Action::Create, Json::Null, grant("user ann", &[&whats[n]], "*"))
    };
    let text = section(&plan((0..50).map(many).collect()));
    assert_eq!(text.lines().count(), 42, "{text}");
    assert!(text.ends_with("  and 10 more\n"), "{text}");

    let gone = server_named("gone", Action::Delete, grant("group devs", &["ec2:*"], "*"), Json::Null);
    assert_eq!(section(&Plan { mode: PlanMode::Destroy, ..plan(vec![gone]) }), "");
}

#[test]
fn reviews_have_it_above_the_whole_plan() {
    let new = server_named("new", Action::Create, Json::Null, grant("user ann", &["s3:Get"], "bucket a"));
    let gone = server_named("gone", Action::Delete, grant("user ann", &["ec2:*"], "*"), Json::Null);
    let text = plan_markdown(&plan(vec![new, gone]), &Config::default(), &schemas(), "stack", 10_000);
    let want = "**Access**\n\n```diff\nuser ann\n+   s3:Get on bucket a  # test_server.new\n-   ec2:* on *  # test_server.gone\n```";
    assert!(text.contains(want), "{text}");
}
