//! States in S3, checked with boto3 and, where it is installed, with Terraform itself.

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use terrane_e2e::{TestContext, terraform_on_path};
use terrane_xtask::moto::{Moto, client_environment};

/// A bucket with versions, and a table for locks.
struct Bucket {
    moto: Moto,
}

impl Bucket {
    fn make() -> Bucket {
        let bucket = Bucket { moto: Moto::start().unwrap_or_else(|error| panic!("{error}")) };
        bucket.python(
            "s3.create_bucket(Bucket='states', CreateBucketConfiguration={'LocationConstraint': 'eu-west-1'})\n\
             s3.put_bucket_versioning(Bucket='states', VersioningConfiguration={'Status': 'Enabled'})\n\
             ddb.create_table(TableName='locks', BillingMode='PAY_PER_REQUEST', \
             KeySchema=[{'AttributeName': 'LockID', 'KeyType': 'HASH'}], \
             AttributeDefinitions=[{'AttributeName': 'LockID', 'AttributeType': 'S'}])\nprint('null')",
        );
        bucket
    }

    /// What Python prints that has clients `s3` and `ddb`.
    #[track_caller]
    fn python(&self, script: &str) -> Value {
        let script =
            format!("import boto3, json\ns3, ddb = boto3.client('s3'), boto3.client('dynamodb')\n{script}");
        let output = self.moto.python().args(["-c", &script]).output().expect("Python runs");
        assert!(output.status.success(), "{script}:\n{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the script prints JSON")
    }

    fn keys(&self) -> Value {
        self.python(
            "print(json.dumps(sorted(o['Key'] for o in s3.list_objects_v2(Bucket='states').get('Contents', []))))",
        )
    }

    fn object(&self, key: &str) -> Value {
        self.python(&format!("print(s3.get_object(Bucket='states', Key='{key}')['Body'].read().decode())"))
    }

    fn put(&self, key: &str, content: &Value) {
        self.python(&format!(
            "s3.put_object(Bucket='states', Key='{key}', Body=json.dumps(json.loads('''{content}''')))\nprint('null')"
        ));
    }

    /// A directory whose state is in the bucket.
    fn context(&self, endpoint: &str, resources: &str) -> TestContext {
        let mut context = TestContext::with_config(&format!("{}{resources}", backend(endpoint)));
        for (name, value) in client_environment(endpoint) {
            if name != "AWS_ENDPOINT_URL" {
                context = context.env(name, &value);
            }
        }
        context
    }
}

fn backend(endpoint: &str) -> String {
    format!(
        "terraform {{\n  backend \"s3\" {{\n    bucket = \"states\"\n    key = \"net/work.tfstate\"\n    \
         region = \"eu-west-1\"\n    use_lockfile = true\n    use_path_style = true\n    \
         skip_credentials_validation = true\n    skip_requesting_account_id = true\n    \
         endpoints = {{\n      s3 = \"{endpoint}\"\n      dynamodb = \"{endpoint}\"\n    }}\n  }}\n}}\n"
    )
}

const ONE: &str =
    "variable \"n\" {\n  default = \"1\"\n}\nresource \"terraform_data\" \"one\" {\n  input = var.n\n}\n";

#[test]
fn a_state_and_its_workspaces_are_objects_with_terraforms_names() {
    let bucket = Bucket::make();
    let context = bucket.context(bucket.moto.endpoint(), ONE);
    context.run(&["plan"]).expect_code(1).expect_text("Backend initialization required");
    context.good(&["init"]).expect_text("Successfully configured the backend \"s3\"!");
    context.good(&["apply", "-auto-approve"]);
    assert_eq!(bucket.keys(), json!(["net/work.tfstate"]), "neither lock nor journal is left");
    context.good(&["workspace", "new", "dev"]);
    context.good(&["apply", "-auto-approve", "-var=n=2"]);
    assert_eq!(bucket.keys(), json!(["env:/dev/net/work.tfstate", "net/work.tfstate"]));
    let input = |key: &str| bucket.object(key)["resources"][0]["instances"][0]["attributes"]["input"].clone();
    assert_eq!(input("net/work.tfstate")["value"], "1");
    assert_eq!(input("env:/dev/net/work.tfstate")["value"], "2");
    context.good(&["workspace", "list"]).expect_text("default * dev");
    assert_eq!(context.json(&["state", "pull"]), bucket.object("env:/dev/net/work.tfstate"));

    context.good(&["workspace", "select", "default"]);
    context.run(&["workspace", "delete", "dev"]).expect_code(1).expect_text("currently tracking");
    context.good(&["workspace", "delete", "-force", "dev"]);
    assert_eq!(bucket.keys(), json!(["net/work.tfstate"]));
    context.edit("main.tf", "\"states\"", "\"missing\"");
    context.run(&["plan"]).expect_code(1).expect_text("Backend configuration changed");
    context.good(&["init", "-reconfigure"]);
    context.run(&["plan"]).expect_code(1).expect_text("NoSuchBucket").expect_text("correct the argument");
}

#[test]
fn locks_of_others_are_respected_and_those_of_the_dead_are_taken_over() {
    let bucket = Bucket::make();
    let context = bucket.context(bucket.moto.endpoint(), ONE);
    context.edit("main.tf", "use_lockfile = true", "use_lockfile = true\n    dynamodb_table = \"locks\"");
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    let digest = bucket.python(
        "import hashlib\nbody = s3.get_object(Bucket='states', Key='net/work.tfstate')['Body'].read()\n\
         item = ddb.get_item(TableName='locks', Key={'LockID': {'S': 'states/net/work.tfstate-md5'}})['Item']\n\
         print(json.dumps(item['Digest']['S'] == hashlib.md5(body).hexdigest()))",
    );
    assert_eq!(digest, true);

    // A lock of Terraform has no end.
    let lock = json!({ "ID": "11111111-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "",
        "Who": "ann@elsewhere", "Version": "1.11.4", "Created": "2020-01-01T00:00:00Z", "Path": "x" });
    bucket.put("net/work.tfstate.tflock", &lock);
    let apply = &["apply", "-auto-approve", "-var=n=2"][..];
    context
        .run(apply)
        .expect_code(1)
        .expect_text("Error acquiring the state lock")
        .expect_text("ann@elsewhere");
    context.good(&["plan"]);
    context
        .good(&["lock", "list"])
        .expect_text("* default: 11111111-2222-3333-4444-555555555555 by ann@elsewhere");
    context.run(&["force-unlock", "-force", "wrong"]).expect_code(1).expect_text("the present one is");
    context.good(&["force-unlock", "-force", "11111111-2222-3333-4444-555555555555"]);
    assert_eq!(bucket.keys(), json!(["net/work.tfstate"]));

    // A lease that ran out is void.
    let mut dead = lock.clone();
    dead["Expires"] = "2020-01-01T00:01:00Z".into();
    bucket.put("net/work.tfstate.tflock", &dead);
    context.good(apply).expect_text("was taken over");
    assert_eq!(bucket.keys(), json!(["net/work.tfstate"]));

    // An old version of the state in place of the last one is noticed.
    bucket.put("net/work.tfstate", &json!({ "version": 4 }));
    context.run(&["plan"]).expect_code(1).expect_text("does not have the expected content");
}

#[test]
fn of_many_runs_one_at_a_time_gets_the_state() {
    let bucket = Bucket::make();
    let contexts: Vec<_> = (0..20).map(|_| bucket.context(bucket.moto.endpoint(), ONE)).collect();
    for context in &contexts {
        context.good(&["init"]);
    }
    thread::scope(|scope| {
        for (n, context) in contexts.iter().enumerate() {
            scope.spawn(move || {
                context.good(&["apply", "-auto-approve", "-lock-timeout=10m", &format!("-var=n=run {n}")]);
            });
        }
    });
    // Every version that the state ever had.
    let versions = bucket.python(
        "versions = s3.list_object_versions(Bucket='states', Prefix='net/work.tfstate')['Versions']\n\
         states = [json.loads(s3.get_object(Bucket='states', Key=v['Key'], VersionId=v['VersionId'])['Body'].read()) \
         for v in versions if v['Key'] == 'net/work.tfstate']\n\
         print(json.dumps(sorted([s['serial'], s['resources'][0]['instances'][0]['attributes']['input']['value']] \
         for s in states)))",
    );
    let versions = versions.as_array().unwrap();
    let serials: Vec<u64> = versions.iter().map(|v| v[0].as_u64().unwrap()).collect();
    assert_eq!(serials, (1..=20).collect::<Vec<_>>(), "each run went on from the one before");
    let mut runs: Vec<&str> = versions.iter().map(|v| v[1].as_str().unwrap()).collect();
    runs.sort_unstable();
    let mut expected: Vec<String> = (0..20).map(|n| format!("run {n}")).collect();
    expected.sort_unstable();
    assert_eq!(runs, expected, "what each run did was the state once");
}

#[test]
fn states_move_to_a_bucket_and_back() {
    let bucket = Bucket::make();
    let context = bucket.context(bucket.moto.endpoint(), ONE);
    let in_bucket = context.read("main.tf");
    context.write("main.tf", ONE);
    context.good(&["init"]);
    context.good(&["apply", "-auto-approve"]);
    context.good(&["workspace", "new", "dev"]);
    context.good(&["apply", "-auto-approve"]);
    let ids = |context: &TestContext| context.json(&["state", "pull"])["resources"][0].clone();
    let dev = ids(&context);

    context.write("main.tf", &in_bucket);
    context
        .run(&["init", "-input=false"])
        .expect_code(1)
        .expect_text("Error asking for state migration action");
    assert_eq!(bucket.keys(), json!([]));
    context.run_with_input(&["init"], "yes\n").expect_code(0).expect_text("- dev: copied from");
    assert_eq!(bucket.keys(), json!(["env:/dev/net/work.tfstate", "net/work.tfstate"]));
    assert!(!context.exists("terraform.tfstate"), "it has moved");
    assert_eq!(ids(&context), dev);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);

    context.write("main.tf", ONE);
    context.run(&["plan"]).expect_code(1).expect_text("Unsetting the previously set backend \"s3\"");
    context.run(&["init"]).expect_code(1).expect_text("init -migrate-state");
    context.good(&["init", "-migrate-state", "-force-copy"]);
    assert_eq!(ids(&context), dev);
    context.good(&["workspace", "select", "default"]);
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

/// Forwards bytes to a server until it is cut.
struct Line {
    endpoint: String,
    cut: Arc<AtomicBool>,
}

impl Line {
    /// Is cut by the `nth` request that begins with `request`, which the server does not see.
    fn until(server: &str, request: &'static str, nth: usize) -> Line {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let server = server.trim_start_matches("http://").to_owned();
        let cut = Arc::new(AtomicBool::new(false));
        let (is_cut, seen) = (cut.clone(), Arc::new(AtomicUsize::new(0)));
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let (is_cut, seen, server) = (is_cut.clone(), seen.clone(), server.clone());
                thread::spawn(move || forward(client, &server, &is_cut, &seen, request, nth));
            }
        });
        Line { endpoint, cut }
    }

    fn mend(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

fn forward(
    mut client: TcpStream,
    server: &str,
    cut: &AtomicBool,
    seen: &AtomicUsize,
    request: &str,
    nth: usize,
) {
    let Ok(mut server) = TcpStream::connect(server) else { return };
    let (mut answers, mut back) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let _ = std::io::copy(&mut answers, &mut back);
    });
    let mut buffer = [0; 1 << 16];
    while let Ok(length @ 1..) = client.read(&mut buffer) {
        if buffer[..length].starts_with(request.as_bytes()) && seen.fetch_add(1, Ordering::SeqCst) + 1 == nth
        {
            cut.store(true, Ordering::SeqCst);
        }
        if cut.load(Ordering::SeqCst) || server.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}

const CHAIN: &str = "resource \"terraform_data\" \"a\" {}\n\
    resource \"terraform_data\" \"b\" {\n  input = terraform_data.a.id\n}\n\
    resource \"terraform_data\" \"c\" {\n  input = terraform_data.b.id\n}\n";

/// The bucket stops answering at the `nth` group of the journal: nothing begins any more, nothing
/// that was done is lost, and the next run goes on from there.
fn vanishes_at(nth: usize) {
    let bucket = Bucket::make();
    let line = Line::until(bucket.moto.endpoint(), "PUT /states/net/work.tfstate.tfjournal/", nth);
    let context = bucket.context(&line.endpoint, CHAIN).env("AWS_MAX_ATTEMPTS", "2");
    context.good(&["init"]);
    context
        .run(&["apply", "-auto-approve"])
        .expect_code(1)
        .expect_text("Failed to save the state")
        .expect_text("errored.tfstate");
    let errored: Value = serde_json::from_str(&context.read("errored.tfstate")).unwrap();
    let made = |state: &Value| -> Vec<(String, String)> {
        let resources = state["resources"].as_array().cloned().unwrap_or_default();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        resources.iter().map(|r| (text(&r["name"]), text(&r["instances"][0]["attributes"]["id"]))).collect()
    };
    assert!(made(&errored).len() < 3, "it went on without a journal: {errored}");
    context.run(&["plan"]).expect_code(1).expect_text("Failed to load state");

    line.mend();
    // The lease of the broken run is still there.
    let id = bucket.object("net/work.tfstate.tflock")["ID"].as_str().unwrap().to_owned();
    context.good(&["force-unlock", "-force", &id]);
    context.good(&["apply", "-auto-approve"]);
    let state = bucket.object("net/work.tfstate");
    assert_eq!(made(&state).len(), 3);
    for object in made(&errored) {
        assert!(made(&state).contains(&object), "{object:?} was forgotten: {state}");
    }
    assert_eq!(bucket.keys(), json!(["net/work.tfstate"]));
    context.run(&["plan", "-detailed-exitcode"]).expect_code(0);
}

#[test]
fn a_bucket_that_vanishes_before_anything_loses_nothing() {
    vanishes_at(1);
}

#[test]
fn a_bucket_that_vanishes_after_an_operation_loses_nothing() {
    vanishes_at(2);
    vanishes_at(4);
}

#[test]
fn terraform_and_terrane_share_a_bucket() {
    let Some(terraform) = terraform_on_path() else {
        println!("skipped: there is no terraform on the PATH");
        return;
    };
    let bucket = Bucket::make();
    let table = |context: TestContext| {
        context.edit("main.tf", "use_lockfile = true", "use_lockfile = true\n    dynamodb_table = \"locks\"");
        context
    };
    let terrane = table(bucket.context(bucket.moto.endpoint(), ONE));
    let terraform = table(bucket.context(bucket.moto.endpoint(), ONE).with_program(&terraform));
    terraform.good(&["init"]);
    terraform.good(&["apply", "-auto-approve"]);
    terraform.good(&["workspace", "new", "dev"]);
    terrane.good(&["init"]);
    terrane.run(&["plan", "-detailed-exitcode"]).expect_code(0);
    terrane.good(&["workspace", "list"]).expect_text("* default dev");
    terrane.good(&["apply", "-auto-approve", "-var=n=2"]);
    terraform.good(&["workspace", "select", "default"]);
    terraform.run(&["plan", "-detailed-exitcode", "-var=n=2"]).expect_code(0);

    // Each goes on with the directory that the other has initialized.
    terrane.write(".terraform/terraform.tfstate", &terraform.read(".terraform/terraform.tfstate"));
    terrane.run(&["plan", "-detailed-exitcode", "-var=n=2"]).expect_code(0);

    // And Terraform waits for a run of Terrane.
    let lock = json!({ "ID": "22222222-2222-3333-4444-555555555555", "Operation": "OperationTypeApply", "Info": "",
        "Who": "bob@here", "Version": "0.1.0", "Created": "2026-01-01T00:00:00Z", "Path": "s3://states/net/work.tfstate",
        "Host": "here", "Pid": 1, "Heartbeat": "2026-01-01T00:00:00Z", "Expires": "2099-01-01T00:00:00Z",
        "FencingToken": 1 });
    bucket.put("net/work.tfstate.tflock", &lock);
    for context in [&terraform, &terrane] {
        context
            .run(&["apply", "-auto-approve", "-var=n=3"])
            .expect_code(1)
            .expect_text("Error acquiring the state lock")
            .expect_text("bob@here");
    }
    terrane.good(&["force-unlock", "-force", "22222222-2222-3333-4444-555555555555"]);
    terraform.good(&["apply", "-auto-approve", "-var=n=4"]);
    terrane.good(&["apply", "-auto-approve", "-var=n=3"]);
}
