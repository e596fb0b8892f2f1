//! The arguments of the `s3` backend: those of Terraform 1.11, with the same names and meanings.

use super::service_address;
use crate::argument::{Argument, ConfigureError, Given};
use crate::aws::{AssumeRole, Credentials, WebIdentity};
use crate::web::{Patience, Proxies, Tls, Web};
use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use url::Url;

const SEEN_BY_REQUESTS: &str = "Terrane asks no other service about credentials, accounts or regions, and sees them when it reads the state";

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("access_key"),
    Argument::text("acl"),
    Argument::texts("allowed_account_ids"),
    Argument::object("assume_role", ASSUME_ROLE),
    Argument::object("assume_role_with_web_identity", WEB_IDENTITY),
    Argument::text("bucket").required(),
    Argument::text("custom_ca_bundle").or(&["AWS_CA_BUNDLE"]),
    Argument::text("dynamodb_endpoint").or(&["AWS_DYNAMODB_ENDPOINT"]),
    Argument::text("dynamodb_table"),
    Argument::text("ec2_metadata_service_endpoint").or(&["AWS_EC2_METADATA_SERVICE_ENDPOINT"]),
    Argument::text("ec2_metadata_service_endpoint_mode").or(&["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]),
    Argument::bool("encrypt"),
    Argument::text("endpoint").or(&["AWS_S3_ENDPOINT"]),
    Argument::object("endpoints", ENDPOINTS),
    Argument::texts("forbidden_account_ids"),
    Argument::bool("force_path_style"),
    Argument::text("http_proxy"),
    Argument::text("https_proxy"),
    Argument::text("iam_endpoint").without_effect("nothing is asked of IAM"),
    Argument::bool("insecure"),
    Argument::text("key").required(),
    Argument::text("kms_key_id"),
    Argument::number("max_retries").or(&["AWS_MAX_ATTEMPTS"]),
    Argument::text("no_proxy"),
    Argument::text("profile"),
    Argument::text("region").or(&["AWS_REGION", "AWS_DEFAULT_REGION"]),
    Argument::text("retry_mode")
        .without_effect("failed requests are always tried again after growing pauses"),
    Argument::text("secret_key"),
    Argument::texts("shared_config_files"),
    Argument::text("shared_credentials_file"),
    Argument::texts("shared_credentials_files"),
    Argument::bool("skip_credentials_validation").without_effect(SEEN_BY_REQUESTS),
    Argument::bool("skip_metadata_api_check"),
    Argument::bool("skip_region_validation").without_effect(SEEN_BY_REQUESTS),
    Argument::bool("skip_requesting_account_id").without_effect(SEEN_BY_REQUESTS),
    Argument::bool("skip_s3_checksum"),
    Argument::text("sse_customer_key").or(&["AWS_SSE_CUSTOMER_KEY"]),
    Argument::text("sts_endpoint").or(&["AWS_STS_ENDPOINT"]),
    Argument::text("sts_region"),
    Argument::text("token"),
    Argument::bool("use_dualstack_endpoint").or(&["AWS_USE_DUALSTACK_ENDPOINT"]),
    Argument::bool("use_fips_endpoint").or(&["AWS_USE_FIPS_ENDPOINT"]),
    Argument::bool("use_lockfile"),
    Argument::bool("use_path_style"),
    Argument::text("workspace_key_prefix"),
];

const ENDPOINTS: &[Argument] = &[
    Argument::text("dynamodb").or(&["AWS_ENDPOINT_URL_DYNAMODB"]),
    Argument::text("iam"),
    Argument::text("s3").or(&["AWS_ENDPOINT_URL_S3"]),
    Argument::text("sso"),
    Argument::text("sts").or(&["AWS_ENDPOINT_URL_STS"]),
];

pub(crate) const ASSUME_ROLE: &[Argument] = &[
    Argument::text("duration"),
    Argument::text("external_id"),
    Argument::text("policy"),
    Argument::texts("policy_arns"),
    Argument::text("role_arn"),
    Argument::text("session_name"),
    Argument::text("source_identity"),
    Argument::pairs("tags"),
    Argument::texts("transitive_tag_keys"),
];

pub(crate) const WEB_IDENTITY: &[Argument] = &[
    Argument::text("duration"),
    Argument::text("policy"),
    Argument::texts("policy_arns"),
    Argument::text("role_arn").or(&["AWS_ROLE_ARN"]),
    Argument::text("session_name").or(&["AWS_ROLE_SESSION_NAME"]),
    Argument::text("web_identity_token"),
    Argument::text("web_identity_token_file").or(&["AWS_WEB_IDENTITY_TOKEN_FILE"]),
];

/// The client for all services.
pub(crate) fn web(given: Given<'_>) -> Result<Web, ConfigureError> {
    let authorities = match given.text("custom_ca_bundle") {
        None => None,
        Some(path) => Some(given.surroundings().read(&path).map_err(|reason| {
            ConfigureError(format!("The certificates of \"custom_ca_bundle\" cannot be read: {reason}"))
        })?),
    };
    let tls = Tls { authorities, insecure: given.bool("insecure").unwrap_or(false), ..Tls::default() };
    let proxies = Proxies {
        http: given.text("http_proxy"),
        https: given.text("https_proxy"),
        except: given.text("no_proxy"),
    };
    let attempts = given
        .number("max_retries")?
        .map_or(Patience::default().attempts, |n| u32::try_from(n).unwrap_or(u32::MAX).max(1));
    Web::new(&tls, &proxies, Patience { attempts, ..Patience::default() }).map_err(ConfigureError)
}

/// The address of a service: as given, as the environment says, or that of AWS.
pub(crate) fn endpoint(
    given: Given<'_>,
    name: &str,
    in_variables: &str,
    region: &str,
) -> Result<Url, ConfigureError> {
    let old = if name == "s3" { "endpoint".to_owned() } else { format!("{name}_endpoint") };
    let surroundings = given.surroundings();
    let variables = [format!("AWS_ENDPOINT_URL_{in_variables}"), "AWS_ENDPOINT_URL".to_owned()];
    let ignored = surroundings.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS").is_some_and(|v| v == "true");
    let from_environment = || match ignored {
        true => None,
        false => variables.iter().find_map(|name| surroundings.variable(name)).map(str::to_owned),
    };
    let text = given
        .object("endpoints")
        .and_then(|endpoints| endpoints.text(name))
        .or_else(|| given.text(&old))
        .or_else(from_environment)
        .unwrap_or_else(|| {
            let dual_stack = given.bool("use_dualstack_endpoint").unwrap_or(false);
            service_address(name, region, dual_stack, given.bool("use_fips_endpoint").unwrap_or(false))
        });
    let text = if text.contains("://") { text } else { format!("https://{text}") };
    let url: Url = text
        .parse()
        .map_err(|e| ConfigureError(format!("The endpoint of {name}, {text:?}, is no address: {e}.")))?;
    match url.scheme() {
        "http" | "https" => Ok(url),
        _ => Err(ConfigureError(format!("The endpoint of {name}, {text:?}, must begin with https://."))),
    }
}

/// Who asks, as arguments and environment say.
pub(crate) fn credentials(given: Given<'_>, web: &Web, region: &str) -> Result<Credentials, ConfigureError> {
    let surroundings = given.surroundings();
    let mut set = Vec::new();
    if let Some(file) = given.texts("shared_config_files").pop() {
        set.push(("AWS_CONFIG_FILE", surroundings.expand(&file).display().to_string()));
    }
    let file =
        given.texts("shared_credentials_files").pop().or_else(|| given.text("shared_credentials_file"));
    if let Some(file) = file {
        set.push(("AWS_SHARED_CREDENTIALS_FILE", surroundings.expand(&file).display().to_string()));
    }
    let context = surroundings.signing(web.client(), &set);
    let base = match (given.text("access_key"), given.text("secret_key")) {
        (Some(id), Some(secret)) => Credentials::fixed(context, &id, &secret, given.text("token").as_deref()),
        (None, None) => {
            let metadata = !given.bool("skip_metadata_api_check").unwrap_or(false);
            let ipv6 = given
                .text("ec2_metadata_service_endpoint_mode")
                .is_some_and(|mode| mode.eq_ignore_ascii_case("ipv6"))
                .then(|| "http://[fd00:ec2::254]".to_owned());
            let endpoint = given.text("ec2_metadata_service_endpoint").or(ipv6);
            Credentials::chain(context, surroundings, given.text("profile").as_deref(), metadata, endpoint)
        }
        _ => {
            return Err(ConfigureError(
                "The arguments \"access_key\" and \"secret_key\" belong together: set both or none.".into(),
            ));
        }
    };
    let base = match given.object("assume_role_with_web_identity") {
        None => base,
        Some(identity) => base.with_web_identity(
            WebIdentity {
                role: role(identity)?,
                token: identity.text("web_identity_token"),
                token_file: identity.text("web_identity_token_file"),
            },
            region,
        ),
    };
    match given.object("assume_role") {
        None => Ok(base),
        Some(object) => {
            let region = given.text("sts_region").unwrap_or_else(|| region.to_owned());
            let sts = endpoint(given, "sts", "STS", &region)?;
            Ok(base.assuming(role(object)?, &region, sts.to_string()))
        }
    }
}

fn role(object: Given<'_>) -> Result<AssumeRole, ConfigureError> {
    let seconds = match object.text("duration") {
        None => None,
        Some(text) => Some(seconds(&text).ok_or_else(|| {
            ConfigureError(format!("The duration {text:?} of a role must be like \"1h30m\" or \"900s\"."))
        })?),
    };
    Ok(AssumeRole {
        role_arn: object.required("role_arn")?,
        session_name: object.text("session_name"),
        external_id: object.text("external_id"),
        policy: object.text("policy"),
        policy_arns: object.texts("policy_arns"),
        source_identity: object.text("source_identity"),
        seconds,
        tags: object.pairs("tags"),
        transitive_tag_keys: object.texts("transitive_tag_keys"),
    })
}

/// The seconds of a duration such as `1h30m`.
fn seconds(text: &str) -> Option<u64> {
    let (mut total, mut number) = (0u64, String::new());
    for c in text.chars() {
        match c {
            '0'..='9' => number.push(c),
            'h' | 'm' | 's' => {
                let unit = [('h', 3600), ('m', 60), ('s', 1)].iter().find(|(u, _)| *u == c)?.1;
                total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
                number.clear();
            }
            _ => return None,
        }
    }
    (number.is_empty() && total > 0).then_some(total)
}

type Headers = Vec<(&'static str, String)>;

/// What every request for an object says: the customer's key.
pub(super) fn object_headers(given: Given<'_>) -> Result<Headers, ConfigureError> {
    let Some(key) = given.text("sse_customer_key") else { return Ok(Vec::new()) };
    let bad = || ConfigureError("The argument \"sse_customer_key\" must be 32 bytes in base64.".to_owned());
    let bytes = STANDARD.decode(&key).ok().filter(|bytes| bytes.len() == 32).ok_or_else(bad)?;
    if given.text("kms_key_id").is_some() {
        return Err(ConfigureError(
            "The arguments \"sse_customer_key\" and \"kms_key_id\" exclude each other.".to_owned(),
        ));
    }
    Ok(vec![
        ("x-amz-server-side-encryption-customer-algorithm", "AES256".to_owned()),
        ("x-amz-server-side-encryption-customer-key", key),
        ("x-amz-server-side-encryption-customer-key-md5", STANDARD.encode(Md5::digest(&bytes))),
    ])
}

/// What every write says: how the service is to encrypt it, and who may read it.
pub(super) fn write_headers(given: Given<'_>) -> Result<Headers, ConfigureError> {
    let mut headers = Headers::new();
    if given.bool("encrypt").unwrap_or(false) && given.text("sse_customer_key").is_none() {
        match given.text("kms_key_id") {
            Some(key) => {
                headers.push(("x-amz-server-side-encryption", "aws:kms".to_owned()));
                headers.push(("x-amz-server-side-encryption-aws-kms-key-id", key));
            }
            None => headers.push(("x-amz-server-side-encryption", "AES256".to_owned())),
        }
    }
    if let Some(acl) = given.text("acl") {
        headers.push(("x-amz-acl", acl));
    }
    Ok(headers)
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn durations_are_those_of_go() {
        assert_eq!(seconds("1h30m"), Some(5400));
        assert_eq!(seconds("900s"), Some(900));
        for bad in ["", "900", "1d", "m", "1h2"] {
            assert_eq!(seconds(bad), None, "{bad:?}");
        }
    }
}
