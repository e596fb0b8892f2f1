//! An OCI registry over TLS, with tokens, as OpenTofu's documentation describes packages of modules.

use crate::server::{Answer, Asked, Server};
use crate::{Project, has, sha256, text, zipped};
use base64::Engine;

fn package() -> Vec<u8> {
    zipped(&[("main.tf", "# oci"), ("sub/main.tf", "# sub")])
}

fn manifest(kind: &str, layer: &str) -> String {
    let bytes = package();
    format!(
        "{{\"schemaVersion\": 2, \"artifactType\": \"{kind}\", \"config\": {{}}, \"layers\": [\
         {{\"mediaType\": \"{layer}\", \"digest\": \"sha256:{}\", \"size\": {}}}]}}",
        sha256(&bytes),
        bytes.len()
    )
}

fn good() -> String {
    manifest("application/vnd.opentofu.modulepkg", "archive/zip")
}

/// A registry that gives a token to `me` with the password `secret`.
fn registry(asked: &Asked) -> Answer {
    let expected = base64::engine::general_purpose::STANDARD.encode("me:secret");
    if asked.path() == "/token" {
        assert!(asked.query().contains("scope=repository%3Aacme%2Fnet%3Apull"), "{}", asked.query());
        return match asked.header("authorization") == format!("Basic {expected}") {
            true => Answer::ok("{\"token\": \"abc\"}"),
            false => Answer::new(401),
        };
    }
    if asked.header("authorization") != "Bearer abc" {
        let realm = format!("https://{}/token", asked.header("host"));
        let challenge = format!("Bearer realm=\"{realm}\",service=\"x\",scope=\"repository:acme/net:pull\"");
        return Answer::new(401).with("www-authenticate", challenge);
    }
    let digest = sha256(&package());
    match asked.path() {
        "/v2/acme/net/manifests/latest" | "/v2/acme/net/manifests/1.0" => Answer::ok(good()),
        "/v2/acme/net/manifests/image" => {
            Answer::ok(manifest("application/vnd.oci.image.config.v1+json", "archive/zip"))
        }
        "/v2/acme/net/manifests/layers" => {
            Answer::ok(manifest("application/vnd.opentofu.modulepkg", "other"))
        }
        path if path == format!("/v2/acme/net/manifests/sha256:{}", sha256(good().as_bytes())) => {
            Answer::ok(good())
        }
        path if path.starts_with("/v2/acme/net/manifests/sha256:") => Answer::ok(good()),
        path if path == format!("/v2/acme/net/blobs/sha256:{digest}") => Answer::ok(package()),
        _ => Answer::new(404),
    }
}

fn project(server: &Server) -> Project {
    let project = Project::trusting(server);
    let auth = base64::engine::general_purpose::STANDARD.encode("me:secret");
    let config = format!("{{\"auths\": {{\"{}\": {{\"auth\": \"{auth}\"}}}}}}", server.host());
    std::fs::create_dir(project.path("home/.docker")).unwrap();
    std::fs::write(project.path("home/.docker/config.json"), config).unwrap();
    project
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_by_tag_and_digest() {
    let server = Server::https(registry).await;
    let digest = sha256(good().as_bytes());
    for (rest, content) in [
        ("", "# oci"),
        ("?tag=1.0", "# oci"),
        ("//sub?tag=1.0", "# sub"),
        (&format!("?digest=sha256:{digest}"), "# oci"),
    ] {
        let source = format!("oci://{}/acme/net{rest}", server.host());
        let project = project(&server);
        let dir = project.installed(&source, "").await;
        assert_eq!(text(&dir, "main.tf"), content, "{rest}");
    }
}

/// The program of the registry's host is asked before the one for all hosts.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn programs_know_passwords() {
    let server = Server::https(registry).await;
    let host = server.host();
    let right = format!(
        "[ \"$1 $(cat)\" = 'get {host}' ] && echo '{{\"Username\": \"me\", \"Secret\": \"secret\"}}'"
    );
    for (config, works) in [
        (format!("{{\"credHelpers\": {{\"{host}\": \"right\"}}, \"credsStore\": \"broken\"}}"), true),
        ("{\"credsStore\": \"right\"}".to_owned(), true),
        ("{\"credsStore\": \"broken\"}".to_owned(), false),
        ("{\"credsStore\": \"absent\"}".to_owned(), false),
    ] {
        let mut project = Project::trusting(&server);
        let bin = project.path("bin");
        crate::program(&bin, "docker-credential-right", &right);
        crate::program(&bin, "docker-credential-broken", "exit 1");
        project.set("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
        std::fs::create_dir(project.path("home/.docker")).unwrap();
        std::fs::write(project.path("home/.docker/config.json"), &config).unwrap();
        let source = format!("oci://{host}/acme/net");
        match works {
            true => assert_eq!(text(&project.installed(&source, "").await, "main.tf"), "# oci"),
            false => has(&project.refused(&source, "").await, &["answered 401"]),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_package() {
    let server = Server::https(registry).await;
    let trusted = project(&server);
    let wrong = "0".repeat(64);
    for (rest, parts) in [
        ("?tag=image".to_owned(), &["no package of a module", "vnd.oci.image", "vnd.opentofu.modulepkg"][..]),
        ("?tag=layers".into(), &["0 layers of type archive/zip"]),
        ("?tag=absent".into(), &["answered 404"]),
        (format!("?digest=sha256:{wrong}"), &["checksum does not match"]),
        ("?tag=a&digest=b".into(), &["both a tag and a digest"]),
        ("?tag=..%2F..%2Fx".into(), &["no address of a module"]),
    ] {
        let error = trusted.refused(&format!("oci://{}/acme/net{rest}", server.host()), "").await;
        has(&error, parts);
    }
    let nobody = Project::trusting(&server);
    let error = nobody.refused(&format!("oci://{}/acme/net", server.host()), "").await;
    has(&error, &["answered 401", "Check the credentials"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_package_is_refused() {
    let server = Server::https(|asked| match asked.path() {
        "/v2/acme/net/manifests/latest" => Answer::ok(good()),
        _ => {
            let mut bytes = package();
            bytes[0] ^= 1;
            Answer::ok(bytes)
        }
    })
    .await;
    let error = Project::trusting(&server).refused(&format!("oci://{}/acme/net", server.host()), "").await;
    has(&error, &["checksum does not match"]);
}
