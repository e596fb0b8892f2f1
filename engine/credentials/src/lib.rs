//! What the credential providers of clouds see of this process: environment variables that they
//! are handed, files, programs and the network. Used where modules are fetched from and states are
//! kept at a cloud's storage. It knows no cloud: which credentials there are is for the callers.

use bytes::Bytes;
use reqsign_core::{CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, StaticEnv};
use std::collections::HashMap;
use std::path::PathBuf;

/// The surroundings of credential providers: `variables` in the place of the environment, and
/// `client` for what they ask for over the network.
pub fn surroundings(
    home: Option<PathBuf>,
    variables: HashMap<String, String>,
    client: reqwest::Client,
) -> Context {
    Context::new()
        .with_env(StaticEnv { home_dir: home, envs: variables })
        .with_file_read(Files)
        .with_command_execute(Programs)
        .with_http_send(Sender(client))
}

/// Why a request failed, in full and without its URL, which may hold secrets.
pub fn reason(error: &reqwest::Error) -> String {
    let host = error.url().and_then(|url| Some(format!("{}: ", url.host_str()?))).unwrap_or_default();
    let mut text = match error {
        e if e.is_timeout() => "the time limit has passed".to_owned(),
        e if e.is_connect() => "no connection".to_owned(),
        _ => "the request failed".to_owned(),
    };
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    host + &text
}

#[derive(Debug)]
struct Files;

impl FileRead for Files {
    async fn file_read(&self, path: &str) -> Result<Vec<u8>, Error> {
        tokio::fs::read(path).await.map_err(|e| Error::unexpected(format!("{path}: {e}")))
    }
}

#[derive(Debug)]
struct Programs;

impl CommandExecute for Programs {
    async fn command_execute<'a>(
        &'a self,
        program: &'a str,
        args: &'a [&'a str],
    ) -> Result<CommandOutput, Error> {
        let output = tokio::process::Command::new(program).args(args).kill_on_drop(true).output().await;
        let output = output.map_err(|e| Error::unexpected(format!("{program}: {e}")))?;
        let status = output.status.code().unwrap_or(-1);
        Ok(CommandOutput { status, stdout: output.stdout, stderr: output.stderr })
    }
}

#[derive(Debug)]
struct Sender(reqwest::Client);

impl HttpSend for Sender {
    async fn http_send(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Error> {
        // Requests and answers hold secrets, so that errors say no more than where they went.
        let failed = |error: reqwest::Error| Error::unexpected(reason(&error));
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let answer = self.0.execute(request).await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = http::Response::new(answer.bytes().await.map_err(failed)?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
