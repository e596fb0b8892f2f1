//! Calls of services of which the provider makes so few that it has no SDK crate for them: a request as the
//! service's protocol has it, signed, paced, repeated and explained like all others. What requests and
//! answers say, their callers know.

use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::invocation_id::InvocationIdInterceptor;
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::client::auth::AuthSchemeOptionResolverParams;
use aws_smithy_runtime_api::client::auth::SharedAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};
use aws_smithy_types::retry::RetryConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use futures::future::BoxFuture;
use std::borrow::Cow;
use std::fmt;
use terrane_sdk::Error;

use super::xml::Element;
use super::{Aws, dns_suffix, partition_of};

/// A service without an SDK crate.
pub(crate) struct Service {
    /// Its names in the `endpoints` block; the first one is its own.
    pub(crate) names: &'static [&'static str],
    /// Its name in AWS's model, from which variables such as `AWS_ENDPOINT_URL_S3_CONTROL` are named.
    pub(crate) id: &'static str,
    /// What requests are signed for.
    pub(crate) signing: &'static str,
    /// Its host, before the region.
    pub(crate) host: &'static str,
    /// The one region in which it is, when there is only one.
    pub(crate) only: Option<&'static str>,
}

/// RDS, in the query protocol.
pub(crate) const RDS: Service =
    Service { names: &["rds"], id: "RDS", signing: "rds", host: "rds", only: None };
/// ElastiCache, in the query protocol.
pub(crate) const ELASTICACHE: Service = Service {
    names: &["elasticache"],
    id: "ElastiCache",
    signing: "elasticache",
    host: "elasticache",
    only: None,
};
/// Redshift, in the query protocol.
pub(crate) const REDSHIFT: Service =
    Service { names: &["redshift"], id: "Redshift", signing: "redshift", host: "redshift", only: None };
/// What S3 knows of accounts, in XML.
pub(crate) const S3_CONTROL: Service =
    Service { names: &["s3control"], id: "S3 Control", signing: "s3", host: "s3-control", only: None };
/// What S3 knows of buckets in one zone besides their objects, in XML.
pub(crate) const S3_EXPRESS_CONTROL: Service = Service {
    names: &["s3control"],
    id: "S3 Control",
    signing: "s3express",
    host: "s3express-control",
    only: None,
};
/// What AWS knows of accounts, in JSON.
pub(crate) const ACCOUNT: Service = Service {
    names: &["account"],
    id: "Account",
    signing: "account",
    host: "account",
    only: Some("us-east-1"),
};

const ALL: [&Service; 5] = [&RDS, &ELASTICACHE, &REDSHIFT, &S3_CONTROL, &ACCOUNT];

/// The names of these services.
pub(super) fn called() -> impl Iterator<Item = &'static str> {
    ALL.into_iter().flat_map(|service| service.names.iter().copied())
}

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// What it asks for: `rds:CreateDBSubnetGroup`.
    operation: String,
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    /// What stands before the host, and a dot after it.
    prefix: Option<String>,
    body: String,
}

impl Request {
    /// A request by method and path.
    pub(crate) fn new(operation: &str, method: &'static str, path: impl Into<String>) -> Request {
        Request {
            operation: operation.to_owned(),
            method,
            path: path.into(),
            headers: Vec::new(),
            prefix: None,
            body: String::new(),
        }
    }

    /// The request with one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Request {
        self.headers.push((name, value.into()));
        self
    }

    /// The request to a host that has `prefix` in front, where the endpoint is AWS's own.
    pub(crate) fn host_prefix(mut self, prefix: impl Into<String>) -> Request {
        self.prefix = Some(prefix.into());
        self
    }

    /// The request with a body.
    pub(crate) fn body(mut self, kind: &'static str, body: impl Into<String>) -> Request {
        self.body = body.into();
        self.header("content-type", kind)
    }

    /// A request of the query protocol: `operation` is `rds:CreateDBSubnetGroup`.
    pub(crate) fn query(operation: &str, version: &str, parameters: &[(String, String)]) -> Request {
        let action = operation.split_once(':').map_or(operation, |(_, action)| action);
        let mut body = format!("Action={action}&Version={version}");
        for (name, value) in parameters {
            body.push_str(&format!("&{}={}", encoded(name), encoded(value)));
        }
        Request::new(operation, "POST", "/").body("application/x-www-form-urlencoded; charset=utf-8", body)
    }
}

/// A text as it stands in a form, or in a part of a path.
pub(crate) fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// A text as it stands in an XML document.
pub(crate) fn escaped(text: &str) -> Cow<'_, str> {
    quick_xml::escape::escape(text)
}

impl Aws {
    /// Sends a request to a service that has no SDK crate, and answers with the body of its answer.
    pub(crate) fn send<'a>(
        &'a self,
        service: &'static Service,
        request: Request,
    ) -> BoxFuture<'a, Result<String, Error>> {
        Box::pin(async move {
            let operation = request.operation.clone();
            let sent = self.invoke(service, request);
            match sent.await {
                Ok(body) => Ok(body),
                Err(error) => self.call(&operation, std::future::ready(Err::<String, _>(error))).await,
            }
        })
    }

    /// Sends a request of the query protocol, and answers with what the result holds.
    pub(crate) async fn query(
        &self,
        service: &'static Service,
        operation: &str,
        version: &str,
        parameters: &[(String, String)],
    ) -> Result<Element, Error> {
        let body = self.send(service, Request::query(operation, version, parameters)).await?;
        Element::parse(&body).ok_or_else(|| {
            let detail = "The answer is no XML document.";
            self.here(Error::new("Unintelligible answer", detail).operation(operation))
        })
    }

    async fn invoke(
        &self,
        service: &'static Service,
        request: Request,
    ) -> Result<String, SdkError<PlainError, HttpResponse>> {
        let session = self.session();
        let shared = session.shared();
        let region = service.only.unwrap_or(self.region());
        let place = service.only.map_or(region, |_| "global");
        let url = self.url(service, region, request.prefix.as_deref());

        let mut components = RuntimeComponentsBuilder::new("plain");
        components.push_auth_scheme(SigV4AuthScheme::new());
        components.set_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )));
        if let Some(credentials) = shared.credentials_provider() {
            components.set_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
        }
        if let Some(cache) = shared.identity_cache() {
            components.set_identity_cache(Some(cache));
        }
        let mut signing_options = SigningOptions::default();
        if ["s3", "s3express"].contains(&service.signing) {
            signing_options.content_sha256_header = true;
            signing_options.double_uri_encode = false;
            signing_options.normalize_uri_path = false;
        }
        let mut layer = Layer::new("plain");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(Region::new(region.to_owned()))),
            name: Some(SigningName::from(service.signing)),
            signing_options,
            ..SigV4OperationSigningConfig::default()
        });
        let plugin =
            StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components);
        let retries = shared.retry_config().cloned().unwrap_or_else(RetryConfig::standard);
        let name = request.operation.rsplit(':').next().unwrap_or_default().to_owned();
        let operation = Operation::builder()
            .service_name(format!("{}/{place}/{}", session.scope(), service.names[0]))
            .operation_name(name)
            .http_client(session.http_client(place, service.names[0]))
            .endpoint_url(&url)
            .standard_retry(&retries)
            .retry_classifier(HttpStatusCodeClassifier::default())
            .retry_classifier(AwsErrorCodeClassifier::<PlainError>::new())
            .retry_classifier(TransientErrorClassifier::<PlainError>::new())
            .interceptor(InvocationIdInterceptor::new())
            .interceptor(RequestInfoInterceptor::new())
            .with_connection_poisoning()
            .runtime_plugin(plugin)
            .serializer(|request: Request| {
                let mut http = HttpRequest::new(SdkBody::from(request.body));
                http.set_method(request.method)?;
                http.set_uri(request.path)?;
                for (name, value) in request.headers {
                    http.headers_mut().try_insert(name, value)?;
                }
                Ok(http)
            })
            .deserializer(|answer: &HttpResponse| {
                let text = String::from_utf8_lossy(answer.body().bytes().unwrap_or_default()).into_owned();
                match answer.status().is_success() {
                    true => Ok(text),
                    false => {
                        let kind = answer.headers().get("x-amzn-errortype");
                        Err(OrchestratorError::operation(PlainError::of(kind, &text)))
                    }
                }
            })
            .build();
        operation.invoke(request).await
    }

    /// Where a service is.
    fn url(&self, service: &Service, region: &str, prefix: Option<&str>) -> String {
        let session = self.session();
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url");
        let set = (service.names.iter().find_map(|name| session.endpoint(name).cloned()))
            .or_else(|| session.shared().service_config()?.load_config(key.build().ok()?))
            .or_else(|| session.shared().endpoint_url().map(str::to_owned));
        set.unwrap_or_else(|| {
            let fips = if session.shared().use_fips() == Some(true) { "-fips" } else { "" };
            let prefix = prefix.map(|p| format!("{p}.")).unwrap_or_default();
            format!("https://{prefix}{}{fips}.{region}.{}", service.host, dns_suffix(partition_of(region)))
        })
    }
}

/// An error of a service, in XML or in JSON.
#[derive(Debug)]
pub(super) struct PlainError(ErrorMetadata);

impl PlainError {
    /// The error in an answer: `kind` is its header that says what error it is.
    fn of(kind: Option<&str>, text: &str) -> PlainError {
        let json = serde_json::from_str::<serde_json::Value>(text).ok();
        let word = |names: [&str; 2]| {
            let in_json = || names.iter().find_map(|n| json.as_ref()?.get(n)?.as_str().map(str::to_owned));
            let in_xml = || names.iter().find_map(|n| Element::parse(text)?.first(n).map(|e| e.text.clone()));
            in_json().or_else(in_xml)
        };
        let code =
            kind.map(str::to_owned).or_else(|| word(["__type", "code"])).or_else(|| word(["Code", "Code"]));
        // "com.amazonaws.account#ValidationException:http://..." says it between the hash and the colon.
        let code =
            code.map(|c| c.rsplit('#').next().unwrap_or(&c).split(':').next().unwrap_or(&c).to_owned());
        let mut about = ErrorMetadata::builder();
        if let Some(code) = code {
            about = about.code(code);
        }
        if let Some(message) = word(["message", "Message"]) {
            about = about.message(message);
        }
        PlainError(about.build())
    }
}

impl fmt::Display for PlainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for PlainError {}

impl ProvideErrorMetadata for PlainError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_encoded() {
        let request = Request::query("rds:Do", "2014-10-31", &[("A.1".into(), "a b&c=é".into())]);
        assert_eq!(request.body, "Action=Do&Version=2014-10-31&A.1=a%20b%26c%3D%C3%A9");
    }

    #[test]
    fn errors_say_what_they_are_in_either_form() {
        let of = |kind, text| {
            let error = PlainError::of(kind, text);
            (error.code().map(str::to_owned), error.message().map(str::to_owned))
        };
        let expected = |code: &str, message: &str| (Some(code.to_owned()), Some(message.to_owned()));
        let xml = "<ErrorResponse><Error><Type>Sender</Type><Code>Gone</Code><Message>It is gone.</Message></Error></ErrorResponse>";
        assert_eq!(of(None, xml), expected("Gone", "It is gone."));
        let json = r#"{"__type":"com.amazonaws.account#Gone","message":"It is gone."}"#;
        assert_eq!(of(None, json), expected("Gone", "It is gone."));
        assert_eq!(
            of(Some("Gone:http://x/"), r#"{"Message":"It is gone."}"#),
            expected("Gone", "It is gone.")
        );
        assert_eq!(of(None, "nothing of the kind"), (None, None));
    }
}
