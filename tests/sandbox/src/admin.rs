//! The sandbox's own endpoint, under `/_sandbox/`: faults, latency, how operations go, and what was asked.

use crate::refusal::Refusal;
use crate::world::{Settings, World};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What is counted, and what is to go wrong.
#[derive(Default)]
pub(crate) struct Admin {
    counts: BTreeMap<String, u64>,
    faults: Vec<Fault>,
}

/// Something that goes wrong some times.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    /// The id of the method, or its beginning with a `*` at the end.
    method: String,
    /// How often it happens.
    #[serde(default = "once")]
    times: u32,
    /// The status code: 429, 503, 403 for a quota, and so on.
    code: u16,
    #[serde(default)]
    reason: Option<String>,
    message: String,
    /// Whether the request is taken and its operation fails.
    #[serde(default)]
    pub(crate) operation: bool,
}

impl Admin {
    /// Counts a request.
    pub(crate) fn count(&mut self, method: &str) {
        *self.counts.entry(method.to_owned()).or_default() += 1;
    }

    /// What goes wrong with this request, if anything.
    pub(crate) fn fault(&mut self, method: &str) -> Option<(Refusal, bool)> {
        let fits = |fault: &Fault| match fault.method.strip_suffix('*') {
            Some(start) => method.starts_with(start),
            None => method == fault.method,
        };
        let fault = self.faults.iter_mut().find(|fault| fault.times > 0 && fits(fault))?;
        fault.times -= 1;
        let mut refusal = Refusal::new(fault.code, fault.message.clone());
        if let Some(reason) = &fault.reason {
            refusal = refusal.because(reason);
        }
        Some((refusal, fault.operation))
    }

    /// Answers a request to the endpoint.
    ///
    /// # Errors
    /// When the body or the path is not one of the endpoint's.
    pub(crate) fn answer(
        &mut self,
        world: &mut World,
        verb: &str,
        path: &str,
        body: &Value,
    ) -> Result<Value, Refusal> {
        let read = |error: serde_json::Error| Refusal::invalid(format!("terrane-sandbox: {error}"));
        match (verb, path) {
            ("GET", "/_sandbox/requests") => {
                return Ok(json!({"total": self.counts.values().sum::<u64>(), "methods": self.counts}));
            }
            ("DELETE", "/_sandbox/requests") => self.counts.clear(),
            ("GET", "/_sandbox/faults") => return Ok(json!(self.faults)),
            ("POST", "/_sandbox/faults") => self.faults.push(Fault::deserialize(body).map_err(read)?),
            ("DELETE", "/_sandbox/faults") => self.faults.clear(),
            ("GET", "/_sandbox/settings") => return Ok(json!(world.settings)),
            ("PUT", "/_sandbox/settings") => world.settings = Settings::deserialize(body).map_err(read)?,
            _ => return Err(Refusal::new(404, format!("terrane-sandbox: there is no {verb} {path}"))),
        }
        Ok(json!({}))
    }
}

fn once() -> u32 {
    1
}
