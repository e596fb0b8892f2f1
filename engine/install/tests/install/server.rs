//! A server for tests: HTTP/1.1, one request a connection, over TLS with an authority of its own
//! or not. It ends with the value.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// What is asked. Names of headers are in lower case.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// The path with the query.
    pub(crate) target: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Asked {
    pub(crate) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }
}

/// What is answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn new(status: u16) -> Answer {
        Answer { status, ..Answer::default() }
    }

    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Answer {
        Answer { status: 200, body: body.into(), ..Answer::default() }
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Answer {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(crate) fn redirect(to: impl Into<String>) -> Answer {
        Answer::new(302).with("location", to)
    }
}

type Handler = dyn Fn(&Asked) -> Answer + Send + Sync;

/// A running server.
pub(crate) struct Server {
    address: SocketAddr,
    authority: Option<tempfile::NamedTempFile>,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Without encryption.
    pub(crate) async fn http(handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
        Server::start(None, None, Arc::new(handler)).await
    }

    /// Over TLS, with a certificate for 127.0.0.1.
    pub(crate) async fn https(handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut parameters = rcgen::CertificateParams::new(Vec::<String>::new()).unwrap();
        parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let certificate = parameters.self_signed(&key).unwrap();
        let issuer = rcgen::Issuer::new(parameters, key);
        let own_key = rcgen::KeyPair::generate().unwrap();
        let own = rcgen::CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let own = own.signed_by(&own_key, &issuer).unwrap();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![own.der().clone()],
                PrivateKeyDer::try_from(own_key.serialize_der()).unwrap(),
            )
            .unwrap();
        let authority = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(authority.path(), certificate.pem()).unwrap();
        Server::start(Some(TlsAcceptor::from(Arc::new(config))), Some(authority), Arc::new(handler)).await
    }

    async fn start(
        tls: Option<TlsAcceptor>,
        authority: Option<tempfile::NamedTempFile>,
        handler: Arc<Handler>,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let record = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, handler, record) = (tls.clone(), handler.clone(), record.clone());
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, handler, record).await,
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, handler, record).await;
                            }
                        }
                    }
                });
            }
        });
        Server { address, authority, asked, task }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn host(&self) -> String {
        self.address.to_string()
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        let scheme = if self.authority.is_some() { "https" } else { "http" };
        format!("{scheme}://{}{path}", self.address)
    }

    /// The file with the authority's certificate.
    pub(crate) fn authority(&self) -> &Path {
        self.authority.as_ref().unwrap().path()
    }

    /// What was asked, so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// How often paths with this part were asked for.
    pub(crate) fn count(&self, part: &str) -> usize {
        self.asked().iter().filter(|a| a.target.contains(part)).count()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    handler: Arc<Handler>,
    record: Arc<Mutex<Vec<Asked>>>,
) {
    let Some(asked) = read(&mut stream).await else { return };
    record.lock().unwrap().push(asked.clone());
    let answer = tokio::task::spawn_blocking(move || handler(&asked)).await.unwrap();
    let mut head = format!("HTTP/1.1 {} x\r\nconnection: close\r\n", answer.status);
    for (name, value) in &answer.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", answer.body.len()));
    // Somebody who has read enough may have gone away.
    let _ = stream.write_all(head.as_bytes()).await;
    let _ = stream.write_all(&answer.body).await;
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break at + 4;
        }
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        bytes.extend_from_slice(&buffer[..read]);
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    let mut body = bytes[end..].to_vec();
    while body.len() < length {
        let mut buffer = [0; 4096];
        let read = stream.read(&mut buffer).await.ok().filter(|read| *read > 0)?;
        body.extend_from_slice(&buffer[..read]);
    }
    Some(Asked { method, target, headers, body })
}

/// Answers as Git's own CGI program does, for the repositories in `root`.
pub(crate) fn git_backend(root: PathBuf) -> impl Fn(&Asked) -> Answer + Send + Sync {
    move |asked: &Asked| {
        use std::io::Write;
        use std::process::{Command, Stdio};
        let mut child = Command::new("git")
            .arg("http-backend")
            .env("GIT_PROJECT_ROOT", &root)
            .env("GIT_HTTP_EXPORT_ALL", "1")
            .env("REQUEST_METHOD", &asked.method)
            .env("PATH_INFO", asked.path())
            .env("QUERY_STRING", asked.query())
            .env("CONTENT_TYPE", asked.header("content-type"))
            .env("CONTENT_LENGTH", asked.body.len().to_string())
            .env("HTTP_CONTENT_ENCODING", asked.header("content-encoding"))
            .env("GIT_PROTOCOL", asked.header("git-protocol"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&asked.body).unwrap();
        let output = child.wait_with_output().unwrap().stdout;
        let end = output.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        let mut answer = Answer::ok(&output[end..]);
        for line in String::from_utf8_lossy(&output[..end]).lines() {
            match line.split_once(": ") {
                Some(("Status", status)) => answer.status = status[..3].parse().unwrap(),
                Some((name, value)) => answer = answer.with(name, value),
                None => {}
            }
        }
        answer
    }
}
