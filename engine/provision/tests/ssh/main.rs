//! `remote-exec` and `file` against an SSH server in this process, which runs commands with the shell
//! of this machine.
#![allow(clippy::unwrap_used)]

mod server;

use russh::keys::ssh_key::LineEnding;
use server::Server;
use std::sync::Mutex;
use terrane_diagnostics::Diagnostic;
use terrane_provision::{Provisioning, provision};
use terrane_value::{Type, Value};

fn object(parts: &[(&str, Value)]) -> Value {
    Value::object(parts.iter().map(|(name, value)| (*name, value.clone())))
}

fn list(texts: &[&str]) -> Value {
    Value::list(Type::String, texts.iter().map(|text| Value::from(*text)))
}

/// A connection to a server with its key; what is in `more` comes on top.
fn to(server: &Server, more: &[(&str, Value)]) -> Value {
    let key = server.client_key.to_openssh(LineEnding::LF).unwrap().to_string();
    let base = object(&[
        ("host", Value::from("127.0.0.1")),
        ("port", Value::from(server.port.to_string())),
        ("user", Value::from("somebody")),
        ("private_key", Value::from(key)),
        ("agent", Value::FALSE),
        ("timeout", Value::from("5s")),
    ]);
    let mut parts: Vec<(String, Value)> =
        base.as_map().unwrap().iter().map(|(name, value)| (name.to_string(), value.clone())).collect();
    for (name, value) in more {
        parts.retain(|(known, _)| known != name);
        parts.push(((*name).to_owned(), value.clone()));
    }
    Value::object(parts)
}

async fn ran(kind: &str, config: Value, connection: Value) -> (Vec<String>, Result<(), Diagnostic>) {
    let lines = Mutex::new(Vec::new());
    let provisioning = Provisioning { kind: kind.into(), config, connection, sensitive: false };
    let result = provision(&provisioning, &|line| lines.lock().unwrap().push(line)).await;
    let mut lines = lines.into_inner().unwrap();
    let said = lines.iter().position(|line| line == "Connected!").map_or(lines.len(), |at| at + 1);
    (lines.split_off(said), result)
}

#[tokio::test]
async fn scripts_run_and_their_output_comes_line_by_line() {
    let server = Server::start().await;
    let config = object(&[("inline", list(&["echo one", "echo two >&2", "printf three"]))]);
    let (mut lines, result) = ran("remote-exec", config, to(&server, &[])).await;
    assert_eq!(result, Ok(()));
    // The two outputs have no order between them.
    lines.sort();
    assert_eq!(lines, ["one", "three", "two"]);
    assert_eq!(server.users(), ["somebody by key"]);

    let (_, result) = ran("remote-exec", object(&[("inline", list(&["exit 3"]))]), to(&server, &[])).await;
    assert!(result.unwrap_err().detail.ends_with("ended with exit status 3."));
}

#[tokio::test]
async fn several_scripts_run_in_order_until_one_fails() {
    let server = Server::start().await;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    std::fs::write(path("a"), "#!/bin/sh\necho a\n").unwrap();
    std::fs::write(path("b"), "#!/bin/sh\necho b; exit 9\n").unwrap();
    let (a, b) = (path("a"), path("b"));
    let config = object(&[("scripts", list(&[&a, &b, &a]))]);
    let target = to(&server, &[("script_path", Value::from(path("it %RAND%'s.sh")))]);
    let (lines, result) = ran("remote-exec", config, target.clone()).await;
    assert_eq!(lines, ["a", "b"]);
    assert!(result.unwrap_err().detail.contains("exit status 9"));
    assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 2, "nothing stays behind");
    let (_, result) = ran("remote-exec", object(&[("script", Value::from("/no/such"))]), target).await;
    assert_eq!(result.unwrap_err().summary, "Failed to read script");
}

#[tokio::test]
async fn files_and_directories_arrive_as_they_are() {
    let server = Server::start().await;
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
    let large: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    std::fs::create_dir_all(path("from/deep")).unwrap();
    std::fs::write(path("from/large"), &large).unwrap();
    std::fs::write(path("from/deep/small"), "x").unwrap();
    std::fs::create_dir(path("to")).unwrap();
    let file = |source: &str, destination: &str| {
        object(&[("source", Value::from(path(source))), ("destination", Value::from(path(destination)))])
    };
    for (source, destination) in [("from/large", "to/copy"), ("from", "to"), ("from/", "to/flat")] {
        let (_, result) = ran("file", file(source, destination), to(&server, &[])).await;
        assert_eq!(result, Ok(()), "{source}");
    }
    for copy in ["to/copy", "to/from/large", "to/flat/large"] {
        assert!(std::fs::read(path(copy)).unwrap() == large, "{copy}");
    }
    assert_eq!(std::fs::read_to_string(path("to/flat/deep/small")).unwrap(), "x");

    let content = object(&[("content", Value::from("hi\n")), ("destination", Value::from(path("to/hi")))]);
    assert_eq!(ran("file", content, to(&server, &[])).await.1, Ok(()));
    assert_eq!(std::fs::read_to_string(path("to/hi")).unwrap(), "hi\n");
    let (_, result) = ran("file", file("from/large", "nowhere/x"), to(&server, &[])).await;
    assert_eq!(result.unwrap_err().summary, "Upload failed");
}

#[tokio::test]
async fn there_are_several_ways_in() {
    let (server, bastion) = (Server::start().await, Server::start().await);
    let hello = || object(&[("inline", list(&["echo hello"]))]);
    let none = Value::null(Type::String);
    let password = [("private_key", none.clone()), ("password", Value::from("open sesame"))];
    assert_eq!(ran("remote-exec", hello(), to(&server, &password)).await.0, ["hello"]);
    assert_eq!(server.users(), ["somebody by password"]);

    let key = bastion.client_key.to_openssh(LineEnding::LF).unwrap().to_string();
    let through = [
        ("bastion_host", Value::from("127.0.0.1")),
        ("bastion_port", Value::from(i64::from(bastion.port))),
        ("bastion_user", Value::from("doorman")),
        ("bastion_private_key", Value::from(key)),
    ];
    assert_eq!(ran("remote-exec", hello(), to(&server, &through)).await.0, ["hello"]);
    assert_eq!(
        (server.users(), bastion.users()),
        (vec!["somebody by key".into()], vec!["doorman by key".into()])
    );

    let wrong = [("private_key", none), ("password", Value::from("shut")), ("timeout", Value::from("1s"))];
    let (lines, result) = ran("remote-exec", hello(), to(&server, &wrong)).await;
    assert!(lines.is_empty() && result.unwrap_err().detail.contains("does not accept the credentials"));
}

#[tokio::test]
async fn the_host_key_is_checked_where_it_is_known() {
    let (server, other) = (Server::start().await, Server::start().await);
    let hello = || object(&[("inline", list(&["echo hello"]))]);
    let known = |of: &Server| [("host_key", Value::from(of.host_key.to_openssh().unwrap()))];
    assert_eq!(ran("remote-exec", hello(), to(&server, &known(&server))).await.0, ["hello"]);
    let (lines, result) = ran("remote-exec", hello(), to(&server, &known(&other))).await;
    assert!(lines.is_empty() && result.unwrap_err().detail.contains("another host key"));
    let bad = [("host_key", Value::from("nonsense"))];
    assert!(
        ran("remote-exec", hello(), to(&server, &bad)).await.1.unwrap_err().detail.contains("no public key")
    );
}

#[tokio::test]
async fn what_cannot_be_is_refused_before_anything_is_sent() {
    let server = Server::start().await;
    let hello = || object(&[("inline", list(&["echo hello"]))]);
    for (more, reason) in [
        (("host", Value::from("")), "host for provisioner cannot be empty"),
        (("proxy_host", Value::from("p")), "bastion_host"),
        (("target_platform", Value::from("windows")), "must be \"unix\""),
        (("port", Value::from("x")), "no port number"),
        (("timeout", Value::from("soon")), "no duration"),
        (("private_key", Value::from("nonsense")), "cannot be used"),
    ] {
        let (_, result) = ran("remote-exec", hello(), to(&server, std::slice::from_ref(&more))).await;
        let detail = result.unwrap_err().detail;
        assert!(detail.contains(reason), "{}: {detail}", more.0);
    }
    let both = object(&[("inline", list(&["x"])), ("script", Value::from("y"))]);
    assert!(ran("remote-exec", both, to(&server, &[])).await.1.unwrap_err().detail.contains("Exactly one"));
    assert_eq!(server.users(), Vec::<String>::new());
}
