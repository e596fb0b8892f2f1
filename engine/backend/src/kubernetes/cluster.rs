//! Where the server is and who asks it: arguments, a kubeconfig file, a program that gives a token, or the
//! service account of the pod.

use crate::argument::{ConfigureError, Given};
use crate::web::{Answer, Authorize, Patience, Proxies, Tls, Web};
use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderValue, Method, Request, request::Parts};
use serde_json::Value as Json;
use tokio::process::Command;
use tokio::sync::OnceCell;
use yaml_rust2::{Yaml, YamlLoader};

/// Where pods find their service account.
const ACCOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

pub(super) struct Cluster {
    web: Web,
    host: String,
    who: Who,
}

#[derive(Default)]
struct Who {
    token: Option<String>,
    basic: Option<(String, String)>,
    program: Option<Program>,
    given: OnceCell<String>,
}

/// A program that gives a token.
#[derive(Clone, Default)]
struct Program {
    command: String,
    arguments: Vec<String>,
    variables: Vec<(String, String)>,
    api_version: String,
}

/// What a configuration file or the arguments say.
#[derive(Default)]
struct Found {
    host: Option<String>,
    tls: Tls,
    who: Who,
}

impl Cluster {
    pub(super) fn configure(given: Given<'_>) -> Result<Cluster, ConfigureError> {
        let mut found = match given.bool("in_cluster_config").unwrap_or(false) {
            true => in_cluster(given)?,
            false => from_files(given)?,
        };
        if let Some(host) = given.text("host") {
            found.host = Some(if host.contains("://") { host } else { format!("https://{host}") });
        }
        if let Some(authorities) = given.text("cluster_ca_certificate") {
            found.tls.authorities = Some(authorities);
        }
        found.tls.insecure |= given.bool("insecure").unwrap_or(false);
        if let Some(identity) = given.text("client_certificate").zip(given.text("client_key")) {
            found.tls.identity = Some(identity);
        }
        if let Some(token) = given.text("token") {
            found.who.token = Some(token);
        }
        if let Some(user) = given.text("username") {
            found.who.basic = Some((user, given.text("password").unwrap_or_default()));
        }
        if let Some(exec) = given.object("exec") {
            found.who.program = Some(Program {
                command: exec.required("command")?,
                arguments: exec.texts("args"),
                variables: exec.pairs("env"),
                api_version: exec.text("api_version").unwrap_or_default(),
            });
        }
        let host = found.host.ok_or_else(|| {
            ConfigureError(
                "It is not known where Kubernetes is: set \"config_path\", \"host\" or \"in_cluster_config\".".to_owned(),
            )
        })?;
        let proxies = Proxies { https: given.text("proxy_url"), ..Proxies::default() };
        Ok(Cluster {
            web: Web::new(&found.tls, &proxies, Patience::default()).map_err(ConfigureError)?,
            host: host.trim_end_matches('/').to_owned(),
            who: found.who,
        })
    }

    pub(super) fn host(&self) -> &str {
        &self.host
    }

    pub(super) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Json>,
    ) -> Result<Answer, String> {
        let mut request = Request::new(body.map(|body| Bytes::from(body.to_string())).unwrap_or_default());
        *request.method_mut() = method;
        *request.uri_mut() = format!("{}{path}", self.host).parse().map_err(|e| format!("{path}: {e}"))?;
        request.headers_mut().insert("accept", HeaderValue::from_static("application/json"));
        if body.is_some() {
            request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
        }
        self.web.send(&request, &self.who).await
    }
}

#[async_trait]
impl Authorize for Who {
    async fn authorize(&self, parts: &mut Parts) -> Result<(), String> {
        let value = match (&self.token, &self.program, &self.basic) {
            (Some(token), ..) => format!("Bearer {token}"),
            (None, Some(program), _) => {
                let token = self.given.get_or_try_init(|| program.token()).await?;
                format!("Bearer {token}")
            }
            (None, None, Some((user, password))) => {
                format!("Basic {}", STANDARD.encode(format!("{user}:{password}")))
            }
            _ => return Ok(()),
        };
        let mut value =
            HeaderValue::from_str(&value).map_err(|_| "the credentials are not valid".to_owned())?;
        value.set_sensitive(true);
        parts.headers.insert("authorization", value);
        Ok(())
    }
}

impl Program {
    async fn token(&self) -> Result<String, String> {
        let failed = |what: String| format!("the program {:?} that gives credentials {what}", self.command);
        let version = match self.api_version.as_str() {
            "" => "client.authentication.k8s.io/v1",
            version => version,
        };
        let asked = serde_json::json!({
            "apiVersion": version, "kind": "ExecCredential", "spec": { "interactive": false },
        });
        let output = Command::new(&self.command)
            .args(&self.arguments)
            .envs(self.variables.iter().cloned())
            .env("KUBERNETES_EXEC_INFO", asked.to_string())
            .output()
            .await
            .map_err(|e| failed(format!("could not be run: {e}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(format!("ended with {}: {}", output.status, said.trim())));
        }
        let json: Json =
            serde_json::from_slice(&output.stdout).map_err(|e| failed(format!("gave no JSON: {e}")))?;
        json["status"]["token"].as_str().map(str::to_owned).ok_or_else(|| failed("gave no token".to_owned()))
    }
}

fn in_cluster(given: Given<'_>) -> Result<Found, ConfigureError> {
    let surroundings = given.surroundings();
    let variable = |name: &str| {
        surroundings
            .variable(name)
            .ok_or_else(|| ConfigureError(format!("This is no pod of Kubernetes: {name} is not set.")))
    };
    let read = |name: &str| surroundings.read(&format!("{ACCOUNT}/{name}")).map_err(ConfigureError);
    let host =
        format!("https://{}:{}", variable("KUBERNETES_SERVICE_HOST")?, variable("KUBERNETES_SERVICE_PORT")?);
    Ok(Found {
        host: Some(host),
        tls: Tls { authorities: Some(read("ca.crt")?), ..Tls::default() },
        who: Who { token: Some(read("token")?.trim().to_owned()), ..Who::default() },
    })
}

fn from_files(given: Given<'_>) -> Result<Found, ConfigureError> {
    let surroundings = given.surroundings();
    let mut paths = given.text("config_path").map_or_else(|| given.texts("config_paths"), |path| vec![path]);
    if paths.is_empty()
        && let Some(list) = surroundings.variable("KUBE_CONFIG_PATHS")
    {
        paths = list.split(':').map(str::to_owned).collect();
    }
    let mut documents = Vec::new();
    for path in paths {
        let text = surroundings
            .read(&path)
            .map_err(|e| ConfigureError(format!("The configuration of Kubernetes cannot be read: {e}.")))?;
        let parsed = YamlLoader::load_from_str(&text).map_err(|e| {
            ConfigureError(format!("The configuration of Kubernetes {path} is no YAML: {e}."))
        })?;
        documents.extend(parsed);
    }
    if documents.is_empty() {
        return Ok(Found::default());
    }
    let text = |yaml: &Yaml, name: &str| yaml[name].as_str().filter(|t| !t.is_empty()).map(str::to_owned);
    // The first file that has something wins.
    let entry = |list: &str, kind: &str, name: &str| {
        let all = documents.iter().flat_map(|d| d[list].as_vec().into_iter().flatten());
        all.filter(|entry| entry["name"].as_str() == Some(name)).map(|entry| entry[kind].clone()).next()
    };
    let context =
        given.text("config_context").or_else(|| documents.iter().find_map(|d| text(d, "current-context")));
    let context = context.and_then(|name| entry("contexts", "context", &name)).unwrap_or(Yaml::Null);
    let cluster = given.text("config_context_cluster").or_else(|| text(&context, "cluster"));
    let user = given.text("config_context_auth_info").or_else(|| text(&context, "user"));
    let cluster = cluster.and_then(|name| entry("clusters", "cluster", &name)).unwrap_or(Yaml::Null);
    let user = user.and_then(|name| entry("users", "user", &name)).unwrap_or(Yaml::Null);
    // Some things stand there as base64, or in a file.
    let data = |yaml: &Yaml, name: &str| -> Result<Option<String>, ConfigureError> {
        if let Some(text) = text(yaml, &format!("{name}-data")) {
            let bytes = STANDARD.decode(text).map_err(|e| ConfigureError(format!("{name}-data: {e}.")))?;
            return Ok(Some(String::from_utf8_lossy(&bytes).into_owned()));
        }
        text(yaml, name).map(|path| surroundings.read(&path).map_err(ConfigureError)).transpose()
    };
    let exec = &user["exec"];
    let list = |yaml: &Yaml| yaml.as_vec().cloned().unwrap_or_default();
    let program = text(exec, "command").map(|command| Program {
        command,
        arguments: list(&exec["args"]).iter().filter_map(Yaml::as_str).map(str::to_owned).collect(),
        variables: list(&exec["env"])
            .iter()
            .filter_map(|pair| text(pair, "name").zip(text(pair, "value")))
            .collect(),
        api_version: text(exec, "apiVersion").unwrap_or_default(),
    });
    let token = match text(&user, "tokenFile") {
        Some(path) => Some(surroundings.read(&path).map_err(ConfigureError)?.trim().to_owned()),
        None => text(&user, "token"),
    };
    Ok(Found {
        host: text(&cluster, "server"),
        tls: Tls {
            authorities: data(&cluster, "certificate-authority")?,
            identity: data(&user, "client-certificate")?.zip(data(&user, "client-key")?),
            insecure: cluster["insecure-skip-tls-verify"].as_bool().unwrap_or(false),
        },
        who: Who {
            token,
            basic: text(&user, "username").map(|name| (name, text(&user, "password").unwrap_or_default())),
            program,
            given: OnceCell::new(),
        },
    })
}
