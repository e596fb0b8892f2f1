//! Who did it: the audit logs of the clouds, asked about what was found.

use crate::{History, Kind, Limits, Scanned};
use futures::future::join_all;
use std::sync::Arc;
use terrane_provider::{Client, HistoryQuery, ReadOnly};
use terrane_value::Value;

/// The time that is asked about, RFC 3339 in UTC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// From when.
    pub since: String,
    /// Until when.
    pub until: String,
}

/// Asks who changed or deleted what was found in a stack.
pub async fn attribute(scanned: &mut Scanned, window: &Window, limits: &Limits) {
    let connections: Vec<_> = scanned.stack.connections.iter().zip(&scanned.clients).collect();
    let questions = scanned.report.findings.iter().map(|finding| {
        let through = connections.iter().find(|(c, _)| c.address == finding.change.provider);
        async move {
            let Some((connection, Some(client))) = through else {
                return History::Unknown("there is no connection to ask through".into());
            };
            // What is gone is looked for as it was; what changed, as it is.
            let object =
                if finding.kind == Kind::Vanished { &finding.change.before } else { &finding.change.after };
            let type_name = &finding.change.address.resource.type_name;
            ask(&connection.provider, client, type_name, object, window, limits).await
        }
    });
    let answers = join_all(questions).await;
    for (finding, history) in scanned.report.findings.iter_mut().zip(answers) {
        finding.history = history;
    }
}

/// Asks who changed one object.
pub(crate) async fn ask(
    provider: &ReadOnly,
    client: &Arc<dyn Client>,
    type_name: &Arc<str>,
    object: &Value,
    window: &Window,
    limits: &Limits,
) -> History {
    let query = HistoryQuery {
        type_name: type_name.clone(),
        object: object.unmark_deep().0,
        since: window.since.clone(),
        until: window.until.clone(),
    };
    let _permit = limits.requests.acquire().await;
    match provider.history(client, &query).await {
        Ok(Some(events)) if events.is_empty() => {
            History::Unknown(format!("the audit log has no change of it since {}", window.since))
        }
        Ok(Some(events)) => History::Events(events),
        Ok(None) => History::Unknown("the provider asks no audit log".into()),
        // That nobody can tell who it was makes the finding itself no less true.
        Err(problems) => {
            let reasons: Vec<String> =
                problems.iter().map(|d| format!("{}: {}", d.summary, d.detail)).collect();
            History::Unknown(reasons.join("; "))
        }
    }
}
