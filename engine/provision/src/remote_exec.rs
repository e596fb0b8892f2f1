//! `remote-exec`: scripts on another machine.

use crate::connection::Connection;
use crate::ssh::{Session, quoted};
use crate::{Lines, Provisioning, text, texts};
use terrane_diagnostics::Diagnostic;

pub(crate) async fn run(provisioning: &Provisioning, say: Lines<'_>) -> Result<(), Diagnostic> {
    let scripts = scripts(provisioning)?;
    let connection = Connection::read(&provisioning.connection)?;
    let session = Session::open(&connection, say).await?;
    for script in scripts {
        let digits = uuid::Uuid::new_v4().as_u128() % 1_000_000_000;
        let path = connection.script_path.replace("%RAND%", &digits.to_string());
        session.write(&path, &script).await?;
        let word = quoted(&path);
        let status = session.run(&format!("chmod 0700 {word} && {word}"), &[], say).await?;
        // A script that stays behind does no harm.
        let _ = session.run(&format!("rm -f {word}"), &[], &|_| {}).await;
        if status != 0 {
            let detail = format!("The script {path} ended with exit status {status}.");
            return Err(Diagnostic::error("remote-exec provisioner error", detail));
        }
    }
    session.close().await;
    Ok(())
}

/// The contents of the scripts. Exactly one argument says what they are.
fn scripts(provisioning: &Provisioning) -> Result<Vec<Vec<u8>>, Diagnostic> {
    let config = &provisioning.config;
    let (inline, many) = (texts(config, "inline"), texts(config, "scripts"));
    let one = text(config, "script");
    let given = [!inline.is_empty(), one.is_some(), !many.is_empty()];
    if given.iter().filter(|is| **is).count() != 1 {
        return Err(Diagnostic::error(
            "Invalid remote-exec provisioner configuration",
            "Exactly one of \"inline\", \"script\" and \"scripts\" must be set.",
        ));
    }
    if !inline.is_empty() {
        let mut script = inline.join("\n") + "\n";
        if !script.starts_with("#!") {
            script.insert_str(0, "#!/bin/sh\n");
        }
        return Ok(vec![script.into_bytes()]);
    }
    (one.into_iter().chain(many))
        .map(|path| {
            std::fs::read(&path).map_err(|error| {
                Diagnostic::error(
                    "Failed to read script",
                    format!("The script {path} cannot be read: {error}."),
                )
            })
        })
        .collect()
}
