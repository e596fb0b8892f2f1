//! AWS credentials: of the address, the environment, the shared files, a container or a machine.

use super::super::query::Query;
use super::super::sigv4::Keys;
use super::Fetcher;
use crate::error::{Failure, Fetched};
use crate::http::document;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use url::Url;

/// How often one profile may take its credentials from another.
const PROFILES: usize = 5;

/// The keys to sign with; `None` to ask without a name.
pub(super) async fn keys(fetcher: &Fetcher<'_>, query: &Query) -> Fetched<Option<Keys>> {
    let surroundings = fetcher.surroundings;
    if let (Some(id), Some(secret)) = (query.get("aws_access_key_id"), query.get("aws_access_key_secret")) {
        let token = query.get("aws_access_token").map(str::to_owned);
        return Ok(Some(Keys { id: id.into(), secret: secret.into(), token }));
    }
    let named = query.get("aws_profile").or_else(|| surroundings.variable("AWS_PROFILE"));
    let variable = |name| surroundings.variable(name).map(str::to_owned);
    if query.get("aws_profile").is_none()
        && let (Some(id), Some(secret)) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"))
    {
        return Ok(Some(Keys { id, secret, token: variable("AWS_SESSION_TOKEN") }));
    }
    let profiles = profiles(fetcher);
    if let Some(keys) = of_profile(&profiles, named.unwrap_or("default")).await? {
        return Ok(Some(keys));
    }
    if let Some(name) = named {
        return Err(Failure::new(format!(
            "the AWS profile {name:?} has no access key that can be used here"
        ))
        .advise(
            "Profiles with access keys or a credential_process can be used, not roles or single sign-on.",
        ));
    }
    of_container(fetcher).await
}

/// What a container's agent answers.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    access_key_id: String,
    secret_access_key: String,
    #[serde(alias = "SessionToken")]
    token: Option<String>,
}

impl From<Answer> for Keys {
    fn from(answer: Answer) -> Keys {
        Keys { id: answer.access_key_id, secret: answer.secret_access_key, token: answer.token }
    }
}

/// The credentials of the container that this runs in.
async fn of_container(fetcher: &Fetcher<'_>) -> Fetched<Option<Keys>> {
    let surroundings = fetcher.surroundings;
    let relative = surroundings.variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    let address = match relative {
        Some(path) => format!("http://169.254.170.2{path}"),
        None => match surroundings.variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") {
            Some(address) => address.to_owned(),
            None => return Ok(None),
        },
    };
    let bad = |why: String| Failure::new(format!("the container's AWS credentials: {why}"));
    let url = Url::parse(&address).map_err(|e| bad(e.to_string()))?;
    let token = match surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") {
        Some(file) => std::fs::read_to_string(file).ok(),
        None => surroundings.variable("AWS_CONTAINER_AUTHORIZATION_TOKEN").map(str::to_owned),
    };
    let mut secret = HeaderMap::new();
    if let Some(token) = token {
        let value =
            HeaderValue::from_str(token.trim()).map_err(|_| bad("the token cannot be sent".into()))?;
        secret.insert(HeaderName::from_static("authorization"), value);
    }
    let response = fetcher.http.get(&url, &HeaderMap::new(), &secret).await?;
    if !response.status().is_success() {
        return Err(bad(format!("{url} answered {}", response.status())));
    }
    let answer: Answer =
        serde_json::from_slice(&document(&url, response).await?).map_err(|e| bad(e.to_string()))?;
    Ok(Some(answer.into()))
}

/// The settings of all profiles in the shared files.
fn profiles(fetcher: &Fetcher<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let surroundings = fetcher.surroundings;
    let mut found: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (variable, default) in
        [("AWS_CONFIG_FILE", ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")]
    {
        let path =
            surroundings.variable(variable).map(PathBuf::from).or_else(|| surroundings.in_home(default));
        let text = path.and_then(|path| std::fs::read_to_string(path).ok()).unwrap_or_default();
        for (profile, settings) in sections(&text) {
            found.entry(profile).or_default().extend(settings);
        }
    }
    found
}

fn sections(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut found: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|l| l.split(']').next()) {
            let name = name.trim();
            found.push((name.strip_prefix("profile ").unwrap_or(name).trim().to_owned(), BTreeMap::new()));
        } else if let Some((name, value)) = trimmed.split_once('=')
            && let Some((_, settings)) = found.last_mut()
        {
            settings.insert(name.trim().to_lowercase(), value.trim().to_owned());
        }
    }
    found
}

async fn of_profile(
    profiles: &BTreeMap<String, BTreeMap<String, String>>,
    name: &str,
) -> Fetched<Option<Keys>> {
    let mut name = name.to_owned();
    for _ in 0..PROFILES {
        let Some(settings) = profiles.get(&name) else { return Ok(None) };
        let get = |setting: &str| settings.get(setting).filter(|v| !v.is_empty()).cloned();
        if get("role_arn").is_some() {
            return Ok(None);
        }
        if let (Some(id), Some(secret)) = (get("aws_access_key_id"), get("aws_secret_access_key")) {
            return Ok(Some(Keys { id, secret, token: get("aws_session_token") }));
        }
        if let Some(command) = get("credential_process") {
            return of_process(&name, &command).await.map(Some);
        }
        match get("source_profile") {
            Some(source) if source != name => name = source,
            _ => return Ok(None),
        }
    }
    Ok(None)
}

/// The answer of the program that a profile names.
async fn of_process(profile: &str, command: &str) -> Fetched<Keys> {
    let bad =
        |why: String| Failure::new(format!("the credential_process of the AWS profile {profile:?}: {why}"));
    let mut shell = match cfg!(windows) {
        true => tokio::process::Command::new("cmd"),
        false => tokio::process::Command::new("sh"),
    };
    let output = shell
        .args([if cfg!(windows) { "/C" } else { "-c" }, command])
        .kill_on_drop(true)
        .output()
        .await
        .map_err(|e| bad(e.to_string()))?;
    if !output.status.success() {
        return Err(bad(output.status.to_string()));
    }
    // The message of the parser could quote what it read.
    let answer: Answer = serde_json::from_slice(&output.stdout)
        .map_err(|_| bad("it did not print credentials as JSON".into()))?;
    Ok(answer.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{of_profile, sections};

    #[tokio::test]
    async fn profiles_lead_to_keys() {
        let text = "# c\n[default]\naws_access_key_id = A\naws_secret_access_key=B\n[profile two]\nsource_profile = default\n\
                    [profile three]\ncredential_process = printf '{\"Version\":1,\"AccessKeyId\":\"C\",\"SecretAccessKey\":\"D\",\"SessionToken\":\"E\"}'\n\
                    [profile loop]\nsource_profile = loop\n[profile role]\nrole_arn = x\nsource_profile = default\n";
        let profiles = sections(text).into_iter().collect();
        for (name, want) in [
            ("default", Some(("A", None))),
            ("two", Some(("A", None))),
            ("three", Some(("C", Some("E")))),
            ("loop", None),
            ("role", None),
            ("none", None),
        ] {
            let keys = of_profile(&profiles, name).await.unwrap();
            let keys = keys.map(|k| (k.id, k.token));
            assert_eq!(keys, want.map(|(id, token)| (id.to_owned(), token.map(str::to_owned))), "{name}");
        }
    }
}
