//! The `pg` backend against a real PostgreSQL, where its programs are installed.

use crate::backend;
use crate::exercise::{Without, exercise};
use serde_json::json;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;
use terrane_backend::{LockError, LockInfo};

/// A server of its own, which ends with the value that stands for it.
struct Postgres {
    programs: PathBuf,
    directory: TempDir,
    port: u16,
    /// Who runs it in place of root, as which it does not run.
    owner: Option<&'static str>,
    started: bool,
}

impl Postgres {
    /// `None` where there is none, which the test says.
    fn start() -> Option<Postgres> {
        let Some(programs) = programs() else {
            println!("skipped: PostgreSQL is not installed (cargo xtask test does that)");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut server = Postgres { programs, directory, port, owner: None, started: false };
        if is_root() {
            server.hand_over();
        }
        let data = server.data();
        server.run("initdb", &["-D", &data, "-U", "terrane", "--auth=trust", "-E", "UTF8", "--no-sync"]);
        let options = format!("-p {port} -h 127.0.0.1 -k {} -c fsync=off", server.directory.path().display());
        let log = server.directory.path().join("log").display().to_string();
        server.run("pg_ctl", &["-D", &data, "-w", "-l", &log, "-o", &options, "start"]);
        server.started = true;
        Some(server)
    }

    /// Gives the server to a user that is not root. One who may not enter the directory with the programs,
    /// as where it is under root's home, gets a copy of them.
    fn hand_over(&mut self) {
        let owner = ["postgres", "nobody"]
            .into_iter()
            .find(|owner| Command::new("id").arg(owner).output().is_ok_and(|output| output.status.success()));
        let owner = owner.expect("there is a user that is not root");
        if !self.can_be_run_by(owner) {
            // The Python package has its libraries beside the directory of the installation.
            let inner =
                ["pgserver/pginstall/bin", "bin"].into_iter().find(|end| self.programs.ends_with(end));
            let inner = inner.expect("the programs are in the directory bin of an installation");
            let installed = self.programs.ancestors().nth(inner.split('/').count()).expect("it ends so");
            let copy = self.directory.path().join("installed");
            done(Command::new("cp").arg("-R").arg(installed).arg(&copy));
            done(Command::new("chmod").arg("-R").arg("a+rX").arg(&copy));
            self.programs = copy.join(inner);
        }
        done(Command::new("chown").arg(owner).arg(self.directory.path()));
        self.owner = Some(owner);
    }

    fn data(&self) -> String {
        self.directory.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = match self.owner {
            Some(owner) => {
                let mut command = Command::new("runuser");
                command.args(["-u", owner, "--"]).arg(&program);
                command
            }
            None => Command::new(&program),
        };
        done(command.args(arguments).stdout(Stdio::null()).stdin(Stdio::null()));
    }

    fn can_be_run_by(&self, owner: &str) -> bool {
        let mut command = Command::new("runuser");
        command.args(["-u", owner, "--"]).arg(self.programs.join("initdb")).arg("--version");
        command.output().is_ok_and(|output| output.status.success())
    }

    fn address(&self) -> String {
        format!("postgres://terrane@127.0.0.1:{}/postgres?sslmode=disable", self.port)
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        if self.started {
            self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "stop"]);
        }
    }
}

fn done(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

fn programs() -> Option<PathBuf> {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<PathBuf> =
        std::env::var_os("TERRANE_TEST_POSTGRES").map(PathBuf::from).into_iter().collect();
    places.extend(installed.map(|entry| entry.path().join("bin")));
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places.into_iter().find(|place| place.join("initdb").is_file() && place.join("pg_ctl").is_file())
}

#[tokio::test]
async fn a_database_keeps_states_in_terraforms_table() {
    let Some(server) = Postgres::start() else { return };
    let arguments = json!({ "conn_str": server.address() });
    let states = backend("pg", arguments.clone(), Path::new("."));
    exercise(&states, Without { leases: true, journal_conflicts: true, ..Without::default() }).await;

    let (client, connection) =
        tokio_postgres::connect(&server.address(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let rows =
        client.query("SELECT name FROM terraform_remote_state.states ORDER BY name", &[]).await.unwrap();
    let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(names, ["a-b", "default"]);

    // A lock that another program has in Terraform's way, which says nothing of who it is.
    let id = "SELECT pg_advisory_lock(id) FROM terraform_remote_state.states WHERE name = 'default'";
    client.query(id, &[]).await.unwrap();
    let info = LockInfo::new("OperationTypeApply", "x", &Default::default());
    let state = states.state("default");
    assert_eq!(state.lock(&info).await, Err(LockError::Held { holder: None }));
    assert_eq!(state.holder().await.unwrap(), Some(LockInfo::default()));
    client.query("SELECT pg_advisory_unlock_all()", &[]).await.unwrap();
    assert_eq!(state.lock(&info).await, Ok(None));
    let taken = "SELECT pg_try_advisory_lock(id) FROM terraform_remote_state.states WHERE name = 'default'";
    assert!(!client.query_one(taken, &[]).await.unwrap().get::<_, bool>(0), "and the reverse");

    // Whoever dies has its connection closed, and with it the lock.
    drop(state);
    let next = states.state("default");
    while next.lock(&info).await.is_err() {
        tokio::task::yield_now().await;
    }
    let rows = client.query("SELECT 1 FROM pg_tables WHERE schemaname = 'terraform_remote_state'", &[]).await;
    assert_eq!(rows.unwrap().len(), 3);
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let arguments = json!({ "conn_str": format!("postgres://u:hidden@127.0.0.1:{port}/states") });
    let error =
        backend("pg", arguments, Path::new(".")).state("default").read().await.unwrap_err().to_string();
    assert!(error.contains("database states") && error.contains("refused"), "{error}");
    assert!(!error.contains("hidden"), "{error}");
}
