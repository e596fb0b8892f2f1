//! The process's surroundings: variables, directories, files, standard input, the clock. The only
//! place of this crate that touches them.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::{env, fs};
use terrane_backend::{Owner, Surroundings};
use terrane_config::{Files, FilesError};

/// The surroundings of one run.
#[derive(Clone)]
pub(crate) struct Environment {
    variables: BTreeMap<String, String>,
    arguments: Vec<String>,
    original_dir: PathBuf,
}

/// An entry of a directory.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) is_dir: bool,
}

impl Environment {
    /// The surroundings of this process. Variables and arguments that are not UTF-8 are read with
    /// replacement characters.
    pub(crate) fn of_process() -> Environment {
        let text = |s: std::ffi::OsString| s.to_string_lossy().into_owned();
        Environment {
            variables: env::vars_os().map(|(name, value)| (text(name), text(value))).collect(),
            arguments: env::args_os().skip(1).map(text).collect(),
            original_dir: env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
        }
    }

    /// The arguments after the program's name.
    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// An environment variable by its whole name, unless it is empty.
    pub(crate) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }

    /// All environment variables.
    pub(crate) fn all_variables(&self) -> BTreeMap<String, String> {
        self.variables.clone()
    }

    /// `TERRANE_NAME`, or else `TF_NAME`.
    pub(crate) fn setting(&self, name: &str) -> Option<&str> {
        self.variable(&format!("TERRANE_{name}")).or_else(|| self.variable(&format!("TF_{name}")))
    }

    /// The values of all `TF_VAR_*` and `TERRANE_VAR_*` by name, with the names of the variables.
    /// Here an empty value is a value.
    pub(crate) fn variable_values(&self) -> BTreeMap<String, (String, String)> {
        let mut values = BTreeMap::new();
        for prefix in ["TF_VAR_", "TERRANE_VAR_"] {
            for (name, value) in &self.variables {
                if let Some(variable) = name.strip_prefix(prefix) {
                    values.insert(variable.to_owned(), (name.clone(), value.clone()));
                }
            }
        }
        values
    }

    /// The directory in which the program was started.
    pub(crate) fn original_dir(&self) -> &Path {
        &self.original_dir
    }

    /// The working directory; `.` when it is not known.
    pub(crate) fn current_dir(&self) -> PathBuf {
        env::current_dir().unwrap_or_else(|_| PathBuf::from("."))
    }

    /// Makes `dir` the working directory.
    pub(crate) fn change_dir(&mut self, dir: &Path) -> io::Result<()> {
        env::set_current_dir(dir)
    }

    /// The same surroundings in another directory, which becomes the working directory.
    pub(crate) fn entered(&self, dir: &Path) -> io::Result<Environment> {
        env::set_current_dir(dir)?;
        Ok(Environment { original_dir: env::current_dir()?, ..self.clone() })
    }

    /// The directories in a directory, sorted, without those that are links.
    pub(crate) fn directories(&self, dir: &Path) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push(entry.path());
            }
        }
        found.sort();
        Ok(found)
    }

    /// Where `.terraform` is, or what stands in for it.
    pub(crate) fn data_dir(&self) -> PathBuf {
        PathBuf::from(self.setting("DATA_DIR").unwrap_or(".terraform"))
    }

    pub(crate) fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    /// Writes a file and the directories it is in.
    pub(crate) fn write(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)
    }

    /// Writes a file that can be run.
    pub(crate) fn write_program(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.write(path, content)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(path, fs::Permissions::from_mode(0o755))?;
        }
        Ok(())
    }

    /// The program that is running.
    pub(crate) fn program(&self) -> io::Result<PathBuf> {
        std::env::current_exe()
    }

    /// A directory for what need not stay.
    pub(crate) fn temporary_dir(&self) -> PathBuf {
        std::env::temp_dir()
    }

    /// Writes a file so that it has the new content or the old one at any time.
    pub(crate) fn replace(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}.tmp", std::process::id()));
        let beside = PathBuf::from(beside);
        self.write(&beside, content)?;
        fs::rename(&beside, path)
    }

    /// Writes a file that only its owner may read.
    /// Opens a new file to write to, which nobody else may read.
    pub(crate) fn create(&self, path: &Path) -> io::Result<Box<dyn io::Write + Send>> {
        self.write_secret(path, b"")?;
        Ok(Box::new(std::fs::File::options().append(true).open(path)?))
    }

    /// Writes a file that nobody else may read.
    pub(crate) fn write_secret(&self, path: &Path, content: &[u8]) -> io::Result<()> {
        use io::Write;
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path)?.write_all(content)
    }

    /// Removes a directory with all that is in it, if it is there.
    pub(crate) fn remove_tree(&self, path: &Path) -> io::Result<()> {
        match fs::remove_dir_all(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        match fs::remove_file(path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    pub(crate) fn exists(&self, path: &Path) -> bool {
        path.exists()
    }

    pub(crate) fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    /// The entries of a directory, sorted by name.
    pub(crate) fn entries(&self, dir: &Path) -> io::Result<Vec<Entry>> {
        let mut entries = fs::read_dir(dir)?
            .map(|entry| {
                let entry = entry?;
                let is_dir = fs::metadata(entry.path()).is_ok_and(|m| m.is_dir());
                Ok(Entry { name: entry.file_name().to_string_lossy().into_owned(), is_dir })
            })
            .collect::<io::Result<Vec<_>>>()?;
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(entries)
    }

    pub(crate) fn read_stdin(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// A line from standard input without its end; `None` at the end of the input.
    pub(crate) fn read_line(&self) -> io::Result<Option<String>> {
        let mut line = String::new();
        let read = io::stdin().read_line(&mut line)?;
        Ok((read > 0).then(|| line.trim_end_matches(['\n', '\r']).to_owned()))
    }

    /// A line from a terminal that does not show what is typed.
    pub(crate) fn read_secret_line(&self) -> io::Result<Option<String>> {
        #[cfg(unix)]
        {
            use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
            if let Ok(shown) = tcgetattr(io::stdin()) {
                let mut hidden = shown.clone();
                hidden.local_modes.remove(LocalModes::ECHO);
                hidden.local_modes.insert(LocalModes::ECHONL);
                tcsetattr(io::stdin(), OptionalActions::Now, &hidden)?;
                let line = self.read_line();
                tcsetattr(io::stdin(), OptionalActions::Now, &shown)?;
                return line;
            }
        }
        self.read_line()
    }

    /// Whether somebody can be asked: standard input is a terminal.
    pub(crate) fn can_ask(&self) -> bool {
        io::stdin().is_terminal()
    }

    /// The time, RFC 3339 in UTC with whole seconds.
    pub(crate) fn now(&self) -> String {
        jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Gives the time with microseconds, RFC 3339 in UTC, each time it is called.
    pub(crate) fn clock(&self) -> Box<dyn Fn() -> String + Send + Sync> {
        Box::new(|| jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string())
    }

    /// The columns of the terminal; 0 when standard output is none.
    pub(crate) fn width(&self) -> usize {
        if !io::stdout().is_terminal() {
            return 0;
        }
        let given = self.variable("COLUMNS").and_then(|c| c.parse().ok());
        #[cfg(unix)]
        let found = rustix::termios::tcgetwinsize(io::stdout()).ok().map(|s| usize::from(s.ws_col));
        #[cfg(not(unix))]
        let found = None;
        found.or(given).unwrap_or(80)
    }

    /// What backends see of the process: where credentials come from.
    pub(crate) fn surroundings(&self) -> Surroundings {
        let home = ["HOME", "USERPROFILE"].iter().find_map(|name| self.variable(name)).map(PathBuf::from);
        Surroundings {
            variables: self.variables.clone().into_iter().collect(),
            home,
            data_dir: self.data_dir(),
        }
    }

    /// Whom locks name.
    pub(crate) fn owner(&self) -> Owner {
        #[cfg(unix)]
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        #[cfg(not(unix))]
        let host = self.variable("COMPUTERNAME").unwrap_or("localhost").to_owned();
        Owner {
            user: self.user(),
            host,
            pid: std::process::id(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            run_url: self.run_url(),
        }
    }

    /// The user's name, or number where there is no name.
    fn user(&self) -> String {
        if let Some(name) = ["USER", "LOGNAME", "USERNAME"].iter().find_map(|name| self.variable(name)) {
            return name.to_owned();
        }
        #[cfg(unix)]
        let id = rustix::process::getuid().as_raw().to_string();
        #[cfg(not(unix))]
        let id = "unknown".to_owned();
        let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let mut entries = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let found = entries.find(|fields| fields.get(2) == Some(&id.as_str()));
        found.and_then(|fields| Some((*fields.first()?).to_owned())).unwrap_or(id)
    }

    /// The web page of the CI run that this is part of.
    fn run_url(&self) -> Option<String> {
        if let (Some(server), Some(repository), Some(run)) = (
            self.variable("GITHUB_SERVER_URL"),
            self.variable("GITHUB_REPOSITORY"),
            self.variable("GITHUB_RUN_ID"),
        ) {
            return Some(format!("{server}/{repository}/actions/runs/{run}"));
        }
        ["CI_JOB_URL", "BUILD_URL", "CIRCLE_BUILD_URL"]
            .iter()
            .find_map(|n| self.variable(n))
            .map(str::to_owned)
    }
}

impl Files for Environment {
    fn list(&self, dir: &Path) -> Result<Vec<String>, FilesError> {
        let entries = self.entries(dir).map_err(|e| files_error(dir, &e))?;
        Ok(entries.into_iter().filter(|e| !e.is_dir).map(|e| e.name).collect())
    }

    fn read(&self, path: &Path) -> Result<String, FilesError> {
        fs::read_to_string(path).map_err(|e| files_error(path, &e))
    }
}

fn files_error(path: &Path, error: &io::Error) -> FilesError {
    FilesError {
        path: path.to_owned(),
        missing: error.kind() == io::ErrorKind::NotFound,
        message: error.to_string(),
    }
}
