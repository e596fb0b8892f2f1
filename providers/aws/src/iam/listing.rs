//! Reading many objects at once: GetAccountAuthorizationDetails answers all users, groups, roles
//! or policies of the account in large pages, with what is attached to and written into them.

use crate::Aws;
use aws_sdk_iam::types::{EntityType, GroupDetail, ManagedPolicyDetail, RoleDetail, UserDetail};
use std::collections::{BTreeSet, HashMap};
use std::future::Future;
use terrane_sdk::{Error, join_all};

/// Up to so many objects are read one by one: a listing is one call for each page of the whole
/// account.
const FEW: usize = 3;

/// The largest page that IAM gives.
const PAGE: i32 = 1000;

/// Reads each of `states`, which belong to the objects that `key` names: one by one with `one`,
/// or when they are of many objects, with `many` from what `list` gives.
pub(super) async fn read<R, L, F, FutOne, FutList>(
    states: Vec<R>,
    key: impl Fn(&R) -> String,
    one: F,
    list: impl FnOnce() -> FutList,
    many: impl Fn(R, &L) -> Result<Option<R>, Error>,
) -> Vec<Result<Option<R>, Error>>
where
    F: Fn(R) -> FutOne,
    FutOne: Future<Output = Result<Option<R>, Error>>,
    FutList: Future<Output = Result<L, Error>>,
{
    let objects: BTreeSet<String> = states.iter().map(key).collect();
    if objects.len() <= FEW {
        return join_all(states.into_iter().map(one)).await;
    }
    match list().await {
        Ok(listing) => states.into_iter().map(|state| many(state, &listing)).collect(),
        Err(error) => states.iter().map(|_| Err(error.clone())).collect(),
    }
}

/// All groups by name.
pub(super) async fn groups(aws: &Aws) -> Result<HashMap<String, GroupDetail>, Error> {
    let mut all = HashMap::new();
    for_each_page(aws, EntityType::Group, |page| {
        all.extend(page.groups.into_iter().filter_map(|g| Some((g.group_name.clone()?, g))));
    })
    .await?;
    Ok(all)
}

/// All users by name.
pub(super) async fn users(aws: &Aws) -> Result<HashMap<String, UserDetail>, Error> {
    let mut all = HashMap::new();
    for_each_page(aws, EntityType::User, |page| {
        all.extend(page.users.into_iter().filter_map(|u| Some((u.user_name.clone()?, u))));
    })
    .await?;
    Ok(all)
}

/// All roles by name. Without description and longest session.
pub(super) async fn roles(aws: &Aws) -> Result<HashMap<String, RoleDetail>, Error> {
    let mut all = HashMap::new();
    for_each_page(aws, EntityType::Role, |page| {
        all.extend(page.roles.into_iter().filter_map(|r| Some((r.role_name.clone()?, r))));
    })
    .await?;
    Ok(all)
}

/// All policies of the account by ARN. Without tags.
pub(super) async fn policies(aws: &Aws) -> Result<HashMap<String, ManagedPolicyDetail>, Error> {
    let mut all = HashMap::new();
    for_each_page(aws, EntityType::LocalManagedPolicy, |page| {
        all.extend(page.policies.into_iter().filter_map(|p| Some((p.arn.clone()?, p))));
    })
    .await?;
    Ok(all)
}

struct Page {
    groups: Vec<GroupDetail>,
    users: Vec<UserDetail>,
    roles: Vec<RoleDetail>,
    policies: Vec<ManagedPolicyDetail>,
}

async fn for_each_page(aws: &Aws, kind: EntityType, mut take: impl FnMut(Page)) -> Result<(), Error> {
    let mut marker = None;
    loop {
        let call = aws.iam().get_account_authorization_details().filter(kind.clone()).max_items(PAGE);
        let answer = aws.call("iam:GetAccountAuthorizationDetails", call.set_marker(marker).send()).await?;
        take(Page {
            groups: answer.group_detail_list.unwrap_or_default(),
            users: answer.user_detail_list.unwrap_or_default(),
            roles: answer.role_detail_list.unwrap_or_default(),
            policies: answer.policies.unwrap_or_default(),
        });
        marker = answer.marker.filter(|_| answer.is_truncated);
        if marker.is_none() {
            return Ok(());
        }
    }
}

/// All items of a paginated call: `pages!(aws, "iam:ListGroups", aws.iam().list_groups())`.
macro_rules! pages {
    ($aws:expr, $operation:literal, $call:expr) => {
        $aws.call($operation, async {
            let mut items = $call.max_items(1000).into_paginator().items().send();
            let mut all = Vec::new();
            while let Some(item) = items.next().await {
                all.push(item?);
            }
            Ok(all)
        })
        .await
    };
}
pub(super) use pages;
