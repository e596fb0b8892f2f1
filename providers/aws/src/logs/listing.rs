//! Log groups and filters as listings have them.

use crate::Aws;
use aws_sdk_cloudwatchlogs::types::LogGroup;
use std::collections::HashMap;
use terrane_sdk::{Error, join_all, try_join_all};

/// Up to so many groups are looked up one by one: a listing is one call for each fifty groups of the
/// whole region.
const FEW: usize = 5;

/// The group with exactly this name.
pub(super) async fn group(aws: &Aws, name: &str) -> Result<Option<LogGroup>, Error> {
    let found = groups(aws, Some(name)).await?;
    Ok(found.into_iter().find(|g| g.log_group_name() == Some(name)))
}

/// The groups whose names begin with a prefix, or all.
pub(super) async fn groups(aws: &Aws, prefix: Option<&str>) -> Result<Vec<LogGroup>, Error> {
    let call = aws.logs().describe_log_groups().set_log_group_name_prefix(prefix.map(str::to_owned));
    let listed = async {
        let mut all = Vec::new();
        let mut items = call.into_paginator().items().send();
        while let Some(group) = items.next().await {
            let group = group?;
            // Names are listed in order: one that is longer than what is looked for comes later.
            let done = prefix.is_some() && group.log_group_name() == prefix;
            all.push(group);
            if done {
                break;
            }
        }
        Ok(all)
    };
    aws.call("logs:DescribeLogGroups", listed).await
}

/// The groups with these names.
pub(super) async fn named(
    aws: &Aws,
    names: impl Iterator<Item = String>,
) -> Result<HashMap<String, LogGroup>, Error> {
    let names: Vec<String> = names.collect();
    let found: Vec<LogGroup> = if names.len() <= FEW {
        let each = join_all(names.iter().map(|name| group(aws, name))).await;
        each.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect()
    } else {
        groups(aws, None).await?
    };
    Ok(found.into_iter().filter_map(|g| Some((g.log_group_name.clone()?, g))).collect())
}

/// What `of` finds in each of all groups.
pub(super) async fn of_each_group<T, Fut: Future<Output = Result<Vec<T>, Error>>>(
    aws: &Aws,
    of: impl Fn(String) -> Fut,
) -> Result<Vec<T>, Error> {
    let names = groups(aws, None).await?.into_iter().filter_map(|group| group.log_group_name);
    Ok(try_join_all(names.map(of)).await?.into_iter().flatten().collect())
}
