//! Joins calls that several operations make at about the same time into one. Many AWS calls
//! take lists; an apply works on one object at a time, several at once.

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::time::sleep;

/// How long the first one waits for others: well under the time of one call.
const WINDOW: Duration = Duration::from_millis(15);

/// Calls of one kind, from items of type `T` to answers of type `U`.
pub(crate) struct Coalesce<T, U>(Mutex<Option<Arc<Batch<T, U>>>>);

struct Batch<T, U> {
    items: Mutex<Vec<T>>,
    answers: OnceCell<Vec<U>>,
}

impl<T, U> Default for Coalesce<T, U> {
    fn default() -> Self {
        Coalesce(Mutex::default())
    }
}

impl<T, U: Clone> Coalesce<T, U> {
    /// Has `item` answered by a call of `run` with this and other items. `run` must answer each
    /// of them, in order; otherwise the result is `None`.
    pub(crate) async fn join<F, Fut>(&self, item: T, run: F) -> Option<U>
    where
        F: FnOnce(Vec<T>) -> Fut,
        Fut: Future<Output = Vec<U>>,
    {
        let (batch, index) = self.enter(item);
        let answers = batch.answers.get_or_init(|| async {
            sleep(WINDOW).await;
            let items = self.close(&batch);
            run(items).await
        });
        answers.await.get(index).cloned()
    }

    fn enter(&self, item: T) -> (Arc<Batch<T, U>>, usize) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let batch = open.get_or_insert_with(|| {
            Arc::new(Batch { items: Mutex::new(Vec::new()), answers: OnceCell::new() })
        });
        let mut items = batch.items.lock().unwrap_or_else(PoisonError::into_inner);
        items.push(item);
        (batch.clone(), items.len() - 1)
    }

    /// Lets nothing more in, and takes the items out.
    fn close(&self, batch: &Arc<Batch<T, U>>) -> Vec<T> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if open.as_ref().is_some_and(|b| Arc::ptr_eq(b, batch)) {
            *open = None;
        }
        let mut items = batch.items.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *items)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[tokio::test]
    async fn concurrent_items_share_a_call() {
        let calls = AtomicUsize::new(0);
        let coalesce = Coalesce::default();
        let double = |items: Vec<i32>| {
            calls.fetch_add(1, Ordering::Relaxed);
            async move { items.into_iter().map(|i| i * 2).collect::<Vec<_>>() }
        };
        let answers = terrane_sdk::join_all((1..=5).map(|i| coalesce.join(i, double))).await;
        assert_eq!(answers, [Some(2), Some(4), Some(6), Some(8), Some(10)]);
        assert_eq!(calls.load(Ordering::Relaxed), 1);
        assert_eq!(coalesce.join(7, double).await, Some(14));
        assert_eq!(calls.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn a_missing_answer_is_none() {
        let coalesce = Coalesce::default();
        assert_eq!(coalesce.join(1, |_| async { Vec::<i32>::new() }).await, None);
    }
}
