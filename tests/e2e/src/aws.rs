//! A local AWS endpoint for one test.

use crate::Proxy;
use crate::witness::Witness;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};
use terrane_xtask::moto::{Moto, client_environment};

/// An empty AWS, with a proxy in front of it that Terrane talks to. The checks go past the
/// proxy, so that they are neither counted nor held up.
#[derive(Debug)]
pub struct Aws {
    witness: Mutex<Option<Witness>>,
    moto: Moto,
    proxy: Proxy,
}

impl Aws {
    /// Starts a server and a proxy.
    pub fn start() -> Aws {
        Self::of(Moto::start())
    }

    /// Starts a server with the stub in front of it, which answers for what moto lacks.
    pub fn start_with_stub() -> Aws {
        Self::of(Moto::start_with_stub())
    }

    fn of<E: std::fmt::Display>(moto: Result<Moto, E>) -> Aws {
        let moto = moto.unwrap_or_else(|error| panic!("{error}"));
        let proxy = Proxy::start(moto.endpoint());
        Aws { witness: Mutex::default(), moto, proxy }
    }

    /// What stands between Terrane and the server.
    pub fn proxy(&self) -> &Proxy {
        &self.proxy
    }

    /// What Terrane needs in its environment to talk to the proxy.
    pub fn environment(&self) -> impl Iterator<Item = (String, String)> {
        let pairs = client_environment(&self.proxy.endpoint());
        pairs.into_iter().map(|(name, value)| (name.to_owned(), value))
    }

    /// The value of a Python expression in which `ec2`, `iam` and so on are boto3 clients, and
    /// `client(service, region, account)` makes one of another region or account.
    #[track_caller]
    pub fn ask(&self, expression: &str) -> Value {
        self.witness(|witness| witness.evaluate(expression))
    }

    /// Runs Python statements with the same clients, to change things behind Terrane's back.
    #[track_caller]
    pub fn tamper(&self, statements: &str) {
        self.witness(|witness| witness.execute(statements));
    }

    #[track_caller]
    fn witness<T>(&self, exchange: impl FnOnce(&mut Witness) -> T) -> T {
        let mut witness = self.witness.lock().unwrap_or_else(PoisonError::into_inner);
        exchange(witness.get_or_insert_with(|| Witness::start(&mut self.moto.python())))
    }
}
