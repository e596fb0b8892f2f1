//! Runs provisioners: commands on this machine, commands and files on another.
//!
//! It gets arguments that are evaluated already, and says line by line what comes of it. It knows no
//! configuration, no resources and no state.

mod connection;
mod file;
mod local_exec;
mod remote_exec;
mod ssh;

use terrane_diagnostics::Diagnostic;
use terrane_value::Value;

/// A provisioner to run.
#[derive(Clone, Debug)]
pub struct Provisioning {
    /// The kind: `local-exec`.
    pub kind: String,
    /// Its arguments as an object, wholly known and without marks.
    pub config: Value,
    /// How to reach the machine, as an object, wholly known and without marks.
    pub connection: Value,
    /// Whether there is something in the arguments that must not be shown: then nothing of what is
    /// printed is.
    pub sensitive: bool,
}

/// Where the lines go that a provisioner prints.
pub type Lines<'a> = &'a (dyn Fn(String) + Send + Sync);

/// What stands in the place of a line that must not be shown.
const SUPPRESSED: &str = "(output suppressed due to sensitive value in config)";

/// Runs a provisioner to its end.
pub async fn provision(provisioning: &Provisioning, say: Lines<'_>) -> Result<(), Diagnostic> {
    let shown = |line: String| say(if provisioning.sensitive { SUPPRESSED.to_owned() } else { line });
    match &*provisioning.kind {
        "local-exec" => local_exec::run(provisioning, &shown).await,
        "remote-exec" => remote_exec::run(provisioning, &shown).await,
        "file" => file::run(provisioning, &shown).await,
        kind => Err(Diagnostic::error(
            "Not supported",
            format!("The provisioner {kind} is not supported by this version of Terrane."),
        )),
    }
}

/// The text of an argument; none when it is null.
fn text(config: &Value, name: &str) -> Option<String> {
    config.attribute(name)?.as_str().map(str::to_owned)
}

/// The texts of an argument that is a list.
fn texts(config: &Value, name: &str) -> Vec<String> {
    let list = config.attribute(name).unwrap_or(Value::NULL);
    list.as_slice().into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}
