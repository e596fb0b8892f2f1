//! Where things are, and how programs are run.

use crate::Failure;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

/// The top of the checkout.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// The directory that Cargo builds into; everything else that is made goes there too.
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(dir) if !dir.is_empty() => root().join(dir),
        _ => root().join("target"),
    }
}

/// Cargo itself, in the top directory, with the environment of a person's shell: what Cargo told this program about its own
/// package would be another reason for some build scripts to run again, and for all that depends on them to be compiled again.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            command.env_remove(name);
        }
    }
    command
}

/// Builds the `terrane` program without optimisation and says where it is.
pub fn build_terrane() -> Result<PathBuf, Failure> {
    run(cargo().args(["build", "--package", "terrane-cli", "--bin", "terrane"]))?;
    built("terrane")
}

/// A program that was built without optimisation.
pub fn built(name: &str) -> Result<PathBuf, Failure> {
    let program = target().join("debug").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    match program.is_file() {
        true => Ok(program),
        false => Err(format!("the build made no {}", program.display())),
    }
}

/// Runs a command with its output on the terminal; an error unless it succeeds.
pub fn run(command: &mut Command) -> Result<(), Failure> {
    match status(command)? {
        status if status.success() => Ok(()),
        status => Err(format!("{} ended with {status}", spell(command))),
    }
}

/// Runs a command with its output on the terminal and tells how it ended.
pub fn status(command: &mut Command) -> Result<ExitStatus, Failure> {
    command.status().map_err(|error| format!("cannot run {}: {error}", spell(command)))
}

/// A command as one would type it.
pub fn spell(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Copies a directory with all that is in it.
pub fn copy_directory(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_directory(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
