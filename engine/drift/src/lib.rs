//! Drift: what happened to the objects of states without anybody having planned it.
//!
//! A [`Stack`] is a state with the provider configurations that its objects are read through, made
//! by [`Stack::new`] from an evaluated configuration. [`scan`] reads it, [`unmanaged`] looks for
//! objects that no state has, [`attribute`] asks who it was, and [`Rules`] say what is expected. All of
//! it goes into a [`Report`].
//!
//! Nothing here can change anything: providers are seen through [`terrane_provider::ReadOnly`]
//! alone. Nothing is written, locked or printed, and no file is read.

mod attribute;
mod differences;
mod managed;
mod report;
mod rule_file;
mod rules;
mod scan;
mod shard;
mod stack;
mod unmanaged;

pub use attribute::{Window, attribute};
pub use differences::{Difference, differences};
pub use managed::{Managed, managed, managed_twice};
pub use report::{
    AccountReport, Conclusion, Finding, History, Ignored, Kind, Report, StackReport, StackStatus, Unmanaged,
};
pub use rules::{Rule, Rules, glob};
pub use scan::{Limits, Scanned, scan};
pub use shard::Shard;
pub use stack::{Connection, Stack};
pub use unmanaged::{Place, Search, places, unmanaged};
