//! Archives on servers, and pages that name other places.

use crate::server::{Answer, Asked, Server};
use crate::{Project, has, sha256, tarball, text, zipped};
use std::io::Write;

/// `main.tf` with `# xz`, made by GNU tar 1.34 and xz 5.4.
const TAR_XZ: &str = "/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AGNdADaYSXKFAtLo4UzUOk3Exai1bNFFdm9TO9fCuQxd/MQzl3Uz/WXJ00LAHoB+yXJxc8EcAPLnZz1ZgoVdDxeJA0uGA6mFU2L2KesyFx6NE/adX6QpDLN8QC1PUhtc5W89FYUoAAAAbfdBNceWsBAAAX+AUAAAAPnUykOxxGf7AgAAAAAEWVo=";

fn decode(base64: &str) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.decode(base64).unwrap()
}

fn archive(asked: &Asked) -> Answer {
    let files = [("main.tf", "# top"), ("sub/main.tf", "# sub")];
    Answer::ok(match asked.path() {
        "/a.zip" | "/plain" => zipped(&files),
        "/a.tar" => tarball(&files),
        "/a.tar.gz" | "/a.tgz" => {
            let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            out.write_all(&tarball(&files)).unwrap();
            out.finish().unwrap()
        }
        "/a.tar.bz2" => {
            let mut out = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
            out.write_all(&tarball(&files)).unwrap();
            out.finish().unwrap()
        }
        "/a.tar.xz" => decode(TAR_XZ),
        "/wrapped.zip" => zipped(&[("repository-1234/main.tf", "# wrapped")]),
        "/evil.zip" => zipped(&[("ok.tf", ""), ("../evil", "x")]),
        "/sums" => format!("{}  a.tar\n{}  a.zip\n", "0".repeat(64), sha256(&zipped(&files))).into_bytes(),
        "/truncated.zip" => zipped(&files)[..40].to_vec(),
        _ => return Answer::new(404),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn all_kinds_of_archives() {
    let server = Server::http(archive).await;
    let sum = sha256(&zipped(&[("main.tf", "# top"), ("sub/main.tf", "# sub")]));
    for (address, content) in [
        ("/a.zip", "# top"),
        ("/a.tar", "# top"),
        ("/a.tar.gz", "# top"),
        ("/a.tgz", "# top"),
        ("/a.tar.bz2", "# top"),
        ("/a.tar.xz", "# xz"),
        ("/plain?archive=zip", "# top"),
        ("/a.zip//sub", "# sub"),
        ("/plain//sub?archive=zip", "# sub"),
        ("/wrapped.zip//*", "# wrapped"),
        (&format!("/a.zip?checksum=sha256:{sum}"), "# top"),
        (&format!("/a.zip//sub?checksum={sum}"), "# sub"),
        (&format!("/a.zip?checksum=file:{}", server.url("/sums")), "# top"),
    ] {
        let project = Project::new();
        let dir = project.installed(&server.url(address), "").await;
        assert_eq!(text(&dir, "main.tf"), content, "{address}");
    }
    assert_eq!(server.count("archive="), 0, "parameters of ours are not the server's business");
    assert_eq!(server.count("checksum="), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn archives_that_are_refused() {
    let server = Server::http(archive).await;
    let project = Project::new();
    let wrong = "0".repeat(64);
    for (address, parts) in [
        (
            format!("/a.zip?checksum=sha256:{wrong}"),
            &["checksum does not match", "expected 000", "Nothing was installed"][..],
        ),
        ("/a.zip?checksum=sha256:12".into(), &["\"sha256:12\" is not a checksum", "The form is TYPE:VALUE"]),
        (
            format!("/a.tar?checksum=file:{}", server.url("/sums")),
            &["checksum does not match", "expected 000"],
        ),
        (
            format!("/plain?archive=zip&checksum=file:{}", server.url("/sums")),
            &["/sums has no checksum of plain"],
        ),
        (format!("/a.zip?checksum=file:{}", server.url("/absent")), &["answered 404"]),
        ("/a.zip?checksum=file:/etc/sums".into(), &["no address of a file of checksums", "https://"]),
        ("/evil.zip".into(), &["\"../evil\"", "outside of the module's directory"]),
        ("/truncated.zip".into(), &["the archive cannot be read"]),
        ("/a.tar?archive=zip".into(), &["the archive cannot be read"]),
        ("/a.zip?archive=rar".into(), &["archive=rar is no kind of archive", "zip, tar.gz"]),
        ("/a.zip//nowhere".into(), &["there is no directory \"/nowhere\""]),
        ("/nowhere.zip".into(), &["answered 404", "Check the address"]),
    ] {
        let error = project.refused(&server.url(&address), "").await;
        has(&error, &["Failed to download module", &server.url("")]);
        has(&error, parts);
    }
    assert!(!project.modules().join("evil").exists() && !project.path("evil").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_name_other_places() {
    let server = Server::https(|asked| match asked.path() {
        "/header" => Answer::new(204).with("x-terraform-get", "./real.zip//sub"),
        "/meta" => Answer::ok("<html><head><meta name=\"terraform-get\" content=\"/real.zip\"></head>"),
        "/chain" => Answer::new(204).with("x-terraform-get", "/header"),
        "/loop" => Answer::new(204).with("x-terraform-get", "/loop"),
        "/file" => Answer::new(204).with("x-terraform-get", "file:///etc"),
        "/nothing" => Answer::ok("<html>hello"),
        "/real.zip" => Answer::ok(zipped(&[("sub/main.tf", "# sub"), ("sub/x/main.tf", "# x")])),
        _ => Answer::new(404),
    })
    .await;
    let project = Project::trusting(&server);
    for (address, file, content) in [
        ("/header", "main.tf", "# sub"),
        ("/header//x", "main.tf", "# x"),
        ("/meta", "sub/main.tf", "# sub"),
        ("/meta//sub/x", "main.tf", "# x"),
        ("/chain", "main.tf", "# sub"),
    ] {
        let dir = project.installed(&server.url(address), "").await;
        assert_eq!(text(&dir, file), content, "{address}");
    }
    assert!(server.count("terraform-get=1") >= 5);
    let project = Project::trusting(&server);
    for (address, parts) in [
        ("/loop", &["refers to other places more than"][..]),
        ("/file", &["file of this machine"]),
        ("/nothing", &["neither an archive nor a page", "archive=KIND", "git::"]),
    ] {
        has(&project.refused(&server.url(address), "").await, parts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_keep_encryption_and_leave_credentials_behind() {
    let plain = Server::http(archive).await;
    let to_plain = plain.url("/a.zip");
    let other = Server::https(archive).await;
    let to_other = other.url("/a.zip");
    let server = Server::https(move |asked| match asked.path() {
        "/down.zip" => Answer::redirect(to_plain.clone()),
        "/other.zip" => Answer::redirect(to_other.clone()),
        "/here.zip" => Answer::redirect("/a.zip"),
        "/round.zip" => Answer::redirect("/round.zip"),
        _ if asked.header("authorization").is_empty() => Answer::new(401),
        _ => archive(asked),
    })
    .await;
    // Both authorities in one file.
    let mut project = Project::new();
    let both = project.path("authorities.pem");
    let pem = |server: &Server| std::fs::read_to_string(server.authority()).unwrap();
    std::fs::write(&both, pem(&server) + &pem(&other)).unwrap();
    project.set("SSL_CERT_FILE", &both.display().to_string());
    std::fs::write(project.path("home/.netrc"), "machine 127.0.0.1 login me password hunter2\n").unwrap();

    project.installed(&server.url("/other.zip"), "").await;
    assert!(server.asked()[0].header("authorization").starts_with("Basic "));
    assert_eq!(other.asked()[0].header("authorization"), "", "another port is another server");
    project.installed(&server.url("/here.zip"), "").await;

    std::fs::remove_dir_all(project.modules()).unwrap();
    has(&project.refused(&server.url("/down.zip"), "").await, &["redirects to", "not encrypted"]);
    assert!(plain.asked().is_empty());
    has(&project.refused(&server.url("/round.zip"), "").await, &["redirects more than 10 times"]);
    std::fs::remove_file(project.path("home/.netrc")).unwrap();
    has(&project.refused(&server.url("/a.zip"), "").await, &["answered 401", "Check the credentials"]);
    let url = server.url("/nowhere.zip").replace("https://", "https://me:hunter2@");
    let error = project.refused(&url, "").await;
    has(&error, &["me:redacted@127.0.0.1"]);
    assert!(!error.contains("hunter2"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_fail_and_strangers() {
    let server = Server::http(|_| Answer::new(500)).await;
    let mut project = Project::new();
    project.set("TF_REGISTRY_DISCOVERY_RETRY", "1");
    has(&project.refused(&server.url("/a.zip"), "").await, &["answered 500", "Try again later"]);
    assert_eq!(server.count("/a.zip"), 2, "it is asked twice");
    let stranger = Server::https(archive).await;
    has(
        &project.refused(&stranger.url("/a.zip"), "").await,
        &["certificate", "name a file with the authority's certificate in SSL_CERT_FILE"],
    );
    assert!(stranger.asked().is_empty());
}
