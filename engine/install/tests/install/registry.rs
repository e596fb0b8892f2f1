//! A registry of modules over TLS: discovery, versions, packages, tokens.

use crate::server::{Answer, Asked, Server};
use crate::{Project, has, text, zipped};
use std::collections::BTreeMap;
use terrane_install::{CredentialsHelper, HostSettings};

/// A registry with acme/net/aws in several versions, of which packages are archives beside it;
/// what is under `/private/` wants the token `letmein`.
fn registry(asked: &Asked) -> Answer {
    let allowed = asked.header("authorization") == "Bearer letmein";
    let path = asked.path();
    if let Some(version) = path.strip_prefix("/packages/").and_then(|p| p.strip_suffix(".zip")) {
        let content = format!("# {version}");
        return Answer::ok(zipped(&[("main.tf", &content), ("modules/inner/main.tf", "# inner")]));
    }
    match path {
        "/.well-known/terraform.json" => {
            Answer::ok("{\"modules.v1\": \"/v1/modules\", \"providers.v1\": \"/v1/providers/\"}")
        }
        "/v1/modules/acme/net/aws/versions" => {
            Answer::ok(versions(&["1.0.0", "1.2.0", "2.0.0", "3.0.0-rc1", "oddity"]))
        }
        "/v1/modules/acme/private/aws/versions" if allowed => Answer::ok(versions(&["1.0.0"])),
        "/v1/modules/acme/private/aws/versions" => Answer::new(401),
        "/v1/modules/acme/early/aws/versions" => Answer::ok(versions(&["0.1.0-alpha"])),
        "/v1/modules/acme/none/aws/versions" => Answer::ok(versions(&[])),
        "/v1/modules/acme/broken/aws/versions" => Answer::ok("<html>"),
        "/v1/modules/acme/down/aws/versions" => Answer::new(503),
        "/v1/modules/acme/lost/aws/versions" => Answer::ok(versions(&["1.0.0"])),
        "/v1/modules/acme/evil/aws/versions" => Answer::ok(versions(&["1.0.0"])),
        "/v1/modules/acme/evil/aws/1.0.0/download" => Answer::new(204).with("x-terraform-get", "file:///etc"),
        "/v1/modules/acme/body/aws/versions" => Answer::ok(versions(&["1.0.0"])),
        "/v1/modules/acme/body/aws/1.0.0/download" => {
            Answer::ok("{\"location\": \"/packages/body.zip//modules\"}")
        }
        path => {
            let version = path.strip_suffix("/download").and_then(|p| p.rsplit('/').next());
            match (version, path.contains("/lost/")) {
                (Some(version), false) => {
                    Answer::new(204).with("x-terraform-get", format!("/packages/{version}.zip?archive=zip"))
                }
                _ => Answer::new(404),
            }
        }
    }
}

fn versions(versions: &[&str]) -> String {
    let versions: Vec<String> = versions.iter().map(|v| format!("{{\"version\": \"{v}\"}}")).collect();
    format!("{{\"modules\": [{{\"versions\": [{}]}}]}}", versions.join(","))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_allowed_version_is_installed() {
    let server = Server::https(registry).await;
    let net = format!("{}/acme/net/aws", server.host());
    for (constraint, version) in [
        ("", "2.0.0"),
        ("~> 1.0", "1.2.0"),
        ("1.0.0", "1.0.0"),
        (">= 1.0, < 2.0, != 1.2.0", "1.0.0"),
        ("3.0.0-rc1", "3.0.0-rc1"),
    ] {
        let project = Project::trusting(&server);
        let (installed, problems) = project.install(&[("m", &net, constraint)]).await;
        assert!(problems.is_empty(), "{problems:?}");
        let module = &installed["m"];
        assert_eq!(module.version.as_deref(), Some(version), "{constraint:?}");
        assert_eq!(module.source, net);
        assert_eq!(text(&module.dir, "main.tf"), format!("# {version}"));
        assert_eq!(project.said(), [format!("{net} {version} for m")]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_list_of_versions_and_one_package_serve_several_modules() {
    let server = Server::https(registry).await;
    let net = format!("{}/acme/net/aws", server.host());
    let inner = format!("{net}//modules/inner");
    let body = format!("{}/acme/body/aws//inner", server.host());
    let project = Project::trusting(&server);
    let wanted = [("a", &*net, "~> 1.0"), ("b", &*inner, "1.2.0"), ("c", &*net, "1.0.0"), ("d", &*body, "")];
    let (installed, problems) = project.install(&wanted).await;
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(server.count("/net/aws/versions"), 1);
    assert_eq!(server.count("/packages/1.2.0.zip"), 1);
    assert_eq!(text(&installed["a"].dir, "main.tf"), "# 1.2.0");
    assert_eq!(installed["b"].dir, project.modules().join("b/modules/inner"));
    assert_eq!(text(&installed["c"].dir, "main.tf"), "# 1.0.0");
    assert_eq!(text(&installed["d"].dir, "main.tf"), "# inner", "subdirectories of both add up");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_registries_do_not_have() {
    let server = Server::https(registry).await;
    let project = Project::trusting(&server);
    let host = server.host();
    for (module, constraint, summary, parts) in [
        (
            "net",
            "~> 9.0",
            "Unresolvable module version constraint",
            &["matches \"~> 9.0\"", "newest available version is 2.0.0"][..],
        ),
        ("net", ">= 3.0.0-rc1", "Unresolvable module version constraint", &["names one exactly"]),
        (
            "early",
            "",
            "Unresolvable module version constraint",
            &["only prereleases", "0.1.0-alpha", "\"version\""],
        ),
        ("none", "", "Module has no versions", &["no versions"]),
        ("absent", "", "Error accessing remote module registry", &["has no module", "Check the source"]),
        ("broken", "", "Error accessing remote module registry", &["is not that of a registry"]),
        ("down", "", "Error accessing remote module registry", &["answered 503", "Try again later"]),
        ("lost", "", "Error accessing remote module registry", &["no package of version 1.0.0"]),
        ("evil", "", "Error accessing remote module registry", &["file of this machine"]),
        (
            "private",
            "",
            "Error accessing remote module registry",
            &["answered 401", "No token is configured", "TF_TOKEN_", "credentials \""],
        ),
    ] {
        let error = project.refused(&format!("{host}/acme/{module}/aws"), constraint).await;
        has(&error, &[summary, &format!("acme/{module}/aws")]);
        has(&error, parts);
    }
}

/// The program writes down that it was asked, and knows the token of every host; told `broken` it fails.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_program_knows_tokens() {
    let server = Server::https(registry).await;
    let host = server.host();
    let private = format!("{host}/acme/private/aws");
    let mut project = Project::trusting(&server);
    let asked = project.path("asked");
    let script = format!(
        "echo \"$@\" >> '{}'\nif [ \"$1\" = broken ]; then echo 'no such profile' >&2; exit 3; fi\n\
         echo '{{\"token\": \"letmein\"}}'",
        asked.display()
    );
    crate::program(&project.path("home/.terraform.d/plugins"), "terraform-credentials-store", &script);
    let helper = |name: &str, args: &[&str]| {
        Some(CredentialsHelper {
            name: name.into(),
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
        })
    };
    project.surroundings.cli.helper = helper("store", &["--quiet"]);
    let dir = project.installed(&private, "").await;
    assert_eq!(text(&dir, "main.tf"), "# 1.0.0");
    assert_eq!(std::fs::read_to_string(&asked).unwrap(), format!("--quiet get {host}\n"), "asked once");

    for (named, parts) in [
        (helper("store", &["broken"]), &["terraform-credentials-store failed", "no such profile"][..]),
        (helper("other", &[]), &["terraform-credentials-other was not found", "credentials_helper block"]),
    ] {
        let mut project = Project::trusting(&server);
        crate::program(&project.path("home/.terraform.d/plugins"), "terraform-credentials-store", &script);
        project.surroundings.cli.helper = named;
        has(&project.refused(&private, "").await, parts);
    }

    // What is configured goes first.
    let mut project = Project::trusting(&server);
    let settings = HostSettings { token: Some("letmein".into()), services: None };
    project.surroundings.cli.hosts.insert(host, settings);
    project.surroundings.cli.helper = helper("other", &[]);
    project.installed(&private, "").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_go_to_the_registry_and_nowhere_else() {
    let server = Server::https(registry).await;
    let host = server.host();
    let private = format!("{host}/acme/private/aws");
    let settings = |token: &str| HostSettings { token: Some(token.into()), services: None };

    let mut project = Project::trusting(&server);
    project.surroundings.cli.hosts.insert(host.clone(), settings("letmein"));
    let dir = project.installed(&private, "").await;
    assert_eq!(text(&dir, "main.tf"), "# 1.0.0");
    let asked = server.asked();
    assert!(
        asked
            .iter()
            .filter(|a| a.target.starts_with("/v1/"))
            .all(|a| a.header("authorization") == "Bearer letmein")
    );
    let package = asked.iter().find(|a| a.target.starts_with("/packages/")).unwrap();
    assert_eq!(package.header("authorization"), "", "the package is fetched as from anywhere");

    let mut project = Project::trusting(&server);
    project.surroundings.cli.hosts.insert(host, settings("wrong-token"));
    let error = project.refused(&private, "").await;
    has(&error, &["does not accept the token"]);
    assert!(!error.contains("wrong-token"));
}

#[tokio::test(flavor = "multi_thread")]
async fn hosts_that_are_no_registries() {
    let server = Server::https(|_| Answer::new(404)).await;
    let project = Project::trusting(&server);
    let source = format!("{}/acme/net/aws", server.host());
    has(&project.refused(&source, "").await, &["does not provide a registry", "Check the host"]);

    let plain = Server::https(|_| Answer::ok("{\"modules.v1\": \"http://127.0.0.1:1/v1/\"}")).await;
    let project = Project::trusting(&plain);
    let source = format!("{}/acme/net/aws", plain.host());
    has(&project.refused(&source, "").await, &["not encrypted"]);

    let other = Server::https(|_| Answer::ok("{\"providers.v1\": \"/v1/providers/\"}")).await;
    let project = Project::trusting(&other);
    let source = format!("{}/acme/net/aws", other.host());
    has(&project.refused(&source, "").await, &["modules.v1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_block_replaces_discovery() {
    let server = Server::https(registry).await;
    let mut project = Project::trusting(&server);
    let services = BTreeMap::from([("modules.v1".to_owned(), server.url("/v1/modules/"))]);
    let settings = HostSettings { token: None, services: Some(services) };
    project.surroundings.cli.hosts.insert("modules.example.com".into(), settings);
    let dir = project.installed("modules.example.com/acme/net/aws", "~> 1.0").await;
    assert_eq!(text(&dir, "main.tf"), "# 1.2.0");
    assert_eq!(server.count("/.well-known/"), 0);
    let settings = HostSettings { token: None, services: Some(BTreeMap::new()) };
    project.surroundings.cli.hosts.insert("other.example.com".into(), settings);
    let (_, problems) = project.install(&[("x", "other.example.com/acme/net/aws", "")]).await;
    has(&problems[0], &["the CLI configuration gives it services"]);
}
