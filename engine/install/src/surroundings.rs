//! What the process's surroundings say about how to fetch things.

use crate::CliConfig;
use crate::error::Fetched;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Environment variables, the home directory and the CLI configuration.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// All environment variables.
    pub variables: BTreeMap<String, String>,
    /// What the CLI configuration files say.
    pub cli: CliConfig,
    /// The directory of the root module, which relative paths in addresses start from.
    pub root: PathBuf,
    /// What the credentials helper said of hosts, which is asked once for each.
    pub said: Said,
}

/// Tokens by host, or that there is none.
type Said = Arc<Mutex<BTreeMap<String, Option<String>>>>;

impl Surroundings {
    /// An environment variable, unless it is empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// `TERRANE_NAME`, or else `TF_NAME`.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.variable(&format!("TERRANE_{name}")).or_else(|| self.variable(&format!("TF_{name}")))
    }

    /// A path in the user's home directory.
    pub(crate) fn in_home(&self, path: &str) -> Option<PathBuf> {
        let home = self.variable("HOME").or_else(|| self.variable("USERPROFILE"))?;
        Some(PathBuf::from(home).join(path))
    }

    /// The token for a host: `TF_TOKEN_*`, where dots are underscores and hyphens may be two, and
    /// what is no ASCII is in Punycode; or else a `credentials` block, or the credentials helper.
    pub(crate) async fn token(&self, host: &str) -> Fetched<Option<String>> {
        let helper = match (self.configured_token(host), &self.cli.helper) {
            (None, Some(helper)) => helper,
            (configured, _) => return Ok(configured),
        };
        let mut said = self.said.lock().await;
        if let Some(token) = said.get(host) {
            return Ok(token.clone());
        }
        let token = helper.token(self, host).await?;
        said.insert(host.to_owned(), token.clone());
        Ok(token)
    }

    fn configured_token(&self, host: &str) -> Option<String> {
        let ascii = url::Host::parse(host.split(':').next().unwrap_or(host))
            .map_or_else(|_| host.to_owned(), |host| host.to_string());
        let port = host.split_once(':').map(|(_, port)| port);
        let wanted = match port {
            Some(port) => format!("{ascii}:{port}"),
            None => ascii,
        };
        let from_environment = ["TERRANE_TOKEN_", "TF_TOKEN_"].iter().find_map(|prefix| {
            self.variables.iter().find_map(|(name, value)| {
                let encoded = name.strip_prefix(prefix)?;
                let named = encoded.replace("__", "-").replace('_', ".").to_lowercase();
                // Some shells refuse no hyphens, so that they may also stand as they are.
                (named == wanted && !value.is_empty()).then(|| value.clone())
            })
        });
        from_environment.or_else(|| self.cli.hosts.get(host).and_then(|settings| settings.token.clone()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::Surroundings;
    use crate::HostSettings;

    #[test]
    fn tokens_are_found_by_host() {
        let mut surroundings = Surroundings::default();
        for (name, value) in [
            ("TF_TOKEN_app_example_com", "one"),
            ("TF_TOKEN_my__host_example_com", "two"),
            ("TF_TOKEN_xn____9ca_example", "three"),
        ] {
            surroundings.variables.insert(name.into(), value.into());
        }
        let host = |token: &str| HostSettings { token: Some(token.into()), ..HostSettings::default() };
        surroundings.cli.hosts.insert("app.example.com".into(), host("file"));
        surroundings.cli.hosts.insert("other.example.com".into(), host("file"));
        for (host, token) in [
            ("app.example.com", Some("one")),
            ("my-host.example.com", Some("two")),
            ("é.example", Some("three")),
            ("other.example.com", Some("file")),
            ("nowhere.example.com", None),
            ("app.example.com:8443", None),
        ] {
            assert_eq!(surroundings.configured_token(host).as_deref(), token, "{host}");
        }
    }
}
