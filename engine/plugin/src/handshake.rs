//! What engine and plugin say to each other before they speak the protocol: variables in the
//! plugin's environment, and one line on its standard output.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use terrane_diagnostics::Diagnostic;

/// Tells a program that it was not started by hand.
pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The version of the handshake itself.
const CORE_VERSION: &str = "1";

/// Which protocol a plugin speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    V5,
    V6,
}

/// Where a plugin listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    /// Host and port.
    Tcp(String),
}

/// What a plugin says once it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Handshake {
    pub(crate) protocol: Protocol,
    pub(crate) address: Address,
    /// Its certificate, when it speaks TLS.
    pub(crate) certificate: Option<Vec<u8>>,
}

/// The other variables, but for the certificate.
pub(crate) const VARIABLES: [(&str, &str); 3] =
    [("PLUGIN_PROTOCOL_VERSIONS", "5,6"), ("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")];

/// The variable with the engine's certificate, which makes the plugin speak TLS.
pub(crate) const CERTIFICATE: &str = "PLUGIN_CLIENT_CERT";

impl Handshake {
    /// Reads the line: `1|5|unix|/tmp/plugin-1|grpc|MIIC...`.
    pub(crate) fn parse(line: &str) -> Result<Handshake, String> {
        let fields: Vec<&str> = line.trim().split('|').collect();
        let [core, protocol, network, address, rest @ ..] = fields.as_slice() else {
            return Err(format!("it wrote {:?} where its address was expected", shortened(line)));
        };
        if *core != CORE_VERSION {
            return Err(format!("it has version {} of the handshake instead of 1", shortened(core)));
        }
        let protocol = match *protocol {
            "5" => Protocol::V5,
            "6" => Protocol::V6,
            other => return Err(format!("it speaks protocol {}; known are 5 and 6", shortened(other))),
        };
        let address = match *network {
            "unix" => Address::Unix(address.into()),
            "tcp" => Address::Tcp((*address).to_owned()),
            other => {
                return Err(format!("it listens at a network of the unknown kind {:?}", shortened(other)));
            }
        };
        if let Some(transport) = rest.first().filter(|t| **t != "grpc") {
            return Err(format!("it speaks {:?} instead of gRPC", shortened(transport)));
        }
        let certificate = match rest.get(1).filter(|text| !text.is_empty()) {
            None => None,
            Some(text) => Some(decode(text).ok_or("its certificate is not base64")?),
        };
        Ok(Handshake { protocol, address, certificate })
    }
}

/// A plugin that runs already: an entry of `TF_REATTACH_PROVIDERS`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Reattach {
    protocol: String,
    protocol_version: u32,
    addr: ReattachAddress,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReattachAddress {
    network: String,
    string: String,
}

impl Reattach {
    /// Reads the variable: plugins by the addresses of their providers.
    pub fn read(json: &str) -> Result<BTreeMap<String, Reattach>, String> {
        serde_json::from_str(json).map_err(|e| e.to_string())
    }

    pub(crate) fn greeting(&self) -> Result<Handshake, Diagnostic> {
        let line = format!(
            "1|{}|{}|{}|{}",
            self.protocol_version, self.addr.network, self.addr.string, self.protocol
        );
        Handshake::parse(&line).map_err(|why| {
            Diagnostic::error(
                "Cannot connect to plugin",
                format!("TF_REATTACH_PROVIDERS names a plugin, and {why}."),
            )
        })
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(&STANDARD, config).decode(text).ok()
}

/// The beginning of what may be very long.
fn shortened(text: &str) -> String {
    let short: String = text.trim().chars().take(60).collect();
    if short.len() < text.trim().len() { short + "..." } else { short }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_plugins_are_read() {
        let read = Handshake::parse("1|5|unix|/tmp/plugin1|grpc|AQID\n").unwrap();
        let address = Address::Unix("/tmp/plugin1".into());
        assert_eq!(read, Handshake { protocol: Protocol::V5, address, certificate: Some(vec![1, 2, 3]) });
        let read = Handshake::parse("1|6|tcp|127.0.0.1:1234|grpc||true").unwrap();
        let address = Address::Tcp("127.0.0.1:1234".into());
        assert_eq!(read, Handshake { protocol: Protocol::V6, address, certificate: None });
    }

    #[test]
    fn running_plugins_are_read() {
        let json = r#"{"registry.terraform.io/ops/thing": {"Protocol": "grpc", "ProtocolVersion": 6, "Pid": 3, "Test": true,
            "Addr": {"Network": "unix", "String": "/tmp/plugin1"}}}"#;
        let all = Reattach::read(json).unwrap();
        let greeting = all["registry.terraform.io/ops/thing"].greeting().unwrap();
        let address = Address::Unix("/tmp/plugin1".into());
        assert_eq!(greeting, Handshake { protocol: Protocol::V6, address, certificate: None });
        let old = Reattach::read(&json.replace("grpc", "netrpc")).unwrap();
        assert!(old["registry.terraform.io/ops/thing"].greeting().is_err());
        assert!(Reattach::read("[]").is_err());
    }

    #[test]
    fn other_lines_are_refused_with_what_is_wrong() {
        let cases = [
            ("", "where its address was expected"),
            ("This binary is a plugin.", "where its address was expected"),
            ("2|5|unix|/tmp/a|grpc", "version 2 of the handshake"),
            ("1|4|unix|/tmp/a|grpc", "speaks protocol 4"),
            ("1|5|pipe|a|grpc", "unknown kind"),
            ("1|5|unix|/tmp/a|netrpc", "instead of gRPC"),
            ("1|5|unix|/tmp/a|grpc|!!", "not base64"),
        ];
        for (line, expected) in cases {
            let error = Handshake::parse(line).unwrap_err();
            assert!(error.contains(expected), "{line:?}: {error}");
        }
    }
}
