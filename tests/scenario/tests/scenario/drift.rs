//! Drift: what is found, what is expected, who it was, and that nothing is asked for but reading.

use std::sync::Arc;
use terrane_diagnostics::SourceMap;
use terrane_drift::{
    Conclusion, History, Kind, Limits, Report, Rules, Scanned, Search, StackStatus, Window, attribute,
    places, scan, unmanaged,
};
use terrane_plan::PlanMode;
use terrane_scenario::{World, texts};
use terrane_value::{Type, Value};

const THINGS: &str = r#"
provider "fake" {
  region = "eu"
}
provider "fake" {
  alias  = "us"
  region = data.fake_lookup.region.names[0]
}
data "fake_lookup" "region" {
  name = "region"
}
resource "fake_thing" "here" {
  count = 3
  name  = "here ${count.index}"
  tags  = { Owner = "a", Stage = "prod" }
}
resource "fake_thing" "there" {
  provider = fake.us
  name     = "there"
}
"#;

async fn world() -> World {
    let mut world = World::new(THINGS);
    world.cloud.set_names(&["us"]);
    world.apply().await;
    world.cloud.take_calls();
    world
}

async fn scanned(world: &World) -> Scanned {
    scan(world.stack("one"), true, &Limits::new(1, 8)).await
}

fn found(scanned: &Scanned) -> Vec<(String, Kind, Vec<String>)> {
    let paths = |f: &terrane_drift::Finding| f.differences.iter().map(|d| d.path.to_string()).collect();
    let line = |f: &terrane_drift::Finding| (f.change.address.to_string(), f.kind, paths(f));
    scanned.report.findings.iter().map(line).collect()
}

fn rules(text: &str, today: &str) -> Rules {
    let (rules, problems) = Rules::parse("drift.terrane.hcl", text, None, &mut SourceMap::default());
    assert!(!problems.has_errors(), "{}", texts(&problems));
    Rules::new(rules, today)
}

fn id(world: &World, name: &str) -> String {
    let object = world.cloud.named(name).unwrap();
    object.value.attribute("id").unwrap().as_str().unwrap().to_owned()
}

#[tokio::test]
async fn what_is_as_it_was_is_clean_and_only_read() {
    let world = world().await;
    let scanned = scanned(&world).await;
    assert_eq!(texts(&scanned.report.problems), "");
    assert_eq!((scanned.report.status(), scanned.report.read), (StackStatus::Clean, 4));
    // One batch for each type and client; data sources are not read again.
    let mut calls = world.cloud.take_calls();
    calls.sort();
    assert_eq!(calls, ["configure eu", "configure us", "read fake_thing 1 in us", "read fake_thing 3 in eu"]);
}

#[tokio::test]
async fn changed_and_vanished_objects_are_found_with_who_it_was() {
    let world = world().await;
    let tags = Value::map(Type::String, [("Owner", Value::string("b")), ("Stage", Value::string("prod"))]);
    let changed = id(&world, "here 1");
    world.cloud.change(&changed, "tags", tags);
    world.cloud.note(&changed, "TagThing", "mia");
    let gone = id(&world, "there");
    world.cloud.lose(&gone);
    world.cloud.note(&gone, "DeleteThing", "sven");
    let mut scanned = scanned(&world).await;
    assert_eq!(
        found(&scanned),
        [
            ("fake_thing.here[1]".to_owned(), Kind::Changed, vec!["tags[\"Owner\"]".to_owned()]),
            ("fake_thing.there".to_owned(), Kind::Vanished, vec![]),
        ]
    );
    let window = Window { since: "2025-12-31T00:00:00Z".into(), until: "2026-01-02T00:00:00Z".into() };
    attribute(&mut scanned, &window, &Limits::new(1, 8)).await;
    let who: Vec<_> = (scanned.report.findings.iter())
        .map(|f| match &f.history {
            History::Events(events) => events[0].principal.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(who, ["mia", "sven"]);
    assert_eq!(scanned.report.findings[1].scope.to_string(), "fake us");
    let calls = world.cloud.take_calls();
    let reading = ["configure ", "read ", "history "];
    assert!(calls.iter().all(|call| reading.iter().any(|word| call.starts_with(word))), "{calls:?}");
}

#[tokio::test]
async fn what_cannot_be_read_does_not_hide_the_rest() {
    let world = world().await;
    world.cloud.fail("read fake_thing 3 in eu");
    let scanned = scanned(&world).await;
    assert_eq!((scanned.report.status(), scanned.report.read), (StackStatus::Partial, 1));
    assert_eq!(scanned.report.problems.iter().filter(|d| d.is_error()).count(), 3);
    world.cloud.heal();
    world.cloud.fail("configure us");
    let scanned = self::scanned(&world).await;
    assert_eq!(
        (scanned.report.status(), scanned.report.read, scanned.report.managed),
        (StackStatus::Partial, 3, 4)
    );
    world.cloud.fail("configure");
    let failed = self::scanned(&world).await;
    assert_eq!(failed.report.status(), StackStatus::Failed);
    let report = |stacks: Vec<Scanned>| Report {
        stacks: stacks.into_iter().map(|s| s.report).collect(),
        ..Report::default()
    };
    assert_eq!(report(vec![scanned]).conclusion(), Conclusion::Partial);
    assert_eq!(report(vec![failed]).conclusion(), Conclusion::Failed);
}

#[tokio::test]
async fn a_provider_configuration_that_no_state_knows_is_a_problem_of_its_objects() {
    let mut world = world().await;
    world.edit(
        "main.tf",
        &THINGS.replace("names[0]", "names[0] == \"us\" ? fake_thing.new.arn : \"us\"").replace(
            "resource \"fake_thing\" \"there\"",
            "resource \"fake_thing\" \"new\" {\n  name = \"new\"\n}\nresource \"fake_thing\" \"there\"",
        ),
    );
    let scanned = scanned(&world).await;
    assert_eq!((scanned.report.read, scanned.report.managed), (3, 4));
    let problems = texts(&scanned.report.problems);
    assert!(
        problems.contains("Provider configuration not known") && problems.contains("fake_thing.new"),
        "{problems}"
    );
}

const RULES: &str = r#"
ignore "owners" {
  addresses  = ["fake_thing.here[*]"]
  attributes = ["tags.Owner"]
  reason     = "People come and go."
  owner      = "people"
  expires    = "2026-06-30"
}
ignore "the other region" {
  addresses = ["*.there"]
  changes   = ["vanished"]
  reason    = "It comes and goes."
  owner     = "ops"
  expires   = "2026-12-31"
}
ignore "strangers" {
  unmanaged = ["fake_thing.thing-9*"]
  reason    = "Somebody else's."
  owner     = "ops"
  expires   = "2026-12-31"
}
"#;

#[tokio::test]
async fn rules_take_out_what_they_expect_until_they_expire() {
    let world = world().await;
    let tags = |owner, stage| {
        Value::map(Type::String, [("Owner", Value::string(owner)), ("Stage", Value::string(stage))])
    };
    world.cloud.change(&id(&world, "here 0"), "tags", tags("b", "prod"));
    world.cloud.change(&id(&world, "here 1"), "tags", tags("b", "test"));
    world.cloud.lose(&id(&world, "there"));

    let mut scanned = scanned(&world).await;
    let mut all = scanned.report.clone();
    let mut rules = rules(RULES, "2026-06-30T23:00:00Z");
    rules.judge(&mut scanned.report);
    assert_eq!(
        found(&scanned),
        [("fake_thing.here[1]".to_owned(), Kind::Changed, vec!["tags[\"Stage\"]".to_owned()])]
    );
    assert_eq!(scanned.report.findings[0].expected, 1);
    let ignored: Vec<_> =
        scanned.report.ignored.iter().map(|i| (i.subject.as_str(), i.rule.name.as_str())).collect();
    assert_eq!(ignored, [("fake_thing.here[0]", "owners"), ("fake_thing.there", "the other region")]);
    let names =
        |rules: Vec<Arc<terrane_drift::Rule>>| rules.iter().map(|r| r.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(rules.expired()), names(rules.unused())), (vec![], vec!["strangers".to_owned()]));

    let mut rules = self::rules(RULES, "2026-07-01T00:00:00Z");
    rules.judge(&mut all);
    assert_eq!((all.findings.len(), all.ignored.len()), (2, 1));
    assert_eq!(names(rules.expired()), ["owners"]);
}

#[tokio::test]
async fn what_no_state_has_is_found_once_in_each_region() {
    let world = world().await;
    for (name, region) in [("thing-90", "eu"), ("stray", "eu"), ("other", "us"), ("far", "ap")] {
        world.cloud.place(name, region);
    }
    world.cloud.note("stray", "CreateThing", "mia");
    let limits = Limits::new(1, 8);
    let scanned = vec![scanned(&world).await];
    let mut rules = rules(RULES, "2026-01-01");
    let search = Search {
        window: Some(Window { since: "2025-12-31T00:00:00Z".into(), until: "2026-01-02T00:00:00Z".into() }),
        ..Search::default()
    };
    let (here, problems) = places(&scanned, &[]).await;
    assert!(problems.is_empty());
    let found = |reports: &[terrane_drift::AccountReport]| -> Vec<String> {
        let line = |u: &terrane_drift::Unmanaged| format!("{} {}", u.scope, u.id);
        reports.iter().flat_map(|r| r.unmanaged.iter().map(line)).collect()
    };
    let reports =
        unmanaged(&terrane_drift::managed(&scanned).await, &here, &search, &mut rules, &limits).await;
    assert_eq!(found(&reports), ["fake eu stray", "fake us other"]);
    assert_eq!(reports[0].ignored[0].subject, "fake_thing.thing-90");
    assert!(matches!(&reports[0].unmanaged[0].history, History::Events(e) if e[0].principal == "mia"));
    assert!(matches!(&reports[1].unmanaged[0].history, History::Unknown(_)));

    // A part of something may be managed by another type: it is searched for by its own name only.
    for (pattern, lists) in [("fake_*", "list fake_thing in eu"), ("fake_member", "list fake_member in eu")] {
        world.cloud.take_calls();
        let search = Search { types: vec![pattern.to_owned()], ..Search::default() };
        unmanaged(&terrane_drift::managed(&scanned).await, &here[..1], &search, &mut rules, &limits).await;
        let calls = world.cloud.take_calls();
        let made: Vec<_> = calls.iter().filter(|call| call.starts_with("list")).collect();
        assert_eq!(made, [lists]);
    }

    // The organisation has a region that no stack reaches, and one that cannot be reached at all.
    world.cloud.set_accounts(&["ap", "eu", "down"]);
    world.cloud.fail("configure down");
    world.cloud.take_calls();
    let (all, problems) = places(&scanned, &["Audit".to_owned()]).await;
    assert!(problems.is_empty(), "{}", texts(&problems));
    let reports =
        unmanaged(&terrane_drift::managed(&scanned).await, &all, &search, &mut rules, &limits).await;
    assert_eq!(found(&reports), ["fake ap far", "fake eu stray", "fake us other"]);
    let failed: Vec<_> = reports.iter().filter(|r| r.has_failed()).map(|r| r.scope.to_string()).collect();
    assert_eq!(failed, ["account-down"]);
    let lists = world.cloud.take_calls().into_iter().filter(|call| call.starts_with("list")).count();
    assert_eq!(lists, 3);
}

#[tokio::test]
async fn fifty_stacks_of_which_two_fail_are_read_side_by_side() {
    let mut running = Vec::new();
    let limits = Limits::new(8, 16);
    for n in 0..50 {
        let world = world().await;
        match n {
            7 | 31 => world.cloud.fail("configure"),
            20 => world.cloud.lose(&id(&world, "there")),
            _ => {}
        }
        let (stack, limits) = (world.stack(&format!("account-{n}")), limits.clone());
        running.push(tokio::spawn(async move { scan(stack, true, &limits).await }));
    }
    let mut report = Report::default();
    for run in running {
        report.stacks.push(run.await.unwrap().report);
    }
    let named = |status| {
        let of = report.stacks.iter().filter(move |s| s.status() == status);
        of.map(|s| s.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named(StackStatus::Failed), ["account-7", "account-31"]);
    assert_eq!(named(StackStatus::Drifted), ["account-20"]);
    assert_eq!(named(StackStatus::Clean).len(), 47);
    assert_eq!((report.conclusion(), report.conclusion().exit_code()), (Conclusion::Partial, 3));
}

const MEMBERS: &str = r#"
resource "fake_group" "team" {
  for_each = toset(["blue", "red"])
  name     = each.key
}
resource "fake_member" "person" {
  for_each = toset(var.people)
  name     = each.key
  group    = fake_group.team["blue"].id
}
variable "people" {
  type    = list(string)
  default = ["ann", "bob"]
}
"#;

/// What an apply itself made others show is no drift.
#[tokio::test]
async fn what_a_run_did_to_an_object_through_others_is_in_the_state() {
    let mut world = World::new(MEMBERS);
    world.apply().await;
    let read = |world: &World| -> Vec<String> {
        world.cloud.take_calls().into_iter().filter(|call| call.starts_with("read")).collect()
    };
    // Only the group that members were added to.
    assert_eq!(read(&world), ["read fake_group 1 in nowhere"]);
    assert_eq!(found(&scanned(&world).await), []);
    assert!(world.state_text().contains("ann"), "{}", world.state_text());

    // One leaves: it is not in the configuration any more, only in the state.
    world.set("people", r#"["bob"]"#);
    world.cloud.take_calls();
    world.apply().await;
    assert_eq!(read(&world).last().map(String::as_str), Some("read fake_group 1 in nowhere"));
    assert_eq!(found(&scanned(&world).await), []);

    // Whoever asks not to read is not read for at the end either.
    world.set("people", r#"["bob", "joe"]"#);
    world.options.refresh = false;
    world.cloud.take_calls();
    world.apply().await;
    assert_eq!(read(&world), Vec::<String>::new());
    world.options.refresh = true;
    world.set("people", r#"["bob"]"#);
    world.apply().await;
    assert_eq!(found(&scanned(&world).await), []);
    read(&world);

    // What cannot be read again is no failure of a run that has done its work.
    world.set("people", r#"["bob", "eve"]"#);
    let made = world.plan(PlanMode::Normal).await;
    world.cloud.fail("read fake_group");
    let applied = world.apply_plan(&made).await;
    assert_eq!((applied.counts.add, texts(&applied.problems)), (1, String::new()));
    world.cloud.heal();
    let team = ("fake_group.team[\"blue\"]".to_owned(), Kind::Changed, vec!["members".to_owned()]);
    assert_eq!(found(&scanned(&world).await), [team]);
}
