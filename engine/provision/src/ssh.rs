//! Sessions with machines over SSH: getting in, running commands, writing files.

use crate::Lines;
use crate::connection::{Connection, Door, invalid};
use russh::client::{self, Handle};
use russh::keys::agent::AgentIdentity;
use russh::keys::agent::client::AgentClient;
use russh::keys::{Certificate, PrivateKeyWithHashAlg, PublicKey, PublicKeyOrCertificate, decode_secret_key};
use russh::{ChannelMsg, Disconnect};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use terrane_diagnostics::Diagnostic;
use tokio::time::{Instant, sleep, timeout};

const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A session with a machine.
pub(crate) struct Session {
    handle: Handle<HostKey>,
    /// What the session goes through; it ends with it.
    bastion: Option<Handle<HostKey>>,
}

/// Checks the key of a server.
struct HostKey {
    expected: Option<PublicKey>,
    refused: Arc<AtomicBool>,
}

impl client::Handler for HostKey {
    type Error = russh::Error;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, russh::Error> {
        let fits = self.expected.as_ref().is_none_or(|e| e.key_data() == key.public_key().key_data());
        self.refused.fetch_or(!fits, Ordering::Relaxed);
        Ok(fits)
    }
}

/// Why there is no session.
enum Refused {
    /// Another attempt may succeed: machines take their time to start.
    Now(String),
    /// No attempt will.
    ForGood(String),
}

impl From<russh::Error> for Refused {
    fn from(error: russh::Error) -> Refused {
        Refused::Now(error.to_string())
    }
}

impl Session {
    /// Gets in, trying again until the time is up.
    pub(crate) async fn open(connection: &Connection, say: Lines<'_>) -> Result<Session, Diagnostic> {
        let Door { host, user, password, private_key, certificate, host_key, .. } = &connection.target;
        let agent = connection.agent && std::env::var_os("SSH_AUTH_SOCK").is_some();
        say("Connecting to remote host via SSH...".to_owned());
        for (what, is) in [
            ("Host", host.clone()),
            ("User", user.clone()),
            ("Password", password.is_some().to_string()),
            ("Private key", private_key.is_some().to_string()),
            ("Certificate", certificate.is_some().to_string()),
            ("SSH Agent", agent.to_string()),
            ("Checking Host Key", host_key.is_some().to_string()),
            ("Target Platform", "unix".to_owned()),
        ] {
            say(format!("  {what}: {is}"));
        }
        let deadline = Instant::now() + connection.timeout;
        let mut pause = Duration::from_millis(500);
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let why = match timeout(left, Session::attempt(connection, agent)).await {
                Ok(Ok(session)) => {
                    say("Connected!".to_owned());
                    return Ok(session);
                }
                Ok(Err(Refused::ForGood(why))) => return Err(invalid(why)),
                Ok(Err(Refused::Now(why))) => why,
                Err(_) => "no answer".to_owned(),
            };
            if deadline.saturating_duration_since(Instant::now()) <= pause {
                let detail = format!(
                    "There was no getting in to {host} as {user} within {} seconds: {why}.",
                    connection.timeout.as_secs()
                );
                return Err(Diagnostic::error("Timeout while connecting", detail));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(connection: &Connection, agent: bool) -> Result<Session, Refused> {
        let agent = agent.then_some(connection.agent_identity.as_deref());
        let target = &connection.target;
        let config = Arc::new(client::Config {
            keepalive_interval: Some(Duration::from_secs(2)),
            ..Default::default()
        });
        let Some(bastion) = &connection.bastion else {
            let check = HostKey::of(target)?;
            let refused = check.refused.clone();
            let connected = client::connect(config, (&*target.host, target.port), check).await;
            let mut handle = connected.map_err(|e| mismatch(target, &refused, e))?;
            authenticate(&mut handle, target, agent).await?;
            return Ok(Session { handle, bastion: None });
        };
        let check = HostKey::of(bastion)?;
        let refused = check.refused.clone();
        let connected = client::connect(config.clone(), (&*bastion.host, bastion.port), check).await;
        let mut through = connected.map_err(|e| mismatch(bastion, &refused, e))?;
        authenticate(&mut through, bastion, agent).await?;
        let channel =
            through.channel_open_direct_tcpip(&*target.host, target.port.into(), "127.0.0.1", 0).await?;
        let check = HostKey::of(target)?;
        let refused = check.refused.clone();
        let connected = client::connect_stream(config, channel.into_stream(), check).await;
        let mut handle = connected.map_err(|e| mismatch(target, &refused, e))?;
        authenticate(&mut handle, target, agent).await?;
        Ok(Session { handle, bastion: Some(through) })
    }

    /// Runs a command to its end with this input; its exit status.
    pub(crate) async fn run(&self, command: &str, input: &[u8], say: Lines<'_>) -> Result<u32, Diagnostic> {
        self.exec(command, input, say).await.map_err(|error| {
            Diagnostic::error("Connection lost", format!("The connection broke during a command: {error}."))
        })
    }

    async fn exec(&self, command: &str, input: &[u8], say: Lines<'_>) -> Result<u32, russh::Error> {
        let mut channel = self.handle.channel_open_session().await?;
        channel.exec(true, command).await?;
        if !input.is_empty() {
            channel.data(input).await?;
        }
        channel.eof().await?;
        let mut status = None;
        let (mut out, mut err) = (Partial::default(), Partial::default());
        while let Some(message) = channel.wait().await {
            match message {
                ChannelMsg::Data { data } => out.add(&data, say),
                ChannelMsg::ExtendedData { data, .. } => err.add(&data, say),
                ChannelMsg::ExitStatus { exit_status } => status = Some(exit_status),
                ChannelMsg::ExitSignal { .. } => status = status.or(Some(255)),
                ChannelMsg::Failure => status = Some(126),
                _ => {}
            }
        }
        out.end(say);
        err.end(say);
        status.ok_or(russh::Error::Disconnect)
    }

    /// Writes a file on the machine; nothing else than a shell is needed there.
    pub(crate) async fn write(&self, path: &str, content: &[u8]) -> Result<(), Diagnostic> {
        let lines = std::sync::Mutex::new(Vec::new());
        let keep = |line: String| {
            if let Ok(mut lines) = lines.lock() {
                lines.push(line);
            }
        };
        let status = self.run(&format!("cat > {}", quoted(path)), content, &keep).await?;
        if status == 0 {
            return Ok(());
        }
        let said = lines.into_inner().unwrap_or_default().join("\n");
        Err(Diagnostic::error(
            "Upload failed",
            format!("Writing {path} ended with exit status {status}: {said}"),
        ))
    }

    /// Says good-bye.
    pub(crate) async fn close(self) {
        for handle in std::iter::once(self.handle).chain(self.bastion) {
            // The other side may be gone already, which is what is wanted.
            let _ = handle.disconnect(Disconnect::ByApplication, "", "").await;
        }
    }
}

impl HostKey {
    fn of(door: &Door) -> Result<HostKey, Refused> {
        let expected = match &door.host_key {
            None => None,
            Some(text) => Some(PublicKey::from_openssh(text.trim()).map_err(|e| {
                Refused::ForGood(format!(
                    "The host key of {} is no public key in the form of OpenSSH, such as \"ssh-ed25519 AAAA...\": {e}.",
                    door.host
                ))
            })?),
        };
        Ok(HostKey { expected, refused: Arc::default() })
    }
}

fn mismatch(door: &Door, refused: &AtomicBool, error: russh::Error) -> Refused {
    if refused.load(Ordering::Relaxed) {
        return Refused::ForGood(format!(
            "{} has another host key than the connection block says. Either the machine was made anew, or somebody is \
             in between.",
            door.host
        ));
    }
    error.into()
}

/// Tries what there is, keys first.
async fn authenticate(
    handle: &mut Handle<HostKey>,
    door: &Door,
    agent: Option<Option<&str>>,
) -> Result<(), Refused> {
    let bad = |what: &str, why: String| {
        Refused::ForGood(format!("The {what} for {} cannot be used: {why}.", door.host))
    };
    if let Some(text) = &door.private_key {
        let key = Arc::new(decode_secret_key(text, None).map_err(|e| bad("private key", e.to_string()))?);
        let hash = handle.best_supported_rsa_hash().await?.flatten();
        let answer = match &door.certificate {
            Some(text) => {
                let certificate =
                    Certificate::from_openssh(text.trim()).map_err(|e| bad("certificate", e.to_string()))?;
                handle.authenticate_openssh_cert(&door.user, key, certificate).await?
            }
            None => handle.authenticate_publickey(&door.user, PrivateKeyWithHashAlg::new(key, hash)).await?,
        };
        if answer.success() {
            return Ok(());
        }
    }
    if let Some(wanted) = agent
        && with_agent(handle, door, wanted).await?
    {
        return Ok(());
    }
    if let Some(password) = &door.password
        && handle.authenticate_password(&door.user, password).await?.success()
    {
        return Ok(());
    }
    Err(Refused::Now(format!("{} does not accept the credentials of {}", door.host, door.user)))
}

/// Tries the keys of the agent, the wanted one first.
async fn with_agent(
    handle: &mut Handle<HostKey>,
    door: &Door,
    wanted: Option<&str>,
) -> Result<bool, Refused> {
    let Ok(mut agent) = AgentClient::connect_env().await else { return Ok(false) };
    let Ok(identities) = agent.request_identities().await else { return Ok(false) };
    let mut keys: Vec<(PublicKey, String)> = (identities.into_iter())
        .filter_map(|identity| match identity {
            AgentIdentity::PublicKey { key, comment } => Some((key, comment)),
            AgentIdentity::Certificate { .. } => None,
        })
        .collect();
    if let Some(wanted) = wanted {
        let fits = |key: &PublicKey, comment: &str| {
            comment == wanted || key.to_openssh().is_ok_and(|text| text.trim().starts_with(wanted.trim()))
        };
        keys.sort_by_key(|(key, comment)| !fits(key, comment));
    }
    for (key, _) in keys {
        let hash = handle.best_supported_rsa_hash().await?.flatten();
        let answer = handle.authenticate_publickey_with(&door.user, key, hash, &mut agent).await;
        if answer.is_ok_and(|answer| answer.success()) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Text in which a line may still go on.
#[derive(Default)]
struct Partial(Vec<u8>);

impl Partial {
    fn add(&mut self, data: &[u8], say: Lines<'_>) {
        self.0.extend_from_slice(data);
        while let Some(end) = self.0.iter().position(|&b| b == b'\n') {
            let line: Vec<u8> = self.0.drain(..=end).collect();
            say(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']).to_owned());
        }
    }

    fn end(&mut self, say: Lines<'_>) {
        if !self.0.is_empty() {
            say(String::from_utf8_lossy(&self.0).into_owned());
        }
    }
}

/// A word for a POSIX shell.
pub(crate) fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}
