//! A journal made of small objects, since objects cannot grow: one for each group of lines, numbered.
//!
//! A whole journal is replaced by an object whose name says that all before it are void; then
//! these are removed. So it is replaced in one step, however many objects it is made of.

use super::{Condition, Objects, Put};
use crate::StorageError;
use futures::stream::{self, StreamExt, TryStreamExt};
use std::sync::Arc;

/// How many requests to have under way at the same time.
const AT_ONCE: usize = 16;

pub(super) struct ObjectJournal {
    objects: Arc<dyn Objects>,
    prefix: String,
    /// The numbers of the objects that there are, once it is known.
    known: tokio::sync::Mutex<Option<Vec<Part>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    number: u64,
    /// Whether the ones before it are void.
    first: bool,
}

impl Part {
    fn name(self, prefix: &str) -> String {
        format!("{prefix}{:012}{}", self.number, if self.first { ".first" } else { "" })
    }

    fn parse(name: &str, prefix: &str) -> Option<Part> {
        let name = name.strip_prefix(prefix)?;
        let (number, first) = name.strip_suffix(".first").map_or((name, false), |number| (number, true));
        Some(Part { number: number.parse().ok()?, first })
    }
}

impl ObjectJournal {
    /// `prefix` ends with a separator.
    pub(super) fn new(objects: Arc<dyn Objects>, prefix: String) -> ObjectJournal {
        ObjectJournal { objects, prefix, known: tokio::sync::Mutex::new(None) }
    }

    async fn list(&self) -> Result<Vec<Part>, StorageError> {
        let names = self.objects.list(&self.prefix).await?;
        let mut parts: Vec<Part> = names.iter().filter_map(|name| Part::parse(name, &self.prefix)).collect();
        parts.sort_by_key(|part| part.number);
        Ok(parts)
    }

    fn names(&self, parts: &[Part]) -> Vec<String> {
        parts.iter().map(|part| part.name(&self.prefix)).collect()
    }

    pub(super) async fn read(&self) -> Result<Vec<u8>, StorageError> {
        let mut known = self.known.lock().await;
        let parts = self.list().await?;
        let start = parts.iter().rposition(|part| part.first).unwrap_or(0);
        let contents: Vec<Option<_>> = stream::iter(self.names(&parts[start..]))
            .map(|name| async move { self.objects.get(&name).await })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        *known = Some(parts);
        Ok(contents.into_iter().flatten().flat_map(|(bytes, _)| bytes).collect())
    }

    /// Fails when somebody else has written to the journal since it was read.
    pub(super) async fn append(&self, lines: &[u8]) -> Result<(), StorageError> {
        let mut known = self.known.lock().await;
        let parts = match &mut *known {
            Some(parts) => parts,
            unknown => unknown.insert(self.list().await?),
        };
        let added = self.add(parts, lines, false).await?;
        parts.push(added);
        Ok(())
    }

    async fn add(&self, parts: &[Part], lines: &[u8], first: bool) -> Result<Part, StorageError> {
        let part = Part { number: parts.last().map_or(1, |last| last.number + 1), first };
        let name = part.name(&self.prefix);
        match self.objects.put(&name, lines, Condition::Absent).await? {
            Put::Done(_) => Ok(part),
            Put::Refused => Err(StorageError::Conflict { location: self.objects.location(&name) }),
        }
    }

    pub(super) async fn replace(&self, lines: &[u8]) -> Result<(), StorageError> {
        let mut known = self.known.lock().await;
        let before = match known.take() {
            Some(parts) => parts,
            None => self.list().await?,
        };
        // A single object can be removed at once; of several, some would be left for a moment.
        let first = match lines.is_empty() && before.len() <= 1 {
            true => None,
            false => Some(self.add(&before, lines, true).await?),
        };
        stream::iter(self.names(&before))
            .map(|name| async move { self.objects.delete(&name).await })
            .buffer_unordered(AT_ONCE)
            .try_collect::<()>()
            .await?;
        let kept = first.filter(|_| !lines.is_empty());
        if let (Some(first), None) = (first, kept) {
            self.objects.delete(&first.name(&self.prefix)).await?;
        }
        *known = Some(kept.into_iter().collect());
        Ok(())
    }
}
