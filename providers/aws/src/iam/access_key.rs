//! `aws_iam_access_key`: what a program needs to act as a user.

use crate::Aws;
use aws_sdk_iam::types::{AccessKeyMetadata, StatusType};
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, join_all, validate};

use super::listing::pages;
use super::secret::{Recipient, smtp_password, valid_key};
use super::{date, unless_gone};

/// Provides an access key of an IAM user. AWS tells its secret once, when it is made; it is then in
/// the state, unless `pgp_key` says for whom to encrypt it.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_access_key", keep)]
pub struct AccessKey {
    /// The id of the key.
    pub id: Computed<String>,
    /// When the key was made.
    pub create_date: Computed<String>,
    /// The secret, encrypted with `pgp_key`, in base 64.
    pub encrypted_secret: Computed<String>,
    /// The password for Amazon SES's mail server, encrypted with `pgp_key`, in base 64.
    pub encrypted_ses_smtp_password_v4: Computed<String>,
    /// The fingerprint of `pgp_key`.
    pub key_fingerprint: Computed<String>,
    /// The PGP public key of the one who may read the secret, in base 64.
    #[attr(force_new, validate = valid_key)]
    pub pgp_key: Option<String>,
    /// The secret.
    #[attr(sensitive)]
    pub secret: Computed<String>,
    /// The password for Amazon SES's mail server in the provider's region.
    #[attr(sensitive)]
    pub ses_smtp_password_v4: Computed<String>,
    /// `Active` or `Inactive`.
    #[attr(default = "Active", validate = validate::one_of(&["Active", "Inactive"]))]
    pub status: Option<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user: String,
}

/// The keys of a user.
pub(super) async fn keys_of(aws: &Aws, user: &str) -> Result<Vec<AccessKeyMetadata>, Error> {
    let found = pages!(aws, "iam:ListAccessKeys", aws.iam().list_access_keys().user_name(user));
    Ok(unless_gone(found)?.unwrap_or_default())
}

impl AccessKey {
    fn with_remote(self, user: &str, key: &AccessKeyMetadata) -> AccessKey {
        AccessKey {
            id: key.access_key_id.clone().into(),
            create_date: key.create_date.as_ref().and_then(date).into(),
            status: key.status.as_ref().map(|status| status.as_str().to_owned()),
            user: user.to_owned(),
            ..self
        }
    }

    fn with_secret(self, secret: String, recipient: Option<Recipient>, region: &str) -> Result<Self, Error> {
        let smtp = smtp_password(&secret, region)?;
        Ok(match recipient {
            Some(recipient) => AccessKey {
                encrypted_secret: recipient.encrypt(&secret)?.into(),
                encrypted_ses_smtp_password_v4: recipient.encrypt(&smtp)?.into(),
                key_fingerprint: recipient.fingerprint().into(),
                ..self
            },
            None => AccessKey { secret: secret.into(), ses_smtp_password_v4: smtp.into(), ..self },
        })
    }

    async fn set_status(aws: &Aws, user: &str, id: &str, status: &str) -> Result<(), Error> {
        let call = aws.iam().update_access_key().user_name(user).access_key_id(id);
        aws.call("iam:UpdateAccessKey", call.status(StatusType::from(status)).send()).await.map(|_| ())
    }
}

/// Whose key it is, which an import does not say.
async fn owner(aws: &Aws, key: &str) -> Result<Option<String>, Error> {
    let call = aws.iam().get_access_key_last_used().access_key_id(key).send();
    let found = unless_gone(aws.call("iam:GetAccessKeyLastUsed", call).await)?;
    Ok(found.and_then(|answer| answer.user_name))
}

#[async_trait]
impl Resource for AccessKey {
    type Client = Aws;

    /// The secret of a key that an interrupted run made is lost, and nothing tells that key from
    /// others of the user: there is then one more.
    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let recipient = planned.pgp_key.as_deref().filter(|key| !key.is_empty()).map(Recipient::parse);
        let recipient = recipient.transpose()?;
        let call = aws.iam().create_access_key().user_name(&planned.user).send();
        let mut answer = aws.call("iam:CreateAccessKey", call).await.map_err(explain_limit)?;
        let missing = || Error::new("CreateAccessKey failed", "The answer has no key.");
        let key = answer.access_key.take().ok_or_else(missing)?;
        let made = AccessKey {
            id: key.access_key_id.clone().into(),
            create_date: key.create_date.as_ref().and_then(date).into(),
            ..planned
        };
        let made = match made.clone().with_secret(key.secret_access_key, recipient, aws.region()) {
            Ok(made) => made,
            Err(error) => return Err(Failure::partial(error, made)),
        };
        if made.status.as_deref() == Some("Inactive")
            && let Err(error) = Self::set_status(aws, &made.user, &key.access_key_id, "Inactive").await
        {
            return Err(Failure::partial(error, made));
        }
        Ok(made)
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let owners = states.iter().map(|state| async {
            match (state.user.is_empty(), state.id.as_deref()) {
                (true, Some(id)) => owner(aws, id).await,
                _ => Ok(Some(state.user.clone())),
            }
        });
        let owners = join_all(owners).await;
        // AWS lists the keys of one user at a time.
        let users: BTreeSet<String> = owners.iter().flatten().flatten().cloned().collect();
        let keys = users.into_iter().map(|user| async move {
            let keys = keys_of(aws, &user).await;
            (user, keys)
        });
        let keys: HashMap<String, Result<Vec<AccessKeyMetadata>, Error>> =
            join_all(keys).await.into_iter().collect();
        let read = |(state, owner): (Self, Result<Option<String>, Error>)| {
            let Some(user) = owner? else { return Ok(None) };
            let keys = keys.get(&user).cloned().unwrap_or_else(|| Ok(Vec::new()))?;
            let key = keys.iter().find(|key| key.access_key_id.as_deref() == state.id.as_deref());
            Ok(key.map(|key| state.with_remote(&user, key)))
        };
        states.into_iter().zip(owners).map(read).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if let Some(status) = planned.status.as_deref().filter(|_| prior.status != planned.status) {
            Self::set_status(aws, &planned.user, planned.id.known()?, status).await?;
        }
        Ok(planned)
    }

    /// One listing of users, and one of keys for each.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let users = pages!(aws, "iam:ListUsers", aws.iam().list_users())?;
        let keys = join_all(users.iter().map(|user| keys_of(aws, &user.user_name))).await;
        let mut all = Vec::new();
        for (user, keys) in users.iter().zip(keys) {
            all.extend(keys?.iter().map(|key| Self::default().with_remote(&user.user_name, key)));
        }
        Ok(Some(all))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_access_key().user_name(&state.user).access_key_id(state.id.known()?);
        unless_gone(aws.call("iam:DeleteAccessKey", call.send()).await).map(|_| ())
    }
}

/// A user has two keys at most: says what to do.
fn explain_limit(mut error: Error) -> Error {
    if error.has_code(&["LimitExceeded"]) {
        error.detail = format!(
            "{} A user has two access keys at most. If an earlier run was interrupted while it made one, its \
             secret is lost: delete it.",
            error.detail
        );
    }
    error
}
