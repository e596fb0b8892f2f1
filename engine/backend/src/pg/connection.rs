//! Connecting to PostgreSQL, and the tables that must be there.

use crate::StorageError;
use crate::argument::{ConfigureError, Given};
use crate::web::Tls;
use std::time::Duration;
use tokio_postgres::{Client, Config, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

/// A database and the schema in it.
pub(super) struct Database {
    config: Config,
    /// The schema, quoted.
    schema: String,
    place: String,
    /// What is done once in each connection so that tables are there.
    preparation: String,
    check_certificate: bool,
}

/// The connection string, or one made from the usual variables of PostgreSQL.
pub(super) fn with_environment(given: Given<'_>) -> String {
    if let Some(text) = given.text("conn_str") {
        return text;
    }
    let names = [
        ("host", "PGHOST"),
        ("port", "PGPORT"),
        ("user", "PGUSER"),
        ("password", "PGPASSWORD"),
        ("dbname", "PGDATABASE"),
        ("sslmode", "PGSSLMODE"),
    ];
    let quote = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let set = names.iter().filter_map(|(key, variable)| {
        Some(format!("{key}={}", quote(given.surroundings().variable(variable)?)))
    });
    set.collect::<Vec<_>>().join(" ")
}

impl Database {
    pub(super) fn new(
        text: &str,
        schema: &str,
        skip_schema: bool,
        skip_table: bool,
        skip_index: bool,
    ) -> Result<Database, ConfigureError> {
        let (text, check_certificate) = without_verification(text);
        let mut config: Config = text.parse().map_err(|e: Error| {
            ConfigureError(format!("The argument \"conn_str\" is no connection string: {}.", chain(&e)))
        })?;
        config.connect_timeout(Duration::from_secs(10));
        if config.get_application_name().is_none() {
            config.application_name("terrane");
        }
        let database = config.get_dbname().unwrap_or("postgres").to_owned();
        let place = format!("the schema {schema} of the PostgreSQL database {database}");
        let schema = format!("\"{}\"", schema.replace('"', "\"\""));
        let mut preparation = String::new();
        // Only what is missing is made: a user may lack the right to make what is there already.
        if !skip_schema {
            preparation += &format!("CREATE SCHEMA IF NOT EXISTS {schema};");
        }
        if !skip_table {
            preparation += &format!(
                "CREATE SEQUENCE IF NOT EXISTS public.global_states_id_seq AS bigint;\
                 CREATE TABLE IF NOT EXISTS {schema}.states (\
                 id bigint NOT NULL DEFAULT nextval('public.global_states_id_seq') PRIMARY KEY, \
                 name text UNIQUE, data text);\
                 CREATE TABLE IF NOT EXISTS {schema}.terrane_journal (\
                 name text NOT NULL, part bigserial, lines text NOT NULL, PRIMARY KEY (name, part));\
                 CREATE TABLE IF NOT EXISTS {schema}.terrane_locks (name text PRIMARY KEY, info text NOT NULL);"
            );
        }
        if !skip_index {
            preparation +=
                &format!("CREATE UNIQUE INDEX IF NOT EXISTS states_by_name ON {schema}.states (name);");
        }
        Ok(Database { config, schema, place, preparation, check_certificate })
    }

    pub(super) fn schema(&self) -> &str {
        &self.schema
    }

    pub(super) fn location(&self, name: &str) -> String {
        format!("state {name} in {}", self.place)
    }

    pub(super) fn failed(&self, action: &'static str, name: &str, error: &Error) -> StorageError {
        let advice = match error.code() {
            Some(code) if *code == tokio_postgres::error::SqlState::UNDEFINED_TABLE => {
                ". A table is missing: let Terrane make it (skip_table_creation = false), or make it yourself"
            }
            _ => "",
        };
        StorageError::Failed { action, location: self.location(name), reason: chain(error) + advice }
    }

    /// A new connection. It ends when the client is dropped.
    pub(super) async fn connect(&self) -> Result<Client, StorageError> {
        let failed = |reason: String| StorageError::Failed {
            action: "connect to",
            location: self.place.clone(),
            reason,
        };
        let tls = Tls { insecure: !self.check_certificate, ..Tls::default() };
        let tls = MakeRustlsConnect::new(tls.config().map_err(failed)?);
        let (client, connection) = self.config.connect(tls).await.map_err(|e| failed(chain(&e)))?;
        // It says why it ended to whoever uses the client next.
        tokio::spawn(connection);
        // Two who make the same table at the same time would hinder each other.
        let prepare = format!("BEGIN; SELECT pg_advisory_xact_lock(-2); {} COMMIT;", self.preparation);
        let exists = "SELECT to_regclass($1) IS NOT NULL AND to_regclass($2) IS NOT NULL";
        let tables = [format!("{}.terrane_journal", self.schema), format!("{}.states", self.schema)];
        let row = client.query_one(exists, &[&tables[0], &tables[1]]).await;
        let exists: bool = row.map_err(|e| failed(chain(&e)))?.get(0);
        if !exists && !self.preparation.is_empty() {
            client.batch_execute(&prepare).await.map_err(|e| failed(chain(&e)))?;
        }
        Ok(client)
    }
}

/// The modes in which libpq checks certificates are not known to the parser, which knows `require` as
/// the strongest one; and in that mode libpq checks none.
fn without_verification(text: &str) -> (String, bool) {
    let strict = ["sslmode=verify-full", "sslmode=verify-ca"];
    match strict.iter().find(|mode| text.contains(**mode)) {
        Some(mode) => (text.replace(mode, "sslmode=require"), true),
        None => (text.replace("sslmode=allow", "sslmode=prefer"), false),
    }
}

/// An error with its causes.
fn chain(error: &Error) -> String {
    if let Some(error) = error.as_db_error() {
        return format!("{} (SQLSTATE {})", error.message(), error.code().code());
    }
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
