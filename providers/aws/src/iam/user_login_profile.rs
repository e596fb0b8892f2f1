//! `aws_iam_user_login_profile`: a user's password for the console.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, imported,
    join_all, validate,
};

use super::listing;
use super::propagation::once_known;
use super::secret::{self, Recipient, valid_key};
use super::{is_taken, unless_gone};

/// How long a password is when nothing is said.
const LENGTH: i64 = 20;

/// Gives an IAM user a password, which the provider makes up. It is in the state, unless `pgp_key`
/// says for whom to encrypt it.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_user_login_profile", keep)]
pub struct UserLoginProfile {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The password, encrypted with `pgp_key`, in base 64.
    pub encrypted_password: Computed<String>,
    /// The fingerprint of `pgp_key`.
    pub key_fingerprint: Computed<String>,
    /// The password.
    #[attr(sensitive)]
    pub password: Computed<String>,
    /// How long the password is.
    #[attr(force_new, default = LENGTH, validate = validate::between(5..=128))]
    pub password_length: Option<i64>,
    /// Whether the user must choose another password at first.
    #[attr(force_new)]
    pub password_reset_required: Auto<bool>,
    /// The PGP public key of the one who may read the password, in base 64.
    #[attr(force_new, validate = valid_key)]
    pub pgp_key: Option<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub user: String,
}

#[async_trait]
impl Resource for UserLoginProfile {
    type Client = Aws;

    /// The password that an interrupted run made up is lost; the profile then gets another one.
    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let recipient = planned.pgp_key.as_deref().filter(|key| !key.is_empty()).map(Recipient::parse);
        let recipient = recipient.transpose()?;
        let length = planned.password_length.unwrap_or(LENGTH);
        let password = secret::password(usize::try_from(length).unwrap_or_default());
        let encrypted = recipient.as_ref().map(|recipient| recipient.encrypt(&password)).transpose()?;
        let (user, reset) = (&planned.user, planned.password_reset_required.get().copied().unwrap_or(false));
        let objects = [("USER", user.as_str())];
        let created = once_known(aws, &objects, || async {
            let call = aws.iam().create_login_profile().user_name(user).password(&password);
            aws.call("iam:CreateLoginProfile", call.password_reset_required(reset).send()).await
        });
        match created.await {
            Ok(_) => {}
            Err(error) if cx.repeated && is_taken(&error) => {
                let call = aws.iam().update_login_profile().user_name(user).password(&password);
                aws.call("iam:UpdateLoginProfile", call.password_reset_required(reset).send()).await?;
            }
            Err(error) => return Err(error.into()),
        }
        Ok(UserLoginProfile {
            id: planned.user.clone().into(),
            key_fingerprint: recipient.as_ref().map(Recipient::fingerprint).into(),
            password: encrypted.is_none().then_some(password).into(),
            encrypted_password: encrypted.into(),
            password_reset_required: reset.into(),
            ..planned
        })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // AWS answers for one user at a time.
        let read = |state: Self| async move {
            let call = aws.iam().get_login_profile().user_name(state.id.known()?).send();
            let found = unless_gone(aws.call("iam:GetLoginProfile", call).await)?;
            Ok(found.and_then(|answer| answer.login_profile).map(|found| {
                // A user who has chosen another password as required has not changed the profile.
                let reset = state.password_reset_required.0.unwrap_or(found.password_reset_required);
                // Nor can its length be told: an import takes the default, which another value would replace the profile for.
                let length = Some(state.password_length.unwrap_or(LENGTH));
                UserLoginProfile {
                    user: found.user_name,
                    password_length: length,
                    password_reset_required: reset.into(),
                    ..state
                }
            }))
        };
        join_all(states.into_iter().map(read)).await
    }

    /// Every attribute needs a new object.
    async fn update(_: &Aws, _: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        // A profile that was just made cannot be deleted for some seconds.
        let passes = |error: &Error| error.has_code(&["EntityTemporarilyUnmodifiable"]);
        let deleted = retry_while(PROPAGATION, passes, || async {
            let call = aws.iam().delete_login_profile().user_name(state.id.known()?).send();
            aws.call("iam:DeleteLoginProfile", call).await
        });
        unless_gone(deleted.await).map(|_| ())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        Ok(Some(imported(aws, listing::users(aws).await?.into_keys()).await?))
    }

    /// The user's name. The password is not known afterwards.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("user", Value::from(id))])
    }
}
