//! Talking to a program that provides keys or encrypts: JSON in, a line that says who it is and JSON
//! out.

use serde_json::Value as Json;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// How long a program may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Runs a program with `input` and returns what it says after its header.
pub(super) async fn converse(command: &[String], magic: &str, input: &Json) -> Result<Json, String> {
    let (program, arguments) = command.split_first().ok_or("there is no command")?;
    let failed = |what: String| format!("the program {program:?} {what}");
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|e| failed(format!("could not be started: {e}")))?;
    let mut stdin = child.stdin.take();
    let text = input.to_string();
    let write = async {
        if let Some(stdin) = &mut stdin {
            // A program that does not read says why on its own.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
        drop(stdin.take());
    };
    let both = async { tokio::join!(write, child.wait_with_output()).1 };
    let output = tokio::time::timeout(LIMIT, both)
        .await
        .map_err(|_| failed(format!("did not end within {} seconds", LIMIT.as_secs())))?
        .map_err(|e| failed(format!("failed: {e}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(format!("ended with {}: {}", output.status, said.trim())));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let (header, body) = text.split_once('\n').ok_or_else(|| failed("printed no header".to_owned()))?;
    let header: Json = serde_json::from_str(header).unwrap_or_default();
    if header.get("magic").and_then(Json::as_str) != Some(magic)
        || header.get("version").and_then(Json::as_u64) != Some(1)
    {
        return Err(failed(format!("does not begin with the header of {magic}, version 1")));
    }
    serde_json::from_str(body).map_err(|e| failed(format!("did not print JSON after its header: {e}")))
}
