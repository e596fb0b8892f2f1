//! Plugins that work, each in its own way.

use super::answers::*;
use super::fake::{Fake, Reply, good};
use super::methods;
use crate::messages;
use crate::messages::identity::Listed;
use crate::messages::schema::v6;
use crate::{PluginProvider, Program};
use prost::Message;
use std::process::Command;
use terrane_provider::{Identity, ListRequest, Private, Provider, ReadObject, UpgradeRequest};
use terrane_value::{Type, Value};

#[tokio::test]
async fn a_plugin_that_works_says_nothing_is_wrong_and_ends_with_its_value() {
    let fake = Fake::that("", Reply::Die);
    let provider = fake.start().await.unwrap();
    for (method, _) in methods() {
        assert!(ask(&fake, &provider, method).await.is_empty(), "{method}");
    }
    assert!(fake.is_running());
    drop(provider);
    assert!(!fake.is_running(), "the plugin outlives its value");
}

#[tokio::test]
async fn a_plugin_that_runs_already_is_used_and_left_alone() {
    let fake = Fake::that("", Reply::Die);
    let json = format!(
        "{{\"ops/fake\": {{\"Protocol\": \"grpc\", \"ProtocolVersion\": 6, \"Addr\": {{\"Network\": \"unix\", \"String\": \"{}\"}}}}}}",
        fake.path().with_extension("sock").display()
    );
    let mut program = Command::new(fake.path()).stdout(std::process::Stdio::null()).spawn().unwrap();
    let plugin = &crate::Reattach::read(&json).unwrap()["ops/fake"];
    let provider = PluginProvider::attach(plugin, "ops/fake".into()).await.unwrap();
    for (method, _) in methods() {
        assert!(ask(&fake, &provider, method).await.is_empty(), "{method}");
    }
    drop(provider);
    assert!(program.try_wait().unwrap().is_none(), "somebody else's plugin was ended");
    program.kill().unwrap();
    program.wait().unwrap();
}

#[tokio::test]
async fn a_plugin_that_is_slow_and_there_is_waited_for() {
    let slow = messages::Applied { new_state: encoded(&thing("a")), ..Default::default() };
    let fake = Fake::that("ApplyResourceChange", Reply::Slow(slow.encode_to_vec()));
    let provider = fake.start().await.unwrap();
    assert!(ask(&fake, &provider, "ApplyResourceChange").await.is_empty());
}

#[tokio::test]
async fn a_plugin_is_not_started_again_to_learn_its_schemas() {
    let fake = Fake::that("", Reply::Die);
    let program = Program { schemas: Some(fake.dir.path().join("schemas")), ..fake.program() };
    let first = PluginProvider::start(program.clone()).await.unwrap();
    let schema = format!("{:?}", first.schema().resources);
    drop(first);
    std::fs::remove_file(fake.path().with_extension("pid")).unwrap();

    let second = PluginProvider::start(program.clone()).await.unwrap();
    assert_eq!(format!("{:?}", second.schema().resources), schema);
    assert_eq!(fake.pid(), None, "the plugin was started");
    for (method, _) in methods() {
        assert!(ask(&fake, &second, method).await.is_empty(), "{method}");
    }
    assert!(fake.is_running());
    drop(second);

    // What is damaged, or belongs to another program, is not used.
    std::fs::remove_file(fake.path().with_extension("pid")).unwrap();
    for kept in std::fs::read_dir(fake.dir.path().join("schemas")).unwrap() {
        std::fs::write(kept.unwrap().path(), [6, 0xff, 0xff]).unwrap();
    }
    let third = PluginProvider::start(program.clone()).await.unwrap();
    assert_eq!(format!("{:?}", third.schema().resources), schema);
    assert!(fake.is_running());
    drop(third);
    let script = std::fs::read_to_string(fake.path()).unwrap();
    std::fs::write(fake.path(), format!("{script}# newer\n")).unwrap();
    std::fs::remove_file(fake.path().with_extension("pid")).unwrap();
    let fourth = PluginProvider::start(program).await.unwrap();
    assert!(fake.is_running());
    drop(fourth);
}

#[tokio::test]
async fn a_plugin_that_offers_something_else_than_before_is_not_taken_at_its_program() {
    use crate::messages::schema::{Metadata, Named};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    let has_changed = Arc::new(AtomicBool::new(false));
    let changing = has_changed.clone();
    let fake = Fake::that_answers(move |method| match method {
        "GetMetadata" if changing.load(Ordering::SeqCst) => {
            let resources = ["x_other", "x_new"].map(|name| Named { name: name.into() }).into();
            good(&Metadata { resources, ..Default::default() })
        }
        _ => usual(method),
    });
    let schemas = fake.dir.path().join("schemas");
    let kept = || std::fs::read_dir(&schemas).unwrap().count();
    let asked = |method: &str| fake.got().iter().filter(|got| *got == method).count();
    remembered(&fake).await.unwrap();
    assert_eq!((asked("GetProviderSchema"), asked("GetMetadata"), kept()), (2, 1, 1));
    // Whoever configures it learns of it, and so does who asks it anything else.
    has_changed.store(true, Ordering::SeqCst);
    let program = Program { schemas: Some(schemas.clone()), ..fake.program() };
    let provider = PluginProvider::start(program.clone()).await.unwrap();
    let problem = only(provider.validate_resource("x_thing", &thing("a")));
    assert_eq!(problem.summary, "Plugin has changed");
    let told = "the resource type x_new is new, the resource type x_other is new, the resource type x_thing is gone.";
    assert!(problem.detail.contains(told), "{}", problem.detail);
    assert!(problem.detail.contains("ops/fake 1.0.0"), "{}", problem.detail);
    drop(provider);
    assert!(!fake.is_running());
    assert_eq!(kept(), 0, "what was kept is used again");
    // A run that asks for everything needs no more.
    let provider = PluginProvider::start(program).await.unwrap();
    assert!(provider.validate_resource("x_thing", &thing("a")).is_empty());
    assert_eq!((asked("GetProviderSchema"), asked("GetMetadata")), (3, 2));
}

#[tokio::test]
async fn a_plugin_is_asked_to_stop_while_it_works() {
    let stopped = messages::Applied { new_state: encoded(&thing("a")), ..Default::default() };
    let fake = Fake::that("ApplyResourceChange", Reply::WhenStopped(stopped.encode_to_vec()));
    let (_provider, problems) = call(&fake, "StopProvider").await;
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(fake.got()[fake.got().len() - 2..], ["ApplyResourceChange", "StopProvider"]);
}

#[tokio::test]
async fn objects_are_listed_where_a_listing_needs_to_be_told_nothing() {
    let listed = |name: &str| Listed { resource_object: encoded(&thing(name)), ..Default::default() };
    let refused = Listed {
        diagnostics: vec![messages::Diagnostic {
            severity: messages::ERROR,
            summary: "Not allowed".into(),
            ..Default::default()
        }],
        ..Default::default()
    };
    let offering = |required: bool| {
        let Reply::Bytes(usual) = usual("GetProviderSchema") else { panic!("bytes are usual") };
        let mut offer = v6::ProviderSchema::decode(&*usual).unwrap();
        offer.lists = listing(required);
        offer
    };
    for (required, events, found) in [
        (false, vec![listed("a"), listed("b")], Ok(Some(vec!["a", "b"]))),
        (false, vec![], Ok(Some(vec![]))),
        (false, vec![listed("a"), refused], Err("Not allowed")),
        (true, vec![listed("a")], Ok(None)),
    ] {
        let fake = Fake::that_answers(move |method| match method {
            "GetProviderSchema" => good(&offering(required)),
            "ListResource" => Reply::Stream(events.iter().map(Message::encode_to_vec).collect()),
            _ => usual(method),
        });
        let provider = fake.start().await.unwrap();
        let client = provider.configure(&provider.schema().provider.block.empty_value()).await.unwrap();
        let names = |objects: Vec<terrane_provider::ImportedObject>| -> Vec<String> {
            objects.iter().map(|o| o.state.attribute("name").unwrap().as_str().unwrap().to_owned()).collect()
        };
        let got = provider.list(&client, "x_thing").await;
        let got = got.map(|all| all.map(names)).map_err(|problems| only(problems).summary);
        let found =
            found.map(|all: Option<Vec<&str>>| all.map(|all| all.into_iter().map(str::to_owned).collect()));
        assert_eq!(got, found.map_err(str::to_owned));
    }
    let fake = Fake::that("", Reply::Die);
    let provider = fake.start().await.unwrap();
    let client = provider.configure(&provider.schema().provider.block.empty_value()).await.unwrap();
    assert!(provider.list(&client, "x_other").await.unwrap().is_none(), "it offers no listing");
}

#[tokio::test]
async fn a_plugin_may_not_put_off_what_it_is_asked_for() {
    let deferred = Some(messages::Deferred { reason: 3 });
    for (method, reply) in [
        ("ReadResource", good(&messages::ReadDone { deferred, ..Default::default() })),
        ("PlanResourceChange", good(&messages::Planned { deferred, ..Default::default() })),
        ("ReadDataSource", good(&messages::DataRead { deferred, ..Default::default() })),
        ("ImportResourceState", good(&messages::Imported { deferred, ..Default::default() })),
        ("OpenEphemeralResource", good(&messages::OpenDone { deferred, ..Default::default() })),
    ] {
        let fake = Fake::that(method, reply);
        let (_provider, problems) = call(&fake, method).await;
        let problem = only(problems);
        assert_eq!(problem.summary, "Plugin deferred what it was asked for", "{method}");
        assert!(problem.detail.contains("something that it needs does not exist yet"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn an_object_that_had_another_type_is_moved() {
    let done = messages::MoveDone {
        state: encoded(&thing("moved")),
        private: b"new".to_vec(),
        identity: identity("moved"),
        diagnostics: Vec::new(),
    };
    let fake = Fake::that("MoveResourceState", good(&done));
    let provider = fake.start().await.unwrap();
    let moved = provider.move_state(moving()).await.unwrap().unwrap();
    assert_eq!(moved.state, thing("moved"));
    assert_eq!(&moved.private[..], b"new");
    assert_eq!(moved.private.identity.unwrap().attributes["name"], "moved");
    let sent = fake.requests::<messages::Move>("MoveResourceState").remove(0);
    assert_eq!((&*sent.source_type, &*sent.type_name, sent.source_version), ("y_thing", "x_thing", 3));
    assert_eq!(sent.source_provider, "registry.terraform.io/ops/other");
    assert_eq!(sent.source_state.unwrap().json, br#"{"label":"a"}"#);
    assert_eq!(sent.source_private, b"kept");
}

#[tokio::test]
async fn an_object_of_an_older_schema_is_upgraded() {
    let done = messages::Upgraded { upgraded_state: encoded(&thing("new")), diagnostics: Vec::new() };
    let fake = Fake::that("UpgradeResourceState", good(&done));
    let provider = fake.start().await.unwrap();
    let json = serde_json::json!({ "label": "old" });
    let request = UpgradeRequest { type_name: "x_thing".into(), version: 7, json };
    assert_eq!(provider.upgrade(request).await.unwrap(), thing("new"));
    let sent = fake.requests::<messages::Upgrade>("UpgradeResourceState").remove(0);
    assert_eq!((&*sent.type_name, sent.version), ("x_thing", 7));
    assert_eq!(sent.raw_state.unwrap().json, br#"{"label":"old"}"#);
}

#[tokio::test]
async fn objects_are_searched_as_a_query_says() {
    let listed = |name: &str, object| Listed {
        identity: identity(name),
        display_name: format!("The {name}"),
        resource_object: object,
        diagnostics: Vec::new(),
    };
    for (include_resource, listed, names) in [
        (false, vec![listed("a", None), listed("b", None)], [None, None]),
        (true, vec![listed("a", encoded(&thing("x"))), listed("b", None)], [Some("x"), Some("a")]),
    ] {
        let answers: Vec<_> = listed.iter().map(Message::encode_to_vec).collect();
        let fake = Fake::that("ListResource", Reply::Stream(answers));
        let provider = fake.start().await.unwrap();
        let client = provider.configure(&nothing()).await.unwrap();
        let config = Value::object([("zone", Value::from("north"))]);
        let request = ListRequest { type_name: "x_thing".into(), config, include_resource, limit: 2 };
        let found = provider.query(&client, request.clone()).await.unwrap().unwrap();
        let display_names: Vec<_> = found.iter().map(|object| &*object.display_name).collect();
        assert_eq!(display_names, ["The a", "The b"]);
        assert_eq!(found[1].key.as_ref().unwrap().to_string(), "name=b");
        let name = |object: &Value| object.attribute("name").unwrap().as_str().unwrap().to_owned();
        let objects: Vec<_> = found.iter().map(|found| found.object.as_ref().map(name)).collect();
        assert_eq!(objects, names.map(|name| name.map(str::to_owned)));
        // What is not given with the listing is imported and read.
        let read = if include_resource { 1 } else { 0 };
        assert_eq!(fake.got().iter().filter(|method| *method == "ReadResource").count(), read);
        let sent = fake.requests::<crate::messages::identity::List>("ListResource").remove(0);
        assert_eq!((sent.include_resource_object, sent.limit), (include_resource, 2));
        let zone = crate::wire::decode(sent.config, &Type::object([("zone", Type::String)])).unwrap();
        assert_eq!(zone, request.config);
        // A plugin that gives more than was wanted is not listened to any longer.
        let request = ListRequest { limit: 1, ..request };
        assert_eq!(provider.query(&client, request).await.unwrap().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_plugin_may_be_older_than_some_methods() {
    for (method, _) in methods() {
        let fake = Fake::that(method, Reply::Unknown);
        let (_provider, problems) = call(&fake, method).await;
        let optional = [
            "GetMetadata",
            "GetResourceIdentitySchemas",
            "ValidateListResourceConfig",
            "MoveResourceState",
            "StopProvider",
        ];
        if optional.contains(&method) {
            assert!(problems.is_empty(), "{method}: {problems:?}");
        } else {
            assert!(only(problems).detail.contains(method), "{method}");
        }
    }
}

#[tokio::test]
async fn a_plugin_is_told_what_the_engine_can_do() {
    let fake = Fake::that("", Reply::Die);
    let provider = fake.start().await.unwrap();
    for (method, _) in methods() {
        assert!(ask(&fake, &provider, method).await.is_empty(), "{method}");
    }
    let told = [
        fake.requests::<messages::Configure>("ConfigureProvider").remove(0).client_capabilities,
        fake.requests::<messages::Validate>("ValidateResourceConfig").remove(0).client_capabilities,
        fake.requests::<messages::Read>("ReadResource").remove(0).client_capabilities,
        fake.requests::<messages::Plan>("PlanResourceChange").remove(0).client_capabilities,
        fake.requests::<messages::Import>("ImportResourceState").remove(0).client_capabilities,
        fake.requests::<messages::ReadData>("ReadDataSource").remove(0).client_capabilities,
        fake.requests::<messages::Open>("OpenEphemeralResource").remove(0).client_capabilities,
    ];
    for capabilities in told.map(Option::unwrap) {
        assert!(capabilities.write_only_attributes_allowed);
        assert!(!capabilities.deferral_allowed);
    }
}

#[tokio::test]
async fn each_process_is_asked_for_schemas_unless_its_plugin_can_do_without() {
    for (is_optional, times) in [(false, 2), (true, 1)] {
        let fake = Fake::that_answers(move |method| match method {
            "GetProviderSchema" => {
                let Reply::Bytes(usual) = usual(method) else { panic!("bytes are usual") };
                let mut offer = v6::ProviderSchema::decode(&*usual).unwrap();
                let can = messages::ServerCapabilities {
                    get_provider_schema_optional: is_optional,
                    ..Default::default()
                };
                offer.server_capabilities = Some(can);
                let tenant = v6::Attribute {
                    name: "tenant".into(),
                    ty: "\"string\"".into(),
                    optional: true,
                    ..Default::default()
                };
                let block = v6::Block { attributes: vec![tenant], ..Default::default() };
                offer.provider = Some(v6::Schema { version: 0, block: Some(block) });
                good(&offer)
            }
            _ => usual(method),
        });
        let provider = fake.start().await.unwrap();
        for tenant in ["one", "two"] {
            provider.configure(&Value::object([("tenant", Value::from(tenant))])).await.unwrap();
        }
        let count = |wanted: &str| fake.got().iter().filter(|method| *method == wanted).count();
        assert_eq!((count("ConfigureProvider"), count("GetProviderSchema")), (2, times));
        drop(provider);
        // With schemas from an earlier run, one that can do without is asked nothing before the work.
        let provider = remembered(&fake).await.unwrap();
        assert!(provider.validate_resource("x_thing", &thing("a")).is_empty());
        assert_eq!(count("GetMetadata"), times - 1);
    }
}

#[tokio::test]
async fn identities_are_told_by_every_answer_and_old_ones_brought_up_to_date() {
    let fake = Fake::that("none", Reply::Die);
    let provider = fake.start().await.unwrap();
    assert_eq!(provider.schema().identities["x_thing"], identity_schema());
    let client = provider.configure(&nothing()).await.unwrap();
    let name = |private: &Private| {
        let identity = private.identity.as_deref().unwrap();
        assert_eq!(identity.version, 2);
        identity.attributes["name"].as_str().unwrap().to_owned()
    };
    let wanted = Value::object([("name", Value::from("a"))]);
    let found = provider.import_by_identity(&client, "x_thing", &wanted).await.unwrap();
    assert_eq!(name(&found[0].private), "imported");
    // The fake would not notice an identity of another version: the wire has it only after an upgrade.
    let old = Identity { version: 1, attributes: serde_json::json!({ "label": "a" }) };
    let private = Private::default().with_identity(Some(old));
    let object = ReadObject { state: thing("a"), private };
    let read = provider.read(&client, "x_thing", vec![object]).await.remove(0).unwrap().unwrap();
    assert_eq!(name(&read.private), "read");
    let refused = provider.import_by_identity(&client, "x_other", &wanted).await.unwrap_err();
    assert!(only(refused).detail.contains("have no identity"));
    for how in [Reply::Refuse("no such version"), Reply::Bytes(vec![0xff])] {
        let fake = Fake::that("UpgradeResourceIdentity", how);
        let provider = fake.start().await.unwrap();
        let client = provider.configure(&nothing()).await.unwrap();
        let old = Identity { version: 1, attributes: serde_json::json!({ "label": "a" }) };
        let object = ReadObject { state: thing("a"), private: Private::default().with_identity(Some(old)) };
        let problems = provider.read(&client, "x_thing", vec![object]).await.remove(0).unwrap_err();
        assert!(only(problems).detail.contains("UpgradeResourceIdentity"));
    }
}
