//! A state that is a row.

use super::connection::Database;
use crate::{LockError, LockInfo, StateStorage, StorageError, Version};
use async_trait::async_trait;
use md5::{Digest, Md5};
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard};
use tokio_postgres::{Client, Error};

/// The advisory lock that stands for states that are being made, and have no number yet.
const CREATION: i64 = -1;

pub(super) struct PgState {
    database: Arc<Database>,
    name: String,
    session: Mutex<Session>,
}

/// A connection, and what it has locked.
#[derive(Default)]
struct Session {
    client: Option<Client>,
    locked: Option<(i64, LockInfo)>,
}

impl PgState {
    pub(super) fn new(database: Arc<Database>, name: &str) -> PgState {
        PgState { database, name: name.to_owned(), session: Mutex::default() }
    }

    fn failed(&self, action: &'static str) -> impl Fn(Error) -> StorageError {
        let (database, name) = (self.database.clone(), self.name.clone());
        move |error| database.failed(action, &name, &error)
    }

    fn lost(&self) -> StorageError {
        StorageError::LockLost { location: self.location() }
    }

    fn table(&self, name: &str) -> String {
        format!("{}.{name}", self.database.schema())
    }

    /// The session with an open connection. When the connection that had a lock is gone, so is the lock.
    async fn session(&self) -> Result<MutexGuard<'_, Session>, StorageError> {
        let mut session = self.session.lock().await;
        if session.client.as_ref().is_none_or(Client::is_closed) {
            if session.locked.is_some() {
                return Err(self.lost());
            }
            session.client = Some(self.database.connect().await?);
        }
        Ok(session)
    }
}

impl Session {
    fn client(&mut self) -> Result<&mut Client, StorageError> {
        self.client.as_mut().ok_or_else(|| StorageError::Failed {
            action: "use",
            location: "the database".into(),
            reason: "there is no connection".into(),
        })
    }
}

fn version(text: &str) -> Version {
    Version(crate::aws::hex(&Md5::digest(text)))
}

#[async_trait]
impl StateStorage for PgState {
    fn location(&self) -> String {
        self.database.location(&self.name)
    }

    async fn read(&self) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let mut session = self.session().await?;
        let sql = format!("SELECT data FROM {} WHERE name = $1", self.table("states"));
        let row = session.client()?.query_opt(&sql, &[&self.name]).await.map_err(self.failed("read"))?;
        let text = row.and_then(|row| row.get::<_, Option<String>>(0)).filter(|text| !text.is_empty());
        Ok(text.map(|text| {
            let version = version(&text);
            (text.into_bytes(), version)
        }))
    }

    async fn write(&self, state: &[u8], expected: Option<&Version>) -> Result<Version, StorageError> {
        let text = String::from_utf8_lossy(state).into_owned();
        let mut session = self.session().await?;
        let failed = self.failed("write");
        let changed = match expected {
            None => {
                let sql = format!(
                    "INSERT INTO {} AS s (name, data) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET data = $2 \
                     WHERE coalesce(s.data, '') = ''",
                    self.table("states")
                );
                session.client()?.execute(&sql, &[&self.name, &text]).await.map_err(failed)?
            }
            Some(before) => {
                let sql = format!(
                    "UPDATE {} SET data = $2 WHERE name = $1 AND md5(data) = $3",
                    self.table("states")
                );
                session.client()?.execute(&sql, &[&self.name, &text, &before.0]).await.map_err(failed)?
            }
        };
        match changed {
            0 => Err(StorageError::Conflict { location: self.location() }),
            _ => Ok(version(&text)),
        }
    }

    async fn lock(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let mut session = self.session().await?;
        let failed = self.failed("lock");
        let ids = format!("SELECT id FROM {} WHERE name = $1", self.table("states"));
        let row = session.client()?.query_opt(&ids, &[&self.name]).await.map_err(&failed)?;
        let id: i64 = row.map_or(CREATION, |row| row.get(0));
        let client = session.client()?;
        let take = async |id: i64| -> Result<bool, StorageError> {
            let row = client.query_one("SELECT pg_try_advisory_lock($1)", &[&id]).await.map_err(&failed)?;
            Ok(row.get(0))
        };
        let give_back = async |id: i64| -> Result<(), StorageError> {
            client.query_one("SELECT pg_advisory_unlock($1)", &[&id]).await.map_err(&failed).map(drop)
        };
        let mut free = take(id).await?;
        // Whoever makes a state has no number to lock yet.
        if free && id != CREATION {
            match take(CREATION).await? {
                true => give_back(CREATION).await?,
                false => {
                    give_back(id).await?;
                    free = false;
                }
            }
        }
        let locks = self.table("terrane_locks");
        if !free {
            let sql = format!("SELECT info FROM {locks} WHERE name = $1");
            let row = client.query_opt(&sql, &[&self.name]).await.map_err(&failed)?;
            let holder = row.and_then(|row| serde_json::from_str(&row.get::<_, String>(0)).ok());
            return Err(LockError::Held { holder: holder.map(Box::new) });
        }
        // The connection is what holds the lock; there is no other end.
        let info = info.without_term();
        let text = serde_json::to_string(&info).unwrap_or_default();
        let sql = format!(
            "INSERT INTO {locks} (name, info) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET info = $2"
        );
        client.execute(&sql, &[&self.name, &text]).await.map_err(&failed)?;
        session.locked = Some((id, info));
        Ok(None)
    }

    /// Asks for a sign of life, which also keeps the connection open.
    async fn renew(&self, _info: &LockInfo) -> Result<(), StorageError> {
        let mut session = self.session().await?;
        if session.locked.is_none() {
            return Err(self.lost());
        }
        session.client()?.simple_query("SELECT 1").await.map_err(self.failed("lock")).map(drop)
    }

    async fn unlock(&self, _info: &LockInfo) -> Result<(), StorageError> {
        let mut session = self.session().await?;
        let Some((id, info)) = session.locked.take() else { return Err(self.lost()) };
        let failed = self.failed("unlock");
        let sql =
            format!("DELETE FROM {} WHERE name = $1 AND info::json->>'ID' = $2", self.table("terrane_locks"));
        session.client()?.execute(&sql, &[&self.name, &info.id]).await.map_err(&failed)?;
        session.client()?.query_one("SELECT pg_advisory_unlock($1)", &[&id]).await.map_err(&failed)?;
        Ok(())
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        let mut session = self.session().await?;
        let failed = self.failed("read");
        // A row without a lock was left by a run that is dead.
        let sql = format!(
            "SELECT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 \
             AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND (l.classid::bigint << 32 | l.objid::bigint) = coalesce((SELECT id FROM {} WHERE name = $1), $2)), \
             (SELECT info FROM {} WHERE name = $1)",
            self.table("states"),
            self.table("terrane_locks")
        );
        let row = session.client()?.query_one(&sql, &[&self.name, &CREATION]).await.map_err(&failed)?;
        let (is_locked, info): (bool, Option<String>) = (row.get(0), row.get(1));
        Ok(is_locked.then(|| info.and_then(|info| serde_json::from_str(&info).ok()).unwrap_or_default()))
    }

    /// Ends the connection that has the lock, which needs the right to do so.
    async fn break_lock(&self, id: &str) -> Result<LockInfo, LockError> {
        let Some(info) = self.holder().await? else {
            return Err(LockError::NoSuchLock { id: id.into(), actual: None });
        };
        if info.id != id {
            return Err(LockError::NoSuchLock { id: id.into(), actual: Some(info.id) });
        }
        let mut session = self.session().await?;
        let failed = self.failed("unlock");
        let sql = format!(
            "SELECT pg_terminate_backend(l.pid, 5000) FROM pg_locks l WHERE l.locktype = 'advisory' AND l.granted \
             AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
             AND (l.classid::bigint << 32 | l.objid::bigint) = coalesce((SELECT id FROM {} WHERE name = $1), $2)",
            self.table("states")
        );
        session.client()?.query(&sql, &[&self.name, &CREATION]).await.map_err(&failed)?;
        let sql = format!("DELETE FROM {} WHERE name = $1", self.table("terrane_locks"));
        session.client()?.execute(&sql, &[&self.name]).await.map_err(&failed)?;
        Ok(info)
    }

    async fn read_journal(&self) -> Result<Vec<u8>, StorageError> {
        let mut session = self.session().await?;
        let sql =
            format!("SELECT lines FROM {} WHERE name = $1 ORDER BY part", self.table("terrane_journal"));
        let rows = session.client()?.query(&sql, &[&self.name]).await.map_err(self.failed("read"))?;
        Ok(rows.iter().flat_map(|row| row.get::<_, String>(0).into_bytes()).collect())
    }

    async fn append_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        let mut session = self.session().await?;
        let text = String::from_utf8_lossy(lines).into_owned();
        let sql = format!("INSERT INTO {} (name, lines) VALUES ($1, $2)", self.table("terrane_journal"));
        session.client()?.execute(&sql, &[&self.name, &text]).await.map_err(self.failed("write")).map(drop)
    }

    async fn replace_journal(&self, lines: &[u8]) -> Result<(), StorageError> {
        let mut session = self.session().await?;
        let failed = self.failed("write");
        let text = String::from_utf8_lossy(lines).into_owned();
        let table = self.table("terrane_journal");
        let change = session.client()?.transaction().await.map_err(&failed)?;
        change
            .execute(&format!("DELETE FROM {table} WHERE name = $1"), &[&self.name])
            .await
            .map_err(&failed)?;
        if !text.is_empty() {
            let sql = format!("INSERT INTO {table} (name, lines) VALUES ($1, $2)");
            change.execute(&sql, &[&self.name, &text]).await.map_err(&failed)?;
        }
        change.commit().await.map_err(failed)
    }
}
