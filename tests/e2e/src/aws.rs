//! A local AWS endpoint for one test.

use crate::Proxy;
use serde_json::Value;
use terrane_xtask::moto::{Moto, client_environment};

/// An empty AWS, with a proxy in front of it that Terrane talks to. The checks go past the
/// proxy, so that they are neither counted nor held up.
#[derive(Debug)]
pub struct Aws {
    moto: Moto,
    proxy: Proxy,
}

impl Aws {
    /// Starts a server and a proxy.
    pub fn start() -> Aws {
        let moto = Moto::start().unwrap_or_else(|error| panic!("{error}"));
        let proxy = Proxy::start(moto.endpoint());
        Aws { moto, proxy }
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

    /// The value of a Python expression in which `ec2` and `iam` are boto3 clients.
    #[track_caller]
    pub fn ask(&self, expression: &str) -> Value {
        self.python(&format!("print(json.dumps({expression}, default=str))"))
    }

    /// Runs Python statements with the same clients, to change things behind Terrane's back.
    #[track_caller]
    pub fn tamper(&self, statements: &str) {
        self.python(&format!("{statements}\nprint('null')"));
    }

    #[track_caller]
    fn python(&self, statements: &str) -> Value {
        let script =
            format!("import boto3, json\nec2, iam = boto3.client('ec2'), boto3.client('iam')\n{statements}");
        let output = self.moto.python().args(["-c", &script]).output().expect("Python runs");
        assert!(output.status.success(), "{statements}:\n{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("the script prints JSON")
    }
}
