//! The resource types against an emulated AWS: `TERRANE_TEST_AWS_ENDPOINT` names its URL
//! (`moto_server -p 5000` and `http://127.0.0.1:5000`). Without it the tests say that they were
//! skipped. For what moto lacks, `TERRANE_TEST_AWS_STUB` names the URL of the stub in `tests/stub`. Each test uses a region of its own.

#![allow(clippy::unwrap_used)]

mod account_settings;
mod accounts;
mod acls;
mod addresses;
mod alarms;
mod client_vpn;
mod cloud;
mod credentials;
mod data;
mod direct_connect;
mod endpoints;
mod groups;
mod iam;
mod iam_holders;
mod identity;
mod instances;
mod keys;
mod listings;
mod logs;
mod lookups;
mod network;
mod organizations;
mod peerings;
mod prefixes;
mod queues;
mod ram;
mod routes;
mod s3;
mod s3_parts;
mod subnet_groups;
mod transit;
mod vpc_parts;
mod vpn;
