//! A running plugin: how it is started, called and ended. Knows no message.

use crate::Program;
use crate::handshake::{self, Address, Handshake, Protocol};
use crate::messages::{Empty, HealthCheck};
use crate::methods::Method;
use crate::tls::Identity;
use hyper_util::rt::TokioIo;
use prost::Message;
use rustls::pki_types::ServerName;
use std::collections::VecDeque;
use std::fmt::Write;
use std::future::Future;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, mpsc};
use std::time::Duration;
use terrane_diagnostics::Diagnostic;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::net::{TcpStream, UnixStream};
use tokio::process::{Child, ChildStdout, Command};
use tokio::runtime::{Handle, Runtime, RuntimeFlavor};
use tokio::time::timeout;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Status};

/// How long a plugin may take until it listens.
const START: Duration = Duration::from_secs(if cfg!(test) { 2 } else { 60 });
/// How long a plugin may take to end when it was asked to.
const END: Duration = Duration::from_secs(2);
/// How long a plugin may think about what it needs nobody else for.
const PROMPT: Duration = if cfg!(test) { Duration::from_millis(700) } else { Duration::from_secs(120) };
/// After how long without an answer a plugin is asked whether it is still there, again and again.
const PATIENCE: Duration = if cfg!(test) { Duration::from_millis(200) } else { Duration::from_secs(60) };
/// How long a plugin may take to say so.
const HEALTH: Duration = if cfg!(test) { Duration::from_millis(500) } else { Duration::from_secs(60) };
/// How much of what a plugin wrote last is told when it fails.
const LAST_LINES: usize = 30;
/// The longest first line that is waited for.
const LONGEST_LINE: u64 = 64 * 1024;

/// Where the connections to plugins live, apart from the program's own tasks: so that they can
/// be waited for from anywhere.
pub(crate) fn runtime() -> Result<&'static Runtime, Diagnostic> {
    static RUNTIME: OnceLock<Result<Runtime, String>> = OnceLock::new();
    let start = || {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(2).thread_name("plugins").enable_all().build().map_err(|e| e.to_string())
    };
    RUNTIME.get_or_init(start).as_ref().map_err(|e| Diagnostic::error("Cannot run plugins", format!("{e}.")))
}

/// A plugin, running until it is dropped.
pub(crate) struct Process {
    name: String,
    protocol: Protocol,
    channel: Channel,
    child: Mutex<Option<Child>>,
    /// Whether somebody else runs it.
    is_foreign: bool,
    output: Arc<Mutex<VecDeque<String>>>,
}

impl Process {
    /// Starts a program.
    pub(crate) async fn start(program: &Program) -> Result<Process, Diagnostic> {
        let program = program.clone();
        let started = runtime()?.spawn(async move { launch(program).await });
        started.await.map_err(|e| Diagnostic::error("Cannot run plugins", format!("{e}.")))?
    }

    /// Connects to a plugin that somebody else has started, and will end.
    pub(crate) async fn attach(greeting: Handshake, name: &str) -> Result<Process, Diagnostic> {
        let name = name.to_owned();
        let protocol = greeting.protocol;
        let attached = runtime()?.spawn(async move {
            let failed = |e: &dyn std::fmt::Display| {
                Diagnostic::error("Cannot connect to plugin", format!("The plugin {name}: {e}."))
            };
            let identity = Identity::new().map_err(|e| failed(&e))?;
            let channel = connect(greeting, identity).await.map_err(|e| failed(&e))?;
            let child = Mutex::new(None);
            Ok(Process { name, protocol, channel, child, is_foreign: true, output: Arc::default() })
        });
        attached.await.map_err(|e| Diagnostic::error("Cannot run plugins", format!("{e}.")))?
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// Calls a method. A plugin that hangs is ended, so that nothing waits for it any more.
    pub(crate) async fn call<Q, A>(&self, method: Method, request: Q) -> Result<A, CallError>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let path = method.path(self.protocol);
        self.answer(method, unary(&self.channel, &path, request)).await
    }

    /// Calls a method that answers with a stream, and collects it.
    pub(crate) async fn collect<Q, A>(&self, method: Method, request: Q) -> Result<Vec<A>, CallError>
    where
        Q: Message + Send + Sync + 'static,
        A: Message + Default + Send + Sync + 'static,
    {
        let path = method.path(self.protocol);
        self.answer(method, stream(&self.channel, &path, request)).await
    }

    async fn answer<A>(
        &self,
        method: Method,
        answer: impl Future<Output = Result<A, Status>>,
    ) -> Result<A, CallError> {
        let answer = tokio::select! {
            answer = answer => answer,
            how = self.hanging(method) => return Err(self.end_hanging(how)),
        };
        match answer {
            Ok(answer) => Ok(answer),
            Err(status) => Err(self.failure(method.name(self.protocol), status).await),
        }
    }

    /// Waits until it is certain that a call will not be answered, and says how that was seen. What somebody else
    /// runs may be stopped in a debugger, and is waited for.
    async fn hanging(&self, method: Method) -> String {
        let name = method.name(self.protocol);
        if self.is_foreign {
            return std::future::pending().await;
        }
        if method.prompt {
            tokio::time::sleep(PROMPT).await;
            return format!(
                "has not answered {name} in {} s, for which it needs nobody else",
                PROMPT.as_secs()
            );
        }
        loop {
            tokio::time::sleep(PATIENCE).await;
            // Whatever it says, it is there. That something slow is done for a long time is as it may be.
            let question = HealthCheck { service: "plugin".into() };
            let health = unary::<_, Empty>(&self.channel, "/grpc.health.v1.Health/Check", question);
            if timeout(HEALTH, health).await.is_err() {
                return format!(
                    "does not answer {name}, nor in {} s the question whether it is there",
                    HEALTH.as_secs()
                );
            }
        }
    }

    fn end_hanging(&self, how: String) -> CallError {
        if let Some(child) = self.child.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
            let _ = child.start_kill();
        }
        let mut detail = format!("The plugin {} {how}. It was ended.", self.name);
        self.add_output(&mut detail);
        CallError::Failed(Diagnostic::error("Plugin hangs", detail))
    }

    async fn failure(&self, method: &str, status: Status) -> CallError {
        if status.code() == Code::Unimplemented {
            return CallError::Unimplemented;
        }
        let lost =
            matches!(status.code(), Code::Unavailable | Code::Unknown | Code::Cancelled | Code::Internal);
        let ended = if lost { self.ended().await } else { None };
        let mut detail = match ended {
            Some(status) => format!("The plugin {} ended during {method}: {status}.", self.name),
            None => format!("The plugin {} failed at {method}: {}.", self.name, told(&status)),
        };
        if ended.is_some() {
            self.add_output(&mut detail);
        }
        let summary = if ended.is_some() { "Plugin crashed" } else { "Plugin failed" };
        CallError::Failed(Diagnostic::error(summary, detail))
    }

    fn add_output(&self, detail: &mut String) {
        let output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if !output.is_empty() {
            detail.push_str(" The last that it wrote:");
            for line in output.iter() {
                let _ = write!(detail, "\n  {line}");
            }
        }
    }

    /// How the plugin ended, when it did or is about to.
    async fn ended(&self) -> Option<ExitStatus> {
        for _ in 0..20 {
            {
                let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(Some(status)) = child.as_mut()?.try_wait() {
                    return Some(status);
                }
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        None
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let (Some(mut child), Ok(runtime)) = (child, runtime()) else { return };
        let channel = self.channel.clone();
        let (ended, wait) = mpsc::channel();
        runtime.spawn(async move {
            let goodbye = unary::<_, Empty>(&channel, "/plugin.GRPCController/Shutdown", Empty {});
            let _ = timeout(END, goodbye).await;
            if timeout(END, child.wait()).await.is_err() {
                let _ = child.kill().await;
            }
            let _ = ended.send(());
        });
        let waited = || {
            let _ = wait.recv_timeout(3 * END);
        };
        match Handle::try_current().map(|handle| handle.runtime_flavor()) {
            // What was spawned last waits for this thread otherwise, where it is one of the plugins' own.
            Ok(RuntimeFlavor::MultiThread) => tokio::task::block_in_place(waited),
            _ => waited(),
        }
    }
}

/// Why a call gave no answer.
pub(crate) enum CallError {
    /// The plugin is older than the method.
    Unimplemented,
    /// Anything else.
    Failed(Diagnostic),
}

impl CallError {
    /// The problem, where the method is one that every plugin has.
    pub(crate) fn required(self, process: &Process, method: Method) -> Diagnostic {
        let method = method.name(process.protocol);
        match self {
            CallError::Failed(diagnostic) => diagnostic,
            CallError::Unimplemented => Diagnostic::error(
                "Plugin failed",
                format!("The plugin {} does not know {method}, which every plugin must.", process.name),
            ),
        }
    }
}

fn told(status: &Status) -> String {
    let message = status.message().trim_end_matches('.');
    if message.is_empty() { format!("{:?}", status.code()) } else { message.to_owned() }
}

async fn unary<Q, A>(channel: &Channel, path: &str, request: Q) -> Result<A, Status>
where
    Q: Message + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    let (mut client, path) = ready(channel, path).await?;
    let codec = tonic_prost::ProstCodec::<Q, A>::default();
    client.unary(tonic::Request::new(request), path, codec).await.map(tonic::Response::into_inner)
}

async fn stream<Q, A>(channel: &Channel, path: &str, request: Q) -> Result<Vec<A>, Status>
where
    Q: Message + Send + Sync + 'static,
    A: Message + Default + Send + Sync + 'static,
{
    let (mut client, path) = ready(channel, path).await?;
    let codec = tonic_prost::ProstCodec::<Q, A>::default();
    let mut answers = client.server_streaming(tonic::Request::new(request), path, codec).await?.into_inner();
    let mut all = Vec::new();
    while let Some(answer) = answers.message().await? {
        all.push(answer);
    }
    Ok(all)
}

async fn ready(
    channel: &Channel,
    path: &str,
) -> Result<(tonic::client::Grpc<Channel>, http::uri::PathAndQuery), Status> {
    let path = path.parse().map_err(|_| Status::internal("invalid method"))?;
    let mut client = tonic::client::Grpc::new(channel.clone())
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX);
    client.ready().await.map_err(|e| Status::unavailable(e.to_string()))?;
    Ok((client, path))
}

async fn launch(program: Program) -> Result<Process, Diagnostic> {
    let Program { path, name, launcher, .. } = program;
    let failed = |why: String| {
        Diagnostic::error("Plugin does not start", format!("The plugin {name} at {}: {why}.", path.display()))
    };
    let identity = Identity::new().map_err(|e| failed(e.to_string()))?;
    let mut command = match launcher.split_first() {
        Some((launcher, arguments)) => {
            let mut command = Command::new(launcher);
            command.args(arguments).arg(std::process::id().to_string()).arg(&path);
            command
        }
        None => Command::new(&path),
    };
    let mut child = command
        .envs([handshake::COOKIE])
        .envs(handshake::VARIABLES)
        .env(handshake::CERTIFICATE, identity.pem())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| failed(e.to_string()))?;
    let output = Arc::new(Mutex::new(VecDeque::new()));
    let stderr = child.stderr.take().map(|stderr| tokio::spawn(keep_last(stderr, output.clone())));
    let stdout = child.stdout.take().ok_or_else(|| failed("it has no standard output".into()))?;

    let listening = timeout(START, first_line(stdout)).await;
    let (line, stdout) = match listening {
        Ok(Ok(read)) => read,
        Ok(Err(e)) => return Err(failed(e.to_string())),
        Err(_) => return Err(failed(format!("it did not say where it listens in {} s", START.as_secs()))),
    };
    let greeting = match Handshake::parse(&line) {
        Ok(greeting) => greeting,
        Err(mut why) => {
            if line.is_empty() {
                why = match timeout(END, child.wait()).await {
                    Ok(Ok(status)) => format!("it ended at once: {status}"),
                    _ => "it closed its standard output".into(),
                };
            }
            let _ = child.kill().await;
            if let Some(stderr) = stderr {
                let _ = timeout(END, stderr).await;
            }
            let mut diagnostic = failed(why);
            let output = output.lock().unwrap_or_else(PoisonError::into_inner);
            if !output.is_empty() {
                let lines: Vec<String> = output.iter().cloned().collect();
                let _ = write!(diagnostic.detail, " It wrote:\n  {}", lines.join("\n  "));
            }
            return Err(diagnostic);
        }
    };
    tokio::spawn(keep_last(stdout, output.clone()));
    let protocol = greeting.protocol;
    let channel = connect(greeting, identity).await.map_err(|e| failed(format!("connecting to it: {e}")))?;
    let child = Mutex::new(Some(child));
    Ok(Process { name, protocol, channel, child, is_foreign: false, output })
}

async fn first_line(stdout: ChildStdout) -> std::io::Result<(String, BufReader<ChildStdout>)> {
    let mut reader = BufReader::new(stdout);
    let mut line = Vec::new();
    (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await?;
    Ok((String::from_utf8_lossy(&line).trim().to_owned(), reader))
}

/// Keeps the last lines of what a plugin writes.
async fn keep_last(output: impl AsyncRead + Unpin, last: Arc<Mutex<VecDeque<String>>>) {
    let mut reader = BufReader::new(output);
    let mut line = Vec::new();
    while let Ok(1..) = (&mut reader).take(LONGEST_LINE).read_until(b'\n', &mut line).await {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LAST_LINES {
            last.pop_front();
        }
        last.push_back(String::from_utf8_lossy(&line).trim_end().to_owned());
        line.clear();
    }
}

async fn connect(
    greeting: Handshake,
    identity: Identity,
) -> Result<Channel, Box<dyn std::error::Error + Send + Sync>> {
    let tls = match greeting.certificate {
        Some(certificate) => {
            Some(tokio_rustls::TlsConnector::from(Arc::new(identity.connect_to(certificate)?)))
        }
        None => None,
    };
    let address = Arc::new(greeting.address);
    let connector = tower::service_fn(move |_: http::Uri| {
        let (address, tls) = (address.clone(), tls.clone());
        async move {
            let stream: Box<dyn Stream> = match &*address {
                Address::Unix(path) => Box::new(UnixStream::connect(path).await?),
                Address::Tcp(address) => Box::new(TcpStream::connect(address).await?),
            };
            let stream: Box<dyn Stream> = match tls {
                Some(tls) => Box::new(
                    tls.connect(ServerName::try_from("localhost").map_err(std::io::Error::other)?, stream)
                        .await?,
                ),
                None => stream,
            };
            Ok::<_, std::io::Error>(TokioIo::new(stream))
        }
    });
    Ok(Endpoint::from_static("http://localhost").connect_with_connector(connector).await?)
}

/// Whatever bytes go through.
trait Stream: AsyncRead + tokio::io::AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + tokio::io::AsyncWrite + Unpin + Send> Stream for T {}
