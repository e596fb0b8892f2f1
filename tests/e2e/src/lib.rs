//! What the end-to-end tests stand on: a directory with the `terrane` program in it, a local
//! AWS endpoint behind a proxy that counts and breaks requests, and boto3 as a second opinion.
//!
//! The tests see Terrane only as its users do: arguments, files, output, exit codes.

mod aws;
mod browser;
mod context;
mod crash;
mod family;
mod faults;
mod plan;
pub mod plugins;
mod proxy;
mod random;
mod stack;
mod witness;

pub use aws::Aws;
pub use browser::look_at;
pub use context::{Background, Run, Running, TestContext, terraform_on_path};
pub use crash::{Figures, crash_test};
pub use family::{Actions, Family, Imports, objects, planned};
pub use faults::{Fault, Faults};
pub use plan::normalise_plan;
pub use proxy::{Call, Gate, Moment, Proxy};
pub use random::Random;
pub use stack::{Difference, Existing, STACK, STACK_SIZE, difference, existing};
