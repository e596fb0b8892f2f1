//! PostgreSQL under the target directory, for the test of the backend `pg`: the programs that the Python
//! package in `tests/requirements-postgres.txt` brings along.

use crate::{Failure, python, workspace};
use std::path::PathBuf;
use std::process::Command;

/// The directory with `initdb`, `pg_ctl` and `postgres`, which are installed when they are not there, or in
/// another version.
pub fn programs() -> Result<PathBuf, Failure> {
    let wanted = workspace::root().join("tests/requirements-postgres.txt");
    let text = std::fs::read_to_string(&wanted)
        .map_err(|error| format!("cannot read {}: {error}", wanted.display()))?;
    let place = workspace::target().join("postgres");
    let programs = place.join("pgserver/pginstall/bin");
    // Written last, so that an installation that was cut short is made again.
    let stamp = place.join("installed-requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == text) {
        return Ok(programs);
    }
    if place.exists() {
        std::fs::remove_dir_all(&place)
            .map_err(|error| format!("cannot replace {}: {error}", place.display()))?;
    }
    eprintln!("Installing PostgreSQL into {}", place.display());
    let mut install = Command::new(python::interpreter()?);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    workspace::run(install.arg("--target").arg(&place).arg("-r").arg(&wanted))?;
    std::fs::write(&stamp, text).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(programs)
}
