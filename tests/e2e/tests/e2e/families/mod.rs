//! Families of resource types, each with its configuration in `tests/e2e/families`.

mod federated_sign_in;
mod iam_by_role;
mod iam_groups;
mod observability;
mod organization;
mod storage;
