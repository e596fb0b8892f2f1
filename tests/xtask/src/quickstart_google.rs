//! The Google part of `cargo xtask quickstart`: a Shared VPC and a private cluster in the sandbox, which is a program of
//! this repository. Needs no Python, and no SDK of another cloud.

use crate::quickstart::{show, terrane};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use terrane_xtask::{Failure, workspace};

/// The example, and the modules that it uses; both are copied with the way from one to the other.
const EXAMPLE: &str = "examples/gke-platform";
const MODULES: &str = "modules";

/// One of the example's environments, so that what is printed can be read.
const ENVIRONMENTS: &str = r#"{"dev": {"team": "group:developers@example.com"}}"#;
const CLUSTERS: &str = r#"{"dev-blue": {"environment": "dev"}}"#;

/// What somebody does by hand in the console: everybody may reach the control plane.
const TAMPER: &str = r#"{"update": {"desiredMasterAuthorizedNetworksConfig": {"enabled": true,
    "cidrBlocks": [{"cidrBlock": "0.0.0.0/0", "displayName": "just for a moment"}]}}}"#;
const CLUSTER: &str = "/v1/projects/quickstart-dev/locations/europe-west1/clusters/dev-blue";

/// Builds a Terrane that knows no AWS, and the sandbox.
pub(crate) fn build() -> Result<PathBuf, Failure> {
    let packages = ["build", "--package", "terrane-cli", "--package", "terrane-sandbox"];
    let features = ["--no-default-features", "--features", "terrane-cli/google"];
    workspace::run(workspace::cargo().args(packages).args(features))?;
    workspace::built("terrane")
}

/// Runs the whole show.
pub(crate) fn run(build: impl FnOnce() -> Result<PathBuf, Failure>) -> Result<(), Failure> {
    let steps = 8;
    let heading =
        |number: usize, text: &str| println!("\n\x1b[1m=== Google {number}/{steps}  {text}\x1b[0m\n");

    heading(1, "Build Terrane with the Google provider, and the sandbox");
    let program = build()?;

    heading(2, "Start the sandbox: a Google Cloud in memory, on this machine");
    let sandbox = Sandbox::start()?;
    println!("it answers at {}", sandbox.endpoint);
    let stage = Stage { program, dir: prepare_directory()?, sandbox };

    heading(3, "Initialise a copy of examples/gke-platform, and plan");
    stage.terrane(&["init"], 0)?;
    stage.terrane(&["plan", "-out=plan.out"], 0)?;

    heading(4, "Apply: a Shared VPC, a project with a private cluster on it, and one for audit logs");
    stage.terrane(&["apply", "plan.out"], 0)?;

    heading(5, "Plan again: nothing to do");
    stage.terrane(&["plan", "-detailed-exitcode"], 0)?;

    heading(6, "Somebody lets everybody reach the control plane");
    stage.sandbox.send("PUT", CLUSTER, TAMPER)?;
    println!("The next plan finds it:\n");
    stage.terrane(&["plan", "-detailed-exitcode"], 2)?;

    heading(7, "Apply repairs it");
    stage.terrane(&["apply", "-auto-approve"], 0)?;
    stage.terrane(&["plan", "-detailed-exitcode"], 0)?;

    heading(8, "Destroy everything");
    stage.terrane(&["destroy", "-auto-approve"], 0)?;

    println!(
        "\n\x1b[1m=== Done with Google\x1b[0m\n\nThe configuration is in {}. To play with the sandbox: cargo run -p \
         terrane-sandbox -- --addr 127.0.0.1:8085; tests/sandbox/README.md says what it is and what it is not.",
        stage.dir.display()
    );
    Ok(())
}

/// Where the show takes place.
struct Stage {
    program: PathBuf,
    dir: PathBuf,
    sandbox: Sandbox,
}

impl Stage {
    /// Runs Terrane as the reader would and insists on its exit code.
    fn terrane(&self, args: &[&str], expected: i32) -> Result<(), Failure> {
        let mut command = terrane(&self.program);
        command
            .args(args)
            .current_dir(&self.dir)
            .env("GOOGLE_OAUTH_ACCESS_TOKEN", "sandbox")
            .env("TF_VAR_parent", "organizations/1234")
            .env("TF_VAR_billing_account", "012345-6789AB-CDEF01")
            .env("TF_VAR_prefix", "quickstart")
            .env("TF_VAR_environments", ENVIRONMENTS)
            .env("TF_VAR_clusters", CLUSTERS)
            .env("TF_VAR_deletion_protection", "false");
        let apis = "COMPUTE CONTAINER RESOURCE_MANAGER RESOURCE_MANAGER_V3 CLOUD_BILLING SERVICE_USAGE IAM STORAGE LOGGING \
                    BIG_QUERY";
        for api in apis.split(' ') {
            command.env(format!("GOOGLE_{api}_CUSTOM_ENDPOINT"), format!("{}/", self.sandbox.endpoint));
        }
        show(command, args, expected)
    }
}

/// A copy of the example beside one of the module, as they are in the repository.
fn prepare_directory() -> Result<PathBuf, Failure> {
    let top = workspace::target().join("quickstart-google");
    let fresh = || -> std::io::Result<()> {
        if top.exists() {
            std::fs::remove_dir_all(&top)?;
        }
        for part in [EXAMPLE, MODULES] {
            workspace::copy_directory(&workspace::root().join(part), &top.join(part))?;
        }
        Ok(())
    };
    fresh().map_err(|error| format!("cannot prepare {}: {error}", top.display()))?;
    Ok(top.join(EXAMPLE))
}

/// The sandbox in a process of its own, which ends with this value.
struct Sandbox {
    process: Child,
    endpoint: String,
}

impl Sandbox {
    fn start() -> Result<Sandbox, Failure> {
        let mut process = Command::new(workspace::built("terrane-sandbox")?)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start the sandbox: {error}"))?;
        // It says where it is once it listens.
        let said = process.stdout.take();
        let mut sandbox = Sandbox { process, endpoint: String::new() };
        let mut line = String::new();
        if let Some(said) = said {
            BufReader::new(said).read_line(&mut line).map_err(|error| format!("the sandbox: {error}"))?;
        }
        sandbox.endpoint = line.trim().to_owned();
        match sandbox.endpoint.starts_with("http://") {
            true => Ok(sandbox),
            false => Err("the sandbox ended before it listened".to_owned()),
        }
    }

    /// Sends a request past Terrane.
    fn send(&self, method: &str, path: &str, body: &str) -> Result<(), Failure> {
        let failed = |error: std::io::Error| format!("{method} {path}: {error}");
        let address = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).map_err(failed)?;
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).map_err(failed)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).map_err(failed)?;
        match answer.lines().next() {
            Some(status) if status.contains(" 200 ") => Ok(()),
            status => Err(format!("{method} {path}: {}", status.unwrap_or("no answer"))),
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
