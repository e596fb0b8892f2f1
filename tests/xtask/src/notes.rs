//! The plugin in `tests/plugin`, which is no part of the workspace: a library that is not Terrane's has made it.

use crate::{Failure, python, workspace};
use std::path::PathBuf;

/// Builds it and says where the program is. The library compiles protocol buffers, by the compiler that the Python
/// environment has.
pub fn build() -> Result<PathBuf, Failure> {
    let python = python::interpreter()?;
    let compiler = python.with_file_name("python-grpc-tools-protoc");
    let target = workspace::target().join("notes");
    let mut build = workspace::cargo();
    build
        .args(["build", "--quiet", "--locked", "--manifest-path", "tests/plugin/Cargo.toml"])
        .arg("--target-dir")
        .arg(&target)
        .env("PROTOC", compiler);
    workspace::run(&mut build)?;
    let program =
        target.join("debug").join(format!("terraform-provider-notes{}", std::env::consts::EXE_SUFFIX));
    match program.is_file() {
        true => Ok(program),
        false => Err(format!("the build made no {}", program.display())),
    }
}
