//! Tests with plugins that die, hang, talk nonsense or write garbage. The "program" is a script that
//! says where to connect, and the answers come from the test itself.

use crate::messages::identity::Listed;
use crate::messages::schema::v6;
use crate::messages::{self, DynamicValue};
use crate::{PluginProvider, Program};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use prost::bytes::{Buf, BufMut};
use std::convert::Infallible;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use terrane_diagnostics::{Diagnostic, Diagnostics};
use terrane_provider::{
    ApplyRequest, Identity, IdentityAttribute, IdentitySchema, MoveRequest, OperationToken, PlanRequest,
    Private, Provider, ReadObject, UpgradeRequest,
};
use terrane_value::{Type, Value};
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Response, Status};

/// What a plugin does when it is called.
#[derive(Clone, Debug)]
enum Reply {
    /// Answers with these bytes.
    Bytes(Vec<u8>),
    /// Ends at once.
    Die,
    /// Ends when it has answered.
    End,
    /// Refuses the call.
    Refuse(&'static str),
    /// Never answers this call.
    Hang,
    /// Answers nothing any more.
    Freeze,
    /// Answers with these bytes after a while.
    Slow(Vec<u8>),
    /// Answers with a stream of these.
    Stream(Vec<Vec<u8>>),
}

fn good(message: &impl Message) -> Reply {
    Reply::Bytes(message.encode_to_vec())
}

/// A plugin that has one resource type and data source, `x_thing`, with the attributes `id` and `name`.
struct Fake {
    dir: TempDir,
}

impl Fake {
    /// What is called by `script`, a shell script.
    fn script(script: &str) -> Fake {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("plugin");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        Fake { dir }
    }

    /// What answers as it is told to.
    fn that_answers(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Fake {
        let fake = Fake::script(
            "echo $$ > \"$0.pid\"\necho trouble ahead >&2\necho \"1|6|unix|$0.sock|grpc|\"\nexec sleep 600",
        );
        let listener = std::os::unix::net::UnixListener::bind(fake.path().with_extension("sock")).unwrap();
        listener.set_nonblocking(true).unwrap();
        let pid = fake.path().with_extension("pid");
        crate::process::runtime().unwrap().spawn(answer_calls(listener, pid, Arc::new(answer)));
        fake
    }

    /// What answers the method `at` with `reply`, and all others well.
    fn that(at: &'static str, reply: Reply) -> Fake {
        let frozen = AtomicBool::new(false);
        let answer = move |method: &str| {
            if method == at && matches!(reply, Reply::Freeze) {
                frozen.store(true, Ordering::SeqCst);
            }
            match method {
                _ if frozen.load(Ordering::SeqCst) => Reply::Hang,
                _ if method == at => reply.clone(),
                _ => usual(method),
            }
        };
        Fake::that_answers(answer)
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("plugin")
    }

    async fn start(&self) -> Result<PluginProvider, Diagnostics> {
        PluginProvider::start(self.program()).await
    }

    fn program(&self) -> Program {
        let name = "ops/fake 1.0.0".into();
        Program { path: self.path(), name, launcher: Vec::new(), schemas: None }
    }

    /// The process, when one was started.
    fn pid(&self) -> Option<String> {
        std::fs::read_to_string(self.path().with_extension("pid")).ok()
    }

    fn is_running(&self) -> bool {
        self.pid().is_some_and(|pid| std::path::Path::new("/proc").join(pid.trim()).exists())
    }
}

fn ty() -> Type {
    Type::object([("id", Type::String), ("name", Type::String)])
}

fn thing(name: &str) -> Value {
    Value::object([("id", Value::from("1")), ("name", Value::from(name))])
}

fn encoded(value: &Value) -> Option<DynamicValue> {
    crate::wire::encode(value, &ty()).unwrap()
}

fn nothing() -> Value {
    Value::object(Vec::<(&str, Value)>::new())
}

fn identity_schema() -> IdentitySchema {
    let name = IdentityAttribute { ty: Type::String, required: true, description: String::new() };
    IdentitySchema { version: 2, attributes: [("name".into(), name)].into() }
}

fn identity(name: &str) -> Option<messages::identity::IdentityData> {
    let value = Value::object([("name", Value::from(name))]);
    Some(crate::identity::data(&identity_schema(), &value).unwrap())
}

/// What a plugin answers that works.
fn usual(method: &str) -> Reply {
    let state = encoded(&thing("a"));
    match method {
        "GetProviderSchema" => {
            let attribute = |name: &str| v6::Attribute {
                name: name.into(),
                ty: "\"string\"".into(),
                optional: true,
                computed: true,
                ..Default::default()
            };
            let block =
                v6::Block { attributes: vec![attribute("id"), attribute("name")], ..Default::default() };
            let schema = v6::Schema { version: 0, block: Some(block) };
            let types = [("x_thing".to_owned(), schema)];
            let (resources, data_sources) = (types.clone().into(), types.clone().into());
            let ephemeral = types.into();
            good(&v6::ProviderSchema { resources, data_sources, ephemeral, ..Default::default() })
        }
        "GetResourceIdentitySchemas" => {
            let schemas = [("x_thing".to_owned(), crate::identity::to_message(&identity_schema()))].into();
            good(&messages::identity::IdentitySchemas { schemas, diagnostics: Vec::new() })
        }
        "UpgradeResourceIdentity" => {
            let upgraded_identity = identity("upgraded");
            good(&messages::identity::IdentityUpgraded { upgraded_identity, diagnostics: Vec::new() })
        }
        "ReadResource" => {
            good(&messages::ReadDone { new_state: state, identity: identity("read"), ..Default::default() })
        }
        "PlanResourceChange" => good(&messages::Planned { planned_state: state, ..Default::default() }),
        "ApplyResourceChange" => {
            good(&messages::Applied { new_state: state, identity: identity("applied"), ..Default::default() })
        }
        "ReadDataSource" => good(&messages::DataRead { state, ..Default::default() }),
        "ImportResourceState" => {
            let found = messages::ImportedResource {
                type_name: "x_thing".into(),
                state,
                identity: identity("imported"),
                ..Default::default()
            };
            good(&messages::Imported { resources: vec![found], ..Default::default() })
        }
        "Shutdown" => Reply::End,
        _ => Reply::Bytes(Vec::new()),
    }
}

type Answer = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

async fn answer_calls(listener: std::os::unix::net::UnixListener, pid: PathBuf, answer: Answer) {
    let listener = tokio::net::UnixListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let (pid, answer) = (pid.clone(), answer.clone());
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let (pid, answer) = (pid.clone(), answer.clone());
            async move {
                let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
                let given = answer(&method);
                let given_stream = given.clone();
                let reply = move |_: Request<Vec<u8>>| {
                    let (given, pid) = (given.clone(), pid.clone());
                    async move {
                        match given {
                            Reply::Bytes(bytes) => Ok(Response::new(bytes)),
                            Reply::Refuse(why) => Err(Status::internal(why)),
                            Reply::Hang | Reply::Freeze | Reply::Stream(_) => std::future::pending().await,
                            Reply::Slow(bytes) => {
                                tokio::time::sleep(Duration::from_secs(1)).await;
                                Ok(Response::new(bytes))
                            }
                            Reply::Die => {
                                kill(&pid);
                                Err(Status::unavailable("the connection went away"))
                            }
                            Reply::End => {
                                kill(&pid);
                                Ok(Response::new(Vec::new()))
                            }
                        }
                    }
                };
                let mut server = tonic::server::Grpc::new(Raw);
                if let Reply::Stream(parts) = given_stream {
                    let reply = move |_: Request<Vec<u8>>| {
                        let parts: Vec<Result<Vec<u8>, Status>> = parts.iter().cloned().map(Ok).collect();
                        async move { Ok::<_, Status>(Response::new(futures::stream::iter(parts))) }
                    };
                    let answered = server.server_streaming(tower::service_fn(reply), request).await;
                    return Ok::<_, Infallible>(answered);
                }
                Ok::<_, Infallible>(server.unary(tower::service_fn(reply), request).await)
            }
        });
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        tokio::spawn(async move { server.serve_connection(TokioIo::new(stream), service).await });
    }
}

fn kill(pid: &std::path::Path) {
    let pid = std::fs::read_to_string(pid).unwrap();
    let _ = Command::new("kill").args(["-9", pid.trim()]).stderr(std::process::Stdio::null()).status();
}

/// Messages as the bytes that they are.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}

/// Calls the method that protocol 6 names `method`, and gives what went wrong.
async fn call(provider: &PluginProvider, method: &str) -> Diagnostics {
    let config = provider.schema().provider.block.empty_value();
    let thing = thing("a");
    let private = Private::default;
    if method == "ValidateProviderConfig" {
        return provider.validate_provider(&config);
    }
    if method == "ValidateResourceConfig" {
        return provider.validate_resource("x_thing", &thing);
    }
    if method == "ValidateDataResourceConfig" {
        return provider.validate_data_source("x_thing", &thing);
    }
    if method == "ValidateEphemeralResourceConfig" {
        return provider.validate_ephemeral("x_thing", &thing);
    }
    let client = match provider.configure(&config).await {
        Ok(client) => client,
        Err(problems) => return problems,
    };
    let none = |problems: Result<(), Diagnostics>| problems.err().unwrap_or_default();
    match method {
        "ReadResource" => {
            let object = ReadObject { state: thing, private: private() };
            let mut answers = provider.read(&client, "x_thing", vec![object]).await;
            none(answers.remove(0).map(drop))
        }
        "PlanResourceChange" => {
            let (config, proposed) = (thing.clone(), thing);
            let prior = Value::null(ty());
            let request =
                PlanRequest { type_name: "x_thing".into(), prior, config, proposed, private: private() };
            provider.plan(&client, request).await.diagnostics
        }
        "ApplyResourceChange" => {
            let request = ApplyRequest {
                type_name: "x_thing".into(),
                prior: Value::null(ty()),
                config: thing.clone(),
                planned: thing,
                private: private(),
                token: OperationToken("t".into()),
                write_only_changed: Vec::new(),
                repeated: false,
            };
            provider.apply(&client, request).await.diagnostics
        }
        "ReadDataSource" => none(provider.read_data(&client, "x_thing", thing).await.map(drop)),
        "ImportResourceState" => none(provider.import(&client, "x_thing", "1").await.map(drop)),
        "UpgradeResourceState" => {
            let json = serde_json::json!({ "id": "1" });
            let request = UpgradeRequest { type_name: "x_thing".into(), version: 0, json };
            none(provider.upgrade(request).await.map(drop))
        }
        "MoveResourceState" => {
            let request = MoveRequest {
                source_provider: "registry.terraform.io/ops/other".into(),
                source_type: "y_thing".into(),
                source_version: 0,
                source: serde_json::json!({ "id": "1" }),
                source_private: private(),
                type_name: "x_thing".into(),
            };
            none(provider.move_state(request).await.map(drop))
        }
        "OpenEphemeralResource" => none(provider.open(&client, "x_thing", thing).await.map(drop)),
        "RenewEphemeralResource" => none(provider.renew(&client, "x_thing", &private()).await.map(drop)),
        "CloseEphemeralResource" => provider.close(&client, "x_thing", &private()).await,
        "ConfigureProvider" => Diagnostics::new(),
        _ => panic!("nobody knows how to call {method}"),
    }
}

const METHODS: [&str; 15] = [
    "ValidateProviderConfig",
    "ValidateResourceConfig",
    "ValidateDataResourceConfig",
    "ValidateEphemeralResourceConfig",
    "ConfigureProvider",
    "ReadResource",
    "PlanResourceChange",
    "ApplyResourceChange",
    "ReadDataSource",
    "ImportResourceState",
    "UpgradeResourceState",
    "MoveResourceState",
    "OpenEphemeralResource",
    "RenewEphemeralResource",
    "CloseEphemeralResource",
];

fn only(problems: Diagnostics) -> Diagnostic {
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems.into_iter().next().unwrap()
}

#[tokio::test]
async fn a_plugin_that_works_says_nothing_is_wrong_and_ends_with_its_value() {
    let fake = Fake::that("", Reply::Die);
    let provider = fake.start().await.unwrap();
    for method in METHODS {
        assert!(call(&provider, method).await.is_empty(), "{method}");
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
    for method in METHODS {
        assert!(call(&provider, method).await.is_empty(), "{method}");
    }
    drop(provider);
    assert!(program.try_wait().unwrap().is_none(), "somebody else's plugin was ended");
    program.kill().unwrap();
    program.wait().unwrap();
}

#[tokio::test]
async fn a_plugin_that_dies_is_named_with_the_method_and_its_last_words() {
    for method in METHODS {
        let fake = Fake::that(method, Reply::Die);
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert_eq!(problem.summary, "Plugin crashed", "{method}: {problem:?}");
        for part in ["ops/fake 1.0.0", method, "signal: 9", "trouble ahead"] {
            assert!(problem.detail.contains(part), "{method}: {part:?} in {:?}", problem.detail);
        }
        assert_eq!(problem.outcome_unknown, method == "ApplyResourceChange", "{method}");
    }
    let problem = Fake::that("GetProviderSchema", Reply::Die).start().await.err().map(only).unwrap();
    assert_eq!(problem.summary, "Plugin crashed");
}

#[tokio::test]
async fn a_plugin_that_hangs_is_named_and_ended() {
    for method in METHODS {
        let prompt = method.starts_with("Validate");
        let fake = Fake::that(method, if prompt { Reply::Hang } else { Reply::Freeze });
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert_eq!(problem.summary, "Plugin hangs", "{method}: {problem:?}");
        for part in ["ops/fake 1.0.0", method, "trouble ahead"] {
            assert!(problem.detail.contains(part), "{method}: {part:?} in {:?}", problem.detail);
        }
        // Nobody knows what it did before it hung.
        assert_eq!(problem.outcome_unknown, method == "ApplyResourceChange", "{method}");
        drop(provider);
        assert!(!fake.is_running(), "{method}");
    }
    let problem = Fake::that("GetProviderSchema", Reply::Hang).start().await.err().map(only).unwrap();
    assert_eq!(problem.summary, "Plugin hangs");
}

#[tokio::test]
async fn a_plugin_that_is_slow_and_there_is_waited_for() {
    let slow = messages::Applied { new_state: encoded(&thing("a")), ..Default::default() };
    let fake = Fake::that("ApplyResourceChange", Reply::Slow(slow.encode_to_vec()));
    let provider = fake.start().await.unwrap();
    assert!(call(&provider, "ApplyResourceChange").await.is_empty());
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
    for method in METHODS {
        assert!(call(&second, method).await.is_empty(), "{method}");
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
async fn a_plugin_is_asked_to_stop_while_it_works() {
    let log = Arc::new(std::sync::Mutex::new(Vec::new()));
    let fake = Fake::that_answers({
        let log = log.clone();
        move |method| {
            log.lock().unwrap().push(method.to_owned());
            match method {
                "ApplyResourceChange" => Reply::Slow(messages::Applied::default().encode_to_vec()),
                _ => usual(method),
            }
        }
    });
    let provider = fake.start().await.unwrap();
    let stop = async {
        while !log.lock().unwrap().iter().any(|method| method == "ApplyResourceChange") {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        provider.stop().await;
        log.lock().unwrap().clone()
    };
    let (problems, during) = tokio::join!(call(&provider, "ApplyResourceChange"), stop);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(during.last().map(String::as_str), Some("StopProvider"), "{during:?}");
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
        let attribute = v6::Attribute {
            name: "zone".into(),
            ty: "\"string\"".into(),
            required,
            optional: !required,
            ..Default::default()
        };
        let block = v6::Block { attributes: vec![attribute], ..Default::default() };
        offer.lists = [("x_thing".to_owned(), v6::Schema { version: 0, block: Some(block) })].into();
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
    assert!(provider.list(&client, "x_thing").await.unwrap().is_none(), "it offers no listing");
}

#[tokio::test]
async fn a_plugin_that_refuses_is_named_with_its_reason() {
    for method in METHODS {
        let fake = Fake::that(method, Reply::Refuse("out of cheese"));
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert_eq!(problem.summary, "Plugin failed", "{method}");
        let wanted = format!("The plugin ops/fake 1.0.0 failed at {method}: out of cheese.");
        assert_eq!(problem.detail, wanted);
        assert!(fake.is_running(), "{method}");
    }
}

#[tokio::test]
async fn values_that_cannot_be_read_are_refused() {
    let garbage = || Some(DynamicValue { msgpack: vec![0xc1, 0x00, 0xff], json: Vec::new() });
    let found =
        messages::ImportedResource { type_name: "x_thing".into(), state: garbage(), ..Default::default() };
    for (method, reply) in [
        ("ReadResource", good(&messages::ReadDone { new_state: garbage(), ..Default::default() })),
        ("PlanResourceChange", good(&messages::Planned { planned_state: garbage(), ..Default::default() })),
        ("ApplyResourceChange", good(&messages::Applied { new_state: garbage(), ..Default::default() })),
        ("ReadDataSource", good(&messages::DataRead { state: garbage(), ..Default::default() })),
        ("ImportResourceState", good(&messages::Imported { resources: vec![found], ..Default::default() })),
    ] {
        let fake = Fake::that(method, reply);
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert_eq!(problem.summary, "Plugin gave an invalid answer", "{method}");
        assert!(problem.detail.contains("ops/fake 1.0.0"), "{}", problem.detail);
        // What was made cannot be told: the next run has to look.
        assert_eq!(problem.outcome_unknown, method == "ApplyResourceChange", "{method}");
    }
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
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert_eq!(problem.summary, "Plugin deferred what it was asked for", "{method}");
        assert!(problem.detail.contains("something that it needs does not exist yet"), "{}", problem.detail);
    }
}

#[tokio::test]
async fn messages_that_are_none_are_refused() {
    for method in METHODS {
        let fake = Fake::that(method, Reply::Bytes(vec![0x0f, 0xff, 0xff]));
        let provider = fake.start().await.unwrap();
        let problem = only(call(&provider, method).await);
        assert!(problem.detail.contains("ops/fake 1.0.0") && problem.detail.contains(method), "{problem:?}");
    }
}

#[tokio::test]
async fn programs_that_are_no_plugins_are_told_apart() {
    for (script, expected) in [
        ("echo hello", "it wrote \"hello\" where its address was expected"),
        (
            "echo no such library >&2; exit 3",
            "it ended at once: exit status: 3. It wrote:\n  no such library",
        ),
        ("echo '1|6|unix|/nowhere.sock|grpc|'; exec sleep 600", "connecting to it"),
        ("echo '1|9|unix|/nowhere.sock|grpc|'; exec sleep 600", "it speaks protocol 9"),
        ("exec sleep 600", "it did not say where it listens"),
    ] {
        let problem = Fake::script(script).start().await.err().map(only).unwrap();
        assert_eq!(problem.summary, "Plugin does not start", "{script}");
        assert!(problem.detail.contains(expected), "{script}: {}", problem.detail);
        assert!(problem.detail.contains("ops/fake 1.0.0"), "{}", problem.detail);
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
