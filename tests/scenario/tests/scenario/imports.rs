//! Import blocks: objects that exist are taken in as part of a plan.

use terrane_plan::{Action, PlanMode};
use terrane_scenario::{World, texts};

/// A world whose cloud has three objects that no state knows: `thing-1` to `thing-3`.
async fn with_strays(text: &str) -> World {
    let mut world =
        World::new("resource \"fake_thing\" \"x\" {\n  count = 3\n  name = \"stray ${count.index}\"\n}\n");
    world.apply().await;
    world.state = Default::default();
    world.edit("main.tf", text);
    world
}

fn ids(world: &World) -> Vec<String> {
    world.cloud.objects().keys().map(ToString::to_string).collect()
}

#[tokio::test]
async fn ids_and_keys_come_from_expressions_and_blocks_have_for_each() {
    let mut world = with_strays("").await;
    let ids = ids(&world);
    world.edit(
        "main.tf",
        &format!(
            r#"
locals {{
  ids = {{ "stray 0" = "{}", "stray 1" = "{}" }}
}}
import {{
  for_each = local.ids
  to       = fake_thing.all[each.key]
  id       = each.value
}}
resource "fake_thing" "all" {{
  for_each = local.ids
  name     = each.key
}}
module "inner" {{
  source = "./inner"
  count  = 2
}}
import {{
  to = module.inner[1].fake_thing.one
  id = "{}"
}}
"#,
            ids[0], ids[1], ids[2]
        ),
    );
    world.edit("inner/main.tf", "resource \"fake_thing\" \"one\" {\n  name = \"mine\"\n}\n");
    let made = world.plan(PlanMode::Normal).await;
    assert!(!made.problems.has_errors(), "{:#?}", made.problems);
    let told: Vec<String> = (made.plan.changes.iter())
        .map(|c| {
            format!(
                "{} {:?} {}",
                c.address,
                c.action,
                c.importing.as_ref().map_or("-".to_owned(), ToString::to_string)
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            format!("fake_thing.all[\"stray 0\"] NoOp {}", ids[0]),
            format!("fake_thing.all[\"stray 1\"] NoOp {}", ids[1]),
            "module.inner[0].fake_thing.one Create -".to_owned(),
            format!("module.inner[1].fake_thing.one Update {}", ids[2]),
        ]
    );
    assert!(made.plan.has_changes());
    let applied = world.apply_plan(&made).await;
    assert_eq!((applied.counts.import, applied.counts.add, applied.counts.change), (3, 1, 1));
    assert_eq!(world.cloud.objects().len(), 4);
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

#[tokio::test]
async fn generated_configuration_leaves_nothing_to_plan() {
    let mut world = with_strays("").await;
    let id = ids(&world)[0].clone();
    let import = format!("import {{\n  to = fake_thing.found\n  id = \"{id}\"\n}}\n");
    world.edit("main.tf", &import);
    let refused = texts(&world.fails_to_plan().await);
    assert!(refused.contains("Configuration for import target does not exist"), "{refused}");
    world.options.generate_config = true;
    let made = world.plan(PlanMode::Normal).await;
    let change = &made.plan.changes[0];
    let importing = change.importing.as_ref().map(ToString::to_string);
    assert_eq!((change.action, importing), (Action::NoOp, Some(id.clone())));
    let text = change.generated_config.clone().unwrap();
    assert_eq!(
        &*text,
        "resource \"fake_thing\" \"found\" {\n  kind              = null\n  name              = \"stray 0\"\n  \
         secret_wo_version = null\n  size              = null\n  tags              = null\n}"
    );
    world.apply_plan(&made).await;
    world.options.generate_config = false;
    world.edit("main.tf", &(import + &text));
    assert_eq!(world.plan(PlanMode::Normal).await.actions(), []);
}

#[tokio::test]
async fn imports_that_cannot_be_meant_are_refused() {
    let thing = "resource \"fake_thing\" \"a\" {\n  count = 1\n}\nresource \"fake_thing\" \"b\" {}\n";
    let import = |to: &str, id: &str| format!("import {{\n  to = {to}\n  id = {id}\n}}\n");
    for (text, summary) in [
        (import("fake_thing.a[0]", "fake_thing.b.id"), "Invalid import id argument"),
        (import("fake_thing.a[0]", "\"\""), "Invalid import id argument"),
        (import("fake_thing.a[0]", "null"), "Invalid import id argument"),
        (import("fake_thing.a[3]", "\"thing-1\""), "Configuration for import target does not exist"),
        (import("fake_thing.b", "\"nothing\""), "Cannot import non-existent remote object"),
    ] {
        let world = with_strays(&(thing.to_owned() + &text)).await;
        let problems = texts(&world.fails_to_plan().await);
        assert!(problems.contains(summary), "{summary}: {problems}");
    }
}

#[tokio::test]
async fn what_must_not_be_destroyed_outlives_its_block() {
    let block = |more: &str| {
        format!("resource \"fake_thing\" \"a\" {{\n  name = \"a\"\n  lifecycle {{\n    {more}\n  }}\n}}\n")
    };
    let mut world = World::new(&block("prevent_destroy = true"));
    world.apply().await;
    world.edit("main.tf", "");
    let made = world.plan(PlanMode::Normal).await;
    assert!(texts(&made.problems).contains("no longer in the configuration"), "{:?}", made.problems);
    assert_eq!(made.actions(), [("fake_thing.a".to_owned(), Action::Delete)]);

    world.edit("main.tf", "removed {\n  from = fake_thing.a\n  lifecycle {\n    destroy = true\n  }\n}\n");
    assert!(!world.plan(PlanMode::Normal).await.problems.has_errors());

    world.edit("main.tf", &block("prevent_destroy = false"));
    world.apply().await;
    world.edit("main.tf", "");
    world.apply().await;
    assert_eq!(world.cloud.objects().len(), 0);
}

#[tokio::test]
async fn objects_are_imported_by_their_identity_and_keep_it() {
    let mut world = with_strays("").await;
    let id = ids(&world)[0].clone();
    let text = |identity: &str| {
        format!(
            "import {{\n  to = fake_thing.x\n  identity = {identity}\n}}\nresource \"fake_thing\" \"x\" {{\n  name = \
             \"stray 0\"\n}}\n"
        )
    };
    for (identity, why) in [
        ("{ region = \"nowhere\" }".to_owned(), "needs the attribute \"id\""),
        (format!("{{ id = {id:?}, zone = 1 }}"), "has no attribute \"zone\"; it has id, region"),
        (
            format!("{{ id = {id:?}, region = \"eu\" }}"),
            "The object is in region eu, and the provider in nowhere.",
        ),
        ("{ id = \"thing-9\" }".to_owned(), "no object exists with the identity \"id=thing-9\"."),
        ("null".to_owned(), "The identity cannot be null."),
    ] {
        world.edit("main.tf", &text(&identity));
        let refused = texts(&world.fails_to_plan().await);
        assert!(refused.contains(why), "{identity}: {refused}");
    }
    world.edit("main.tf", &text(&format!("{{ id = {id:?} }}")));
    let made = world.plan(PlanMode::Normal).await;
    assert_eq!(made.plan.changes[0].importing.as_ref().unwrap().to_string(), format!("id={id}"));
    assert_eq!(made.plan.changes[0].action, Action::NoOp);
    let saved = terrane_plan::PlanFile {
        plan: made.plan.clone(),
        files: Default::default(),
        workspace: "default".to_owned(),
    };
    let read = terrane_plan::PlanFile::from_text(&saved.to_text().unwrap()).unwrap();
    assert_eq!(read.plan.changes, made.plan.changes, "plan files keep identities");
    let applied = world.apply_plan(&made).await;
    assert_eq!(applied.counts.import, 1);
    let identity = |world: &World| {
        let state: serde_json::Value = serde_json::from_str(&world.state_text()).unwrap();
        let object = &state["resources"][0]["instances"][0];
        (object["identity"].clone(), object["identity_schema_version"].clone())
    };
    let whole = serde_json::json!({ "id": id, "region": "nowhere" });
    assert_eq!(identity(&world), (whole, 1.into()));
    // What is made anew has an identity of its own; what is changed keeps the one it has.
    for (argument, now) in [("size = 3", id.as_str()), ("kind = \"other\"", "thing-4")] {
        let changed =
            text(&format!("{{ id = {id:?} }}")).replace("  name = ", &format!("  {argument}\n  name = "));
        world.edit("main.tf", &changed);
        world.apply().await;
        assert_eq!(identity(&world).0["id"], serde_json::json!(now));
    }
}
