//! Events as JSON, one object a line: the stream of `-json`, with the keys that Terraform's has.

use super::phrase::{begins, duration, elapsed_note, ends, ephemeral, id_note};
use crate::json::{TERRAFORM_VERSION, importing};
use crate::plan::{apply_summary, plan_summary};
use crate::traffic::traffic_json;
use serde_json::{Map, Value as Json, json};
use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use terrane_address::{InstanceKey, ResourceInstance};
use terrane_diagnostics::{Diagnostic, SourceMap, to_json};
use terrane_plan::{
    Action, ActionReason, Counts, EphemeralStep, Event, Events, OutputChange, PlanMode, ResourceChange,
};
use terrane_provider::Traffic;
use terrane_state::OutputState;
use terrane_value::type_to_json;

/// Gives the present time as RFC 3339 in UTC with microseconds.
pub type Clock = Box<dyn Fn() -> String + Send + Sync>;

/// The member `@module` of every line, which readers select by.
const MODULE: &str = "terraform.ui";

/// The stream. Each line is written at once; errors of writing are ignored.
pub struct JsonLines {
    out: Mutex<Box<dyn Write + Send>>,
    clock: Clock,
    sources: Mutex<Arc<SourceMap>>,
    ids: Mutex<HashMap<ResourceInstance, Arc<str>>>,
}

impl JsonLines {
    /// A stream to `out` whose lines carry the time that `clock` gives.
    pub fn new(out: Box<dyn Write + Send>, clock: Clock) -> JsonLines {
        JsonLines { out: Mutex::new(out), clock, sources: Mutex::default(), ids: Mutex::default() }
    }

    /// Source files, for diagnostics among the events to show.
    pub fn set_sources(&self, sources: Arc<SourceMap>) {
        *self.sources.lock().unwrap_or_else(PoisonError::into_inner) = sources;
    }

    /// This as the receiver of a plan's or apply's events.
    pub fn receiver(self: &Arc<Self>) -> Events {
        let stream = self.clone();
        Arc::new(move |event| stream.event(&event))
    }

    /// The first line: what writes the stream. `version` is the program's own.
    pub fn version(&self, version: &str) {
        let members = [("terraform", json!(TERRAFORM_VERSION)), ("terrane", json!(version))];
        self.write("info", &format!("Terrane {version}"), "version", members, Some(("ui", json!("1.2"))));
    }

    /// How many objects a plan is going to touch.
    pub fn plan_summary(&self, counts: &Counts) {
        self.summary(&plan_summary(counts), counts, "plan");
    }

    /// How many objects an apply touched.
    pub fn apply_summary(&self, mode: PlanMode, done: &Counts) {
        let operation = if mode == PlanMode::Destroy { "destroy" } else { "apply" };
        self.summary(&apply_summary(mode, done), done, operation);
    }

    /// What the calls of providers have cost.
    pub fn traffic(&self, traffic: &BTreeMap<&str, Vec<Traffic>>) {
        let requests: u64 = traffic.values().flatten().map(|t| t.requests).sum();
        let message = format!("Providers sent {requests} requests");
        self.write("info", &message, "provider_traffic", [("traffic", traffic_json(traffic))], None);
    }

    fn summary(&self, message: &str, counts: &Counts, operation: &str) {
        let changes = json!({
            "add": counts.add,
            "change": counts.change,
            "import": counts.import,
            "remove": counts.destroy,
            "operation": operation,
        });
        self.write("info", message, "change_summary", [("changes", changes)], None);
    }

    /// What a plan does to outputs, unchanged ones included.
    pub fn output_changes(&self, outputs: &BTreeMap<Arc<str>, OutputChange>) {
        let all: Map<String, Json> = (outputs.iter())
            .map(|(name, o)| {
                let action = match o.action {
                    Action::NoOp => "noop",
                    other => other.words()[0],
                };
                (name.to_string(), json!({ "sensitive": o.sensitive, "action": action }))
            })
            .collect();
        self.outputs_line(all);
    }

    /// The outputs after an apply. Sensitive ones have no value.
    pub fn outputs(&self, outputs: &BTreeMap<Arc<str>, OutputState>) {
        let all: Map<String, Json> = (outputs.iter())
            .map(|(name, o)| {
                let mut out = Map::new();
                out.insert("sensitive".into(), json!(o.sensitive));
                out.insert("type".into(), type_to_json(&o.value.ty()));
                if !o.sensitive {
                    out.insert("value".into(), crate::json::plain_json(&o.value, false));
                }
                (name.to_string(), Json::Object(out))
            })
            .collect();
        self.outputs_line(all);
    }

    fn outputs_line(&self, all: Map<String, Json>) {
        let message = format!("Outputs: {}", all.len());
        self.write("info", &message, "outputs", [("outputs", Json::Object(all))], None);
    }

    /// A problem.
    pub fn diagnostic(&self, diagnostic: &Diagnostic, sources: &SourceMap) {
        let (level, word) = if diagnostic.is_error() { ("error", "Error") } else { ("warn", "Warning") };
        let message = format!("{word}: {}", diagnostic.summary);
        self.write(level, &message, "diagnostic", [("diagnostic", to_json(diagnostic, sources))], None);
    }

    /// What became of an operation that an interrupted run had begun: `outcome` is `exists`, `gone`, `failed` or
    /// `open`.
    pub fn settled(
        &self,
        address: &ResourceInstance,
        action: &str,
        outcome: &str,
        id: Option<&str>,
        message: &str,
    ) {
        let mut hook = Map::new();
        hook.insert("resource".into(), resource(address));
        hook.insert("action".into(), json!(action));
        hook.insert("outcome".into(), json!(outcome));
        if let Some(id) = id {
            hook.insert("id_key".into(), json!("id"));
            hook.insert("id_value".into(), json!(id));
        }
        self.write("info", message, "operation_settled", [("hook", Json::Object(hook))], None);
    }

    /// A message that is none of the others.
    pub fn log(&self, message: &str) {
        self.write("info", message, "log", [], None);
    }

    /// Writes what happened.
    pub fn event(&self, event: &Event) {
        match event {
            Event::RefreshStarted { .. }
            | Event::ImportStarted { .. }
            | Event::Imported { .. }
            | Event::ApplyUnneeded { .. } => {}
            Event::Refreshed { address, id } => {
                let id = id.as_deref();
                // Objects are read in batches: an object's start is known by its id only now.
                let start = format!("{address}: Refreshing state...{}", id_note(id));
                self.hook("refresh_start", &start, address, None, id, None);
                let done = format!("{address}: Refresh complete{}", id_note(id));
                self.hook("refresh_complete", &done, address, None, id, None);
            }
            Event::EphemeralStarted { address, step } => {
                let message = format!("{address}: {}...", ephemeral(*step));
                self.ephemeral("ephemeral_op_start", &message, address, *step, None);
            }
            Event::EphemeralDone { address, step, elapsed } => {
                let message =
                    format!("{address}: {} complete after {}", ephemeral(*step), duration(*elapsed));
                self.ephemeral("ephemeral_op_complete", &message, address, *step, Some(*elapsed));
            }
            Event::ReadStarted { address } => {
                let message = format!("{address}: Refreshing...");
                self.hook("apply_start", &message, address, Some(Action::Read), None, None);
            }
            Event::ReadDone { address, id, elapsed } => {
                let id = id.as_deref();
                let message =
                    format!("{address}: Refresh complete after {}{}", duration(*elapsed), id_note(id));
                self.hook("apply_complete", &message, address, Some(Action::Read), id, Some(*elapsed));
            }
            Event::ApplyStarted { address, action, id } => {
                if let Some(id) = id {
                    self.ids().insert(address.clone(), id.clone());
                }
                let message = format!("{address}: {}...{}", begins(*action), id_note(id.as_deref()));
                self.hook("apply_start", &message, address, Some(*action), id.as_deref(), None);
            }
            Event::ApplyProgress { address, action, elapsed } => {
                let id = self.ids().get(address).cloned();
                let note = elapsed_note(id.as_deref(), *elapsed);
                let message = format!("{address}: Still {}...{note}", begins(*action).to_lowercase());
                self.hook("apply_progress", &message, address, Some(*action), None, Some(*elapsed));
            }
            Event::ApplyDone { address, action, id, elapsed } => {
                self.ids().remove(address);
                let id = id.as_deref().filter(|_| *action != Action::Delete);
                let after = duration(*elapsed);
                let message = format!("{address}: {} complete after {after}{}", ends(*action), id_note(id));
                self.hook("apply_complete", &message, address, Some(*action), id, Some(*elapsed));
            }
            Event::ApplyFailed { address, action, elapsed } => {
                self.ids().remove(address);
                let message = format!("{address}: {} errored after {}", ends(*action), duration(*elapsed));
                self.hook("apply_errored", &message, address, Some(*action), None, Some(*elapsed));
            }
            Event::ProvisionStarted { address, kind } => {
                let hook = json!({ "resource": resource(address), "provisioner": kind });
                let message = format!("{address}: Provisioning with '{kind}'...");
                self.write("info", &message, "provision_start", [("hook", hook)], None);
            }
            Event::ProvisionOutput { address, kind, line } => {
                let hook = json!({ "resource": resource(address), "provisioner": kind, "output": line });
                let message = format!("{address}: ({kind}): {line}");
                self.write("info", &message, "provision_progress", [("hook", hook)], None);
            }
            Event::ProvisionDone { address, kind, failed } => {
                let hook = json!({ "resource": resource(address), "provisioner": kind });
                let (end, kind_of_line) = if *failed {
                    ("errored", "provision_errored")
                } else {
                    ("complete", "provision_complete")
                };
                let message = format!("{address}: ({kind}) Provisioning {end}");
                self.write("info", &message, kind_of_line, [("hook", hook)], None);
            }
            Event::Planned(change) => self.planned(change),
            Event::Drift(change) => self.drift(change),
            Event::Stopping => self.log("Stopping operation..."),
            Event::Diagnostic(diagnostic) => {
                let sources = self.sources.lock().unwrap_or_else(PoisonError::into_inner).clone();
                self.diagnostic(diagnostic, &sources);
            }
        }
    }

    fn planned(&self, change: &ResourceChange) {
        let Some(action) = action_word(change) else { return };
        let mut out = Map::new();
        out.insert("resource".into(), resource(&change.address));
        if let Some(previous) = &change.previous_address {
            out.insert("previous_resource".into(), resource(previous));
        }
        out.insert("action".into(), json!(action));
        if let Some(reason) = change.reason {
            out.insert("reason".into(), reason_word(reason));
        }
        if let Some(key) = &change.importing {
            out.insert("importing".into(), importing(key));
        }
        let message = format!("{}: Plan to {action}", change.address);
        self.write("info", &message, "planned_change", [("change", Json::Object(out))], None);
    }

    fn drift(&self, change: &ResourceChange) {
        let Some(action) = action_word(change) else { return };
        let mut out = Map::new();
        out.insert("resource".into(), resource(&change.address));
        if let Some(previous) = &change.previous_address {
            out.insert("previous_resource".into(), resource(previous));
        }
        out.insert("action".into(), json!(action));
        let message = format!("{}: Drift detected ({action})", change.address);
        self.write("info", &message, "resource_drift", [("change", Json::Object(out))], None);
    }

    fn ephemeral(
        &self,
        kind: &str,
        message: &str,
        address: &ResourceInstance,
        step: EphemeralStep,
        elapsed: Option<Duration>,
    ) {
        let word = match step {
            EphemeralStep::Open => "open",
            EphemeralStep::Renew => "renew",
            EphemeralStep::Close => "close",
        };
        let mut hook =
            Map::from_iter([("resource".to_owned(), resource(address)), ("action".to_owned(), json!(word))]);
        if let Some(elapsed) = elapsed {
            let seconds = (elapsed + Duration::from_millis(500)).as_secs();
            hook.insert("elapsed_seconds".into(), json!(seconds));
        }
        self.write("info", message, kind, [("hook", Json::Object(hook))], None);
    }

    fn hook(
        &self,
        kind: &str,
        message: &str,
        address: &ResourceInstance,
        action: Option<Action>,
        id: Option<&str>,
        elapsed: Option<Duration>,
    ) {
        let mut hook = Map::new();
        hook.insert("resource".into(), resource(address));
        if let Some(action) = action {
            hook.insert("action".into(), json!(action.words()[0]));
        }
        if let Some(id) = id {
            hook.insert("id_key".into(), json!("id"));
            hook.insert("id_value".into(), json!(id));
        }
        if let Some(elapsed) = elapsed {
            let seconds = (elapsed + Duration::from_millis(500)).as_secs();
            hook.insert("elapsed_seconds".into(), json!(seconds));
        }
        self.write("info", message, kind, [("hook", Json::Object(hook))], None);
    }

    pub(super) fn write<const N: usize>(
        &self,
        level: &str,
        message: &str,
        kind: &str,
        members: [(&str, Json); N],
        last: Option<(&str, Json)>,
    ) {
        let mut line = Map::new();
        line.insert("@level".into(), json!(level));
        line.insert("@message".into(), json!(message));
        line.insert("@module".into(), json!(MODULE));
        line.insert("@timestamp".into(), json!((self.clock)()));
        for (name, value) in members {
            line.insert(name.into(), value);
        }
        line.insert("type".into(), json!(kind));
        if let Some((name, value)) = last {
            line.insert(name.into(), value);
        }
        self.put(line);
    }

    /// Writes a line about tests, whose member of its own is called like its type. The names of file and
    /// run come before the time.
    pub(crate) fn test_line(
        &self,
        level: &str,
        message: &str,
        kind: &str,
        content: Json,
        file: Option<&str>,
        run: Option<&str>,
    ) {
        let mut line = Map::new();
        line.insert("@level".into(), json!(level));
        line.insert("@message".into(), json!(message));
        line.insert("@module".into(), json!(MODULE));
        file.into_iter().for_each(|file| drop(line.insert("@testfile".into(), json!(file))));
        run.into_iter().for_each(|run| drop(line.insert("@testrun".into(), json!(run))));
        line.insert("@timestamp".into(), json!((self.clock)()));
        line.insert(kind.into(), content);
        line.insert("type".into(), json!(kind));
        self.put(line);
    }

    /// Writes a problem of a test.
    pub(crate) fn test_diagnostic(
        &self,
        diagnostic: &Diagnostic,
        sources: &SourceMap,
        file: &str,
        run: Option<&str>,
    ) {
        let (level, word) = if diagnostic.is_error() { ("error", "Error") } else { ("warn", "Warning") };
        let message = format!("{word}: {}", diagnostic.summary);
        self.test_line(level, &message, "diagnostic", to_json(diagnostic, sources), Some(file), run);
    }

    fn put(&self, line: Map<String, Json>) {
        let line = format!("{}\n", Json::Object(line));
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        let _ = out.write_all(line.as_bytes());
        let _ = out.flush();
    }

    fn ids(&self) -> std::sync::MutexGuard<'_, HashMap<ResourceInstance, Arc<str>>> {
        self.ids.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The word for a planned or found change; `None` when there is nothing to tell.
fn action_word(change: &ResourceChange) -> Option<&'static str> {
    Some(match change.action {
        Action::NoOp if change.importing.is_some() => "import",
        Action::NoOp if change.previous_address.is_some() => "move",
        Action::NoOp => return None,
        Action::Create => "create",
        Action::Read => "read",
        Action::Update => "update",
        Action::Delete => "delete",
        Action::DeleteThenCreate | Action::CreateThenDelete => "replace",
        Action::Forget => "remove",
    })
}

fn reason_word(reason: ActionReason) -> Json {
    match reason {
        ActionReason::ReplaceBecauseTainted => json!("tainted"),
        ActionReason::ReplaceByRequest => json!("requested"),
        ActionReason::ReplaceByTriggers => json!("replace_triggered_by"),
        ActionReason::ReplaceBecauseCannotUpdate => json!("cannot_update"),
        // A unit variant of an enum always serialises, to its name.
        other => serde_json::to_value(other).unwrap_or_default(),
    }
}

fn resource(address: &ResourceInstance) -> Json {
    let resource = &address.resource;
    let key = match &address.key {
        InstanceKey::None => Json::Null,
        InstanceKey::Int(n) => json!(n),
        InstanceKey::String(s) => json!(s),
    };
    let implied = resource.type_name.split('_').next().unwrap_or(&resource.type_name);
    json!({
        "addr": address.to_string(),
        "module": address.module.to_string(),
        "resource": format!("{resource}{}", address.key),
        "implied_provider": implied,
        "resource_type": resource.type_name,
        "resource_name": resource.name,
        "resource_key": key,
    })
}
