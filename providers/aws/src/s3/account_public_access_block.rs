//! `aws_s3_account_public_access_block`: what keeps all buckets of an account from being public.

use crate::Aws;
use crate::client::{Element, Request, S3_CONTROL};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, join_all,
    validate,
};

const PATH: &str = "/v20180820/configuration/publicAccessBlock";

/// Provides what keeps all buckets of an account from being public.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_s3_account_public_access_block", keep)]
pub struct AccountPublicAccessBlock {
    /// The account.
    pub id: Computed<String>,
    /// The account; the provider's own, when none is named.
    #[attr(force_new, validate = validate::matches(r"^\d{12}$", "be the number of an account"))]
    pub account_id: Auto<String>,
    /// Whether new public access control lists are refused.
    #[attr(default = false)]
    pub block_public_acls: Option<bool>,
    /// Whether new public bucket policies are refused.
    #[attr(default = false)]
    pub block_public_policy: Option<bool>,
    /// Whether public access control lists have no effect.
    #[attr(default = false)]
    pub ignore_public_acls: Option<bool>,
    /// Whether only AWS services and the owner's account have access while a policy is public.
    #[attr(default = false)]
    pub restrict_public_buckets: Option<bool>,
}

async fn send(
    aws: &Aws,
    operation: &str,
    method: &'static str,
    account: &str,
    body: &str,
) -> Result<String, Error> {
    let request =
        Request::new(operation, method, PATH).host_prefix(account).header("x-amz-account-id", account);
    let request = if body.is_empty() { request } else { request.body("application/xml", body) };
    aws.send(&S3_CONTROL, request).await
}

/// A result in which an account without the setting is no error.
fn unless_unset<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Err(error) if error.has_code(&["NoSuchPublicAccessBlockConfiguration"]) => Ok(None),
        other => other.map(Some),
    }
}

impl AccountPublicAccessBlock {
    async fn put(self, aws: &Aws) -> Result<Self, Error> {
        let account = match self.account_id.as_deref().filter(|a| !a.is_empty()) {
            Some(account) => account.to_owned(),
            None => aws.account().await?.to_string(),
        };
        let on = |setting: Option<bool>| setting.unwrap_or_default();
        let body = format!(
            "<PublicAccessBlockConfiguration xmlns=\"http://awss3control.amazonaws.com/doc/2018-08-20/\">\
             <BlockPublicAcls>{}</BlockPublicAcls><IgnorePublicAcls>{}</IgnorePublicAcls>\
             <BlockPublicPolicy>{}</BlockPublicPolicy><RestrictPublicBuckets>{}</RestrictPublicBuckets>\
             </PublicAccessBlockConfiguration>",
            on(self.block_public_acls),
            on(self.ignore_public_acls),
            on(self.block_public_policy),
            on(self.restrict_public_buckets),
        );
        send(aws, "s3control:PutPublicAccessBlock", "PUT", &account, &body).await?;
        Ok(Self { id: account.as_str().into(), account_id: account.into(), ..self })
    }

    pub(super) async fn get(self, aws: &Aws) -> Result<Option<Self>, Error> {
        let account = self.id.known()?.to_owned();
        let operation = "s3control:GetPublicAccessBlock";
        let Some(body) = unless_unset(send(aws, operation, "GET", &account, "").await)? else {
            return Ok(None);
        };
        let found = Element::parse(&body).ok_or_else(|| {
            aws.here(
                Error::new("Unintelligible answer", "The answer is no XML document.").operation(operation),
            )
        })?;
        let on = |name: &str| Some(found.get(name) == "true");
        Ok(Some(Self {
            id: account.as_str().into(),
            account_id: account.into(),
            block_public_acls: on("BlockPublicAcls"),
            block_public_policy: on("BlockPublicPolicy"),
            ignore_public_acls: on("IgnorePublicAcls"),
            restrict_public_buckets: on("RestrictPublicBuckets"),
        }))
    }
}

#[async_trait]
impl Resource for AccountPublicAccessBlock {
    type Client = Aws;

    /// Writing the setting again changes nothing.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| state.get(aws))).await
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let deleted = send(aws, "s3control:DeletePublicAccessBlock", "DELETE", state.id.known()?, "").await;
        unless_unset(deleted).map(drop)
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?.to_string();
        let found = Self { id: account.into(), ..Self::default() }.get(aws).await?;
        Ok(Some(found.into_iter().collect()))
    }

    /// The account.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id))])
    }
}
