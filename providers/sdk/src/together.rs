//! Many requests for one answer, a few of them at a time.

use futures::stream::{Buffered, Collect, Iter, StreamExt, TryCollect, TryStreamExt, iter};
use std::future::Future;
use std::vec::IntoIter;

/// How many futures run at the same time: more than an API lets a caller have under way. One that waits for its turn
/// beyond that would hold a request that is ready to be sent, some tens of kilobytes.
const AT_ONCE: usize = 64;

type InTurn<F> = Buffered<Iter<IntoIter<F>>>;

/// What all futures give, in their order.
pub fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Collect<InTurn<F>, Vec<F::Output>> {
    in_turn(futures).collect()
}

/// What all futures give, in their order, or the first error among them. After an error no further one begins.
pub fn try_join_all<F, T, E>(futures: impl IntoIterator<Item = F>) -> TryCollect<InTurn<F>, Vec<T>>
where
    F: Future<Output = Result<T, E>>,
{
    in_turn(futures).try_collect()
}

fn in_turn<F: Future>(futures: impl IntoIterator<Item = F>) -> InTurn<F> {
    // What has not begun is no larger than what it was made from.
    let waiting: Vec<F> = futures.into_iter().collect();
    iter(waiting).buffered(AT_ONCE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[tokio::test]
    async fn a_few_run_at_a_time_and_all_answers_come_in_order() {
        let (running, most) = (Cell::new(0), Cell::new(0));
        let one = async |number: usize| {
            running.set(running.get() + 1);
            most.set(most.get().max(running.get()));
            for _ in 0..number % 7 {
                tokio::task::yield_now().await;
            }
            running.set(running.get() - 1);
            number
        };
        assert_eq!(join_all((0..1000).map(&one)).await, (0..1000).collect::<Vec<_>>());
        assert!((AT_ONCE / 2..=AT_ONCE).contains(&most.get()), "{}", most.get());
        let fails = async |number| if number == 70 { Err(number) } else { Ok(one(number).await) };
        assert_eq!(try_join_all((0..1000).map(&fails)).await, Err(70));
        assert_eq!(try_join_all((0..70).map(&fails)).await, Ok((0..70).collect::<Vec<_>>()));
        assert_eq!(
            try_join_all(std::iter::empty::<std::future::Ready<Result<(), ()>>>()).await,
            Ok(Vec::new())
        );
    }
}
