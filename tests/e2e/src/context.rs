//! A directory of its own for each test, and the program run in it.

use crate::Aws;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use tempfile::TempDir;
use terrane_xtask::workspace;

/// A temporary directory with a configuration, where `terrane` runs with an environment that
/// has nothing of the user's in it.
#[derive(Debug)]
pub struct TestContext {
    dir: TempDir,
    program: PathBuf,
    environment: Vec<(String, String)>,
}

impl TestContext {
    /// An empty directory.
    pub fn empty() -> TestContext {
        let dir = TempDir::new().expect("a temporary directory");
        TestContext { dir, program: terrane().to_owned(), environment: Vec::new() }
    }

    /// A directory with one configuration file, `main.tf`.
    pub fn with_config(config: &str) -> TestContext {
        let context = TestContext::empty();
        context.write("main.tf", config);
        context
    }

    /// A copy of a directory of the repository.
    pub fn copy_of(path: &str) -> TestContext {
        let context = TestContext::empty();
        workspace::copy_directory(&workspace::root().join(path), context.path())
            .expect("the directory to copy");
        context
    }

    /// Points the program at an AWS endpoint.
    pub fn using(mut self, aws: &Aws) -> TestContext {
        self.environment.extend(aws.environment());
        self
    }

    /// Sets an environment variable for every run.
    pub fn env(mut self, name: &str, value: &str) -> TestContext {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Takes an environment variable away that was set before.
    pub fn without_env(mut self, name: &str) -> TestContext {
        self.environment.retain(|(present, _)| present != name);
        self
    }

    /// Runs another program with the same interface, such as Terraform.
    pub fn with_program(mut self, program: &Path) -> TestContext {
        self.program = program.to_owned();
        self
    }

    /// Runs Terrane again.
    pub fn with_terrane(self) -> TestContext {
        self.with_program(terrane())
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Writes a file of the directory.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a file has a directory")).expect("a directory");
        std::fs::write(path, text).expect("a file to write");
    }

    /// Reads a file of the directory.
    pub fn read(&self, name: &str) -> String {
        let path = self.path().join(name);
        std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// Replaces a passage of a file, which must be there exactly once.
    pub fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "{from:?} in {name}");
        self.write(name, &text.replace(from, to));
    }

    /// Whether a file exists.
    pub fn exists(&self, name: &str) -> bool {
        self.path().join(name).exists()
    }

    /// The names of the files in the directory, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path()).expect("the directory");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// Runs the program to its end.
    pub fn run(&self, args: &[&str]) -> Run {
        self.finish(&mut self.command(args), args)
    }

    /// Everything that a run prints, as it is printed.
    pub fn raw_output(&self, args: &[&str]) -> Vec<u8> {
        let output =
            self.command(args).output().unwrap_or_else(|error| panic!("{:?}: {error}", self.program));
        [output.stdout, output.stderr].concat()
    }

    /// Runs the program with something on its standard input.
    pub fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        self.write("input.txt", input);
        let file = std::fs::File::open(self.path().join("input.txt")).expect("the file just written");
        self.finish(self.command(args).stdin(file), args)
    }

    /// Runs the program and insists on success.
    pub fn good(&self, args: &[&str]) -> Run {
        self.run(args).expect_code(0)
    }

    /// Runs the program and reads the JSON that it prints.
    pub fn json(&self, args: &[&str]) -> Value {
        let run = self.good(args);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{error} in the output of {run}"))
    }

    /// The state file.
    pub fn state(&self) -> Value {
        serde_json::from_str(&self.read("terraform.tfstate")).expect("the state file is JSON")
    }

    /// Starts the program; its standard output can be read line by line while it runs.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut command = self.command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("a process");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Running { child, stdout, what: args.join(" ") }
    }

    /// Starts the program with what it prints in the file `output.txt`, limited in how large files
    /// may become that it writes, where that is wanted.
    pub fn start_quietly(&self, args: &[&str], largest_file: Option<u64>) -> Background {
        let mut command = self.command(args);
        if let Some(kilobytes) = largest_file {
            // A write beyond the limit fails, as on a full disk; without the trap it would kill.
            // What the program prints goes through a pipe, out of the limit's reach.
            let limit = format!("trap '' XFSZ; ulimit -f {kilobytes}; exec \"$0\" \"$@\"");
            let script = format!("({limit}) 2>&1 | cat; exit ${{PIPESTATUS[0]}}");
            let mut limited = Command::new("bash");
            limited.arg("-c").arg(script).arg(command.get_program()).args(command.get_args());
            limited.current_dir(self.path()).stdin(Stdio::null());
            for (name, value) in command.get_envs() {
                match value {
                    Some(value) => limited.env(name, value),
                    None => limited.env_remove(name),
                };
            }
            command = limited;
        }
        let path = self.path().join("output.txt");
        let file = std::fs::File::create(&path).expect("a file to write");
        let errors = file.try_clone().expect("a file to write");
        let child = command.stdout(file).stderr(errors).spawn().expect("a process");
        Background { child, output: path, what: args.join(" ") }
    }

    fn finish(&self, command: &mut Command, args: &[&str]) -> Run {
        let output = command.output().unwrap_or_else(|error| panic!("{:?}: {error}", self.program));
        Run {
            what: args.join(" "),
            code: output.status.code(),
            stdout: without_colour(&String::from_utf8_lossy(&output.stdout)),
            stderr: without_colour(&String::from_utf8_lossy(&output.stderr)),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(self.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars() {
            if ["TF_", "TERRANE_", "AWS_"].iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        // What real Terraform needs in a sealed environment, when the tests are tried on it.
        if let Ok(file) = std::env::var("TF_CLI_CONFIG_FILE") {
            command.env("TF_CLI_CONFIG_FILE", file);
        }
        command.env("CHECKPOINT_DISABLE", "1").env("NO_COLOR", "1").env("HOME", self.path());
        // What a killed run had sent is waited for at the proxy; who lets it arrive late says so.
        for name in ["apply", "destroy", "refresh", "resume"] {
            command.env(format!("TERRANE_CLI_ARGS_{name}"), "-settle-delay=0s");
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// How a run of the program ended.
#[derive(Debug)]
pub struct Run {
    what: String,
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

impl Run {
    /// Insists on an exit code.
    #[track_caller]
    pub fn expect_code(self, code: i32) -> Run {
        assert_eq!(self.code, Some(code), "the exit code of {self}");
        self
    }

    /// Whether something was printed, on standard output or standard error, wherever its lines
    /// were broken.
    pub fn says(&self, text: &str) -> bool {
        self.words().contains(&words(text))
    }

    /// Insists that something was printed.
    #[track_caller]
    pub fn expect_text(self, text: &str) -> Run {
        assert!(self.says(text), "no {text:?} in the output of {self}");
        self
    }

    /// Insists that something was not printed.
    #[track_caller]
    pub fn expect_no_text(self, text: &str) -> Run {
        assert!(!self.says(text), "there is {text:?} in the output of {self}");
        self
    }

    /// All output with one blank between words, since long messages are wrapped in a box.
    fn words(&self) -> String {
        words(&format!("{}\n{}", self.stdout, self.stderr))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run { what, code, stdout, stderr } = self;
        let (stdout, stderr) = (end_of(stdout), end_of(stderr));
        write!(f, "`{what}` (code {code:?})\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

/// The last lines, which are what a failed test needs.
fn end_of(text: &str) -> String {
    let lines: Vec<_> = text.lines().collect();
    let from = lines.len().saturating_sub(60);
    let left_out = if from > 0 { format!("({from} lines more)\n") } else { String::new() };
    left_out + &lines[from..].join("\n")
}

/// Text without the escape sequences that colour it: Terraform, on which these tests are tried
/// as well, colours its output even when nobody sees it.
fn without_colour(text: &str) -> String {
    let mut parts = text.split("\u{1b}[");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        plain += part.split_once('m').map_or(part, |(_, rest)| rest);
    }
    plain
}

fn words(text: &str) -> String {
    let text = text.replace(['│', '╷', '╵'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A run that goes on. Dropping it ends the process.
#[derive(Debug)]
pub struct Running {
    child: Child,
    stdout: BufReader<ChildStdout>,
    what: String,
}

impl Running {
    /// Reads on until `count` more lines with this text have come, and returns these.
    pub fn read_until(&mut self, text: &str, count: usize) -> Vec<String> {
        let mut found = Vec::new();
        while found.len() < count {
            let mut line = String::new();
            let length = self.stdout.read_line(&mut line).expect("output to read");
            assert!(length > 0, "`{}` ended before it printed {count} times {text:?}", self.what);
            let line = without_colour(&line);
            if line.contains(text) {
                found.push(line.trim_end().to_owned());
            }
        }
        found
    }

    /// Sends a signal by name, such as `INT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(status.expect("kill to run").success(), "no process to send {name} to");
    }

    /// Ends the process as a crash of the machine would: without a chance to clean up.
    pub fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("an end");
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Run {
        let mut stdout = String::new();
        std::io::Read::read_to_string(&mut self.stdout, &mut stdout).expect("output to read");
        let code = self.child.wait().expect("an end").code();
        Run { what: self.what.clone(), code, stdout: without_colour(&stdout), stderr: String::new() }
    }
}

/// A run that goes on and whose output nobody reads yet. Dropping it ends the process.
#[derive(Debug)]
pub struct Background {
    child: Child,
    output: PathBuf,
    what: String,
}

impl Background {
    /// The run, when it has ended.
    pub fn ended(&mut self) -> Option<Run> {
        let status = self.child.try_wait().expect("a process")?;
        let output = std::fs::read_to_string(&self.output).unwrap_or_default();
        let stdout = without_colour(&output);
        Some(Run { what: self.what.clone(), code: status.code(), stdout, stderr: String::new() })
    }

    /// Waits for the end.
    pub fn wait(mut self) -> Run {
        self.child.wait().expect("an end");
        self.ended().expect("the end just waited for")
    }

    /// Ends the process as a crash of the machine would.
    pub fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("an end");
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program under test: `TERRANE_BIN`, or what a build yields.
fn terrane() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| match std::env::var_os("TERRANE_BIN") {
        Some(program) => PathBuf::from(program),
        None => workspace::build_terrane().expect("a build of terrane"),
    })
}

/// Terraform, for the few tests that compare with it where it is installed.
pub fn terraform_on_path() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|dir| dir.join("terraform")).find(|program| program.is_file())
}
