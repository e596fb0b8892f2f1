//! Messages to other systems: a JSON document sent to an address that somebody has set up.

use std::sync::Arc;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How often it is tried.
const ATTEMPTS: u32 = 3;

/// Sends `body`. The address is a secret with most services, and so in no message.
pub(crate) async fn send(url: &str, body: &serde_json::Value) -> Result<(), String> {
    let client = client()?;
    let mut last = String::new();
    for attempt in 0..ATTEMPTS {
        if attempt > 0 {
            tokio::time::sleep(Duration::from_millis(250 << attempt)).await;
        }
        let request =
            client.post(url).header("content-type", "application/json").body(body.to_string()).send().await;
        match request {
            Ok(answer) if answer.status().is_success() => return Ok(()),
            Ok(answer) => {
                let status = answer.status();
                let text = answer.text().await.unwrap_or_default();
                let text: String = text.chars().take(200).collect();
                last = format!("the answer was {status}: {text}");
                // Another attempt would be refused likewise.
                if status.is_client_error() && status.as_u16() != 429 {
                    break;
                }
            }
            Err(error) if error.is_builder() => return Err("it is not a valid address".into()),
            Err(error) => last = reason(error),
        }
    }
    Err(last)
}

fn client() -> Result<reqwest::Client, String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .timeout(PATIENCE)
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("terrane/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(reason)
}

/// Why a request failed, without its address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(inner) = source {
        text = format!("{text}: {inner}");
        source = inner.source();
    }
    text
}
