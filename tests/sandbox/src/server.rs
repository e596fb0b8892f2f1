//! HTTP: from requests to calls, and from answers and refusals to responses.

use crate::admin::Admin;
use crate::call::{Answer, Call, Query, Raw};
use crate::discovery::Discovery;
use crate::operation::Failure;
use crate::projection::{number_words, project};
use crate::refusal::{Refusal, Shape};
use crate::rules::Rules;
use crate::store::Store;
use crate::world::World;
use crate::{audit, resource, services};
use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;

const LARGEST_BODY: usize = 32 * 1024 * 1024;

/// How a sandbox starts.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The file to keep everything in.
    pub state: Option<PathBuf>,
    /// The organizations that exist from the start.
    pub organizations: Vec<String>,
}

/// A sandbox that listens.
pub struct Sandbox {
    listener: TcpListener,
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    discovery: &'static Discovery,
    state: Option<PathBuf>,
    inner: Mutex<(World, Admin)>,
}

impl Sandbox {
    /// Listens on a loopback address.
    ///
    /// # Errors
    /// For an address that others can reach or that is taken, and a state file that cannot be read.
    pub async fn bind(address: SocketAddr, options: Options) -> anyhow::Result<Self> {
        anyhow::ensure!(
            address.ip().is_loopback(),
            "{address} is no loopback address: the sandbox checks no credentials"
        );
        let discovery = Discovery::embedded()?;
        let store = options.state.as_deref().map_or_else(|| Ok(Store::default()), Store::load)?;
        let mut world = World::new(store, Arc::new(Rules::load()?));
        services::billing::begin(&mut world);
        for organization in &options.organizations {
            services::resourcemanager::organization(&mut world, organization);
        }
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let shared = Shared { discovery, state: options.state, inner: Mutex::new((world, Admin::default())) };
        Ok(Self { listener, address, shared: Arc::new(shared) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until it is dropped.
    ///
    /// # Errors
    /// When no connection can be taken any more.
    pub async fn serve(self) -> anyhow::Result<()> {
        loop {
            let (stream, _) = self.listener.accept().await?;
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move {
                let service = service_fn(move |request| respond(Arc::clone(&shared), request));
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                // A client that goes away is no concern of the sandbox.
                drop(connection.await);
            });
        }
    }
}

async fn respond(
    shared: Arc<Shared>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let verb = request.method().as_str().to_owned();
    let path = request.uri().path().to_owned();
    let query = Query::parse(request.uri().query().unwrap_or(""));
    let headers = request
        .headers()
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let headers: BTreeMap<String, String> = headers.collect();
    let collected = Limited::new(request.into_body(), LARGEST_BODY).collect().await;
    let answer = match collected {
        Ok(body) => shared.answer(&verb, &path, &query, headers, &body.to_bytes()),
        Err(_) => Raw::json(413, &Refusal::new(413, "The request is too large.").body(Shape::of("compute"))),
    };
    let latency = shared.inner.lock().unwrap_or_else(PoisonError::into_inner).0.settings.latency_ms;
    if latency > 0 {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let mut response = Response::new(Full::new(answer.content));
    *response.status_mut() =
        hyper::StatusCode::from_u16(answer.code).unwrap_or(hyper::StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in answer.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    Ok(response)
}

impl Shared {
    fn answer(
        &self,
        verb: &str,
        path: &str,
        query: &Query,
        headers: BTreeMap<String, String>,
        content: &Bytes,
    ) -> Raw {
        let mut guard = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (world, admin) = &mut *guard;
        // An upload has a body of JSON only where it describes what will come in pieces.
        let plain = path.starts_with("/upload/")
            && (query.get("uploadType") != Some("resumable") || query.get("upload_id").is_some());
        let body = match content.as_ref() {
            [] => Ok(json!({})),
            _ if plain => Ok(json!({})),
            content => serde_json::from_slice(content),
        };
        let unreadable = |error: &serde_json::Error| {
            Refusal::invalid(format!("Invalid JSON payload received. {error}")).because("parseError")
        };
        if (verb, path) == ("GET", "/_sandbox/documents") {
            let revisions: Map<String, Value> = self
                .discovery
                .documents()
                .map(|(name, document)| (name.to_owned(), json!(document.revision)))
                .collect();
            return Raw::json(200, &Value::Object(revisions));
        }
        if path.starts_with("/_sandbox/") {
            let answer = body
                .map_err(|error| unreadable(&error))
                .and_then(|body| admin.answer(world, verb, path, &body));
            return match answer {
                Ok(answer) => Raw::json(200, &answer),
                Err(refusal) => Raw::json(refusal.code, &refusal.body(Shape::of(""))),
            };
        }
        // Contents are also read under a path of their own, and pieces of uploads are put where their beginning was posted.
        let known = path.strip_prefix("/download").unwrap_or(path);
        let posted = if plain && verb == "PUT" { "POST" } else { verb };
        let Some(found) = self.discovery.routes().find(posted, known) else {
            admin.count("unknown");
            let refusal =
                Refusal::new(404, format!("terrane-sandbox: no document has a method for {verb} {path}"));
            return Raw::json(404, &refusal.body(Shape::of("")));
        };
        admin.count(&found.method);
        let shape = Shape::of(found.api.split('.').next().unwrap_or(""));
        let refuse = |refusal: &Refusal| Raw::json(refusal.code, &refusal.body(shape));
        let Some(document) = self.discovery.document(&found.api) else {
            return refuse(&Refusal::not_modelled(&found.method));
        };
        let Some(definition) = document.methods.get(&found.method) else {
            return refuse(&Refusal::not_modelled(&found.method));
        };
        let body = match body {
            Ok(body) => body,
            Err(error) => return refuse(&unreadable(&error)),
        };
        let resource = world.canonical(&found.resource);
        let call = Call {
            api: &found.api,
            document,
            definition,
            method: &found.method,
            resource,
            parameters: found.parameters,
            query: query.clone(),
            body,
            content: content.clone(),
            headers,
        };
        let fault = admin.fault(&found.method);
        if let Some((refusal, false)) = &fault {
            return refuse(refusal);
        }
        let before = fault.is_some().then(|| world.store.objects.clone());
        world.last_operation = None;
        let subject = audit::subject(world, verb, &call);
        let answer = dispatch(world, &call);
        if let (Some(subject), true) = (subject, answer.is_ok()) {
            audit::record(world, &call, subject);
        }
        if let (Some((refusal, _)), Some(objects), Some(key)) = (&fault, before, world.last_operation.clone())
            && let Some(operation) = world.store.operations.get_mut(&key)
        {
            world.store.objects = objects;
            operation.failure = Some(Failure {
                code: refusal.code,
                reason: refusal.reason.clone(),
                status: refusal.status.clone(),
                message: refusal.message.clone(),
            });
        }
        let answer = match answer {
            Ok(Answer::Json(value)) => Raw::json(200, &seen(&call, value)),
            Ok(Answer::Nothing) => Raw { code: 204, headers: Vec::new(), content: Bytes::new() },
            Ok(Answer::Raw(raw)) => raw,
            Err(refusal) => refuse(&refusal),
        };
        if verb != "GET"
            && let Some(state) = &self.state
            && let Err(error) = world.store.save(state)
        {
            return refuse(&Refusal::new(
                500,
                format!("terrane-sandbox: the state file could not be written: {error}"),
            ));
        }
        answer
    }
}

fn dispatch(world: &mut World, call: &Call<'_>) -> Result<Answer, Refusal> {
    call.check_query()?;
    if let Some(answer) = services::answer(world, call) {
        return answer;
    }
    resource::answer(world, call).unwrap_or_else(|| Err(Refusal::not_modelled(call.method)))
}

/// The answer as the client asked to see it.
fn seen(call: &Call<'_>, mut value: Value) -> Value {
    let numbers = call.query.all("$alt").any(|alt| alt.contains("enum-encoding=int"));
    let schema = call.definition.response.as_deref().and_then(|name| call.document.schemas.get(name));
    if let Some(schema) = schema.filter(|_| numbers) {
        value = number_words(call.document, schema, value);
    }
    match call.query.get("fields").or(call.query.get("$fields")) {
        Some(fields) => project(value, fields),
        None => value,
    }
}
