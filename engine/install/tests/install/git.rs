//! Git repositories, over files and HTTP.

use crate::server::{Answer, Server, git_backend};
use crate::{Project, has, text};
use std::fs;
use std::path::Path;
use std::process::Command;

/// A bare repository `modules.git` in `root`: tag `v1`, branch `next` that has a module in `net`,
/// and a link `out` that leads away. Gives the first commit.
fn repository(root: &Path) -> String {
    let work = root.join("work");
    fs::create_dir(&work).unwrap();
    git(&work, &["init", "--quiet", "--initial-branch=main"]);
    commit(&work, "main.tf", "# one");
    let first = git(&work, &["rev-parse", "HEAD"]);
    git(&work, &["tag", "v1"]);
    git(&work, &["checkout", "--quiet", "-b", "next"]);
    fs::create_dir(work.join("net")).unwrap();
    std::os::unix::fs::symlink("/", work.join("out")).unwrap();
    commit(&work, "net/main.tf", "# net");
    git(&work, &["checkout", "--quiet", "main"]);
    commit(&work, "main.tf", "# two");
    git(root, &["clone", "--quiet", "--bare", "work", "modules.git"]);
    git(&root.join("modules.git"), &["config", "uploadpack.allowAnySHA1InWant", "true"]);
    first
}

fn commit(work: &Path, name: &str, content: &str) {
    fs::write(work.join(name), content).unwrap();
    git(work, &["add", "--all"]);
    git(work, &["commit", "--quiet", "-m", name]);
}

fn git(dir: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git")
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .current_dir(dir)
        .output()
        .unwrap();
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn branches_tags_commits_and_subdirectories() {
    let root = tempfile::tempdir().unwrap();
    let first = repository(root.path());
    let server = Server::http(git_backend(root.path().to_owned())).await;
    let over_file = format!("git::file://{}/modules.git", root.path().display());
    let over_http = format!("git::{}", server.url("/modules.git"));
    for address in [over_file, over_http] {
        for (rest, file, content) in [
            ("", "main.tf", "# two"),
            ("?ref=v1", "main.tf", "# one"),
            ("?ref=next", "net/main.tf", "# net"),
            ("//net?ref=next", "main.tf", "# net"),
            (&format!("?ref={first}"), "main.tf", "# one"),
            ("?depth=1", "main.tf", "# two"),
            ("?depth=1&ref=v1", "main.tf", "# one"),
            ("//net?depth=1&ref=next", "main.tf", "# net"),
            (&format!("?depth=1&ref={first}"), "main.tf", "# one"),
        ] {
            let project = Project::new();
            let dir = project.installed(&format!("{address}{rest}"), "").await;
            assert_eq!(text(&dir, file), content, "{address}{rest}");
            if rest.contains("depth") {
                assert_eq!(git(&dir, &["rev-list", "--count", "HEAD"]), "1", "{address}{rest}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_package_is_fetched_once() {
    let root = tempfile::tempdir().unwrap();
    repository(root.path());
    let server = Server::http(git_backend(root.path().to_owned())).await;
    let project = Project::new();
    let address = format!("git::{}", server.url("/modules.git"));
    let next = format!("{address}?ref=next");
    let net = format!("{address}//net?ref=next");
    let wanted = [("a", &*next, ""), ("b", &*net, ""), ("c.d", &*net, ""), ("e", &*address, "")];
    let (installed, problems) = project.install(&wanted).await;
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(server.count("info/refs"), 2, "once for each ref");
    assert_eq!(installed["c.d"].dir, project.modules().join("c.d/net"));
    assert_eq!(installed["c.d"].source, net);
    for (name, file) in [("a", "net/main.tf"), ("b", "main.tf"), ("c.d", "main.tf")] {
        assert_eq!(text(&installed[name].dir, file), "# net", "{name}");
    }
    assert_eq!(text(&installed["e"].dir, "main.tf"), "# two");
    assert_eq!(project.said()[1], format!("{next} for b"));
}

#[tokio::test(flavor = "multi_thread")]
async fn submodules_are_fetched() {
    let root = tempfile::tempdir().unwrap();
    repository(root.path());
    let server = Server::http(git_backend(root.path().to_owned())).await;
    let outer = root.path().join("outer");
    fs::create_dir(&outer).unwrap();
    git(&outer, &["init", "--quiet"]);
    git(&outer, &["submodule", "--quiet", "add", &server.url("/modules.git"), "inner"]);
    git(&outer, &["commit", "--quiet", "-m", "outer"]);
    let project = Project::new();
    let dir = project.installed(&format!("git::file://{}//inner", outer.display()), "").await;
    assert_eq!(text(&dir, "main.tf"), "# two");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_fetched() {
    let root = tempfile::tempdir().unwrap();
    repository(root.path());
    let server = Server::http(git_backend(root.path().to_owned())).await;
    let address = format!("git::file://{}/modules.git", root.path().display());
    let project = Project::new();
    for (source, parts) in [
        (format!("{address}?ref=nowhere"), &["nowhere", "has a branch, tag or commit"][..]),
        (format!("{address}?depth=1&ref=nowhere"), &["has a branch, tag or commit \"nowhere\""]),
        (format!("{address}?ref=--upload-pack=x"), &["no name of a branch, tag or commit"]),
        (format!("{address}?depth=many"), &["\"depth\" is not a number"]),
        (format!("{address}?sshkey=%25%25"), &["not a private key"]),
        (format!("{address}//nowhere"), &["there is no directory \"/nowhere\"", "Check what follows"]),
        (format!("{address}//out/etc?ref=next"), &["leads outside of the module package"]),
        ("git::ext://x".into(), &["\"ext\" is no transport"]),
        (format!("git::{}", server.url("/other.git")), &["git failed", "not found"]),
    ] {
        let error = project.refused(&source, "").await;
        has(&error, &["Failed to download module", "git::"]);
        has(&error, parts);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_not_shown_and_nothing_asks() {
    let server = Server::http(|_| Answer::new(401).with("www-authenticate", "Basic realm=\"x\"")).await;
    let with_password = server.url("/x.git").replace("http://", "http://me:hunter2@");
    let project = Project::new();
    for source in [format!("git::{with_password}"), format!("git::{}", server.url("/x.git"))] {
        let error = project.refused(&source, "").await;
        has(&error, &["Git has no credentials that this repository accepts"]);
        assert!(!error.contains("hunter2"), "{error}");
    }
    assert!(!project.said().concat().contains("hunter2"), "{:?}", project.said());
    assert!(
        server.asked().iter().any(|a| a.header("authorization").starts_with("Basic ")),
        "the password is used"
    );
}
