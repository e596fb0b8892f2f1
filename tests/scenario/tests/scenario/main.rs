//! Scenarios over the fake cloud, one module a subject.
#![allow(clippy::unwrap_used)]

mod basics;
mod conditions;
mod drift;
mod ephemeral;
mod imports;
mod interrupted;
mod kept;
mod lifecycle;
mod lives;
mod moves;
mod parallel;
mod provider_instances;
mod provisioners;
mod queries;
mod rounds;
mod selection;
mod unserved;
mod write_only;
