//! What a `connection` block says about reaching a machine.

use crate::text;
use std::time::Duration;
use terrane_diagnostics::Diagnostic;
use terrane_value::{Kind, Value};

/// A machine and how to get in.
#[derive(Clone)]
pub(crate) struct Connection {
    pub(crate) target: Door,
    pub(crate) bastion: Option<Door>,
    /// How long it is tried to get in.
    pub(crate) timeout: Duration,
    /// Where scripts go on the machine; `%RAND%` stands for some digits.
    pub(crate) script_path: String,
    /// Whether keys of an agent are tried.
    pub(crate) agent: bool,
    /// Which of the agent's keys is tried first, by its comment or its public key.
    pub(crate) agent_identity: Option<String>,
}

/// One SSH server and the credentials for it.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) user: String,
    pub(crate) password: Option<String>,
    pub(crate) private_key: Option<String>,
    pub(crate) certificate: Option<String>,
    pub(crate) host_key: Option<String>,
}

impl Connection {
    pub(crate) fn read(value: &Value) -> Result<Connection, Diagnostic> {
        let given = |name: &str| text(value, name).filter(|t| !t.is_empty());
        let Some(host) = given("host") else {
            return Err(invalid(
                "host for provisioner cannot be empty: a connection block must say it.".to_owned(),
            ));
        };
        if given("proxy_host").is_some() {
            return Err(invalid(
                "A proxy (proxy_host) is not supported. Use a bastion host (bastion_host) instead."
                    .to_owned(),
            ));
        }
        if given("target_platform").is_some_and(|platform| platform != "unix") {
            return Err(invalid(
                "The target_platform must be \"unix\": no other one is supported.".to_owned(),
            ));
        }
        let number = |name: &str, text: Option<String>| match text {
            None => Ok(22),
            Some(text) => text.parse().map_err(|_| invalid(format!("{text:?} is no port number ({name})."))),
        };
        let of_bastion = value.attribute("bastion_port").and_then(|v| v.as_number().map(ToString::to_string));
        let target = Door {
            host,
            port: number("port", given("port"))?,
            user: given("user").unwrap_or_else(|| "root".to_owned()),
            password: given("password"),
            private_key: given("private_key"),
            certificate: given("certificate"),
            host_key: given("host_key"),
        };
        let bastion = match given("bastion_host") {
            None => None,
            Some(host) => Some(Door {
                host,
                port: number("bastion_port", of_bastion)?,
                user: given("bastion_user").unwrap_or_else(|| target.user.clone()),
                password: given("bastion_password").or_else(|| target.password.clone()),
                private_key: given("bastion_private_key").or_else(|| target.private_key.clone()),
                certificate: given("bastion_certificate"),
                host_key: given("bastion_host_key"),
            }),
        };
        let agent = value.attribute("agent").is_none_or(|v| !matches!(v.kind(), Kind::Bool(false)));
        Ok(Connection {
            target,
            bastion,
            timeout: match given("timeout") {
                None => Duration::from_secs(5 * 60),
                Some(text) => duration(&text).ok_or_else(|| {
                    invalid(format!("{text:?} is no duration such as 30s or 5m (timeout)."))
                })?,
            },
            script_path: given("script_path").unwrap_or_else(|| "/tmp/terraform_%RAND%.sh".to_owned()),
            agent,
            agent_identity: given("agent_identity"),
        })
    }
}

pub(crate) fn invalid(detail: String) -> Diagnostic {
    Diagnostic::error("Invalid connection", detail)
}

/// Reads durations such as `30s`, `5m` and `1h30m`.
fn duration(text: &str) -> Option<Duration> {
    let (mut total, mut rest) = (0_u64, text);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest.get(..digits)?.parse().ok()?;
        let unit = rest.get(digits..=digits)?;
        let seconds = match unit {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(seconds)?)?;
        rest = rest.get(digits + 1..)?;
    }
    (!text.is_empty()).then_some(Duration::from_secs(total))
}

#[cfg(test)]
mod tests {
    use super::duration;
    use std::time::Duration;

    #[test]
    fn durations_are_read() {
        for (text, seconds) in
            [("30s", Some(30)), ("1h2m3s", Some(3723)), ("", None), ("5", None), ("5x", None)]
        {
            assert_eq!(duration(text), seconds.map(Duration::from_secs), "{text}");
        }
    }
}
