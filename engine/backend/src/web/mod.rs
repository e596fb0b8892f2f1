//! Requests over HTTP: time limits, repetition of what failed for a moment, and errors that say
//! what was asked of whom. Knows no service.

mod tls;

pub(crate) use tls::Tls;

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, request::Parts};
use std::time::Duration;
use terrane_credentials::reason;

/// How long to wait for a connection, and for a whole answer.
const CONNECT: Duration = Duration::from_secs(10);
const ANSWER: Duration = Duration::from_secs(120);

/// How often to try, and how long to wait in between.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience {
    pub(crate) attempts: u32,
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

impl Default for Patience {
    fn default() -> Patience {
        Patience { attempts: 5, first: Duration::from_millis(200), longest: Duration::from_secs(10) }
    }
}

/// Puts what proves who we are into a request, anew for each attempt.
#[async_trait]
pub(crate) trait Authorize: Send + Sync {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String>;
}

/// Requests that need no proof.
pub(crate) struct Anonymous;

#[async_trait]
impl Authorize for Anonymous {
    async fn authorize(&self, _parts: &mut Parts) -> Result<(), String> {
        Ok(())
    }
}

#[async_trait]
impl<K: reqsign_core::SigningCredential> Authorize for reqsign_core::Signer<K> {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String> {
        self.sign(parts, None).await.map_err(|e| format!("no valid credentials: {e}"))
    }
}

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Whether an earlier attempt may have been served although its answer did not come.
    pub(crate) repeated: bool,
}

impl Answer {
    /// A header, when it is text.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The beginning of the body, for messages.
    pub(crate) fn excerpt(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(300) {
            Some((at, _)) => format!("{}...", &line[..at]),
            None => line,
        }
    }
}

/// Sends requests.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    client: reqwest::Client,
    patience: Patience,
}

impl Web {
    pub(crate) fn new(tls: &Tls, proxy: &Proxies, patience: Patience) -> Result<Web, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.config()?)
            .connect_timeout(CONNECT)
            .timeout(ANSWER)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("terrane/", env!("CARGO_PKG_VERSION")));
        let except = proxy.except.as_deref().and_then(reqwest::NoProxy::from_string);
        for (url, make) in [
            (&proxy.http, reqwest::Proxy::http as fn(String) -> reqwest::Result<reqwest::Proxy>),
            (&proxy.https, reqwest::Proxy::https),
        ] {
            if let Some(url) = url {
                let proxy = make(url.clone()).map_err(|e| format!("the proxy's address: {}", reason(&e)))?;
                builder = builder.proxy(proxy.no_proxy(except.clone()));
            }
        }
        Ok(Web { client: builder.build().map_err(|e| reason(&e))?, patience })
    }

    pub(crate) fn client(&self) -> &reqwest::Client {
        &self.client
    }

    /// Sends a request until it is answered, at most as often as patience allows. Answers that say
    /// that the server is overloaded or broken are no answers, until the last one.
    pub(crate) async fn send(
        &self,
        request: &Request<Bytes>,
        proof: &dyn Authorize,
    ) -> Result<Answer, String> {
        let mut pause = self.patience.first;
        let mut attempt = 1;
        loop {
            let result = self.once(request, proof).await;
            let again = match &result {
                Ok(answer) => matches!(answer.status.as_u16(), 429 | 500 | 502 | 503 | 504),
                Err(Failed::BeforeSending(_)) => false,
                Err(Failed::Sending(_)) => true,
            };
            if !again || attempt >= self.patience.attempts {
                return match result {
                    Ok(answer) => Ok(Answer { repeated: attempt > 1, ..answer }),
                    Err(Failed::BeforeSending(reason) | Failed::Sending(reason)) => Err(reason),
                };
            }
            tokio::time::sleep(pause + scattered(pause)).await;
            pause = (pause * 2).min(self.patience.longest);
            attempt += 1;
        }
    }

    async fn once(&self, request: &Request<Bytes>, proof: &dyn Authorize) -> Result<Answer, Failed> {
        let (mut parts, body) = request.clone().into_parts();
        proof.authorize(&mut parts).await.map_err(Failed::BeforeSending)?;
        let request = reqwest::Request::try_from(Request::from_parts(parts, body))
            .map_err(|e| Failed::BeforeSending(reason(&e)))?;
        let answer = self.client.execute(request).await.map_err(|e| Failed::Sending(reason(&e)))?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(|e| Failed::Sending(reason(&e)))?;
        Ok(Answer { status, headers, body, repeated: false })
    }
}

enum Failed {
    BeforeSending(String),
    Sending(String),
}

/// The proxies to use instead of those that the environment names.
#[derive(Clone, Debug, Default)]
pub(crate) struct Proxies {
    pub(crate) http: Option<String>,
    pub(crate) https: Option<String>,
    pub(crate) except: Option<String>,
}

/// Up to half of `pause` more, so that many who failed together do not try again together.
fn scattered(pause: Duration) -> Duration {
    let random = u32::from_le_bytes(uuid::Uuid::new_v4().as_bytes()[..4].try_into().unwrap_or_default());
    pause.mul_f64(f64::from(random) / f64::from(u32::MAX) / 2.0)
}
