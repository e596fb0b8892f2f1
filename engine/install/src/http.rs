//! Requests over HTTP, with what redirects may do: never from `https` to `http`, and never with
//! credentials to another host.

use crate::error::{Failure, Fetched};
use crate::redact::redact;
use crate::surroundings::Surroundings;
use reqwest::header::{HeaderMap, LOCATION};
use reqwest::{Response, StatusCode};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use url::Url;

/// How many redirects are followed.
const REDIRECTS: usize = 10;

/// How long to wait for a connection, and for the next bytes of an answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The largest answer that is kept in memory: lists of versions, manifests, pages.
const DOCUMENT: usize = 16 << 20;

/// A client for all requests of a run.
#[derive(Clone)]
pub(crate) struct Http {
    client: reqwest::Client,
    retries: u32,
}

impl Http {
    /// Trusts what the system trusts, or what `SSL_CERT_FILE` and `SSL_CERT_DIR` name.
    pub(crate) fn new(surroundings: &Surroundings, retries: u32) -> Fetched<Http> {
        let named = |name| surroundings.variable(name).map(Path::new);
        let found = match (named("SSL_CERT_FILE"), named("SSL_CERT_DIR")) {
            (None, None) => rustls_native_certs::load_native_certs(),
            (file, dir) => rustls_native_certs::load_certs_from_paths(file, dir),
        };
        let mut roots = rustls::RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        let failed = |error: &dyn std::fmt::Display| Failure::new(format!("HTTPS cannot be used: {error}"));
        let tls =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .map_err(|e| failed(&e))?
                .with_root_certificates(roots)
                .with_no_client_auth();
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(concat!("terrane/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(PATIENCE)
            .read_timeout(PATIENCE)
            .build()
            .map_err(|e| failed(&e))?;
        Ok(Http { client, retries })
    }

    /// The client itself, for those who ask for credentials. It follows no redirects.
    pub(crate) fn client(&self) -> reqwest::Client {
        self.client.clone()
    }

    /// Asks for `url` and follows redirects. `secret` headers go to the first host only; `plain`
    /// ones go everywhere. What the server answers is for the caller to judge.
    pub(crate) async fn get(&self, url: &Url, plain: &HeaderMap, secret: &HeaderMap) -> Fetched<Response> {
        let mut at = url.clone();
        for _ in 0..=REDIRECTS {
            let mut headers = plain.clone();
            if same_origin(url, &at) {
                headers.extend(secret.clone());
            }
            let response = self.send(&at, headers).await?;
            if !response.status().is_redirection() || response.status() == StatusCode::NOT_MODIFIED {
                return Ok(response);
            }
            let Some(target) = response.headers().get(LOCATION).and_then(|l| l.to_str().ok()) else {
                return Ok(response);
            };
            at = redirected(&at, target)?;
        }
        Err(Failure::new(format!("{url} redirects more than {REDIRECTS} times")))
    }

    async fn send(&self, url: &Url, headers: HeaderMap) -> Fetched<Response> {
        let mut attempt = 0;
        loop {
            let sent = self.client.get(url.clone()).headers(headers.clone()).send().await;
            let again = match &sent {
                Ok(response) => {
                    response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS
                }
                Err(error) => !error.is_builder(),
            };
            if !again || attempt >= self.retries {
                return sent.map_err(|error| failed(url, &error));
            }
            attempt += 1;
            tokio::time::sleep(Duration::from_millis(250 << attempt.min(5))).await;
        }
    }

    /// Sends a form, for tokens. Redirects are not followed.
    pub(crate) async fn post_form(&self, url: &Url, form: &[(&str, &str)]) -> Fetched<Response> {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = self.client.post(url.clone());
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        request.send().await.map_err(|error| failed(url, &error))
    }
}

/// Where a redirect leads.
fn redirected(from: &Url, target: &str) -> Fetched<Url> {
    let to = from
        .join(target)
        .map_err(|_| Failure::new(format!("{from} redirects to {target:?}, which is no URL")))?;
    match to.scheme() {
        "https" => Ok(to),
        "http" if from.scheme() == "http" => Ok(to),
        "http" => Err(Failure::new(format!("{from} redirects to {to}, which is not encrypted"))),
        other => Err(Failure::new(format!("{from} redirects to {to}: {other:?} is no scheme for redirects"))),
    }
}

/// Whether credentials for one URL are for the other as well.
pub(crate) fn same_origin(a: &Url, b: &Url) -> bool {
    a.scheme() == b.scheme() && a.host() == b.host() && a.port_or_known_default() == b.port_or_known_default()
}

/// The whole answer, which must not be long.
pub(crate) async fn document(url: &Url, mut response: Response) -> Fetched<Vec<u8>> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(url, &error))? {
        if body.len() + chunk.len() > DOCUMENT {
            return Err(Failure::new(format!("the answer of {url} is longer than {} MiB", DOCUMENT >> 20)));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Writes the answer to a file, up to `limit` bytes.
pub(crate) async fn save(
    url: &Url,
    mut response: Response,
    limit: u64,
    to: &mut (dyn Write + Send),
) -> Fetched<()> {
    let mut length = 0;
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(url, &error))? {
        length += chunk.len() as u64;
        if length > limit {
            return Err(Failure::new(format!("{url} is larger than {} MiB", limit >> 20)));
        }
        to.write_all(&chunk).map_err(crate::error::io("writing to a temporary file"))?;
    }
    Ok(())
}

/// Why an answer is not what was hoped for.
pub(crate) fn refused(url: &Url, status: StatusCode) -> Failure {
    let failure = Failure::new(format!("{url} answered {status}"));
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => failure.advise(
            "Check the credentials for this host, and whether they allow to read this. docs/modules.md says where \
             credentials are looked for.",
        ),
        StatusCode::NOT_FOUND => failure.advise("Check the address for typing errors, and whether it needs credentials."),
        status if status.is_server_error() => failure.advise("Try again later."),
        _ => failure,
    }
}

fn failed(url: &Url, error: &reqwest::Error) -> Failure {
    let mut reasons = Vec::new();
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        reasons.push(inner.to_string());
        source = inner.source();
    }
    // The innermost reason is the one that helps: a refused connection, an unknown issuer.
    let reason = reasons.last().cloned().unwrap_or_else(|| error.to_string());
    let failure = Failure::new(format!("{}: {reason}", redact(url.as_str())));
    if reasons.iter().any(|r| r.contains("CaUsedAsEndEntity")) {
        return failure.advise(
            "The server's certificate is that of an authority (CA:TRUE). Give the server a certificate of its own, which \
             the authority has issued.",
        );
    }
    if reasons.iter().any(|r| r.contains("certificate")) {
        return failure.advise(
            "If the server's certificate was issued by an authority of your own, name a file with the authority's \
             certificate in SSL_CERT_FILE.",
        );
    }
    failure
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn redirects_do_not_leave_encryption() {
        let to = |from: &str, target: &str| redirected(&from.parse().unwrap(), target).map(|u| u.to_string());
        assert_eq!(to("https://a/x/y", "z").unwrap(), "https://a/x/z");
        assert_eq!(to("http://a/x", "https://b/").unwrap(), "https://b/");
        assert!(to("https://a/x", "http://a/x").unwrap_err().to_string().contains("not encrypted"));
        assert!(to("http://a/x", "file:///etc/passwd").unwrap_err().to_string().contains("no scheme"));
    }
}
