//! Data source `aws_ssm_parameters_by_path`: the values under names that begin alike.

use crate::Aws;
use terrane_sdk::{Computed, DataSource, Error, async_trait};

/// The values under names that begin alike.
#[derive(Clone, Debug, Default, DataSource)]
#[data_source(name = "aws_ssm_parameters_by_path")]
pub struct ParametersByPathData {
    /// The ARNs of the parameters.
    pub arns: Computed<Vec<String>>,
    /// The path.
    pub id: Computed<String>,
    /// The names of the parameters.
    pub names: Computed<Vec<String>>,
    /// What the names begin with: `/app/`.
    pub path: String,
    /// Whether names with more slashes are told as well.
    #[attr(default = false)]
    pub recursive: Option<bool>,
    /// The types of the parameters.
    pub types: Computed<Vec<String>>,
    /// The values, not shown.
    #[attr(sensitive)]
    pub values: Computed<Vec<String>>,
    /// Whether secure strings are decrypted.
    #[attr(default = true)]
    pub with_decryption: Option<bool>,
}

#[async_trait]
impl DataSource for ParametersByPathData {
    type Client = Aws;

    async fn read(aws: &Aws, config: Self) -> Result<Self, Error> {
        let call = (aws.ssm().get_parameters_by_path().path(&config.path))
            .recursive(config.recursive == Some(true))
            .with_decryption(config.with_decryption != Some(false));
        let listed = async {
            let mut all = Vec::new();
            let mut pages = call.into_paginator().send();
            while let Some(page) = pages.next().await {
                all.extend(page?.parameters.unwrap_or_default());
            }
            Ok(all)
        };
        let (mut arns, mut names, mut types, mut values) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for parameter in aws.call("ssm:GetParametersByPath", listed).await? {
            arns.push(parameter.arn.unwrap_or_default());
            names.push(parameter.name.unwrap_or_default());
            types.push(parameter.r#type.map(|t| t.as_str().to_owned()).unwrap_or_default());
            values.push(parameter.value.unwrap_or_default());
        }
        Ok(ParametersByPathData {
            id: config.path.as_str().into(),
            arns: arns.into(),
            names: names.into(),
            types: types.into(),
            values: values.into(),
            ..config
        })
    }
}
