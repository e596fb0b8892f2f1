//! Git repositories, by the `git` program: it knows the user's credential helpers, SSH agent,
//! proxies, and rules such as `insteadOf`, as people expect of modules; a library would have to learn
//! all of that again.

use super::query::Query;
use super::{Done, Fetcher};
use crate::error::{Failure, Fetched, io};
use crate::redact::redact;
use base64::Engine;
use std::path::Path;
use std::process::Stdio;
use terrane_address::RemoteModule;
use tokio::process::Command;

/// Transports that addresses of modules may use. Git has others, which run programs.
const TRANSPORTS: [&str; 5] = ["https", "http", "ssh", "git", "file"];

pub(super) async fn fetch(fetcher: &Fetcher<'_>, module: &RemoteModule, to: &Path) -> Fetched<Done> {
    let url = module.url().parse().map_err(|e| Failure::new(format!("{} is no URL: {e}", module.url())))?;
    let query = Query::take(url, &["ref", "depth", "sshkey"]);
    if !TRANSPORTS.contains(&query.url.scheme()) {
        return Err(Failure::new(format!(
            "{:?} is no transport for Git repositories of modules",
            query.url.scheme()
        ))
        .advise(format!("Known are {}.", TRANSPORTS.join(", "))));
    }
    let reference = query.get("ref");
    if reference.is_some_and(|r| r.starts_with('-') || r.contains(char::is_whitespace)) {
        return Err(Failure::new(format!(
            "{:?} is no name of a branch, tag or commit",
            reference.unwrap_or_default()
        )));
    }
    let depth = match query.get("depth").map(str::parse::<u32>) {
        None | Some(Ok(0)) => None,
        Some(Ok(depth)) => Some(format!("--depth={depth}")),
        Some(Err(_)) => return Err(Failure::new("the parameter \"depth\" is not a number")),
    };
    let key = query.get("sshkey").map(key_file).transpose()?;
    let git = Git { fetcher, key: key.as_ref().map(tempfile::NamedTempFile::path) };
    // A file's URL without its scheme would be cloned by hard links, which share files.
    let address = query.url.as_str();
    let target = to.as_os_str();
    match (reference, &depth) {
        (None, None) => git.run(None, &["clone".as_ref(), "--".as_ref(), address.as_ref(), target]).await?,
        (None, Some(depth)) => {
            let arguments = ["clone".as_ref(), depth.as_ref(), "--".as_ref(), address.as_ref(), target];
            git.run(None, &arguments).await?;
        }
        (Some(reference), None) => {
            let arguments =
                ["clone".as_ref(), "--no-checkout".as_ref(), "--".as_ref(), address.as_ref(), target];
            git.run(None, &arguments).await?;
            let checkout = ["checkout".as_ref(), reference.as_ref(), "--".as_ref()];
            git.run(Some(to), &checkout).await.map_err(|failure| missing(failure, reference))?;
        }
        // By name or commit, as a shallow clone can only have a branch or tag.
        (Some(reference), Some(depth)) => {
            git.run(None, &["init".as_ref(), "--quiet".as_ref(), "--".as_ref(), target]).await?;
            let origin = ["remote".as_ref(), "add".as_ref(), "origin".as_ref(), address.as_ref()];
            git.run(Some(to), &origin).await?;
            let get = ["fetch".as_ref(), depth.as_ref(), "origin".as_ref(), reference.as_ref()];
            git.run(Some(to), &get).await.map_err(|failure| missing(failure, reference))?;
            git.run(Some(to), &["checkout".as_ref(), "FETCH_HEAD".as_ref(), "--".as_ref()]).await?;
        }
    }
    if to.join(".gitmodules").exists() {
        let mut arguments =
            vec!["submodule".as_ref(), "update".as_ref(), "--init".as_ref(), "--recursive".as_ref()];
        arguments.extend(depth.as_ref().map(|depth| std::ffi::OsStr::new(depth.as_str())));
        git.run(Some(to), &arguments).await?;
    }
    Ok(Done::Here)
}

/// The private key in `sshkey=`, which is encoded in Base64, in a file for its owner only.
fn key_file(encoded: &str) -> Fetched<tempfile::NamedTempFile> {
    let bad = |_| Failure::new("the parameter \"sshkey\" is not a private key in Base64");
    // A plus sign in a query is a space.
    let key = base64::engine::general_purpose::STANDARD.decode(encoded.replace(' ', "+")).map_err(bad)?;
    let file = tempfile::NamedTempFile::new().map_err(io("making a temporary file"))?;
    std::fs::write(file.path(), key).map_err(io("writing a temporary file"))?;
    Ok(file)
}

fn missing(failure: Failure, reference: &str) -> Failure {
    let unknown =
        ["did not match", "invalid reference", "couldn't find remote ref", "unknown revision", "not our ref"];
    match unknown.iter().any(|u| failure.what.contains(u)) {
        true => {
            failure.advise(format!("Check that the repository has a branch, tag or commit {reference:?}."))
        }
        false => failure,
    }
}

struct Git<'a> {
    fetcher: &'a Fetcher<'a>,
    key: Option<&'a Path>,
}

impl Git<'_> {
    async fn run(&self, dir: Option<&Path>, arguments: &[&std::ffi::OsStr]) -> Fetched<()> {
        let mut command = Command::new("git");
        // Symbolic links and file names stay as they are in the repository; nothing asks questions,
        // since several repositories are fetched at the same time.
        command
            .args(["-c", "advice.detachedHead=false"])
            .args(arguments)
            .stdin(Stdio::null())
            .kill_on_drop(true);
        let variables = &self.fetcher.surroundings.variables;
        if !variables.contains_key("GIT_TERMINAL_PROMPT") {
            command.env("GIT_TERMINAL_PROMPT", "0");
        }
        for inherited in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
            command.env_remove(inherited);
        }
        if let Some(dir) = dir {
            command.current_dir(dir);
        }
        if let Some(key) = self.key {
            let ssh =
                variables.get("GIT_SSH_COMMAND").filter(|c| !c.is_empty()).map_or("ssh", String::as_str);
            command.env("GIT_SSH_COMMAND", format!("{ssh} -i '{}' -o IdentitiesOnly=yes", key.display()));
        }
        let output = command.output().await.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Failure::new("the program git was not found")
                .advise("Install Git, and make sure that it is on the PATH."),
            _ => Failure::new(format!("git could not be started: {error}")),
        })?;
        if output.status.success() {
            return Ok(());
        }
        Err(explain(&String::from_utf8_lossy(&output.stderr), &output.status.to_string()))
    }
}

/// What Git said, and what to do about it.
fn explain(said: &str, status: &str) -> Failure {
    let lines: Vec<&str> =
        said.lines().map(str::trim_end).filter(|l| !l.is_empty() && !l.starts_with("Cloning into")).collect();
    let shown = lines.iter().rev().take(8).rev().copied().collect::<Vec<_>>().join("\n");
    let failure = Failure::new(format!("git failed ({status}):\n{}", redact(&shown)));
    let has = |words: &[&str]| words.iter().any(|w| said.contains(w));
    if has(&[
        "terminal prompts disabled",
        "Authentication failed",
        "could not read Username",
        "Permission denied",
    ]) {
        return failure.advise(
            "Git has no credentials that this repository accepts. Set up a credential helper or an SSH key for it; \
             \"git ls-remote\" with the same address must work without asking.",
        );
    }
    if has(&["Host key verification failed"]) {
        return failure.advise("Connect once by hand, so that the host's key becomes known.");
    }
    failure
}
