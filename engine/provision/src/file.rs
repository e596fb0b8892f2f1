//! `file`: files and directories for another machine.

use crate::connection::Connection;
use crate::ssh::{Session, quoted};
use crate::{Lines, Provisioning, text};
use std::path::{Path, PathBuf};
use terrane_diagnostics::Diagnostic;

pub(crate) async fn run(provisioning: &Provisioning, say: Lines<'_>) -> Result<(), Diagnostic> {
    let config = &provisioning.config;
    let destination = text(config, "destination").unwrap_or_default();
    let invalid = |detail: &str| Diagnostic::error("Invalid file provisioner configuration", detail);
    let source = match (text(config, "source"), text(config, "content")) {
        (Some(source), None) => Ok(source),
        (None, Some(content)) => Err(content),
        _ => return Err(invalid("Exactly one of \"source\" and \"content\" must be set.")),
    };
    if destination.is_empty() {
        return Err(invalid("The destination must not be empty."));
    }
    let connection = Connection::read(&provisioning.connection)?;
    let session = Session::open(&connection, say).await?;
    match source {
        Err(content) => session.write(&destination, content.as_bytes()).await?,
        Ok(source) if Path::new(&source).is_dir() => directory(&session, &source, &destination).await?,
        Ok(source) => {
            let content = std::fs::read(&source).map_err(|e| unreadable(Path::new(&source), &e))?;
            session.write(&destination, &content).await?;
        }
    }
    session.close().await;
    Ok(())
}

/// Writes a directory: itself into the destination or, when its name ends with a slash, what is in
/// it.
async fn directory(session: &Session, source: &str, destination: &str) -> Result<(), Diagnostic> {
    let root = Path::new(source);
    let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
    let to = match name {
        Some(name) if !source.ends_with('/') => format!("{}/{name}", destination.trim_end_matches('/')),
        _ => destination.trim_end_matches('/').to_owned(),
    };
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        let there = place(&to, &inside);
        let status = session.run(&format!("mkdir -p {}", quoted(&there)), &[], &|_| {}).await?;
        if status != 0 {
            let detail = format!("The directory {there} could not be made: exit status {status}.");
            return Err(Diagnostic::error("Upload failed", detail));
        }
        let here = root.join(&inside);
        let entries = std::fs::read_dir(&here).map_err(|e| unreadable(&here, &e))?;
        for entry in entries {
            let entry = entry.map_err(|e| unreadable(&here, &e))?;
            let inside = inside.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(inside);
                continue;
            }
            let content = std::fs::read(entry.path()).map_err(|e| unreadable(&entry.path(), &e))?;
            session.write(&place(&to, &inside), &content).await?;
        }
    }
    Ok(())
}

fn place(to: &str, inside: &Path) -> String {
    let parts = inside.components().map(|part| part.as_os_str().to_string_lossy());
    parts.fold(to.to_owned(), |place, part| format!("{place}/{part}"))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Diagnostic {
    Diagnostic::error("Failed to read source", format!("{} cannot be read: {error}.", path.display()))
}
