//! boto3 as a second opinion, in one Python process for a whole test: to start one and load boto3
//! costs more than most questions.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

const PROGRAM: &str = include_str!("witness.py");

/// A Python process that answers questions about the endpoint. Dropping it ends the process.
#[derive(Debug)]
pub(crate) struct Witness {
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Witness {
    /// Starts the process with a command that runs Python.
    pub(crate) fn start(python: &mut Command) -> Witness {
        let python = python.args(["-u", "-c", PROGRAM]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = python.spawn().expect("Python runs");
        let questions = process.stdin.take().expect("a pipe");
        let answers = BufReader::new(process.stdout.take().expect("a pipe"));
        Witness { process, questions, answers }
    }

    /// The value of a Python expression.
    #[track_caller]
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        // Brackets, so that it can have several lines.
        self.exchange(&json!({"evaluate": format!("({expression})")}))
    }

    /// Runs Python statements.
    #[track_caller]
    pub(crate) fn execute(&mut self, statements: &str) {
        self.exchange(&json!({"execute": statements}));
    }

    #[track_caller]
    fn exchange(&mut self, request: &Value) -> Value {
        writeln!(self.questions, "{request}").expect("the witness listens");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("the witness answers");
        let mut answer: Value = serde_json::from_str(&line).expect("the witness answers in JSON");
        if let Some(error) = answer["error"].as_str() {
            panic!("{request}:\n{error}");
        }
        answer["value"].take()
    }
}

impl Drop for Witness {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to do.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
