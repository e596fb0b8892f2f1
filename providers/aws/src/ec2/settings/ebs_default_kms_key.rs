//! `aws_ebs_default_kms_key`: the key for volumes where none is named.

use crate::Aws;
use terrane_sdk::{
    ApplyContext, Attributes, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

/// Encrypts volumes of this region with a key of one's own where none is named. Destroying it brings AWS's back.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ebs_default_kms_key", keep)]
pub struct EbsDefaultKmsKey {
    /// The ARN of the key.
    pub id: Computed<String>,
    /// The ARN of the key.
    #[attr(force_new, validate = validate::matches(r"^arn:[^:]+:kms:[^:]+:\d{12}:key/.+$", "be the ARN of a key"))]
    pub key_arn: String,
}

#[async_trait]
impl Resource for EbsDefaultKmsKey {
    type Client = Aws;

    const PART: bool = true;

    /// Writing a setting again changes nothing.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = aws.ec2().modify_ebs_default_kms_key_id().kms_key_id(&planned.key_arn).send();
        aws.call("ec2:ModifyEbsDefaultKmsKeyId", call).await?;
        Ok(EbsDefaultKmsKey { id: planned.key_arn.as_str().into(), ..planned })
    }

    /// Another key takes the place of this one, which then is no longer the default.
    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let call = aws.ec2().get_ebs_default_kms_key_id().send();
        let found = aws.call("ec2:GetEbsDefaultKmsKeyId", call).await.map(|answer| answer.kms_key_id);
        let one = |state: Self| {
            let key = found.clone()?;
            Ok(key
                .filter(|key| Some(key) == state.id.get())
                .map(|key| EbsDefaultKmsKey { id: key.as_str().into(), key_arn: key }))
        };
        states.into_iter().map(one).collect()
    }

    /// Nothing can change.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.ec2().reset_ebs_default_kms_key_id().send();
        aws.call("ec2:ResetEbsDefaultKmsKeyId", call).await.map(drop)
    }

    /// The key, where it is not AWS's.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ec2().get_ebs_default_kms_key_id().send();
        let found = aws.call("ec2:GetEbsDefaultKmsKeyId", call).await?.kms_key_id;
        let own = found.filter(|key| key.starts_with("arn:") && key.contains(":key/"));
        let object = |key: String| EbsDefaultKmsKey { id: key.as_str().into(), key_arn: key };
        Ok(Some(own.into_iter().map(object).collect()))
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("key_arn", Value::from(id))])
    }
}
