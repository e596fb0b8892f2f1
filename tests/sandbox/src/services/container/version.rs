//! The versions of Kubernetes that there are. They are like Google's, not Google's.

use crate::call::Call;
use crate::refusal::Refusal;
use serde_json::{Value, json};

/// All versions, the newest first.
const VERSIONS: [&str; 7] = [
    "1.34.1-gke.1293000",
    "1.33.5-gke.1201000",
    "1.33.4-gke.1350000",
    "1.32.9-gke.1239000",
    "1.32.8-gke.1134000",
    "1.31.13-gke.1139000",
    "1.30.14-gke.1397000",
];

const CHANNELS: [(&str, &str); 4] = [
    ("RAPID", "1.34.1-gke.1293000"),
    ("REGULAR", "1.33.5-gke.1201000"),
    ("STABLE", "1.32.9-gke.1239000"),
    ("EXTENDED", "1.32.9-gke.1239000"),
];

/// The version that a channel begins with.
fn of_channel(channel: &str) -> &'static str {
    CHANNELS.iter().find(|(name, _)| *name == channel).map_or(CHANNELS[1].1, |(_, version)| version)
}

/// The version that is meant: the channel's, the newest one, the newest one that begins so, or that very one.
pub(super) fn resolve(asked: &str, channel: &str, what: &str) -> Result<&'static str, Refusal> {
    let begins = |version: &str| {
        version.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-']))
    };
    match asked {
        "" | "-" => Ok(of_channel(channel)),
        "latest" => Ok(VERSIONS[0]),
        _ => VERSIONS
            .into_iter()
            .find(|version| begins(version))
            .ok_or_else(|| Refusal::invalid(format!("{what} version \"{asked}\" is unsupported."))),
    }
}

/// Whether a version is newer than another.
pub(super) fn newer(a: &str, b: &str) -> bool {
    let place = |version: &str| VERSIONS.iter().position(|known| *known == version).unwrap_or(VERSIONS.len());
    place(a) < place(b)
}

/// What can be asked for in a location.
pub(super) fn server_config(_call: &Call<'_>) -> Value {
    let channels: Vec<Value> = CHANNELS
        .iter()
        .map(|(channel, version)| {
            let valid: Vec<&&str> = VERSIONS.iter().filter(|known| !newer(known, version)).collect();
            json!({"channel": channel, "defaultVersion": version, "upgradeTargetVersion": version, "validVersions": valid})
        })
        .collect();
    json!({
        "channels": channels, "defaultClusterVersion": of_channel("REGULAR"), "defaultImageType": "COS_CONTAINERD",
        "validImageTypes": ["COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD"],
        "validMasterVersions": VERSIONS, "validNodeVersions": VERSIONS,
    })
}
