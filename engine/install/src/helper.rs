//! Programs that know credentials: the one of a `credentials_helper` block in the CLI configuration, and those that Docker's
//! configuration names. Both are asked for one host at a time and answer with a JSON object.

use crate::error::{Failure, Fetched};
use crate::provider::platform;
use crate::surroundings::Surroundings;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How long a program may take. It may have to ask a person, or a service that is far away.
const PATIENCE: Duration = Duration::from_secs(60);

/// A `credentials_helper` block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CredentialsHelper {
    /// The program is called `terraform-credentials-NAME`.
    pub name: String,
    /// What stands before `get HOST` on its command line.
    pub args: Vec<String>,
}

#[derive(Deserialize)]
struct Token {
    token: Option<String>,
}

/// What a program for Docker answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Login {
    #[serde(default)]
    username: String,
    #[serde(default)]
    secret: String,
}

impl CredentialsHelper {
    /// The token for a host, if the program knows one.
    pub(crate) async fn token(&self, surroundings: &Surroundings, host: &str) -> Fetched<Option<String>> {
        let name = format!("terraform-credentials-{}", self.name);
        let Some(program) = self.find(surroundings, &name) else {
            return Err(Failure::new(format!("the credentials helper {name} was not found")).advise(
                "The CLI configuration names it in a credentials_helper block. Put it into ~/.terraform.d/plugins \
                 or a directory of PATH, or remove the block.",
            ));
        };
        let mut arguments: Vec<&str> = self.args.iter().map(String::as_str).collect();
        arguments.extend(["get", host]);
        let answer: Token = ask(surroundings, &program, &arguments, "").await?;
        Ok(answer.token.filter(|token| !token.is_empty()))
    }

    /// Where the program is.
    fn find(&self, surroundings: &Surroundings, name: &str) -> Option<PathBuf> {
        let plugins = surroundings.in_home(".terraform.d/plugins");
        let of_platform = plugins.as_ref().map(|dir| dir.join(platform()));
        let path = surroundings.variable("PATH").unwrap_or_default();
        let places = plugins.into_iter().chain(of_platform).chain(std::env::split_paths(path));
        let names = [name.to_owned(), format!("{name}{}", std::env::consts::EXE_SUFFIX)];
        places.flat_map(|dir| names.clone().map(|name| dir.join(name))).find(|file| file.is_file())
    }
}

/// The user name and password for a registry that the program `docker-credential-NAME` knows. One that fails knows none.
pub(crate) async fn of_docker(
    surroundings: &Surroundings,
    name: &str,
    host: &str,
) -> Option<(String, String)> {
    let program = PathBuf::from(format!("docker-credential-{name}"));
    let login: Login = ask(surroundings, &program, &["get"], host).await.ok()?;
    (!login.secret.is_empty()).then_some((login.username, login.secret))
}

/// Runs a program, and reads what it answers.
async fn ask<T: DeserializeOwned>(
    surroundings: &Surroundings,
    program: &Path,
    arguments: &[&str],
    input: &str,
) -> Fetched<T> {
    let name = program.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let failed = |why: String| Failure::new(format!("the credentials helper {name} {why}"));
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(&surroundings.variables).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = async {
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            // A program that needs no input may have ended already.
            match stdin.write_all(input.as_bytes()).await {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error),
                _ => drop(stdin),
            }
        }
        child.wait_with_output().await
    };
    let output = match tokio::time::timeout(PATIENCE, run).await {
        Ok(output) => output.map_err(|error| failed(format!("could not be run: {error}")))?,
        Err(_) => return Err(failed(format!("did not answer within {} seconds", PATIENCE.as_secs()))),
    };
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(format!("failed ({}): {}", output.status, said.trim())));
    }
    // What it wrote may hold a secret, so that it is not shown.
    serde_json::from_slice(&output.stdout)
        .map_err(|_| failed("did not answer with JSON as it should".to_owned()))
}
