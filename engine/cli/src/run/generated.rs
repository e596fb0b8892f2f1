//! Files of configuration that is written for objects that have none (`-generate-config-out`).

use crate::context::{Context, Problems};
use std::path::Path;

/// Refuses to write over a file.
pub(crate) fn refuse_existing(context: &Context, path: &Path) -> Result<(), Problems> {
    if !context.environment.exists(path) {
        return Ok(());
    }
    Err(Problems::new(
        "Target generated file already exists",
        format!(
            "Terrane can only write configuration to a new file. Remove {} or choose another path.",
            path.display()
        ),
    ))
}

/// Writes such a file: blocks, each with what it was made from where there is more to say than that it was.
pub(crate) fn write_generated(
    context: &Context,
    path: &Path,
    blocks: impl IntoIterator<Item = (Option<String>, String)>,
) -> Result<(), Problems> {
    let mut text =
        "# __generated__ by Terrane\n# Please review these resources and move them into your main \
                    configuration files.\n"
            .to_owned();
    for (source, block) in blocks {
        let from = source.map(|source| format!(" from {source:?}")).unwrap_or_default();
        text.push_str(&format!("\n# __generated__ by Terrane{from}\n{block}\n"));
    }
    context.environment.write(path, text.as_bytes()).map_err(|e| {
        Problems::new("Failed to write generated configuration", format!("{}: {e}.", path.display()))
    })
}

/// What is said when such a file was written.
pub(crate) fn written(path: &Path) -> String {
    format!(
        "Terrane has generated configuration and written it to {}. Please review the configuration and edit it as \
         necessary before adding it to version control.",
        path.display()
    )
}
