//! Operations of the APIs other than Compute Engine's: asked for at growing intervals until they are done.

use super::permission::explained;
use google_cloud_longrunning::model::{Operation, operation};
use std::future::Future;
use std::time::Duration;
use terrane_sdk::Error;
use tokio::time::{Instant, sleep};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Waits for an operation that `call` began. `ask` asks for it by its name.
pub(crate) async fn finish_long<Fut>(
    call: &str,
    mut running: Operation,
    timeout: Duration,
    ask: impl Fn(String) -> Fut,
) -> Result<(), Error>
where
    Fut: Future<Output = Result<Operation, Error>>,
{
    let begun = Instant::now();
    let mut pause = FIRST_PAUSE;
    while !running.done {
        if begun.elapsed() > timeout {
            let detail = format!("Operation {} is not done after {timeout:?}.", running.name);
            return Err(Error::new(format!("Timeout of {call}"), detail).operation(call));
        }
        sleep(pause).await;
        pause = (pause * 8 / 5).min(LONGEST_PAUSE);
        running = ask(running.name).await?;
    }
    match running.result {
        Some(operation::Result::Error(status)) => {
            let error =
                Error::new(format!("{call} failed"), explained(status.message.clone())).operation(call);
            Err(error.code(code_name(status.code)))
        }
        _ => Ok(()),
    }
}

/// The word for a status code of gRPC.
fn code_name(code: i32) -> String {
    google_cloud_gax::error::rpc::Code::from(code).name().to_owned()
}
