//! Backends other than files, each against a server of the test's own: a strict little imitation, or a
//! real PostgreSQL where there is one. What is expected of all of them is in `exercise`.
#![allow(clippy::unwrap_used)]

mod azurerm;
mod consul;
mod encryption;
mod exercise;
mod gcs;
mod http;
mod keys;
mod kubernetes;
mod pg;
mod s3;
mod server;

use serde_json::{Value, json};
use std::sync::Arc;
use terrane_backend::{Backend, Surroundings, arguments, configure, empty};

/// A backend of a kind with these arguments.
fn backend(kind: &str, given: Value, directory: &std::path::Path) -> Arc<dyn Backend> {
    backend_with(kind, given, directory, &[])
}

/// The same, with environment variables.
fn backend_with(
    kind: &str,
    given: Value,
    directory: &std::path::Path,
    variables: &[(&str, &str)],
) -> Arc<dyn Backend> {
    let mut values = empty(arguments(kind).unwrap());
    for (name, value) in given.as_object().unwrap() {
        let argument = arguments(kind).unwrap().iter().find(|a| a.name == name).unwrap();
        values.insert(name.clone(), argument.convert(value.clone()).unwrap());
    }
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let surroundings = Surroundings {
        data_dir: directory.to_owned(),
        variables: variables.collect(),
        ..Surroundings::default()
    };
    configure(kind, &values, &surroundings).unwrap()
}

/// Arguments of `azurerm` with those that are always needed.
fn azure(given: Value) -> Value {
    let mut all = json!({ "storage_account_name": "a", "container_name": "c", "key": "k" });
    all.as_object_mut().unwrap().extend(given.as_object().unwrap().clone());
    all
}

#[test]
fn states_that_read_the_same_are_told_apart_by_their_origins() {
    let directory = tempfile::tempdir().unwrap();
    let keys = [("AWS_ACCESS_KEY_ID", "a"), ("AWS_SECRET_ACCESS_KEY", "b")];
    let told = |kind: &str, given: Value| {
        let state = backend_with(kind, given, directory.path(), &keys).state("default");
        (state.location(), state.origin())
    };
    let bucket = |more: Value| {
        let mut all = json!({ "bucket": "states", "key": "k", "region": "eu-west-1" });
        all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        told("s3", all)
    };
    let on_aws = ("s3://states/k".to_owned(), String::new());
    assert_eq!(bucket(json!({})), on_aws);
    assert_eq!(bucket(json!({ "use_path_style": true, "region": "us-east-1" })), on_aws);
    let elsewhere = json!({ "s3": "https://storage.example:9000" });
    let other = ("s3://states/k".to_owned(), "storage.example:9000".to_owned());
    for path_style in [false, true] {
        assert_eq!(bucket(json!({ "endpoints": elsewhere, "use_path_style": path_style })), other);
    }
    let address =
        |query: &str| told("http", json!({ "address": format!("https://ann:pw@tf.example/state{query}") }));
    let plain = "https://tf.example/state".to_owned();
    assert_eq!(address("?project=a"), (plain.clone(), "project=a".to_owned()));
    assert_eq!(address(""), (plain, String::new()));
}

#[test]
fn arguments_that_are_missing_or_do_not_fit_are_named() {
    for (kind, given, problem) in [
        ("s3", json!({ "key": "k", "region": "r" }), "\"bucket\" is required"),
        ("s3", json!({ "bucket": "b", "key": "/k", "region": "r" }), "neither begin nor end"),
        ("s3", json!({ "bucket": "b", "key": "k" }), "AWS_REGION"),
        ("s3", json!({ "bucket": "b", "key": "k", "region": "r", "access_key": "a" }), "belong together"),
        ("s3", json!({ "bucket": "b", "key": "k", "region": "r", "sse_customer_key": "x" }), "32 bytes"),
        ("http", json!({}), "\"address\" is required"),
        ("http", json!({ "address": "ftp://x" }), "begins with http"),
        ("azurerm", json!({ "container_name": "c", "key": "k" }), "\"storage_account_name\" is required"),
        ("azurerm", azure(json!({ "key": "/k" })), "neither begin nor end"),
        ("azurerm", azure(json!({ "environment": "mars" })), "and is \"mars\""),
        ("azurerm", azure(json!({ "client_secret": "s" })), "\"tenant_id\" and \"client_id\" are required"),
        (
            "azurerm",
            azure(json!({ "use_oidc": true, "tenant_id": "t", "client_id": "c" })),
            "a token is needed",
        ),
        ("azurerm", azure(json!({ "use_cli": false })), "Nothing says who asks Azure"),
        ("gcs", json!({}), "\"bucket\" is required"),
        ("gcs", json!({ "bucket": "b", "encryption_key": "x" }), "32 bytes"),
        ("pg", json!({ "conn_str": "nonsense=1" }), "no connection string"),
        ("consul", json!({}), "\"path\" is required"),
        ("kubernetes", json!({}), "\"secret_suffix\" is required"),
        ("kubernetes", json!({ "secret_suffix": "x" }), "not known where Kubernetes is"),
        ("elsewhere", json!({}), "no backend of type"),
    ] {
        let values = given.as_object().unwrap();
        let Err(error) = configure(kind, values, &Surroundings::default()) else { panic!("{kind} {given}") };
        assert!(error.0.contains(problem), "{kind} {given}: {error}");
    }
    let s3 = arguments("s3").unwrap();
    let argument = |name: &str| s3.iter().find(|a| a.name == name).unwrap();
    assert_eq!(argument("encrypt").convert(json!("true")), Ok(json!(true)));
    assert_eq!(argument("max_retries").convert(json!("7")), Ok(json!(7)));
    assert!(argument("encrypt").convert(json!("yes")).unwrap_err().contains("true or false"));
    assert!(argument("endpoints").convert(json!({ "s4": "x" })).unwrap_err().contains("no attribute \"s4\""));
}
