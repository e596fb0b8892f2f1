//! States in the key-value store of Consul: a value at `PATH`, workspaces at `PATH-env:NAME`, locked by a
//! session at `PATH/.lock`, with who has it at `PATH/.lockinfo`, as Terraform has them.
//!
//! A session ends when it is not renewed, and with it the lock, so that nothing has to be taken over.

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::{DEFAULT_WORKSPACE, sorted_workspaces};
use crate::remote::{Condition, Lock, NoLock, Objects, Put, RemoteState, to_bytes};
use crate::web::{Answer, Authorize, Patience, Proxies, Tls, Web};
use crate::{Backend, LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::{Compression, read::GzDecoder, write::GzEncoder};
use http::{HeaderValue, Method, Request, request::Parts};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value as Json, json};
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("access_token").or(&["CONSUL_HTTP_TOKEN"]),
    Argument::text("address").or(&["CONSUL_HTTP_ADDR"]),
    Argument::text("ca_file").or(&["CONSUL_CACERT"]),
    Argument::text("cert_file").or(&["CONSUL_CLIENT_CERT"]),
    Argument::text("datacenter"),
    Argument::bool("gzip"),
    Argument::text("http_auth").or(&["CONSUL_HTTP_AUTH"]),
    Argument::text("key_file").or(&["CONSUL_CLIENT_KEY"]),
    Argument::bool("lock"),
    Argument::text("path").required(),
    Argument::text("scheme"),
];

/// How Consul's own clients mark a key that is a lock.
const LOCK_FLAGS: u64 = 0x2ddc_cbc0_58a5_0c18;
/// After this time without a sign of life a session ends. Longer than the pause between heartbeats.
const SESSION: &str = "60s";
/// What is not encoded in a path.
const PATH: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b':');

/// The states at a path.
pub(crate) struct Consul {
    store: Arc<Store>,
    path: String,
    lock: bool,
}

struct Store {
    web: Web,
    proof: Proof,
    address: String,
    datacenter: Option<String>,
    gzip: bool,
}

struct Proof {
    token: Option<HeaderValue>,
    basic: Option<HeaderValue>,
}

#[async_trait]
impl Authorize for Proof {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String> {
        for (name, value) in [("x-consul-token", &self.token), ("authorization", &self.basic)] {
            if let Some(value) = value {
                parts.headers.insert(name, value.clone());
            }
        }
        Ok(())
    }
}

impl Consul {
    pub(crate) fn configure(given: Given<'_>) -> Result<Consul, ConfigureError> {
        let file = |name: &str| {
            let read = given.text(name).map(|path| given.surroundings().read(&path)).transpose();
            read.map_err(|e| {
                ConfigureError(format!("The file of the argument {name:?} cannot be read: {e}."))
            })
        };
        let header = |text: String| {
            let mut value = HeaderValue::from_str(&text)
                .map_err(|_| ConfigureError("The token or password for Consul is not valid.".to_owned()))?;
            value.set_sensitive(true);
            Ok::<_, ConfigureError>(value)
        };
        let tls = Tls {
            authorities: file("ca_file")?,
            identity: file("cert_file")?.zip(file("key_file")?),
            insecure: false,
        };
        let with_tls =
            given.surroundings().variable("CONSUL_HTTP_SSL").is_some_and(|v| v == "true" || v == "1");
        let scheme =
            given.text("scheme").unwrap_or_else(|| if with_tls { "https" } else { "http" }.to_owned());
        let address = given.text("address").unwrap_or_else(|| "127.0.0.1:8500".to_owned());
        let address = if address.contains("://") { address } else { format!("{scheme}://{address}") };
        let basic = given.text("http_auth").map(|text| header(format!("Basic {}", STANDARD.encode(text))));
        let store = Store {
            web: Web::new(&tls, &Proxies::default(), Patience::default()).map_err(ConfigureError)?,
            proof: Proof {
                token: given.text("access_token").map(header).transpose()?,
                basic: basic.transpose()?,
            },
            address: address.trim_end_matches('/').to_owned(),
            datacenter: given.text("datacenter"),
            gzip: given.bool("gzip").unwrap_or(false),
        };
        let path = given.required("path")?;
        Ok(Consul { store: Arc::new(store), path, lock: given.bool("lock").unwrap_or(true) })
    }

    fn key(&self, workspace: &str) -> String {
        match workspace {
            DEFAULT_WORKSPACE => self.path.clone(),
            name => format!("{}-env:{name}", self.path),
        }
    }
}

impl Store {
    fn failed(&self, action: &'static str, key: &str, reason: impl ToString) -> StorageError {
        StorageError::Failed { action, location: self.location(key), reason: reason.to_string() }
    }

    fn refused(&self, action: &'static str, key: &str, answer: &Answer) -> StorageError {
        self.failed(action, key, format!("Consul answered {}: {}", answer.status, answer.excerpt()))
    }

    async fn send(
        &self,
        action: &'static str,
        key: &str,
        method: Method,
        path: &str,
        body: Vec<u8>,
    ) -> Result<Answer, StorageError> {
        let mut request = Request::new(Bytes::from(body));
        *request.method_mut() = method;
        let mut url = format!("{}/v1/{path}", self.address);
        if let Some(datacenter) = &self.datacenter {
            url += if url.contains('?') { "&dc=" } else { "?dc=" };
            url += &utf8_percent_encode(datacenter, NON_ALPHANUMERIC).to_string();
        }
        *request.uri_mut() = url.parse().map_err(|e| self.failed(action, key, e))?;
        let sent = self.web.send(&request, &self.proof).await;
        sent.map_err(|reason| self.failed(action, key, reason))
    }

    /// The value of a key as it is stored, and its index.
    async fn raw(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let answer = self.send("read", key, Method::GET, &kv(key, "?consistent"), Vec::new()).await?;
        match answer.status.as_u16() {
            404 => return Ok(None),
            200 => {}
            _ => return Err(self.refused("read", key, &answer)),
        }
        let json: Json = serde_json::from_slice(&answer.body).map_err(|e| self.failed("read", key, e))?;
        let value = json[0]["Value"].as_str().unwrap_or_default();
        let bytes = STANDARD.decode(value).map_err(|e| self.failed("read", key, e))?;
        Ok(Some((bytes, Version(json[0]["ModifyIndex"].to_string()))))
    }
}

fn kv(key: &str, query: &str) -> String {
    format!("kv/{}{query}", utf8_percent_encode(key, PATH))
}

#[async_trait]
impl Objects for Store {
    fn location(&self, key: &str) -> String {
        format!("{key} in Consul at {}", self.address)
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let Some((mut bytes, version)) = self.raw(key).await? else { return Ok(None) };
        // A state that is too large for one key is in several, which the key then names.
        let parts =
            serde_json::from_slice::<Json>(&bytes).ok().filter(|json| json.get("current-hash").is_some());
        if let Some(parts) = parts {
            bytes = Vec::new();
            for part in parts["chunks"].as_array().into_iter().flatten().filter_map(Json::as_str) {
                let found = self.raw(part).await?;
                bytes.extend(
                    found.ok_or_else(|| self.failed("read", part, "this part of the state is gone"))?.0,
                );
            }
        }
        if bytes.first() == Some(&0x1f) {
            let mut plain = Vec::new();
            GzDecoder::new(bytes.as_slice())
                .read_to_end(&mut plain)
                .map_err(|e| self.failed("read", key, e))?;
            bytes = plain;
        }
        Ok(Some((bytes, version)))
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        let index = match condition {
            Condition::Absent => "0",
            Condition::Is(version) => &version.0,
        };
        let body = match self.gzip {
            false => content.to_vec(),
            true => {
                let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
                gzip.write_all(content)
                    .and_then(|()| gzip.finish())
                    .map_err(|e| self.failed("write", key, e))?
            }
        };
        let answer = self.send("write", key, Method::PUT, &kv(key, &format!("?cas={index}")), body).await?;
        match (answer.status.as_u16(), answer.body.trim_ascii()) {
            (200, b"true") => match self.get(key).await? {
                Some((now, version)) if now == content => Ok(Put::Done(version)),
                // Written, and written again by somebody else in this moment.
                _ => Ok(Put::Refused),
            },
            (200, _) => {
                // The answer to an earlier attempt may have been lost.
                let found = if answer.repeated { self.get(key).await? } else { None };
                let ours = found.filter(|(bytes, _)| bytes == content);
                Ok(ours.map_or(Put::Refused, |(_, version)| Put::Done(version)))
            }
            (413, _) => Err(self.failed(
                "write",
                key,
                "the state is too large for a key of Consul (512 KiB unless it is configured otherwise). The argument \
                 \"gzip\" makes it smaller",
            )),
            _ => Err(self.refused("write", key, &answer)),
        }
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let answer = self.send("remove", key, Method::DELETE, &kv(key, ""), Vec::new()).await?;
        if answer.status.is_success() { Ok(()) } else { Err(self.refused("remove", key, &answer)) }
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        let answer = self.send("list", prefix, Method::GET, &kv(prefix, "?keys"), Vec::new()).await?;
        match answer.status.as_u16() {
            404 => Ok(Vec::new()),
            200 => serde_json::from_slice(&answer.body).map_err(|e| self.failed("list", prefix, e)),
            _ => Err(self.refused("list", prefix, &answer)),
        }
    }
}

/// The lock of a session.
struct SessionLock {
    store: Arc<Store>,
    key: String,
    session: Mutex<Option<String>>,
}

impl SessionLock {
    fn lock_key(&self) -> String {
        format!("{}/.lock", self.key.trim_end_matches('/'))
    }

    fn info_key(&self) -> String {
        format!("{}/.lockinfo", self.key.trim_end_matches('/'))
    }

    fn session(&self) -> Result<String, StorageError> {
        let session = self.session.lock().unwrap_or_else(PoisonError::into_inner).clone();
        session.ok_or_else(|| StorageError::LockLost { location: self.store.location(&self.key) })
    }

    async fn put(&self, path: &str, body: Vec<u8>) -> Result<Answer, StorageError> {
        let answer = self.store.send("lock", &self.key, Method::PUT, path, body).await?;
        match answer.status.as_u16() {
            200 | 404 => Ok(answer),
            _ => Err(self.store.refused("lock", &self.key, &answer)),
        }
    }

    /// Ends a session and removes what told of its lock.
    async fn end(&self, session: &str) -> Result<(), StorageError> {
        self.store.delete(&self.info_key()).await?;
        self.put(&kv(&self.lock_key(), &format!("?release={session}")), Vec::new()).await?;
        self.put(&format!("session/destroy/{session}"), Vec::new()).await?;
        self.store.delete(&self.lock_key()).await
    }
}

#[async_trait]
impl Lock for SessionLock {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let body = json!({ "Name": "Consul API Lock", "TTL": SESSION, "LockDelay": "1s" });
        let answer = self.put("session/create", body.to_string().into_bytes()).await?;
        let json: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        let session = json["ID"].as_str().unwrap_or_default().to_owned();
        let acquire = kv(&self.lock_key(), &format!("?acquire={session}&flags={LOCK_FLAGS}"));
        let answer = self.put(&acquire, Vec::new()).await?;
        if answer.body.trim_ascii() != b"true" {
            self.put(&format!("session/destroy/{session}"), Vec::new()).await?;
            return Err(LockError::Held { holder: self.holder().await?.map(Box::new) });
        }
        // As in Terraform the session is what names the lock. It ends by itself.
        let info = LockInfo {
            id: session.clone(),
            info: format!("consul session: {session}"),
            ..info.without_term()
        };
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = Some(session);
        let bytes = to_bytes(&info, &self.key)?;
        self.put(&kv(&self.info_key(), ""), bytes).await?;
        Ok(None)
    }

    async fn renew(&self, _info: &LockInfo) -> Result<(), StorageError> {
        let answer = self.put(&format!("session/renew/{}", self.session()?), Vec::new()).await?;
        match answer.status.as_u16() {
            404 => Err(StorageError::LockLost { location: self.store.location(&self.key) }),
            _ => Ok(()),
        }
    }

    async fn release(&self, _info: &LockInfo) -> Result<(), StorageError> {
        let session = self.session()?;
        *self.session.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.end(&session).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        let path = kv(&self.lock_key(), "?consistent");
        let answer = self.store.send("read", &self.key, Method::GET, &path, Vec::new()).await?;
        let json: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status.as_u16() != 200 || json[0]["Session"].as_str().is_none() {
            return Ok(None);
        }
        let info = self.store.raw(&self.info_key()).await?;
        Ok(Some(info.and_then(|(bytes, _)| serde_json::from_slice(&bytes).ok()).unwrap_or_default()))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.holder().await? {
            Some(info) if info.id == id => {
                self.end(id).await?;
                Ok(info)
            }
            found => Err(LockError::NoSuchLock { id: id.into(), actual: found.map(|info| info.id) }),
        }
    }
}

#[async_trait]
impl Backend for Consul {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        let key = self.key(workspace);
        let lock: Arc<dyn Lock> = match self.lock {
            false => Arc::new(NoLock),
            true => Arc::new(SessionLock {
                store: self.store.clone(),
                key: key.clone(),
                session: Mutex::new(None),
            }),
        };
        let journal = format!("{}/.journal/", key.trim_end_matches('/'));
        Arc::new(RemoteState::new(self.store.clone(), lock, key, journal))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let prefix = format!("{}-env:", self.path);
        let keys = self.store.list(&prefix).await?;
        Ok(sorted_workspaces(keys.iter().filter_map(|key| {
            let name = key.strip_prefix(&prefix)?;
            (!name.contains('/')).then(|| name.to_owned())
        })))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        let key = self.key(name);
        self.store.delete(&key).await?;
        for key in self.store.list(&format!("{}/.journal/", key.trim_end_matches('/'))).await? {
            self.store.delete(&key).await?;
        }
        Ok(())
    }
}
