//! A Python environment under the target directory, with the packages and versions that
//! `tests/requirements.txt` names.

use crate::{Failure, workspace};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

/// The interpreter of the environment, which is made when it does not exist or when the
/// requirements have changed.
pub fn interpreter() -> Result<PathBuf, Failure> {
    // Tests that run at the same time must not install into one directory.
    static INSTALLING: Mutex<()> = Mutex::new(());
    let _alone = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = workspace::root().join("tests/requirements.txt");
    let text = std::fs::read_to_string(&wanted)
        .map_err(|error| format!("cannot read {}: {error}", wanted.display()))?;
    let venv = workspace::target().join("venv");
    let python = venv.join("bin/python");
    // Written last, so that an environment whose installation was cut short is made again.
    let stamp = venv.join("installed-requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == text) && python.exists() {
        return Ok(python);
    }
    if venv.exists() {
        std::fs::remove_dir_all(&venv)
            .map_err(|error| format!("cannot replace {}: {error}", venv.display()))?;
    }
    eprintln!("Installing a local AWS endpoint (moto) and boto3 into {}", venv.display());
    workspace::run(Command::new("python3").args(["-m", "venv"]).arg(&venv))
        .map_err(|error| format!("{error}; Python 3.10 or later with its venv module is needed"))?;
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]).arg(&wanted);
    workspace::run(&mut install)?;
    std::fs::write(&stamp, text).map_err(|error| format!("cannot write {}: {error}", stamp.display()))?;
    Ok(python)
}
