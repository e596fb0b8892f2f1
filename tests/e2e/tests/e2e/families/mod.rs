//! Families of resource types, each with its configuration in `tests/e2e/families`.

mod arguments;
mod federated_sign_in;
mod google_arguments;
mod google_cluster_arguments;
mod google_further_arguments;
mod google_more_arguments;
mod hybrid_network;
mod iam_by_role;
mod iam_groups;
mod iam_module;
mod machine_alarms;
mod messaging;
mod network;
mod network_edges;
mod network_services;
mod observability;
mod organization;
mod security_groups;
mod storage;
