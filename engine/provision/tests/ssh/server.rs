//! An SSH server that runs commands with the shell of this machine, and lets others through.

use russh::keys::key::safe_rng;
use russh::keys::{Algorithm, PrivateKey, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Config, Handler, Msg, Session, VerifiedPublicKey, run_stream};
use russh::{Channel, ChannelId};
use std::collections::HashMap;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{ChildStdin, Command};

/// A server on a free port. It ends with the test's runtime.
pub(crate) struct Server {
    pub(crate) port: u16,
    pub(crate) host_key: PublicKey,
    /// The key that gets in; the password is `open sesame`.
    pub(crate) client_key: PrivateKey,
    users: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) async fn start() -> Server {
        let key = || PrivateKey::random(&mut safe_rng(), Algorithm::Ed25519).unwrap();
        let (host, client) = (key(), key());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let users: Arc<Mutex<Vec<String>>> = Arc::default();
        let host_key = host.public_key().clone();
        let config = Arc::new(Config {
            keys: vec![host],
            auth_rejection_time: Duration::from_millis(1),
            ..Config::default()
        });
        let accepted = client.public_key().clone();
        let noted = users.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let guest =
                    Guest { accepted: accepted.clone(), users: noted.clone(), inputs: HashMap::new() };
                let config = config.clone();
                tokio::spawn(async move {
                    if let Ok(session) = run_stream(config, stream, guest).await {
                        // How a session ends is the client's matter.
                        let _ = session.await;
                    }
                });
            }
        });
        Server { port, host_key, client_key: client, users }
    }

    /// Who got in, and how, since the last time this was asked.
    pub(crate) fn users(&self) -> Vec<String> {
        std::mem::take(&mut *self.users.lock().unwrap())
    }
}

struct Guest {
    accepted: PublicKey,
    users: Arc<Mutex<Vec<String>>>,
    inputs: HashMap<ChannelId, ChildStdin>,
}

impl Guest {
    fn decide(&self, user: &str, how: &str, accepted: bool) -> Auth {
        if !accepted {
            return Auth::reject();
        }
        self.users.lock().unwrap().push(format!("{user} by {how}"));
        Auth::Accept
    }
}

impl Handler for Guest {
    type Error = russh::Error;

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, russh::Error> {
        Ok(self.decide(user, "key", key.public_key.key_data() == self.accepted.key_data()))
    }

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, russh::Error> {
        Ok(self.decide(user, "password", password == "open sesame"))
    }

    async fn channel_open_session(
        &mut self,
        _channel: Channel<Msg>,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host: &str,
        port: u32,
        _from: &str,
        _from_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        let mut there = TcpStream::connect((host, port as u16)).await.unwrap();
        reply.accept().await;
        tokio::spawn(async move {
            let mut here = channel.into_stream();
            // It ends when either side does.
            let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
        });
        Ok(())
    }

    async fn exec_request(
        &mut self,
        channel: ChannelId,
        command: &[u8],
        session: &mut Session,
    ) -> Result<(), russh::Error> {
        session.channel_success(channel)?;
        let command = String::from_utf8_lossy(command).into_owned();
        let mut child = Command::new("/bin/sh")
            .args(["-c", &command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        self.inputs.insert(channel, child.stdin.take().unwrap());
        let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let handle = session.handle();
        tokio::spawn(async move {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            tokio::try_join!(out.read_to_end(&mut first), err.read_to_end(&mut second)).unwrap();
            let status = child.wait().await.unwrap().code().unwrap_or(255);
            // The client may be gone.
            let _ = handle.data(channel, first).await;
            let _ = handle.extended_data(channel, 1, second).await;
            let _ = handle.exit_status_request(channel, status as u32).await;
            let _ = handle.eof(channel).await;
            let _ = handle.close(channel).await;
        });
        Ok(())
    }

    async fn data(
        &mut self,
        channel: ChannelId,
        data: &[u8],
        _session: &mut Session,
    ) -> Result<(), russh::Error> {
        if let Some(input) = self.inputs.get_mut(&channel) {
            // A command that reads no input may have ended already.
            let _ = input.write_all(data).await;
        }
        Ok(())
    }

    async fn channel_eof(&mut self, channel: ChannelId, _session: &mut Session) -> Result<(), russh::Error> {
        self.inputs.remove(&channel);
        Ok(())
    }
}
