//! A moto server: a local AWS endpoint in a process of its own, which ends with the value that
//! stands for it.

use crate::{Failure, python, workspace};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A server that answers as AWS would, empty at first. Dropping it ends the process.
#[derive(Debug)]
pub struct Moto {
    process: Child,
    endpoint: String,
    python: PathBuf,
}

impl Moto {
    /// Starts a server on a free port of 127.0.0.1 and returns once it answers.
    pub fn start() -> Result<Moto, Failure> {
        Self::start_with("tests/xtask/src/moto_server.py")
    }

    /// Starts one that has the stub in front of it, which answers for what moto lacks.
    pub fn start_with_stub() -> Result<Moto, Failure> {
        Self::start_with("tests/stub/serve.py")
    }

    fn start_with(program: &str) -> Result<Moto, Failure> {
        let python = python::interpreter()?;
        let log = log_file()?;
        let out = std::fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        let process = Command::new(&python)
            .arg("-u")
            .arg(workspace::root().join(program))
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            // A request in vain for the addresses of the instance metadata service costs seconds.
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .spawn()
            .map_err(|error| format!("cannot start moto: {error}"))?;
        let mut moto = Moto { process, endpoint: String::new(), python };
        moto.endpoint = moto.wait_until_ready(&log)?;
        Ok(moto)
    }

    /// Where it listens, as in `http://127.0.0.1:41234`.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// A Python process with boto3 at hand that talks to this server.
    pub fn python(&self) -> Command {
        let mut command = Command::new(&self.python);
        for (name, value) in client_environment(&self.endpoint) {
            command.env(name, value);
        }
        command
    }

    /// The server picks its port itself, so that nobody else can take it in between, and says
    /// it in its log.
    fn wait_until_ready(&mut self, log: &Path) -> Result<String, Failure> {
        let deadline = Instant::now() + Duration::from_secs(120);
        loop {
            let text = std::fs::read_to_string(log).unwrap_or_default();
            let address = text.lines().find_map(|line| line.split("Running on ").nth(1));
            if let Some(address) = address {
                return Ok(address.trim().to_owned());
            }
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("moto ended with {status}:\n{text}"));
            }
            if Instant::now() > deadline {
                return Err(format!("moto does not answer after two minutes:\n{text}"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // It may have ended by itself, after an interrupt from the terminal say.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a client of the endpoint needs in its environment, Terrane and boto3 alike.
pub fn client_environment(endpoint: &str) -> [(&'static str, String); 6] {
    [
        ("AWS_ENDPOINT_URL", endpoint.to_owned()),
        ("AWS_ACCESS_KEY_ID", "testing".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "testing".to_owned()),
        ("AWS_REGION", "eu-west-1".to_owned()),
        ("AWS_DEFAULT_REGION", "eu-west-1".to_owned()),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}

fn log_file() -> Result<PathBuf, Failure> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let dir = workspace::target().join("moto");
    std::fs::create_dir_all(&dir).map_err(|error| format!("cannot make {}: {error}", dir.display()))?;
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Ok(dir.join(format!("{}-{number}.log", std::process::id())))
}
