//! What the end-to-end tests stand on: a directory with the `terrane` program in it, a local
//! AWS endpoint behind a proxy that counts and breaks requests, and boto3 as a second opinion.
//!
//! The tests see Terrane only as its users do: arguments, files, output, exit codes.

mod aws;
mod context;
mod plan;
mod proxy;

pub use aws::Aws;
pub use context::{Run, Running, TestContext, terraform_on_path};
pub use plan::normalise_plan;
pub use proxy::{Call, Gate, Proxy};
