//! States in a PostgreSQL database: the table `states` in a schema of its own, and advisory locks, as
//! Terraform has them. Terrane adds two tables, for the journal and for who has a lock.
//!
//! An advisory lock belongs to a connection and goes with it, however a run ends. So it needs no
//! expiry, and a run that lost its connection has lost its lock.

mod connection;
mod state;

use crate::argument::{Argument, ConfigureError, Given};
use crate::backend::sorted_workspaces;
use crate::{Backend, StateStorage, StorageError};
use async_trait::async_trait;
use connection::Database;
use state::PgState;
use std::sync::Arc;

pub(crate) const ARGUMENTS: &[Argument] = &[
    Argument::text("conn_str").or(&["PG_CONN_STR"]),
    Argument::text("schema_name").or(&["PG_SCHEMA_NAME"]),
    Argument::bool("skip_index_creation").or(&["PG_SKIP_INDEX_CREATION"]),
    Argument::bool("skip_schema_creation").or(&["PG_SKIP_SCHEMA_CREATION"]),
    Argument::bool("skip_table_creation").or(&["PG_SKIP_TABLE_CREATION"]),
];

/// The states in a schema.
pub(crate) struct Pg {
    database: Arc<Database>,
}

impl Pg {
    pub(crate) fn configure(given: Given<'_>) -> Result<Pg, ConfigureError> {
        let skip = |what: &str| given.bool(&format!("skip_{what}_creation")).unwrap_or(false);
        let schema = given.text("schema_name").unwrap_or_else(|| "terraform_remote_state".to_owned());
        let text = connection::with_environment(given);
        let database = Database::new(&text, &schema, skip("schema"), skip("table"), skip("index"))?;
        Ok(Pg { database: Arc::new(database) })
    }
}

#[async_trait]
impl Backend for Pg {
    fn state(&self, workspace: &str) -> Arc<dyn StateStorage> {
        Arc::new(PgState::new(self.database.clone(), workspace))
    }

    async fn workspaces(&self) -> Result<Vec<String>, StorageError> {
        let client = self.database.connect().await?;
        let sql = format!("SELECT name FROM {}.states", self.database.schema());
        let rows = client.query(&sql, &[]).await.map_err(|e| self.database.failed("list", "states", &e))?;
        Ok(sorted_workspaces(rows.iter().filter_map(|row| row.get::<_, Option<String>>(0))))
    }

    async fn delete_workspace(&self, name: &str) -> Result<(), StorageError> {
        let client = self.database.connect().await?;
        for (table, column) in [("states", "name"), ("terrane_journal", "name"), ("terrane_locks", "name")] {
            let sql = format!("DELETE FROM {}.{table} WHERE {column} = $1", self.database.schema());
            client.execute(&sql, &[&name]).await.map_err(|e| self.database.failed("remove", name, &e))?;
        }
        Ok(())
    }
}
