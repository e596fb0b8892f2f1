//! A plugin that does as a test says: the "program" is a script that says where to connect, and the answers come from the
//! test itself.

use super::answers::usual;
use crate::{PluginProvider, Program};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use prost::bytes::{Buf, BufMut};
use std::convert::Infallible;
use std::future::Future;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tempfile::TempDir;
use terrane_diagnostics::Diagnostics;
use tokio::sync::watch;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::{Request, Response, Status};

/// What a plugin does when it is called.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// Answers with these bytes.
    Bytes(Vec<u8>),
    /// Ends at once, whatever else it was doing.
    Die,
    /// Ends when it has answered.
    End,
    /// Says that it does not know the method.
    Unknown,
    /// Refuses the call.
    Refuse(&'static str),
    /// Never answers this call.
    Hang,
    /// Answers nothing any more.
    Freeze,
    /// Answers with these bytes after a while.
    Slow(Vec<u8>),
    /// Answers with these bytes when it is asked to stop.
    WhenStopped(Vec<u8>),
    /// Answers with a stream of these.
    Stream(Vec<Vec<u8>>),
    /// Answers with a stream of these, and ends before it is over.
    Broken(Vec<Vec<u8>>),
}

pub(super) fn good(message: &impl Message) -> Reply {
    Reply::Bytes(message.encode_to_vec())
}

type Answer = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

/// What a plugin has seen.
#[derive(Default)]
struct Seen {
    /// The methods that were called, in order.
    methods: Vec<String>,
    /// What was sent to them.
    requests: Vec<(String, Vec<u8>)>,
    /// Whether it was killed.
    killed: bool,
}

/// What is known of a plugin while it runs.
#[derive(Clone)]
struct Life {
    /// Where its process is told.
    pid: PathBuf,
    seen: Arc<watch::Sender<Seen>>,
}

impl Life {
    fn called(&self, method: &str) {
        self.seen.send_modify(|seen| seen.methods.push(method.to_owned()));
    }

    fn sent(&self, method: &str, request: Request<Vec<u8>>) {
        self.seen.send_modify(|seen| seen.requests.push((method.to_owned(), request.into_inner())));
    }

    async fn wait_for(&self, what: impl FnMut(&Seen) -> bool) {
        // The sender is there as long as `self`.
        let _ = self.seen.subscribe().wait_for(what).await;
    }

    /// What `answer` gives, unless the plugin is killed before.
    async fn unless_killed<T>(&self, answer: impl Future<Output = T>) -> Result<T, Status> {
        tokio::select! {
            answer = answer => Ok(answer),
            () = self.wait_for(|seen| seen.killed) => Err(went_away()),
        }
    }

    fn kill(&self) {
        let pid = std::fs::read_to_string(&self.pid).unwrap();
        let _ = Command::new("kill").args(["-9", pid.trim()]).stderr(std::process::Stdio::null()).status();
        self.seen.send_modify(|seen| seen.killed = true);
    }

    async fn reply(&self, reply: Reply) -> Result<Vec<u8>, Status> {
        match reply {
            Reply::Bytes(bytes) => Ok(bytes),
            Reply::Refuse(why) => Err(Status::internal(why)),
            Reply::Unknown => Err(Status::unimplemented("unknown method")),
            Reply::Hang | Reply::Freeze | Reply::Stream(_) | Reply::Broken(_) => {
                self.unless_killed(std::future::pending()).await
            }
            Reply::Slow(bytes) => {
                self.unless_killed(tokio::time::sleep(Duration::from_secs(1))).await.map(|()| bytes)
            }
            Reply::WhenStopped(bytes) => {
                let stopped = self.wait_for(|seen| seen.methods.iter().any(|m| m == "StopProvider"));
                self.unless_killed(stopped).await.map(|()| bytes)
            }
            Reply::Die => {
                self.kill();
                Err(went_away())
            }
            Reply::End => {
                self.kill();
                Ok(Vec::new())
            }
        }
    }
}

fn went_away() -> Status {
    Status::unavailable("the connection went away")
}

/// A plugin that has one resource type and data source, `x_thing`, with the attributes `id` and `name`.
pub(super) struct Fake {
    pub(super) dir: TempDir,
    life: Life,
}

impl Fake {
    /// What is called by `script`, a shell script.
    pub(super) fn script(script: &str) -> Fake {
        let dir = TempDir::new().unwrap();
        let path = dir.path().join("plugin");
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        let life = Life { pid: path.with_extension("pid"), seen: Arc::new(watch::Sender::default()) };
        Fake { dir, life }
    }

    /// What answers as it is told to.
    pub(super) fn that_answers(answer: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Fake {
        let fake = Fake::script(
            "echo $$ > \"$0.pid\"\necho trouble ahead >&2\necho \"1|6|unix|$0.sock|grpc|\"\nexec sleep 600",
        );
        let listener = std::os::unix::net::UnixListener::bind(fake.path().with_extension("sock")).unwrap();
        listener.set_nonblocking(true).unwrap();
        let serving = answer_calls(listener, fake.life.clone(), Arc::new(answer));
        crate::process::runtime().unwrap().spawn(serving);
        fake
    }

    /// What answers the method `at` with `reply`, and all others well. One that is to be asked to stop has something under way.
    pub(super) fn that(at: &'static str, reply: Reply) -> Fake {
        let frozen = AtomicBool::new(false);
        let answer = move |method: &str| {
            if method == at && matches!(reply, Reply::Freeze) {
                frozen.store(true, Ordering::SeqCst);
            }
            match method {
                _ if frozen.load(Ordering::SeqCst) => Reply::Hang,
                _ if method == at => reply.clone(),
                "ApplyResourceChange" if at == "StopProvider" => match (&reply, usual(method)) {
                    (Reply::Bytes(_) | Reply::Refuse(_) | Reply::Unknown, Reply::Bytes(bytes)) => {
                        Reply::WhenStopped(bytes)
                    }
                    _ => Reply::Hang,
                },
                _ => usual(method),
            }
        };
        Fake::that_answers(answer)
    }

    pub(super) fn path(&self) -> PathBuf {
        self.dir.path().join("plugin")
    }

    pub(super) async fn start(&self) -> Result<PluginProvider, Diagnostics> {
        PluginProvider::start(self.program()).await
    }

    pub(super) fn program(&self) -> Program {
        let name = "ops/fake 1.0.0".into();
        Program { path: self.path(), name, launcher: Vec::new(), schemas: None }
    }

    /// The process, when one was started.
    pub(super) fn pid(&self) -> Option<String> {
        std::fs::read_to_string(&self.life.pid).ok()
    }

    pub(super) fn is_running(&self) -> bool {
        self.pid().is_some_and(|pid| Path::new("/proc").join(pid.trim()).exists())
    }

    /// A process after one that has ended.
    pub(super) fn may_live_again(&self) {
        self.life.seen.send_modify(|seen| seen.killed = false);
    }

    /// Waits until a method was called.
    pub(super) async fn has_got(&self, method: &str) {
        self.life.wait_for(|seen| seen.methods.iter().any(|m| m == method)).await;
    }

    /// The methods that were called, in order.
    pub(super) fn got(&self) -> Vec<String> {
        self.life.seen.borrow().methods.clone()
    }

    /// What was sent to a method, the first time and each time after.
    pub(super) fn requests<Q: Message + Default>(&self, method: &str) -> Vec<Q> {
        let seen = self.life.seen.borrow();
        let sent = seen.requests.iter().filter(|(called, _)| called == method);
        sent.map(|(_, request)| Q::decode(&**request).unwrap()).collect()
    }
}

async fn answer_calls(listener: std::os::unix::net::UnixListener, life: Life, answer: Answer) {
    let listener = tokio::net::UnixListener::from_std(listener).unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        let (life, answer) = (life.clone(), answer.clone());
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let (life, answer) = (life.clone(), answer.clone());
            async move {
                let method = request.uri().path().rsplit('/').next().unwrap_or_default().to_owned();
                life.called(&method);
                let mut server = tonic::server::Grpc::new(Raw);
                let (parts, is_broken) = match answer(&method) {
                    Reply::Stream(parts) => (parts, false),
                    Reply::Broken(parts) => (parts, true),
                    reply => {
                        let reply = move |request: Request<Vec<u8>>| {
                            life.sent(&method, request);
                            let (life, reply) = (life.clone(), reply.clone());
                            async move { life.reply(reply).await.map(Response::new) }
                        };
                        return Ok(server.unary(tower::service_fn(reply), request).await);
                    }
                };
                let reply = move |request: Request<Vec<u8>>| {
                    life.sent(&method, request);
                    let mut parts: Vec<Result<Vec<u8>, Status>> = parts.iter().cloned().map(Ok).collect();
                    if is_broken {
                        life.kill();
                        parts.push(Err(went_away()));
                    }
                    async move { Ok::<_, Status>(Response::new(futures::stream::iter(parts))) }
                };
                Ok::<_, Infallible>(server.server_streaming(tower::service_fn(reply), request).await)
            }
        });
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        tokio::spawn(async move { server.serve_connection(TokioIo::new(stream), service).await });
    }
}

/// Messages as the bytes that they are.
#[derive(Clone, Copy)]
struct Raw;

impl Codec for Raw {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        Ok(Some(buffer.copy_to_bytes(buffer.remaining()).to_vec()))
    }
}
