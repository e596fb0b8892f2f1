//! What the providers of clouds' credentials see: environment variables, files, programs and the
//! network.

use super::Fetcher;
use bytes::Bytes;
use reqsign_core::{CommandExecute, CommandOutput, Context, Error, FileRead, HttpSend, StaticEnv};

/// The surroundings of a fetcher.
pub(super) fn context(fetcher: &Fetcher<'_>) -> Context {
    let surroundings = fetcher.surroundings;
    let env = StaticEnv {
        home_dir: surroundings.in_home(""),
        envs: surroundings.variables.clone().into_iter().collect(),
    };
    Context::new()
        .with_env(env)
        .with_file_read(Files)
        .with_command_execute(Programs)
        .with_http_send(Sender(fetcher.http.client()))
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
        let host = request.uri().host().unwrap_or_default().to_owned();
        let failed = |error: reqwest::Error| Error::unexpected(format!("{host}: {}", error.without_url()));
        let answer =
            self.0.execute(reqwest::Request::try_from(request).map_err(failed)?).await.map_err(failed)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let mut response = http::Response::new(answer.bytes().await.map_err(failed)?);
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }
}
