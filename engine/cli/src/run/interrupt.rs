//! Ctrl-C: once to stop after what is in flight, twice to stop at once.

use terrane_provider::Providers;
use tokio::sync::watch;

/// Listens for interrupts as long as it lives.
pub(crate) struct Interrupt {
    receiver: watch::Receiver<bool>,
    listener: tokio::task::JoinHandle<()>,
}

impl Interrupt {
    /// Starts listening. The first interrupt is told to the providers too. On the second one the process ends
    /// at once with status 130: the journal has everything that was done.
    pub(crate) fn listen(providers: &Providers) -> Interrupt {
        let providers: Vec<_> = providers.iter().map(|(_, provider)| provider.clone()).collect();
        let (sender, receiver) = watch::channel(false);
        let listener = tokio::spawn(async move {
            for count in 1.. {
                wait().await;
                if count == 1 {
                    // Without a receiver there is nothing left to stop.
                    let _ = sender.send(true);
                    for provider in providers.clone() {
                        tokio::spawn(async move { provider.stop().await });
                    }
                } else {
                    std::process::exit(130);
                }
            }
        });
        Interrupt { receiver, listener }
    }

    /// Becomes true at the first interrupt.
    pub(crate) fn receiver(&self) -> watch::Receiver<bool> {
        self.receiver.clone()
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// Waits for an interrupt or a request to terminate.
async fn wait() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let (Ok(mut interrupt), Ok(mut terminate)) =
            (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
        {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
