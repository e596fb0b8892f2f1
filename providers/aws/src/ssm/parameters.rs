//! Reading parameters: values, what is said about them, and tags.

use crate::Aws;
use crate::tags::Tags;
use aws_sdk_ssm::types::{Parameter, ParameterMetadata, ParameterStringFilter, ResourceTypeForTagging};
use std::collections::HashMap;
use terrane_sdk::Error;

use super::unless_gone;

/// GetParameters takes so many names.
const VALUES: usize = 10;

/// A filter of DescribeParameters takes so many names.
const METADATA: usize = 50;

/// The values of parameters by name; those that do not exist are missing.
pub(super) async fn values(aws: &Aws, names: &[String]) -> Result<HashMap<String, Parameter>, Error> {
    let mut found = HashMap::new();
    for chunk in names.chunks(VALUES) {
        let call = aws.ssm().get_parameters().set_names(Some(chunk.to_vec())).with_decryption(true).send();
        let answer = aws.call("ssm:GetParameters", call).await?;
        found.extend(answer.parameters.into_iter().flatten().filter_map(|p| Some((p.name.clone()?, p))));
    }
    Ok(found)
}

/// What is said about parameters, by name.
pub(super) async fn metadata(
    aws: &Aws,
    names: &[String],
) -> Result<HashMap<String, ParameterMetadata>, Error> {
    let mut found = HashMap::new();
    for chunk in names.chunks(METADATA) {
        let filter = ParameterStringFilter::builder()
            .key("Name")
            .option("Equals")
            .set_values(Some(chunk.to_vec()))
            .build()
            .map_err(|e| Error::new("DescribeParameters failed", format!("{e}.")))?;
        let all = described(aws, Some(filter)).await?;
        found.extend(all.into_iter().filter_map(|p| Some((p.name.clone()?, p))));
    }
    Ok(found)
}

/// What is said about the parameters that a filter lets through, or about all.
pub(super) async fn described(
    aws: &Aws,
    filter: Option<ParameterStringFilter>,
) -> Result<Vec<ParameterMetadata>, Error> {
    let listed = async {
        let mut all = Vec::new();
        let filters = filter.map(|filter| vec![filter]);
        let call = aws.ssm().describe_parameters().set_parameter_filters(filters).max_results(50);
        let mut pages = call.into_paginator().send();
        while let Some(page) = pages.next().await {
            all.extend(page?.parameters.unwrap_or_default());
        }
        Ok(all)
    };
    aws.call("ssm:DescribeParameters", listed).await
}

/// The tags of a parameter.
pub(super) async fn tags(aws: &Aws, name: &str) -> Result<Tags, Error> {
    let call = aws.ssm().list_tags_for_resource().resource_type(ResourceTypeForTagging::Parameter);
    let found = unless_gone(aws.call("ssm:ListTagsForResource", call.resource_id(name).send()).await)?;
    let tags = found.and_then(|f| f.tag_list).into_iter().flatten();
    Ok(tags.map(|t| (t.key, t.value)).collect())
}
