//! How long changes took in earlier runs, in a file below the data directory. It is a help only: that it
//! cannot be read or written fails nothing.

use crate::environment::Environment;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;
use terrane_view::Durations;

fn file(environment: &Environment) -> PathBuf {
    environment.data_dir().join("durations.json")
}

/// What is known from earlier runs.
pub(crate) fn read(environment: &Environment) -> Durations {
    let text = environment.read(&file(environment)).unwrap_or_default();
    let seconds: BTreeMap<String, f64> = serde_json::from_slice(&text).unwrap_or_default();
    let known = seconds.into_iter();
    known.filter_map(|(kind, s)| Some((kind, Duration::try_from_secs_f64(s).ok()?))).collect()
}

/// Keeps what is known for later runs.
pub(crate) fn write(environment: &Environment, durations: &Durations) {
    if durations.is_empty() {
        return;
    }
    let seconds: BTreeMap<&String, f64> =
        durations.iter().map(|(kind, d)| (kind, (d.as_secs_f64() * 1000.0).round() / 1000.0)).collect();
    if let Ok(text) = serde_json::to_vec_pretty(&seconds) {
        let _ = environment.write_secret(&file(environment), &text);
    }
}
