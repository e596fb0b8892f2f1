//! `aws_iam_account_password_policy`: what passwords of the account's users must be like.

use crate::Aws;
use aws_sdk_iam::types::PasswordPolicy;
use terrane_sdk::{
    ApplyContext, Auto, Computed, Error, Failure, PlanContext, Resource, async_trait, validate,
};

use super::unless_gone;

/// The only id there is: an account has one policy.
const ID: &str = "iam-account-password-policy";

/// Provides the password policy of the AWS account.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_account_password_policy", keep)]
pub struct AccountPasswordPolicy {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Whether users may change their own password.
    #[attr(default = true)]
    pub allow_users_to_change_password: Option<bool>,
    /// Whether passwords expire, which they do when there is a `max_password_age`.
    pub expire_passwords: Computed<bool>,
    /// Whether only an administrator can set a new password when one has expired.
    pub hard_expiry: Auto<bool>,
    /// For how many days a password is valid.
    #[attr(validate = validate::between(0..=1095))]
    pub max_password_age: Auto<i64>,
    /// How long a password must be at least.
    #[attr(default = 6, validate = validate::between(6..=128))]
    pub minimum_password_length: Option<i64>,
    /// How many earlier passwords cannot be used again.
    #[attr(validate = validate::between(0..=24))]
    pub password_reuse_prevention: Auto<i64>,
    /// Whether a password must have a lower-case letter.
    pub require_lowercase_characters: Auto<bool>,
    /// Whether a password must have a digit.
    pub require_numbers: Auto<bool>,
    /// Whether a password must have a character that is neither letter nor digit.
    pub require_symbols: Auto<bool>,
    /// Whether a password must have an upper-case letter.
    pub require_uppercase_characters: Auto<bool>,
}

/// A number as the API takes it, where 0 is said by leaving it out.
fn positive(number: Option<&i64>) -> Option<i32> {
    number.and_then(|&n| i32::try_from(n).ok()).filter(|&n| n > 0)
}

impl AccountPasswordPolicy {
    fn with_remote(self, policy: PasswordPolicy) -> AccountPasswordPolicy {
        AccountPasswordPolicy {
            id: ID.into(),
            allow_users_to_change_password: Some(policy.allow_users_to_change_password),
            expire_passwords: policy.expire_passwords.into(),
            hard_expiry: policy.hard_expiry.unwrap_or_default().into(),
            max_password_age: policy.max_password_age.map_or(0, i64::from).into(),
            minimum_password_length: Some(policy.minimum_password_length.map_or(6, i64::from)),
            password_reuse_prevention: policy.password_reuse_prevention.map_or(0, i64::from).into(),
            require_lowercase_characters: policy.require_lowercase_characters.into(),
            require_numbers: policy.require_numbers.into(),
            require_symbols: policy.require_symbols.into(),
            require_uppercase_characters: policy.require_uppercase_characters.into(),
        }
    }

    async fn get(aws: &Aws) -> Result<Option<PasswordPolicy>, Error> {
        let call = aws.iam().get_account_password_policy().send();
        let found = unless_gone(aws.call("iam:GetAccountPasswordPolicy", call).await)?;
        Ok(found.and_then(|answer| answer.password_policy))
    }

    /// Writes the whole policy: what a call leaves out goes back to what AWS begins with.
    async fn put(self, aws: &Aws) -> Result<Self, Error> {
        let length = self.minimum_password_length.and_then(|n| i32::try_from(n).ok());
        let call = (aws.iam().update_account_password_policy())
            .set_allow_users_to_change_password(self.allow_users_to_change_password)
            .set_hard_expiry(self.hard_expiry.0)
            .set_max_password_age(positive(self.max_password_age.get()))
            .set_minimum_password_length(length)
            .set_password_reuse_prevention(positive(self.password_reuse_prevention.get()))
            .set_require_lowercase_characters(self.require_lowercase_characters.0)
            .set_require_numbers(self.require_numbers.0)
            .set_require_symbols(self.require_symbols.0)
            .set_require_uppercase_characters(self.require_uppercase_characters.0);
        aws.call("iam:UpdateAccountPasswordPolicy", call.send()).await?;
        let missing = || Error::new("UpdateAccountPasswordPolicy failed", "The policy vanished at once.");
        let found = Self::get(aws).await?.ok_or_else(missing)?;
        Ok(self.with_remote(found))
    }
}

#[async_trait]
impl Resource for AccountPasswordPolicy {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let found = Self::get(aws).await;
        let read = |state: Self| Ok(found.clone()?.map(|policy| state.with_remote(policy)));
        states.into_iter().map(read).collect()
    }

    async fn update(aws: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned.put(aws).await?)
    }

    async fn delete(aws: &Aws, _: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_account_password_policy().send();
        unless_gone(aws.call("iam:DeleteAccountPasswordPolicy", call).await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let found = Self::get(aws).await?;
        Ok(Some(found.map(|policy| Self::default().with_remote(policy)).into_iter().collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        if cx.changed("max_password_age") {
            cx.set_unknown("expire_passwords");
        }
    }
}
