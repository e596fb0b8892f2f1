//! A state at an address: read with GET, written with POST, locked with LOCK and UNLOCK, all of which
//! the server must offer as Terraform's `http` backend has them.
//!
//! Such a server has no place for a journal, which is therefore kept on this machine, and nothing to
//! renew a lock with, so that its locks have no end of their own.

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::DEFAULT_WORKSPACE;
use crate::local::Local;
use crate::web::{Anonymous, Answer, Authorize, Patience, Proxies, Tls, Web};
use crate::{Backend, LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, request::Parts};
use md5::{Digest, Md5};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use url::Url;

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("address").or(&["TF_HTTP_ADDRESS"]),
    Argument::text("client_ca_certificate_pem").or(&["TF_HTTP_CLIENT_CA_CERTIFICATE_PEM"]),
    Argument::text("client_certificate_pem").or(&["TF_HTTP_CLIENT_CERTIFICATE_PEM"]),
    Argument::text("client_private_key_pem").or(&["TF_HTTP_CLIENT_PRIVATE_KEY_PEM"]),
    Argument::text("lock_address").or(&["TF_HTTP_LOCK_ADDRESS"]),
    Argument::text("lock_method").or(&["TF_HTTP_LOCK_METHOD"]),
    Argument::text("password").or(&["TF_HTTP_PASSWORD"]),
    Argument::number("retry_max").or(&["TF_HTTP_RETRY_MAX"]),
    Argument::number("retry_wait_max").or(&["TF_HTTP_RETRY_WAIT_MAX"]),
    Argument::number("retry_wait_min").or(&["TF_HTTP_RETRY_WAIT_MIN"]),
    Argument::bool("skip_cert_verification"),
    Argument::text("unlock_address").or(&["TF_HTTP_UNLOCK_ADDRESS"]),
    Argument::text("unlock_method").or(&["TF_HTTP_UNLOCK_METHOD"]),
    Argument::text("update_method").or(&["TF_HTTP_UPDATE_METHOD"]),
    Argument::text("username").or(&["TF_HTTP_USERNAME"]),
];

/// The one state at an address.
pub(crate) struct HttpServer {
    shared: Arc<Shared>,
}

struct Shared {
    web: Web,
    proof: Box<dyn Authorize>,
    address: Url,
    update: Method,
    lock: Option<(Url, Method)>,
    unlock: Option<(Url, Method)>,
    /// Where the journal is.
    journal: Local,
}

/// User name and password.
struct Basic(HeaderValue);

#[async_trait]
impl Authorize for Basic {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String> {
        parts.headers.insert("authorization", self.0.clone());
        Ok(())
    }
}

impl HttpServer {
    pub(crate) fn configure(given: Given<'_>) -> Result<HttpServer, ConfigureError> {
        let url = |name: &str, text: String| -> Result<Url, ConfigureError> {
            let url: Option<Url> = text.parse().ok();
            url.filter(|url| matches!(url.scheme(), "http" | "https")).ok_or_else(|| {
                ConfigureError(format!(
                    "The argument {name:?} must be an address that begins with http or https."
                ))
            })
        };
        let method = |name: &str, default: &str| -> Result<Method, ConfigureError> {
            let text = given.text(name).unwrap_or_else(|| default.to_owned());
            Method::from_bytes(text.as_bytes())
                .map_err(|_| ConfigureError(format!("The argument {name:?} must be a method of HTTP.")))
        };
        let address = url("address", given.required("address")?)?;
        let with_method = |address: &str, name: &str, default: &str| {
            let method = method(name, default)?;
            given.text(address).map(|text| Ok((url(address, text)?, method))).transpose()
        };
        let proof: Box<dyn Authorize> = match given.text("username") {
            None => Box::new(Anonymous),
            Some(user) => {
                let password = given.text("password").unwrap_or_default();
                let value = format!("Basic {}", STANDARD.encode(format!("{user}:{password}")));
                let mut value = HeaderValue::from_str(&value)
                    .map_err(|_| ConfigureError("User name and password are not valid.".to_owned()))?;
                value.set_sensitive(true);
                Box::new(Basic(value))
            }
        };
        let tls = Tls {
            authorities: given.text("client_ca_certificate_pem"),
            identity: match (given.text("client_certificate_pem"), given.text("client_private_key_pem")) {
                (Some(certificate), Some(key)) => Some((certificate, key)),
                (None, None) => None,
                _ => {
                    return Err(ConfigureError(
                        "The arguments \"client_certificate_pem\" and \"client_private_key_pem\" belong together: set \
                         both or none."
                            .to_owned(),
                    ));
                }
            },
            insecure: given.bool("skip_cert_verification").unwrap_or(false),
        };
        let patience = Patience {
            attempts: u32::try_from(given.number("retry_max")?.unwrap_or(2))
                .unwrap_or(u32::MAX)
                .saturating_add(1),
            first: Duration::from_secs(given.number("retry_wait_min")?.unwrap_or(1)),
            longest: Duration::from_secs(given.number("retry_wait_max")?.unwrap_or(30)),
        };
        let journal = given.surroundings().kept_file(address.as_str());
        Ok(HttpServer {
            shared: Arc::new(Shared {
                web: Web::new(&tls, &Proxies::default(), patience).map_err(ConfigureError)?,
                proof,
                lock: with_method("lock_address", "lock_method", "LOCK")?,
                unlock: with_method("unlock_address", "unlock_method", "UNLOCK")?,
                update: method("update_method", "POST")?,
                address,
                journal: Local::new(journal),
            }),
        })
    }
}

#[async_trait]
impl Backend for HttpServer {
    fn state(&self, _workspace: &str) -> Arc<dyn StateStorage> {
        Arc::new(HttpState { shared: self.shared.clone(), held: Mutex::new(None) })
    }

    fn has_workspaces(&self) -> bool {
        false
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        Ok(vec![DEFAULT_WORKSPACE.to_owned()])
    }

    async fn delete_workspace(&self, _name: &str) -> Result<(), StorageError> {
        let state = HttpState { shared: self.shared.clone(), held: Mutex::new(None) };
        let answer = state.send("remove", Method::DELETE, &self.shared.address, Vec::new()).await?;
        match answer.status.as_u16() {
            200..=299 | 404 => Ok(()),
            _ => Err(state.refused("remove", &answer)),
        }
    }
}

struct HttpState {
    shared: Arc<Shared>,
    /// The lock that this run has.
    held: Mutex<Option<LockInfo>>,
}

impl HttpState {
    fn failed(&self, action: &'static str, reason: String) -> StorageError {
        StorageError::Failed { action, location: self.location(), reason }
    }

    fn refused(&self, action: &'static str, answer: &Answer) -> StorageError {
        let advice = match answer.status.as_u16() {
            401 => ": user name and password are needed",
            403 => ": the user may not do this",
            _ => "",
        };
        let said = answer.excerpt();
        let said = if said.is_empty() { said } else { format!(" ({said})") };
        self.failed(action, format!("the server answered {}{advice}{said}", answer.status))
    }

    fn held(&self) -> Option<LockInfo> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_held(&self, info: Option<LockInfo>) {
        *self.held.lock().unwrap_or_else(PoisonError::into_inner) = info;
    }

    async fn send(
        &self,
        action: &'static str,
        method: Method,
        url: &Url,
        body: Vec<u8>,
    ) -> Result<Answer, StorageError> {
        let failed = |reason: String| self.failed(action, reason);
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = method;
        *request.uri_mut() =
            url.as_str().parse().map_err(|_| failed("the address is not valid".to_owned()))?;
        if !request.body().is_empty() {
            let digest = STANDARD.encode(Md5::digest(request.body()));
            let digest = HeaderValue::from_str(&digest).map_err(|e| failed(e.to_string()))?;
            request.headers_mut().insert("content-md5", digest);
            request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        }
        self.shared.web.send(&request, &*self.shared.proof).await.map_err(failed)
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        let Some((url, method)) = &self.shared.unlock else { return Ok(()) };
        let body = serde_json::to_vec(info).map_err(|e| self.failed("unlock", e.to_string()))?;
        let answer = self.send("unlock", method.clone(), url, body).await?;
        if answer.status.is_success() { Ok(()) } else { Err(self.refused("unlock", &answer)) }
    }
}

#[async_trait]
impl StateStorage for HttpState {
    /// The address without what may be secret in it.
    fn location(&self) -> String {
        let mut url = self.shared.address.clone();
        url.set_query(None);
        if url.set_username("").and(url.set_password(None)).is_err() {
            return "the address of the state".to_owned();
        }
        url.to_string()
    }

    fn origin(&self) -> String {
        self.shared.address.query().unwrap_or_default().to_owned()
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let answer = self.send("read", Method::GET, &self.shared.address, Vec::new()).await?;
        match answer.status.as_u16() {
            200 if answer.body.is_empty() => Ok(None),
            200 => {
                let digest = STANDARD.encode(Md5::digest(&answer.body));
                if answer.header("content-md5").is_some_and(|said| said != digest) {
                    return Err(
                        self.failed("read", "the answer does not have the digest that it says".to_owned())
                    );
                }
                Ok(Some((answer.body.to_vec(), Version(digest))))
            }
            204 | 404 => Ok(None),
            _ => Err(self.refused("read", &answer)),
        }
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        // The server knows no conditions. Looking first finds all but what is written in this moment.
        let present = self.read().await?.map(|(_, version)| version);
        if present.as_ref() != expected {
            return Err(StorageError::Conflict { location: self.location() });
        }
        let mut url = self.shared.address.clone();
        if let Some(info) = self.held() {
            url.query_pairs_mut().append_pair("ID", &info.id);
        }
        let answer = self.send("write", self.shared.update.clone(), &url, state.to_vec()).await?;
        match answer.status.as_u16() {
            200 | 201 | 204 => Ok(Version(STANDARD.encode(Md5::digest(state)))),
            409 | 423 => Err(StorageError::LockLost { location: self.location() }),
            _ => Err(self.refused("write", &answer)),
        }
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let Some((url, method)) = &self.shared.lock else { return Ok(None) };
        let info = info.without_term();
        let body = serde_json::to_vec(&info).map_err(|e| self.failed("lock", e.to_string()))?;
        let answer = self.send("lock", method.clone(), url, body).await?;
        let holder: Option<LockInfo> = serde_json::from_slice(&answer.body).ok();
        match answer.status.as_u16() {
            200..=299 => {}
            // The answer to an earlier attempt was lost.
            409 | 423 if answer.repeated && holder.as_ref().is_some_and(|h| h.id == info.id) => {}
            409 | 423 => return Err(LockError::Held { holder: holder.map(Box::new) }),
            _ => return Err(self.refused("lock", &answer).into()),
        }
        self.set_held(Some(info));
        Ok(None)
    }

    /// There is no way to renew such a lock; it holds until it is given back.
    async fn renew(&self, _info: &LockInfo) -> Result<(), StorageError> {
        Ok(())
    }

    async fn unlock(&self, info: &LockInfo) -> Result<(), StorageError> {
        let held = self.held().unwrap_or_else(|| info.without_term());
        self.set_held(None);
        self.release(&held).await
    }

    /// Such a server does not tell.
    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(None)
    }

    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        let info = LockInfo { id: id.to_owned(), who: "somebody".to_owned(), ..LockInfo::default() };
        self.release(&info).await?;
        Ok(info)
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        self.shared.journal.read_journal().await
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.shared.journal.append_journal(lines).await
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        self.shared.journal.replace_journal(lines).await
    }
}
