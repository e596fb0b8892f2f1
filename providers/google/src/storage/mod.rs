//! Cloud Storage. It is called without a client library: that of its control speaks another protocol than custom
//! endpoints do.

mod blocks;
mod bucket;
mod object;
mod object_source;
mod project_account;

pub use blocks::*;
pub use bucket::Bucket;
pub use object::{BucketObject, Contexts, CustomContext, CustomerEncryption, Retention};
pub use project_account::ProjectAccountData;

use crate::Google;
use terrane_sdk::{DataSourceType, ResourceType, Value, data_sources, resources};

/// The resource types.
pub(crate) fn resources() -> Vec<ResourceType<Google>> {
    resources![Bucket, BucketObject]
}

/// The data sources.
pub(crate) fn data_sources() -> Vec<DataSourceType<Google>> {
    data_sources![ProjectAccountData]
}

/// Blocks in which attributes of these names are known only after apply, however deep.
fn with_unknown(blocks: &Value, names: &[&str]) -> Value {
    let Some(all) = blocks.as_slice() else { return blocks.clone() };
    let each = all.iter().map(|block| {
        block.as_map().into_iter().flatten().fold(block.clone(), |block, (name, value)| {
            let value = match names.contains(&&**name) {
                true => Value::unknown(value.ty()),
                false => with_unknown(value, names),
            };
            block.with_attribute(name, value)
        })
    });
    let each: Vec<Value> = each.collect();
    match each.first().map(Value::ty) {
        Some(ty) => Value::list(ty, each),
        None => blocks.clone(),
    }
}
