//! `drift` as a program: stacks, fleets, rules, exit codes, and what is left untouched.
#![allow(clippy::unwrap_used)]

mod project;

use project::Project;
use std::collections::BTreeMap;
use std::path::Path;

const ONE: &str = "resource \"terraform_data\" \"a\" {\n  input = \"x\"\n}\n";

/// A directory of stacks, each applied.
fn fleet(names: &[&str]) -> Project {
    let project = Project::new(&[]);
    for name in names {
        project.write(&format!("{name}/main.tf"), ONE);
        let (code, text) = project.text(&[&format!("-chdir={name}"), "apply", "-auto-approve"]);
        assert_eq!(code, 0, "{text}");
    }
    project
}

/// Every file below a directory with its content.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => drop(found.insert(path.display().to_string(), std::fs::read(&path).unwrap())),
        }
    }
    found
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn a_stack_without_drift_is_clean_and_left_as_it_is() {
    let project = fleet(&["one"]);
    let before = files(project.path());
    let ran = project.run(&["-chdir=one", "drift"]);
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert!(ran.out.contains("no drift") && ran.out.contains("1 of 1 object read in 1 stack"), "{}", ran.out);
    let ran = project.run(&["-chdir=one", "drift", "-json"]);
    let report = json(&ran.out);
    assert_eq!((report["conclusion"].as_str(), report["exit_code"].as_u64()), (Some("clean"), Some(0)));
    assert_eq!(report["stacks"][0]["serial"], 1);
    assert_eq!(files(project.path()), before, "drift wrote something");
}

#[test]
fn one_broken_stack_does_not_stop_the_others() {
    let project = fleet(&["live/a", "live/b", "live/c"]);
    project.write("live/b/main.tf", "resource \"terraform_data\" \"a\" {\n");
    project.write("live/modules/shared/main.tf", ONE);
    let ran = project.run(&["drift", "-recursive=live", "-json"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    let report = json(&ran.out);
    let stacks: Vec<_> = (report["stacks"].as_array().unwrap().iter())
        .map(|s| (s["name"].as_str().unwrap(), s["status"].as_str().unwrap()))
        .collect();
    assert_eq!(stacks, [("live/a", "clean"), ("live/b", "failed"), ("live/c", "clean")]);
    assert_eq!(report["summary"]["read"], 2);
    let text = project.run(&["drift", "-recursive=live"]).out;
    assert!(text.contains("live/b: failed") && text.contains("of which 1 could not be read"), "{text}");
}

#[test]
fn a_run_that_could_read_nothing_failed() {
    let project = fleet(&["live/a"]);
    project.write("live/a/terraform.tfstate", "no state");
    assert_eq!(project.run(&["drift", "-recursive=live"]).code, 1);
    let ran = project.run(&["-chdir=live/a", "drift"]);
    assert_eq!(ran.code, 1);
    assert!(ran.err.contains("Failed to load state"), "{}", ran.err);
    let (code, text) = project.text(&["drift", "-recursive=nowhere"]);
    assert_eq!(code, 1);
    assert!(text.contains("Stacks not found"), "{text}");
}

#[test]
fn shards_look_at_every_stack_once() {
    let names: Vec<String> = (0..6).map(|n| format!("live/{n}")).collect();
    let project = fleet(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let mut seen: Vec<String> = Vec::new();
    for shard in ["1/3", "2/3", "3/3"] {
        let ran = project.run(&["drift", "-recursive=live", "-shard", shard, "-json"]);
        let report = json(&ran.out);
        assert_eq!(report["shard"], shard);
        seen.extend(
            report["stacks"].as_array().unwrap().iter().map(|s| s["name"].as_str().unwrap().to_owned()),
        );
    }
    seen.sort();
    assert_eq!(seen, names);
    assert!(project.text(&["drift", "-shard=4/3"]).1.contains("i/n is needed"));
    assert!(project.text(&["drift", "-type=a_*"]).1.contains("Required: -unmanaged."));
}

#[test]
fn expired_and_broken_rules_are_told() {
    let project = fleet(&["one"]);
    let rule = |expires: &str| {
        format!(
            "ignore \"old\" {{\n  addresses = [\"*\"]\n  reason = \"r\"\n  owner = \"o\"\n  expires = \"{expires}\"\n}}\n"
        )
    };
    project.write("one/drift.terrane.hcl", &rule("2020-01-31"));
    let ran = project.run(&["-chdir=one", "drift"]);
    assert_eq!(ran.code, 0);
    assert!(ran.out.contains("\"old\" (drift.terrane.hcl:1) expired on 2020-01-31"), "{}", ran.out);
    project.write("one/drift.terrane.hcl", &rule("never"));
    let ran = project.run(&["-chdir=one", "drift"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("Invalid drift rule: drift.terrane.hcl:5: "), "{}", ran.out);
    let (code, text) = project.text(&["-chdir=one", "drift", "-rules=missing.hcl"]);
    assert_eq!(code, 1);
    assert!(text.contains("missing.hcl does not exist"), "{text}");
}

/// A rule for all that is broken is told with its place, hides nothing, and keeps nobody from being looked at.
#[test]
fn a_broken_rule_for_all_stacks_does_not_stop_the_run() {
    let project = fleet(&["live/a", "live/b"]);

    let good = "ignore \"good\" {\n  addresses = [\"none.*\"]\n  reason = \"r\"\n  owner = \"o\"\n  expires = \"2099-01-01\"\n}\n";
    let broken = "ignore \"broken\" {\n  addresses = [\"*\"]\n  reason = \"r\"\n  owner = \"o\"\n}\n";
    project.write("live/drift.terrane.hcl", &format!("{good}{broken}"));
    let ran = project.run(&["drift", "-recursive=live", "-json"]);
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    let report = json(&ran.out);
    assert_eq!(
        (report["conclusion"].as_str(), report["summary"]["read"].as_u64()),
        (Some("partial"), Some(2))
    );
    let problem = &report["problems"][0];
    assert!(problem["detail"].as_str().unwrap().starts_with("live/drift.terrane.hcl:7: "), "{problem}");
    assert_eq!(report["rules"]["unused"][0]["name"], "good");
    let text = project.run(&["drift", "-recursive=live"]).out;
    assert!(text.contains("live/drift.terrane.hcl:7: "), "{text}");
    // A file that cannot be read at all is no other case.
    project.write("live/drift.terrane.hcl", "ignore {");
    let ran = project.run(&["drift", "-recursive=live"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    assert!(ran.out.contains("live/drift.terrane.hcl:1: "), "{}", ran.out);
}

#[test]
fn a_backend_that_nobody_initialised_is_taken_from_the_configuration() {
    let project = Project::new(&[]);
    let backend = "terraform {\n  backend \"local\" {\n    path = \"kept/state.json\"\n  }\n}\n";
    project.write("one/main.tf", &format!("{backend}{ONE}"));
    assert_eq!(project.text(&["-chdir=one", "init"]).0, 0);
    assert_eq!(project.text(&["-chdir=one", "apply", "-auto-approve"]).0, 0);
    std::fs::remove_dir_all(project.path().join("one/.terraform")).unwrap();
    let ran = project.run(&["drift", "-recursive=.", "-json"]);
    let report = json(&ran.out);
    assert_eq!((ran.code, report["summary"]["read"].as_u64()), (0, Some(1)), "{}", ran.out);
    assert!(!project.path().join("one/.terraform").exists());
}

#[test]
fn reports_are_written_and_the_webhook_is_told_only_when_there_is_something_to_tell() {
    use std::io::{BufRead, BufReader, Read, Write};
    let mut project = fleet(&["live/a", "live/b"]);
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/hook", server.local_addr().unwrap());
    project.variables.push(("TERRANE_DRIFT_WEBHOOK", address));
    let outputs = ["-markdown=out/drift.md", "-junit=out/drift.xml", "-html=out/drift.html"];
    let arguments = [&["drift", "-recursive=live"], &outputs[..]].concat();
    assert_eq!(project.run(&arguments).code, 0);
    assert!(project.read("out/drift.md").starts_with("# Drift: no drift"));
    assert!(project.read("out/drift.xml").contains("<testsuite name=\"live/a\""));
    assert!(project.read("out/drift.html").starts_with("<!DOCTYPE html>"));

    project.write("live/b/terraform.tfstate", "no state");
    let told = std::thread::spawn(move || {
        let (stream, _) = server.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            reader.read_line(&mut line).unwrap();
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            if line.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        reader.get_mut().write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
        String::from_utf8(body).unwrap()
    });
    // The first message that the server gets is this one.
    assert_eq!(project.run(&arguments).code, 3);
    let message = json(&told.join().unwrap());
    assert!(message["blocks"][2]["text"]["text"].as_str().unwrap().contains("live/b"), "{message}");

    project.variables.pop();
    let ran = project.run(&["drift", "-recursive=live", "-webhook=http://127.0.0.1:1/secret"]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("the webhook was not told") && !ran.err.contains("secret"), "{}", ran.err);
}
