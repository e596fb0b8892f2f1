//! How plugins end with the Terrane that started them, also when that is killed: this program starts itself
//! once more, says that it wants to be killed with its parent, and becomes the plugin.

use std::ffi::OsString;
#[cfg(target_os = "linux")]
use std::process::ExitCode;

/// The first argument of a program that is to become a plugin. No command has this name.
#[cfg(target_os = "linux")]
const WORD: &str = "launch-plugin";

/// The command that starts plugins, to which the number of this process and the plugin's path are added; empty where
/// the system cannot do this.
pub(super) fn launcher() -> Vec<OsString> {
    #[cfg(target_os = "linux")]
    // This program, also when its file was replaced since.
    return vec!["/proc/self/exe".into(), WORD.into()];
    #[cfg(not(target_os = "linux"))]
    Vec::new()
}

/// Becomes a plugin when the command line asks for that, and otherwise does nothing. Returns a code to
/// exit with when that is not possible.
#[cfg(target_os = "linux")]
pub(crate) fn launch_if_asked() -> Option<ExitCode> {
    use std::os::unix::process::CommandExt;
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next()? != WORD {
        return None;
    }
    let (Some(parent), Some(path)) = (arguments.next(), arguments.next()) else {
        eprintln!("{WORD} is for Terrane itself, and needs a process and a program");
        return Some(ExitCode::FAILURE);
    };
    if let Err(e) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL)) {
        eprintln!("cannot ask to end with process {}: {e}", parent.display());
        return Some(ExitCode::FAILURE);
    }
    // Whoever died before this was said sends no signal any more.
    let living = rustix::process::getppid().map(|pid| pid.as_raw_nonzero().to_string());
    if living.as_deref() != parent.to_str() {
        return Some(ExitCode::FAILURE);
    }
    let failed = std::process::Command::new(&path).exec();
    eprintln!("cannot run {}: {failed}", path.display());
    Some(ExitCode::FAILURE)
}
