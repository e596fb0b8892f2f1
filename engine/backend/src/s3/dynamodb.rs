//! The DynamoDB table beside a bucket: locks, and the digest of the state, which shows when an old
//! or another state is read. Items as Terraform has them: `BUCKET/KEY` with `Info`, and
//! `BUCKET/KEY-md5` with `Digest`.

use super::objects::Bucket;
use crate::aws::{Failure, Service, hex};
use crate::remote::{Condition, Lock, Objects, Put};
use crate::{LockError, LockInfo, StorageError, Version};
use async_trait::async_trait;
use jiff::Timestamp;
use md5::{Digest, Md5};
use serde_json::{Value as Json, json};
use std::sync::Arc;

pub(super) struct Table {
    pub(super) service: Service,
    pub(super) name: String,
}

impl Table {
    async fn call(&self, operation: &str, body: &Json) -> Result<Json, Failure> {
        self.service.call(&format!("DynamoDB_20120810.{operation}"), "1.0", body).await
    }

    fn failed(&self, action: &'static str, id: &str, failure: Failure) -> StorageError {
        let advice = match failure.code.as_str() {
            "ResourceNotFoundException" => {
                ". The table must exist, with the partition key LockID of type string, before it can keep a lock"
            }
            _ => "",
        };
        let location = format!("{id} in the DynamoDB table {}", self.name);
        StorageError::Failed { action, location, reason: failure.text + advice }
    }

    /// An attribute of an item, which must be a string.
    async fn get(&self, id: &str, attribute: &str) -> Result<Option<String>, StorageError> {
        let body = json!({
            "TableName": self.name, "Key": { "LockID": { "S": id } }, "ConsistentRead": true,
        });
        let answer = self.call("GetItem", &body).await.map_err(|e| self.failed("read", id, e))?;
        Ok(answer["Item"][attribute]["S"].as_str().map(str::to_owned))
    }

    /// Writes an item if it is what `expected` says: absent, or with this text. `false` when it is not.
    async fn put(
        &self,
        id: &str,
        attribute: &str,
        text: &str,
        expected: Option<&str>,
    ) -> Result<bool, StorageError> {
        let mut body = json!({
            "TableName": self.name, "Item": { "LockID": { "S": id }, attribute: { "S": text } },
        });
        match expected {
            None => body["ConditionExpression"] = "attribute_not_exists(LockID)".into(),
            Some(before) => {
                body["ConditionExpression"] = "#a = :before".into();
                body["ExpressionAttributeNames"] = json!({ "#a": attribute });
                body["ExpressionAttributeValues"] = json!({ ":before": { "S": before } });
            }
        }
        match self.call("PutItem", &body).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.code == "ConditionalCheckFailedException" => {
                // The answer to an earlier attempt may have been lost.
                Ok(self.get(id, attribute).await?.is_some_and(|now| now == text))
            }
            Err(failure) => Err(self.failed("write", id, failure)),
        }
    }

    async fn set(&self, id: &str, attribute: &str, text: &str) -> Result<(), StorageError> {
        let body = json!({
            "TableName": self.name, "Item": { "LockID": { "S": id }, attribute: { "S": text } },
        });
        self.call("PutItem", &body).await.map(drop).map_err(|e| self.failed("write", id, e))
    }

    async fn delete(&self, id: &str) -> Result<(), StorageError> {
        let body = json!({ "TableName": self.name, "Key": { "LockID": { "S": id } } });
        self.call("DeleteItem", &body).await.map(drop).map_err(|e| self.failed("remove", id, e))
    }
}

/// A lock that is an item.
pub(super) struct TableLock {
    pub(super) table: Arc<Table>,
    pub(super) id: String,
    pub(super) location: String,
}

impl TableLock {
    async fn read(&self) -> Result<Option<(Option<LockInfo>, String)>, StorageError> {
        let text = self.table.get(&self.id, "Info").await?;
        Ok(text.map(|text| (serde_json::from_str(&text).ok(), text)))
    }

    fn text(&self, info: &LockInfo) -> Result<String, StorageError> {
        serde_json::to_string(info).map_err(|e| StorageError::Failed {
            action: "lock",
            location: self.location.clone(),
            reason: e.to_string(),
        })
    }

    /// The text of the lock if it is ours.
    async fn find_ours(&self, id: &str) -> Result<String, StorageError> {
        match self.read().await? {
            Some((Some(info), text)) if info.id == id => Ok(text),
            _ => Err(StorageError::LockLost { location: self.location.clone() }),
        }
    }
}

#[async_trait]
impl Lock for TableLock {
    async fn take(&self, info: &LockInfo) -> Result<Option<LockInfo>, LockError> {
        let text = self.text(info)?;
        if self.table.put(&self.id, "Info", &text, None).await? {
            return Ok(None);
        }
        match self.read().await? {
            Some((Some(holder), before)) if holder.is_expired(Timestamp::now()) => {
                match self.table.put(&self.id, "Info", &text, Some(&before)).await? {
                    true => Ok(Some(holder)),
                    false => Err(LockError::Held { holder: None }),
                }
            }
            found => Err(LockError::Held { holder: found.and_then(|(holder, _)| holder).map(Box::new) }),
        }
    }

    async fn renew(&self, info: &LockInfo) -> Result<(), StorageError> {
        let before = self.find_ours(&info.id).await?;
        match self.table.put(&self.id, "Info", &self.text(info)?, Some(&before)).await? {
            true => Ok(()),
            false => Err(StorageError::LockLost { location: self.location.clone() }),
        }
    }

    async fn release(&self, info: &LockInfo) -> Result<(), StorageError> {
        self.find_ours(&info.id).await?;
        self.table.delete(&self.id).await
    }

    async fn holder(&self) -> Result<Option<LockInfo>, StorageError> {
        Ok(self.read().await?.map(|(info, _)| info.unwrap_or_default()))
    }

    async fn remove(&self, id: &str) -> Result<LockInfo, LockError> {
        match self.read().await? {
            Some((Some(info), _)) if info.id == id => {
                self.table.delete(&self.id).await?;
                Ok(info)
            }
            found => {
                let actual = found.map(|(info, _)| info.unwrap_or_default().id);
                Err(LockError::NoSuchLock { id: id.into(), actual })
            }
        }
    }
}

/// A bucket where the state is checked against its digest in a table. Other objects are not.
pub(super) struct Digested {
    pub(super) objects: Arc<Bucket>,
    pub(super) table: Arc<Table>,
    /// The key of the state.
    pub(super) key: String,
    /// The item with its digest.
    pub(super) id: String,
}

#[async_trait]
impl Objects for Digested {
    fn location(&self, key: &str) -> String {
        self.objects.location(key)
    }

    fn origin(&self) -> String {
        self.objects.origin()
    }

    async fn get(&self, key: &str) -> Result<Option<(Vec<u8>, Version)>, StorageError> {
        let found = self.objects.get(key).await?;
        if key != self.key {
            return Ok(found);
        }
        let stored = self.table.get(&self.id, "Digest").await?.unwrap_or_default();
        let calculated = found.as_ref().map(|(bytes, _)| hex(&Md5::digest(bytes))).unwrap_or_default();
        if stored.is_empty() || stored == calculated {
            return Ok(found);
        }
        // Somebody may be writing: the digest is written after the state.
        let again = self.objects.get(key).await?;
        let stored = self.table.get(&self.id, "Digest").await?.unwrap_or_default();
        let calculated = again.as_ref().map(|(bytes, _)| hex(&Md5::digest(bytes))).unwrap_or_default();
        if stored == calculated {
            return Ok(again);
        }
        Err(StorageError::Failed {
            action: "read",
            location: self.location(key),
            reason: format!(
                "the state does not have the expected content. Its digest is {calculated:?}, and the DynamoDB table \
                 {} has {stored:?} in the item {:?}. Either an old state was restored, or a write was cut short \
                 before its digest was stored. If the state is the right one, change the item to this digest",
                self.table.name, self.id
            ),
        })
    }

    async fn put(&self, key: &str, content: &[u8], condition: Condition<'_>) -> Result<Put, StorageError> {
        let put = self.objects.put(key, content, condition).await?;
        if let (true, Put::Done(_)) = (key == self.key, &put) {
            self.table.set(&self.id, "Digest", &hex(&Md5::digest(content))).await?;
        }
        Ok(put)
    }

    async fn delete(&self, key: &str) -> Result<(), StorageError> {
        self.objects.delete(key).await?;
        if key == self.key {
            self.table.delete(&self.id).await?;
        }
        Ok(())
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StorageError> {
        self.objects.list(prefix).await
    }
}
