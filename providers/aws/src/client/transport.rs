//! The HTTP transport of all service clients that reach servers in the same way: proxies, trust
//! store, connection pools. Knows nothing of services, regions or limits.

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use terrane_sdk::Error;

/// How to reach servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct TransportSettings {
    /// Proxy of plain requests; an empty text forbids one.
    pub(crate) http_proxy: Option<String>,
    /// Proxy of TLS requests; an empty text forbids one.
    pub(crate) https_proxy: Option<String>,
    /// Hosts that are reached directly, separated by commas.
    pub(crate) no_proxy: Option<String>,
    /// Certificates in PEM to trust besides the system's.
    pub(crate) ca_bundle: Option<Vec<u8>>,
}

/// How long connecting and reading may take.
type TimeLimits = (Option<Duration>, Option<Duration>);

/// An HTTP client that keeps one connection pool for plain and one for TLS requests, each made
/// when it is first needed: reading the system's certificates is what costs most in a run
/// against a local endpoint.
#[derive(Debug)]
pub(crate) struct Transport {
    plain: Scheme,
    secure: Scheme,
    connectors: Mutex<HashMap<TimeLimits, SharedHttpConnector>>,
}

#[derive(Clone, Debug)]
struct Scheme {
    proxy: ProxyConfig,
    tls: Option<TlsContext>,
}

impl Transport {
    /// Checks the settings; nothing is opened or read yet.
    pub(crate) fn new(settings: &TransportSettings) -> Result<Transport, Error> {
        let proxy = |attribute: &'static str, url: &Option<String>| -> Result<ProxyConfig, Error> {
            let config = match url.as_deref() {
                None => Ok(ProxyConfig::from_env()),
                Some("") => Ok(ProxyConfig::disabled()),
                Some(url) => ProxyConfig::all(url),
            };
            let config = config.map_err(|e| {
                Error::new("Invalid proxy", format!("The proxy URL cannot be used: {e}."))
                    .attribute(attribute)
            })?;
            Ok(match &settings.no_proxy {
                Some(rules) if url.is_some() => config.no_proxy(rules),
                _ => config,
            })
        };
        let mut store = TrustStore::default();
        if let Some(pem) = &settings.ca_bundle {
            store = store.with_pem_certificate(pem.as_slice());
        }
        let tls = TlsContext::builder().with_trust_store(store).build().map_err(|e| {
            Error::new("Invalid CA bundle", format!("The certificates cannot be used: {e}."))
                .attribute("custom_ca_bundle")
        })?;
        Ok(Transport {
            plain: Scheme { proxy: proxy("http_proxy", &settings.http_proxy)?, tls: None },
            secure: Scheme { proxy: proxy("https_proxy", &settings.https_proxy)?, tls: Some(tls) },
            connectors: Mutex::default(),
        })
    }
}

impl HttpClient for Transport {
    /// The SDK asks for each request; requests with the same timeouts share their connections.
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        _components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let key = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = connectors.entry(key).or_insert_with(|| {
            let pool = |scheme: &Scheme| {
                Arc::new(Pool {
                    scheme: scheme.clone(),
                    settings: settings.clone(),
                    connector: OnceLock::new(),
                })
            };
            SharedHttpConnector::new(ByScheme { plain: pool(&self.plain), secure: pool(&self.secure) })
        });
        connector.clone()
    }
}

#[derive(Debug)]
struct ByScheme {
    plain: Arc<Pool>,
    secure: Arc<Pool>,
}

#[derive(Debug)]
struct Pool {
    scheme: Scheme,
    settings: HttpConnectorSettings,
    connector: OnceLock<Connector>,
}

impl Pool {
    fn connector(&self) -> &Connector {
        self.connector.get_or_init(|| {
            let builder = Connector::builder()
                .connector_settings(self.settings.clone())
                .proxy_config(self.scheme.proxy.clone());
            match &self.scheme.tls {
                Some(tls) => {
                    builder.tls_provider(Provider::Rustls(CryptoMode::Ring)).tls_context(tls.clone()).build()
                }
                None => builder.build_http(),
            }
        })
    }
}

impl HttpConnector for ByScheme {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let pool = if request.uri().starts_with("http://") { &self.plain } else { &self.secure };
        pool.connector().call(request)
    }
}
