//! Services of AWS, as far as states and keys need them: signed requests, and errors that name
//! account-independent facts (operation, region, request id).

mod credentials;
mod profile;

pub(crate) use credentials::{AssumeRole, Credentials, WebIdentity};
pub(crate) use profile::region;

use crate::web::{Answer, Web};
use bytes::Bytes;
use http::{HeaderValue, Method, Request};
use reqsign_aws_v4::{Credential, RequestSigner};
use reqsign_core::Signer;
use sha2::{Digest, Sha256};
use url::Url;

/// One service in one region.
pub(crate) struct Service {
    web: Web,
    signer: Signer<Credential>,
    /// Where it is; objects of S3 are at paths below it.
    endpoint: Url,
    name: &'static str,
    region: String,
}

impl Service {
    pub(crate) fn new(
        web: Web,
        credentials: &Credentials,
        name: &'static str,
        region: &str,
        endpoint: Url,
    ) -> Service {
        let signer = credentials.signer(RequestSigner::new(name, region).with_standard_session_token());
        Service { web, signer, endpoint, name, region: region.to_owned() }
    }

    /// The host that is asked, with its port where that is not the usual one.
    pub(crate) fn host(&self) -> String {
        let host = self.endpoint.host_str().unwrap_or_default();
        self.endpoint.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Sends a request to a path below the endpoint, given percent-encoded with its query.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Bytes,
    ) -> Result<Answer, String> {
        let base = self.endpoint.as_str().trim_end_matches('/');
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() =
            format!("{base}{path}").parse().map_err(|e| format!("the address {base}{path}: {e}"))?;
        let digest = hex(&Sha256::digest(request.body()));
        let all = headers.iter().map(|(n, v)| (*n, v.clone())).chain([("x-amz-content-sha256", digest)]);
        for (name, value) in all {
            let value =
                HeaderValue::from_str(&value).map_err(|_| format!("the header {name} is not valid"))?;
            request.headers_mut().insert(name, value);
        }
        self.web.send(&request, &self.signer).await
    }

    /// Calls an operation of a service that speaks JSON.
    pub(crate) async fn call(
        &self,
        target: &str,
        version: &'static str,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, Failure> {
        let operation = target.rsplit('.').next().unwrap_or(target).to_owned();
        let headers = [
            ("content-type", format!("application/x-amz-json-{version}")),
            ("x-amz-target", target.to_owned()),
        ];
        let answer = self
            .send(Method::POST, "/", &headers, Bytes::from(body.to_string()))
            .await
            .map_err(|reason| Failure { code: String::new(), text: format!("{operation}: {reason}") })?;
        if !answer.status.is_success() {
            return Err(self.failure(&operation, &answer));
        }
        serde_json::from_slice(&answer.body).map_err(|e| Failure {
            code: String::new(),
            text: format!("{operation}: the answer is no JSON: {e}"),
        })
    }

    /// What an answer complains about.
    pub(crate) fn failure(&self, operation: &str, answer: &Answer) -> Failure {
        let (code, message) = problem(answer);
        let request = ["x-amz-request-id", "x-amzn-requestid"].iter().find_map(|name| answer.header(name));
        let request = request.map(|id| format!(", request id {id}")).unwrap_or_default();
        let place = format!("{} {operation} in {}{request}", self.name, self.region);
        let said = match (code.is_empty(), message.is_empty()) {
            (true, true) => format!("status {}", answer.status),
            (false, true) => format!("{code}, status {}", answer.status),
            (true, false) => message,
            (false, false) => format!("{code}: {message}"),
        };
        Failure { code, text: format!("{said} ({place})") }
    }
}

/// Why a service refused.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    /// The name of the error; empty when there was no answer.
    pub(crate) code: String,
    /// What to tell.
    pub(crate) text: String,
}

/// Code and message of an error in XML or JSON.
fn problem(answer: &Answer) -> (String, String) {
    let text = String::from_utf8_lossy(&answer.body);
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(&text) {
        let get = |names: [&str; 2]| {
            names.iter().find_map(|name| json.get(*name)?.as_str()).unwrap_or_default().to_owned()
        };
        let code = get(["__type", "code"]);
        return (code.rsplit('#').next().unwrap_or_default().to_owned(), get(["message", "Message"]));
    }
    let code = element(&text, "Code").unwrap_or_default();
    (code, element(&text, "Message").unwrap_or_default())
}

/// The text of the first element with this name, whatever is around it.
pub(crate) fn element(xml: &str, name: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |t| t.into_owned()))
}

/// Bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The domain of a region's services.
pub(crate) fn domain(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "amazonaws.com.cn",
        Some("us") if region.starts_with("us-isob-") => "sc2s.sgov.gov",
        Some("us") if region.starts_with("us-iso-") => "c2s.ic.gov",
        Some("eusc") => "amazonaws.eu",
        _ => "amazonaws.com",
    }
}
