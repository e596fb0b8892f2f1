//! Listening as a plugin: the handshake, TLS where it is wanted, and which call is for whom.

use super::answer::Answers;
use crate::handshake::COOKIE;
use crate::messages::{self, Empty};
use crate::tls::{Identity, TlsError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use std::convert::Infallible;
use std::future::Future;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;
use terrane_provider::Provider;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tonic::body::Body;
use tonic::{Request, Response, Status};

/// What the process's environment says.
#[derive(Clone, Debug, Default)]
pub struct ServeOptions {
    /// `TF_PLUGIN_MAGIC_COOKIE`.
    pub cookie: Option<String>,
    /// `PLUGIN_PROTOCOL_VERSIONS`: what the engine speaks, separated by commas.
    pub protocol_versions: Option<String>,
    /// `PLUGIN_CLIENT_CERT`: the engine's certificate, in PEM, when it wants TLS.
    pub client_certificate: Option<String>,
    /// The directory for the socket.
    pub directory: PathBuf,
}

/// Why a provider cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The program was not started by an engine.
    #[error(
        "this command is for engines that run providers as plugins, such as Terraform, and not for people; there is nothing \
         to see here"
    )]
    NoEngine,
    /// The engine is too old.
    #[error("the engine speaks plugin protocols {0}; this provider speaks 6")]
    Protocol(String),
    /// TLS cannot be used.
    #[error("TLS with the engine: {0}")]
    Tls(#[from] TlsError),
    /// The socket cannot be used.
    #[error("listening: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves `provider` until the engine says that it has done, or goes away.
pub async fn serve(provider: Arc<dyn Provider>, options: &ServeOptions) -> Result<(), ServeError> {
    if options.cookie.as_deref() != Some(COOKIE.1) {
        return Err(ServeError::NoEngine);
    }
    let spoken = options.protocol_versions.as_deref().unwrap_or("6");
    if !spoken.split(',').any(|version| version.trim() == "6") {
        return Err(ServeError::Protocol(spoken.to_owned()));
    }
    let (tls, certificate) = match &options.client_certificate {
        Some(pem) => {
            let identity = Identity::new()?;
            let shown = STANDARD_NO_PAD.encode(identity.der());
            (Some(TlsAcceptor::from(Arc::new(identity.accept_from(pem)?))), shown)
        }
        None => (None, String::new()),
    };
    let path = options.directory.join(format!("terrane-plugin-{}.sock", std::process::id()));
    let listener = UnixListener::bind(&path)?;
    let mut stdout = std::io::stdout();
    writeln!(stdout, "1|6|unix|{}|grpc|{certificate}", path.display())?;
    stdout.flush()?;

    let (stop, mut stopped) = watch::channel(false);
    let answers = Arc::new(Answers::new(provider, stop));
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (stream, _) = accepted?;
                tokio::spawn(connection(stream, tls.clone(), answers.clone()));
            }
            _ = stopped.wait_for(|stop| *stop) => break,
        }
    }
    // The answer to the last call is on its way while the socket goes.
    let _ = std::fs::remove_file(&path);
    Ok(())
}

async fn connection(stream: UnixStream, tls: Option<TlsAcceptor>, answers: Arc<Answers>) {
    match tls {
        None => calls(stream, answers).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                calls(stream, answers).await;
            }
        }
    }
}

async fn calls(stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, answers: Arc<Answers>) {
    let service = hyper::service::service_fn(move |request| {
        let answers = answers.clone();
        async move { Ok::<_, Infallible>(call(answers, request).await) }
    });
    let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
    // A connection that breaks is the engine's to open again.
    let _ = server.serve_connection(TokioIo::new(stream), service).await;
}

/// Which method a call is for.
async fn call(answers: Arc<Answers>, request: http::Request<hyper::body::Incoming>) -> http::Response<Body> {
    macro_rules! methods {
        ($($method:literal => $answer:ident,)*) => {
            match request.uri().path() {
                $(concat!("/tfplugin6.Provider/", $method) => {
                    unary(request, move |message| async move { answers.$answer(message).await }).await
                })*
                "/plugin.GRPCController/Shutdown" => {
                    unary(request, move |_: Empty| async move {
                        answers.stop();
                        Ok(Empty {})
                    })
                    .await
                }
                "/grpc.health.v1.Health/Check" => {
                    unary(request, |_: Empty| async { Ok(messages::Health { status: messages::SERVING }) }).await
                }
                path => Status::unimplemented(format!("this plugin has no method {path}")).into_http(),
            }
        };
    }
    methods! {
        "GetMetadata" => metadata,
        "GetProviderSchema" => schema,
        "GetFunctions" => functions,
        "GetResourceIdentitySchemas" => identity_schemas,
        "UpgradeResourceIdentity" => upgrade_identity,
        "ValidateProviderConfig" => validate_provider,
        "ValidateResourceConfig" => validate_resource,
        "ValidateDataResourceConfig" => validate_data,
        "ValidateEphemeralResourceConfig" => validate_ephemeral,
        "ConfigureProvider" => configure,
        "UpgradeResourceState" => upgrade,
        "ReadResource" => read,
        "PlanResourceChange" => plan,
        "ApplyResourceChange" => apply,
        "ImportResourceState" => import,
        "ReadDataSource" => read_data,
        "OpenEphemeralResource" => open,
        "RenewEphemeralResource" => renew,
        "CloseEphemeralResource" => close,
        "CallFunction" => call_function,
        "StopProvider" => stop_provider,
    }
}

async fn unary<Q, A, F>(
    request: http::Request<hyper::body::Incoming>,
    answer: impl FnOnce(Q) -> F + Clone,
) -> http::Response<Body>
where
    Q: Message + Default + Send + 'static,
    A: Message + Send + 'static,
    F: Future<Output = Result<A, Status>>,
{
    let codec = tonic_prost::ProstCodec::<A, Q>::default();
    let mut server = tonic::server::Grpc::new(codec)
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX);
    let service = tower::service_fn(|request: Request<Q>| {
        let answered = answer.clone()(request.into_inner());
        async move { answered.await.map(Response::new) }
    });
    server.unary(service, request).await
}
