//! Buckets: S3 behind a server that checks signatures, and Google Cloud Storage.

use crate::server::{Answer, Asked, Server};
use crate::{Project, has, text, zipped};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG";

/// The signature that a request must have, worked out from what arrived.
fn expected(asked: &Asked) -> Option<String> {
    let authorization = asked.header("authorization").strip_prefix("AWS4-HMAC-SHA256 ")?;
    let field = |name: &str| {
        authorization.split(", ").find_map(|f| f.strip_prefix(name)).map(str::to_owned).unwrap_or_default()
    };
    let credential = field("Credential=");
    let (id, scope) = credential.split_once('/')?;
    let names = field("SignedHeaders=");
    let time = asked.header("x-amz-date");
    let fresh = jiff::Timestamp::now().strftime("%Y%m%dT").to_string();
    let signed: Vec<&str> = names.split(';').collect();
    let needed = ["host", "x-amz-content-sha256", "x-amz-date"];
    if id != "AKID" || !time.starts_with(&fresh) || !needed.iter().all(|name| signed.contains(name)) {
        return None;
    }
    let headers: String = signed.iter().map(|name| format!("{name}:{}\n", asked.header(name))).collect();
    let request = format!(
        "{}\n{}\n{}\n{headers}\n{names}\n{}",
        asked.method,
        asked.path(),
        asked.query(),
        asked.header("x-amz-content-sha256")
    );
    let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", crate::sha256(request.as_bytes()));
    let key = scope.split('/').fold(format!("AWS4{SECRET}").into_bytes(), |key, part| mac(&key, part));
    let signature: String = mac(&key, &text).iter().map(|b| format!("{b:02x}")).collect();
    (scope.contains("/eu-west-1/s3/") && signature == field("Signature=")).then_some(signature)
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn bucket(asked: &Asked) -> Answer {
    match asked.path() {
        "/public/x.zip" if asked.header("authorization").is_empty() => {
            Answer::ok(zipped(&[("main.tf", "# public")]))
        }
        _ if expected(asked).is_none() => Answer::new(403),
        "/b/a%20dir/x%2By.zip" => Answer::ok(zipped(&[("main.tf", "# s3"), ("sub/main.tf", "# sub")])),
        "/b/old.zip" if asked.query() == "versionId=v%2F1" => Answer::ok(zipped(&[("main.tf", "# old")])),
        "/b/token.zip" if asked.header("x-amz-security-token") == "session" => {
            Answer::ok(zipped(&[("main.tf", "# token")]))
        }
        _ => Answer::new(404),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_to_s3_are_signed() {
    let server = Server::http(bucket).await;
    let source = |rest: &str| format!("s3::{}", server.url(rest));
    let mut project = Project::new();
    project.set("AWS_ACCESS_KEY_ID", "AKID");
    project.set("AWS_SECRET_ACCESS_KEY", SECRET);
    project.set("AWS_REGION", "eu-west-1");
    for (rest, content) in [
        ("/b/a%20dir/x+y.zip", "# s3"),
        ("/b/a%20dir/x%2By.zip//sub?region=eu-west-1", "# sub"),
        ("/b/old.zip?version=v/1", "# old"),
    ] {
        let dir = project.installed(&source(rest), "").await;
        assert_eq!(text(&dir, "main.tf"), content, "{rest}");
    }
    project.set("AWS_SESSION_TOKEN", "session");
    let dir = project.installed(&source("/b/token.zip"), "").await;
    assert_eq!(text(&dir, "main.tf"), "# token");

    // Credentials of a profile, of the address, and none.
    let mut project = Project::new();
    std::fs::create_dir(project.path("home/.aws")).unwrap();
    let profile = format!("[work]\naws_access_key_id = AKID\naws_secret_access_key = {SECRET}\n");
    std::fs::write(project.path("home/.aws/credentials"), profile).unwrap();
    let answer = format!("{{\"Version\": 1, \"AccessKeyId\": \"AKID\", \"SecretAccessKey\": \"{SECRET}\"}}");
    std::fs::write(project.path("keys.json"), answer).unwrap();
    let process =
        format!("[profile process]\ncredential_process = cat {}\n", project.path("keys.json").display());
    std::fs::write(project.path("home/.aws/config"), process).unwrap();
    project.installed(&source("/b/a%20dir/x+y.zip?aws_profile=process&region=eu-west-1"), "").await;
    project.installed(&source("/b/a%20dir/x+y.zip?aws_profile=work&region=eu-west-1"), "").await;
    let keys = format!("aws_access_key_id=AKID&aws_access_key_secret={}", SECRET.replace('/', "%2F"));
    project.installed(&source(&format!("/b/a%20dir/x+y.zip?{keys}&region=eu-west-1")), "").await;
    assert!(!project.said().concat().contains(SECRET) && !project.said().concat().contains("AKID"));
    project.installed(&source("/public/x.zip"), "").await;
    project.set("AWS_PROFILE", "work");
    std::fs::remove_dir_all(project.modules()).unwrap();
    let error = project.refused(&source("/b/a%20dir/x+y.zip"), "").await;
    has(&error, &["answered 403", "signed for region us-east-1 with the access key AKID"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_s3_refuses() {
    let server = Server::http(bucket).await;
    let source = |rest: &str| format!("s3::{}", server.url(rest));
    let mut project = Project::new();
    has(&project.refused(&source("/b/x.zip"), "").await, &["answered 403", "No AWS credentials were found"]);
    has(&project.refused(&source("/b/x"), "").await, &["must be archives", "archive=KIND"]);
    project.set("AWS_ACCESS_KEY_ID", "AKID");
    project.set("AWS_SECRET_ACCESS_KEY", SECRET);
    project.set("AWS_REGION", "eu-west-1");
    has(&project.refused(&source("/b/none.zip"), "").await, &["answered 404", "Check the address"]);
    has(&project.refused(&source("/b/x.zip?aws_profile=none"), "").await, &["AWS profile \"none\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn google_cloud_storage() {
    let server = Server::https(|asked| match (asked.path(), asked.header("authorization")) {
        ("/token", _) => {
            let body = String::from_utf8(asked.body.clone()).unwrap();
            assert!(asked.method == "POST" && body.contains("refresh_token=refresh%2Fme"), "{body}");
            Answer::ok("{\"access_token\": \"fresh\", \"expires_in\": 3600}")
        }
        ("/storage/v1/b/bucket/o/dir%2Fa%20b.zip", "Bearer fresh" | "Bearer given" | "Bearer machine")
            if asked.query() == "alt=media" =>
        {
            Answer::ok(zipped(&[("main.tf", "# gcs")]))
        }
        _ => Answer::new(401),
    })
    .await;
    let source = format!("gcs::{}", server.url("/storage/v1/bucket/dir/a%20b.zip"));
    let mut project = Project::trusting(&server);
    has(&project.refused(&source, "").await, &["answered 401", "No Google credentials were found"]);
    let credentials = format!(
        "{{\"type\": \"authorized_user\", \"client_id\": \"c\", \"client_secret\": \"s\", \"refresh_token\": \
         \"refresh/me\", \"token_uri\": \"{}\"}}",
        server.url("/token")
    );
    std::fs::write(project.path("adc.json"), credentials).unwrap();
    project.set("GOOGLE_APPLICATION_CREDENTIALS", &project.path("adc.json").display().to_string());
    let dir = project.installed(&source, "").await;
    assert_eq!(text(&dir, "main.tf"), "# gcs");
    project.set("GOOGLE_OAUTH_ACCESS_TOKEN", "given");
    project.installed(&source, "").await;
    assert_eq!(server.count("/token"), 1);

    let machine = Server::http(|asked| {
        let path = "/computeMetadata/v1/instance/service-accounts/default/token";
        match asked.path() == path && asked.header("metadata-flavor") == "Google" {
            true => Answer::ok(
                "{\"access_token\": \"machine\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}",
            ),
            false => Answer::new(404),
        }
    })
    .await;
    let mut on_machine = Project::trusting(&server);
    on_machine.set("NO_GCE_CHECK", "false");
    on_machine.set("GCE_METADATA_HOST", &machine.host());
    on_machine.installed(&source, "").await;
    let project = Project::trusting(&server);
    has(&project.refused(&format!("gcs::{}", server.url("/x.zip")), "").await, &["no address of an object"]);
}
