//! Appending to the journal from many tasks at once, with one write for all that wait.

use crate::{StateStorage, StorageError};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The end of the journal. Cheap: the work is done by a task of its own, which ends with this.
pub(crate) struct JournalWriter {
    queue: mpsc::UnboundedSender<Pending>,
}

struct Pending {
    lines: String,
    done: oneshot::Sender<Result<(), StorageError>>,
}

/// Says when what was handed over is durable.
pub(crate) struct Durable(oneshot::Receiver<Result<(), StorageError>>);

impl JournalWriter {
    /// Must be called within a Tokio runtime.
    pub(crate) fn start(storage: Arc<dyn StateStorage>) -> JournalWriter {
        let (queue, pending) = mpsc::unbounded_channel();
        tokio::spawn(write_groups(storage, pending));
        JournalWriter { queue }
    }

    /// Hands lines over. They are written in the order of the calls.
    pub(crate) fn append(&self, lines: String) -> Durable {
        let (done, durable) = oneshot::channel();
        // When the task is gone, `durable` says so.
        let _ = self.queue.send(Pending { lines, done });
        Durable(durable)
    }
}

impl Durable {
    /// Waits until the lines are durable.
    pub(crate) async fn wait(self) -> Result<(), StorageError> {
        self.0.await.unwrap_or_else(|_| {
            Err(StorageError::Failed {
                action: "append to",
                location: "the journal".into(),
                reason: "its writer has ended".into(),
            })
        })
    }
}

/// Takes all that has gathered while the last group was written, and writes it as the next one.
async fn write_groups(storage: Arc<dyn StateStorage>, mut queue: mpsc::UnboundedReceiver<Pending>) {
    let mut failed = None;
    while let Some(first) = queue.recv().await {
        let mut lines = first.lines;
        let mut waiting = vec![first.done];
        while let Ok(next) = queue.try_recv() {
            lines.push_str(&next.lines);
            waiting.push(next.done);
        }
        // After a failure the end of the file is unknown: another line could be glued to half of one.
        let result = match &failed {
            Some(error) => Err(StorageError::clone(error)),
            None => storage.append_journal(lines.as_bytes()).await,
        };
        failed = result.as_ref().err().cloned();
        for done in waiting {
            // Who does not wait any more does not need to know.
            let _ = done.send(result.clone());
        }
    }
}
