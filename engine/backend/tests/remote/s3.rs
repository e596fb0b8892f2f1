//! The `s3` backend against an imitation of S3 and STS that looks at every header: who asks, and how
//! objects are to be encrypted. It has conditional writes.

use crate::backend_with;
use crate::exercise::{Without, exercise};
use crate::server::{Answer, Request, serve};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Service {
    /// Content and entity tag.
    objects: BTreeMap<String, (Vec<u8>, String)>,
    version: u64,
    /// What requests for objects have to say, and what writes have to.
    headers: Vec<(&'static str, String)>,
    write_headers: Vec<(&'static str, String)>,
    /// The parameters of calls of STS, and who called.
    roles: Vec<(BTreeMap<String, String>, String)>,
    /// The access keys of requests for objects, and their session tokens.
    who: BTreeSet<(String, String)>,
}

fn refuse(status: u16, code: &str) -> Answer {
    Answer::new(status, format!("<Error><Code>{code}</Code><Message>It was {code}.</Message></Error>"))
}

/// The access key that signed a request.
fn signer(request: &Request) -> String {
    let (_, credential) = request.header("authorization").split_once("Credential=").unwrap_or_default();
    credential.split('/').next().unwrap_or_default().to_owned()
}

impl Service {
    fn assume(&mut self, request: &Request) -> Answer {
        let form = String::from_utf8(request.body.clone()).unwrap();
        let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
        let form: BTreeMap<String, String> = pairs
            .map(|(name, value)| (name.to_owned(), crate::server::decoded(&value.replace('+', " "))))
            .collect();
        if form["RoleArn"].ends_with("forbidden") {
            return refuse(403, "AccessDenied");
        }
        let key = format!("ROLE{}", self.roles.len());
        self.roles.push((form, signer(request)));
        Answer::new(
            200,
            format!(
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>\
                 secret</SecretAccessKey><SessionToken>session of {key}</SessionToken><Expiration>2099-01-01T00:00:00Z\
                 </Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
            ),
        )
    }

    fn object(&mut self, request: &Request) -> Answer {
        self.who.insert((signer(request), request.header("x-amz-security-token").to_owned()));
        if request.query.contains_key("list-type") {
            let prefix = request.query["prefix"].as_str();
            let keys = self.objects.keys().filter(|key| key.starts_with(prefix));
            let listed: String = keys.map(|key| format!("<Contents><Key>{key}</Key></Contents>")).collect();
            return Answer::new(200, format!("<ListBucketResult>{listed}</ListBucketResult>"));
        }
        let key = crate::server::decoded(request.path.strip_prefix("/states/").unwrap());
        let writes = request.method == "PUT";
        let wanted = self.headers.iter().filter(|_| request.method != "DELETE");
        let mut wanted = wanted.chain(self.write_headers.iter().filter(|_| writes));
        if let Some((name, value)) = wanted.find(|(name, value)| request.header(name) != value) {
            return refuse(
                400,
                &format!("InvalidRequest: {name} is {:?} and not {value:?}", request.header(name)),
            );
        }
        match request.method.as_str() {
            "GET" => match self.objects.get(&key) {
                Some((content, tag)) => Answer::new(200, content.clone()).with("etag", tag),
                None => refuse(404, "NoSuchKey"),
            },
            "PUT" => {
                let present = self.objects.get(&key).map(|(_, tag)| tag.as_str());
                let free = request.header("if-none-match") == "*" && present.is_none();
                if !free && present != Some(request.header("if-match")) {
                    return refuse(412, "PreconditionFailed");
                }
                self.version += 1;
                let tag = format!("\"{}\"", self.version);
                self.objects.insert(key, (request.body.clone(), tag.clone()));
                Answer::new(200, "").with("etag", tag)
            }
            "DELETE" => {
                self.objects.remove(&key);
                Answer::new(204, "")
            }
            _ => refuse(405, "MethodNotAllowed"),
        }
    }
}

/// A service, and its address.
fn start(service: Service) -> (String, Arc<Mutex<Service>>) {
    let service = Arc::new(Mutex::new(service));
    let shared = service.clone();
    let address = serve(move |request| {
        let mut service = shared.lock().unwrap();
        if request.path.starts_with("/states") { service.object(&request) } else { service.assume(&request) }
    });
    (address, service)
}

fn bucket(address: &str, more: Value) -> Arc<dyn terrane_backend::Backend> {
    let mut given = json!({
        "bucket": "states", "key": "net/core.tfstate", "region": "eu-west-1", "use_lockfile": true,
        "use_path_style": true, "access_key": "ANN", "secret_key": "hers",
        "skip_requesting_account_id": true, "endpoints": { "s3": address, "sts": address },
    });
    given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    backend_with("s3", given, std::path::Path::new("."), &[])
}

#[tokio::test]
async fn every_way_to_encrypt_objects_is_asked_for_in_every_request_that_needs_it() {
    let key = STANDARD.encode([7; 32]);
    let owned = |headers: &[(&'static str, &str)]| -> Vec<(&'static str, String)> {
        headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    };
    let side = "x-amz-server-side-encryption";
    for (given, headers, write_headers) in [
        (
            json!({ "encrypt": true, "acl": "bucket-owner-full-control" }),
            owned(&[]),
            owned(&[(side, "AES256"), ("x-amz-acl", "bucket-owner-full-control")]),
        ),
        (
            json!({ "encrypt": true, "kms_key_id": "arn:aws:kms:eu-west-1:1:key/k" }),
            owned(&[]),
            owned(&[
                (side, "aws:kms"),
                ("x-amz-server-side-encryption-aws-kms-key-id", "arn:aws:kms:eu-west-1:1:key/k"),
            ]),
        ),
        (
            json!({ "encrypt": true, "sse_customer_key": key }),
            owned(&[
                ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
                ("x-amz-server-side-encryption-customer-key", &key),
                // The digest of 32 bytes of 7.
                ("x-amz-server-side-encryption-customer-key-md5", "y4HAEFCYWuvAXWFTtA1Qpg=="),
            ]),
            owned(&[(side, "")]),
        ),
    ] {
        let (address, service) = start(Service { headers, write_headers, ..Service::default() });
        exercise(&bucket(&address, given), Without::default()).await;
        let service = service.lock().unwrap();
        let names: Vec<&str> = service.objects.keys().map(String::as_str).collect();
        assert_eq!(names, ["env:/a-b/net/core.tfstate", "net/core.tfstate"]);
        assert_eq!(service.who, [("ANN".to_owned(), String::new())].into());
    }
}

#[tokio::test]
async fn roles_are_assumed_once_and_refusals_told() {
    let (address, service) = start(Service::default());
    let role = |name: &str| {
        json!({ "assume_role": {
            "role_arn": format!("arn:aws:iam::123456789012:role/{name}"), "session_name": "ci run", "external_id": "x&1",
            "duration": "1h30m", "policy_arns": ["arn:p1", "arn:p2"], "tags": { "team": "net" },
            "transitive_tag_keys": ["team"], "source_identity": "ann",
        } })
    };
    exercise(&bucket(&address, role("states")), Without::default()).await;
    let (roles, who) = {
        let service = service.lock().unwrap();
        (service.roles.clone(), service.who.clone())
    };
    assert_eq!(roles.len(), 1);
    let (form, caller) = &roles[0];
    assert_eq!(caller, "ANN");
    let told: Vec<(&str, &str)> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(
        told,
        [
            ("Action", "AssumeRole"),
            ("DurationSeconds", "5400"),
            ("ExternalId", "x&1"),
            ("PolicyArns.member.1.arn", "arn:p1"),
            ("PolicyArns.member.2.arn", "arn:p2"),
            ("RoleArn", "arn:aws:iam::123456789012:role/states"),
            ("RoleSessionName", "ci run"),
            ("SourceIdentity", "ann"),
            ("Tags.member.1.Key", "team"),
            ("Tags.member.1.Value", "net"),
            ("TransitiveTagKeys.member.1", "team"),
            ("Version", "2011-06-15"),
        ]
    );
    assert_eq!(who, [("ROLE0".to_owned(), "session of ROLE0".to_owned())].into());
    let error = bucket(&address, role("forbidden")).state("default").read().await.unwrap_err().to_string();
    assert!(error.contains("role/forbidden") && error.contains("AccessDenied"), "{error}");
}
