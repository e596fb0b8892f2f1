//! `local-exec`: a command on this machine.

use crate::{Lines, Provisioning, SUPPRESSED, text, texts};
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, PipeReader};
use std::process::Stdio;
use std::time::Duration;
use terrane_diagnostics::Diagnostic;
use terrane_value::Kind;
use tokio::process::Command;
use tokio::sync::mpsc;

/// How much of what was printed is part of an error, in bytes.
const KEPT: usize = 8 * 1024;

/// How long output is waited for after the end of the command: what it started in the background may
/// hold the pipe open for ever.
const PATIENCE: Duration = Duration::from_secs(1);

pub(crate) async fn run(provisioning: &Provisioning, say: Lines<'_>) -> Result<(), Diagnostic> {
    let config = &provisioning.config;
    let Some(command) = text(config, "command").filter(|command| !command.is_empty()) else {
        return Err(Diagnostic::error(
            "Invalid local-exec provisioner command",
            "The command must be a non-empty string.",
        ));
    };
    let mut words = texts(config, "interpreter");
    if words.is_empty() {
        words = if cfg!(windows) { ["cmd", "/C"] } else { ["/bin/sh", "-c"] }.map(str::to_owned).to_vec();
    }
    words.push(command.clone());
    let quiet = config.attribute("quiet").is_some_and(|v| matches!(v.kind(), Kind::Bool(true)));
    if quiet {
        say("local-exec: Executing: Suppressed by quiet=true".to_owned());
    } else {
        let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
        say(format!("Executing: [{}]", quoted.join(" ")));
    }

    let failed = |why: String, output: &str| {
        let (command, output) = match provisioning.sensitive {
            true => ("the command".to_owned(), SUPPRESSED),
            false => (format!("command '{command}'"), output),
        };
        Diagnostic::error(
            "local-exec provisioner error",
            format!("Error running {command}: {why}. Output: {output}"),
        )
    };
    let broken = |error: std::io::Error| failed(error.to_string(), "");
    let (reader, writer) = std::io::pipe().map_err(broken)?;
    let mut child = {
        let mut command = Command::new(&words[0]);
        command.args(&words[1..]).stdin(Stdio::null()).kill_on_drop(true);
        command.stdout(writer.try_clone().map_err(broken)?).stderr(writer);
        if let Some(directory) = text(config, "working_dir").filter(|d| !d.is_empty()) {
            command.current_dir(directory);
        }
        let environment = config.attribute("environment");
        for (name, value) in environment.as_ref().and_then(|e| e.as_map()).into_iter().flatten() {
            if let Some(value) = value.as_str() {
                command.env(&**name, value);
            }
        }
        // Its ends of the pipe go with the command: the only ones left are those of the child.
        command.spawn().map_err(broken)?
    };
    let mut lines = read_lines(reader);
    let mut kept = Kept::default();
    let status = loop {
        tokio::select! {
            biased;
            Some(line) = lines.recv() => {
                kept.add(&line);
                say(line);
            }
            status = child.wait() => break status.map_err(broken)?,
        }
    };
    while let Ok(Some(line)) = tokio::time::timeout(PATIENCE, lines.recv()).await {
        kept.add(&line);
        say(line);
    }
    if status.success() {
        return Ok(());
    }
    let why = match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    };
    Err(failed(why, &kept.text()))
}

/// The lines that come out of a pipe, read by a thread of its own.
fn read_lines(pipe: PipeReader) -> mpsc::UnboundedReceiver<String> {
    let (sender, receiver) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let text = String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned();
            line.clear();
            if sender.send(text).is_err() {
                return;
            }
        }
    });
    receiver
}

/// The end of what was printed.
#[derive(Default)]
struct Kept {
    lines: VecDeque<String>,
    length: usize,
}

impl Kept {
    fn add(&mut self, line: &str) {
        self.length += line.len() + 1;
        self.lines.push_back(line.to_owned());
        while self.length > KEPT && self.lines.len() > 1 {
            self.length -= self.lines.pop_front().map_or(0, |line| line.len() + 1);
        }
    }

    fn text(&self) -> String {
        self.lines.iter().map(|line| format!("{line}\n")).collect()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::provision;
    use std::sync::Mutex;
    use terrane_value::{Type, Value};

    fn object(parts: &[(&str, Value)]) -> Value {
        Value::object(parts.iter().map(|(name, value)| (*name, value.clone())))
    }

    async fn ran(config: Value, sensitive: bool) -> (Vec<String>, Result<(), Diagnostic>) {
        let lines = Mutex::new(Vec::new());
        let provisioning =
            Provisioning { kind: "local-exec".into(), config, connection: Value::NULL, sensitive };
        let result = provision(&provisioning, &|line| lines.lock().unwrap().push(line)).await;
        (lines.into_inner().unwrap(), result)
    }

    #[tokio::test]
    async fn both_outputs_come_in_their_order() {
        let command = "echo one; echo two >&2; printf 'no end'";
        let (lines, result) = ran(object(&[("command", Value::from(command))]), false).await;
        assert_eq!(result, Ok(()));
        let executing = format!("Executing: [\"/bin/sh\" \"-c\" {command:?}]");
        assert_eq!(lines, [&executing, "one", "two", "no end"]);
    }

    #[tokio::test]
    async fn place_surroundings_and_interpreter_are_chosen() {
        let directory = std::env::temp_dir().canonicalize().unwrap();
        let config = object(&[
            ("command", Value::from("pwd; echo $WHAT $0")),
            ("interpreter", Value::list(Type::String, ["/bin/sh", "-ec"].map(Value::from))),
            ("working_dir", Value::from(directory.to_str().unwrap())),
            ("environment", Value::map(Type::String, [("WHAT", Value::from("it"))])),
            ("quiet", Value::TRUE),
        ]);
        let (lines, result) = ran(config, false).await;
        assert_eq!(result, Ok(()));
        let quiet = "local-exec: Executing: Suppressed by quiet=true";
        assert_eq!(lines, [quiet, directory.to_str().unwrap(), "it /bin/sh"]);
    }

    #[tokio::test]
    async fn a_failure_says_what_was_printed_unless_that_is_secret() {
        let config = object(&[("command", Value::from("echo before; exit 4"))]);
        let (_, result) = ran(config.clone(), false).await;
        let said = "Error running command 'echo before; exit 4': exit status 4. Output: before\n";
        assert_eq!(result.unwrap_err().detail, said);
        let (lines, result) = ran(config, true).await;
        let said = format!("Error running the command: exit status 4. Output: {SUPPRESSED}");
        assert_eq!(result.unwrap_err().detail, said);
        assert_eq!(lines, [SUPPRESSED, SUPPRESSED]);
    }

    #[tokio::test]
    async fn nothing_is_run_without_a_command_or_an_interpreter() {
        let (lines, result) = ran(object(&[("command", Value::from(""))]), false).await;
        assert_eq!(result.unwrap_err().detail, "The command must be a non-empty string.");
        assert_eq!(lines, Vec::<String>::new());
        let nowhere = Value::list(Type::String, [Value::from("/no/such/program")]);
        let config = object(&[("command", Value::from("x")), ("interpreter", nowhere)]);
        assert!(ran(config, false).await.1.unwrap_err().detail.contains("No such file"));
    }

    #[tokio::test]
    async fn what_stays_in_the_background_is_not_waited_for() {
        let (lines, result) = ran(object(&[("command", Value::from("sleep 600 & echo $!"))]), false).await;
        assert_eq!(result, Ok(()));
        // It holds the pipe open; it is ended here by its own number.
        assert!(std::process::Command::new("kill").arg(&lines[1]).status().unwrap().success());
    }
}
