//! The Resource Access Manager: objects of one account that others may use.
//!
//! Creations carry the operation's token, under which AWS gives a repeat the first answer. Associations are
//! pairs, so that a repeat finds them by what they are. Listings answer all shares, or all associations of one kind,
//! that the account has in the region: a refresh of many is a few pages.

mod association;
mod associations;
pub mod principal_association;
pub mod resource_association;
pub mod resource_share;
pub mod resource_share_accepter;
pub mod resource_share_data;
mod shares;
pub mod sharing_with_organization;

use crate::Aws;
use std::time::Duration;
use terrane_sdk::{DataSourceType, Error, ResourceType, data_sources, resources};

/// How long shares and associations may take to come and go, where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// The resource types of this service.
pub(crate) fn resources() -> Vec<ResourceType<Aws>> {
    resources![
        principal_association::PrincipalAssociation,
        resource_association::ResourceAssociation,
        resource_share::ResourceShare,
        resource_share_accepter::ResourceShareAccepter,
        sharing_with_organization::SharingWithOrganization,
    ]
}

/// The data sources of this service.
pub(crate) fn data_sources() -> Vec<DataSourceType<Aws>> {
    data_sources![resource_share_data::ResourceShareData]
}

/// A result in which a share or association that does not exist is no error.
fn unless_gone<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(&["UnknownResourceException"]) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Checks an ARN: `what` it should be of, as in `a resource share`.
fn arn(what: &'static str) -> impl Fn(&terrane_sdk::Value) -> Result<(), String> {
    move |value| match value.as_str() {
        Some(text) if !(text.starts_with("arn:") && text.split(':').count() >= 6) => {
            Err(format!("must be the ARN of {what}, got {text:?}."))
        }
        _ => Ok(()),
    }
}

/// All items of a paginated call, which are in a member of the answer.
macro_rules! pages {
    ($aws:expr, $operation:literal, $call:expr, $member:ident) => {
        $aws.call($operation, async {
            let mut pages = $call.max_results($crate::ram::PAGE).into_paginator().send();
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.extend(page?.$member.unwrap_or_default());
            }
            Ok(all)
        })
        .await
    };
}
use pages;

/// The largest page that RAM gives.
const PAGE: i32 = 500;
