//! `aws_iam_user_ssh_key`: a user's key for CodeCommit.

use crate::Aws;
use aws_sdk_iam::types::{EncodingType, SshPublicKey, StatusType};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, imported,
    join_all, try_join_all, validate,
};

use super::listing::{self, pages};
use super::unless_gone;

/// Uploads an SSH public key of an IAM user.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_user_ssh_key", keep)]
pub struct UserSshKey {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The form of the key: `SSH` or `PEM`.
    #[attr(validate = validate::one_of(&["SSH", "PEM"]))]
    pub encoding: String,
    /// The MD5 sum of the key.
    pub fingerprint: Computed<String>,
    /// The key.
    #[attr(force_new, equivalent = same_key)]
    pub public_key: String,
    /// The id that AWS gave the key.
    pub ssh_public_key_id: Computed<String>,
    /// `Active` or `Inactive`.
    #[attr(validate = validate::one_of(&["Active", "Inactive"]))]
    pub status: Auto<String>,
    /// The name of the user.
    #[attr(force_new)]
    pub username: String,
}

/// Whether two texts are the same key: AWS does not keep an SSH key's comment.
fn same_key(a: &str, b: &str) -> bool {
    fn bare(text: &str) -> Vec<&str> {
        let words: Vec<&str> = text.split_whitespace().collect();
        if text.trim_start().starts_with("-----") { words } else { words.into_iter().take(2).collect() }
    }
    bare(a) == bare(b)
}

/// A user's key in the given form.
pub(super) async fn get(
    aws: &Aws,
    user: &str,
    id: &str,
    encoding: &str,
) -> Result<Option<SshPublicKey>, Error> {
    let call = aws.iam().get_ssh_public_key().user_name(user).ssh_public_key_id(id);
    let call = call.encoding(EncodingType::from(encoding)).send();
    Ok(unless_gone(aws.call("iam:GetSSHPublicKey", call).await)?.and_then(|answer| answer.ssh_public_key))
}

impl UserSshKey {
    fn with_remote(self, key: SshPublicKey) -> UserSshKey {
        UserSshKey {
            id: key.ssh_public_key_id.clone().into(),
            fingerprint: key.fingerprint.into(),
            public_key: key.ssh_public_key_body,
            ssh_public_key_id: key.ssh_public_key_id.into(),
            status: key.status.as_str().into(),
            username: key.user_name,
            ..self
        }
    }

    async fn find_created(&self, aws: &Aws) -> Result<Option<SshPublicKey>, Error> {
        let call = aws.iam().list_ssh_public_keys().user_name(&self.username);
        for key in pages!(aws, "iam:ListSSHPublicKeys", call)? {
            let found = get(aws, &self.username, &key.ssh_public_key_id, &self.encoding).await?;
            if let Some(found) = found.filter(|key| same_key(&key.ssh_public_key_body, &self.public_key)) {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    async fn set_status(&self, aws: &Aws, id: &str, status: &str) -> Result<(), Error> {
        let call = aws.iam().update_ssh_public_key().user_name(&self.username).ssh_public_key_id(id);
        aws.call("iam:UpdateSSHPublicKey", call.status(StatusType::from(status)).send()).await.map(|_| ())
    }
}

#[async_trait]
impl Resource for UserSshKey {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = aws.iam().upload_ssh_public_key().user_name(&planned.username);
        let call = call.ssh_public_key_body(&planned.public_key).send();
        let key = match aws.call("iam:UploadSSHPublicKey", call).await {
            Ok(answer) => {
                let missing = || Error::new("UploadSSHPublicKey failed", "The answer has no key.");
                answer.ssh_public_key.ok_or_else(missing)?
            }
            Err(error) if cx.repeated && error.has_code(&["DuplicateSSHPublicKey"]) => {
                planned.find_created(aws).await?.ok_or(error)?
            }
            Err(error) => return Err(error.into()),
        };
        let (public_key, wanted) = (planned.public_key.clone(), planned.status.0.clone());
        let made = Self { public_key, ..planned.with_remote(key) };
        match wanted.filter(|wanted| Some(wanted) != made.status.get()) {
            Some(status) => match made.set_status(aws, made.id.known()?, &status).await {
                Ok(()) => Ok(Self { status: status.into(), ..made }),
                Err(error) => Err(Failure::partial(error, made)),
            },
            None => Ok(made),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // A listing does not have the keys themselves.
        let read = |state: Self| async {
            let found = get(aws, &state.username, state.id.known()?, &state.encoding).await?;
            Ok(found.map(|key| state.with_remote(key)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        if let Some(status) = planned.status.get().filter(|_| prior.status.get() != planned.status.get()) {
            planned.set_status(aws, planned.id.known()?, status).await?;
        }
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.iam().delete_ssh_public_key().user_name(&state.username);
        let call = call.ssh_public_key_id(state.id.known()?).send();
        unless_gone(aws.call("iam:DeleteSSHPublicKey", call).await).map(|_| ())
    }

    const PART: bool = true;

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let of_user = |user: String| async move {
            let call = aws.iam().list_ssh_public_keys().user_name(&user);
            let keys = unless_gone(pages!(aws, "iam:ListSSHPublicKeys", call))?.unwrap_or_default();
            let ids = keys.into_iter().map(|key| format!("{user}:{}:SSH", key.ssh_public_key_id));
            imported::<Self>(aws, ids.collect::<Vec<_>>()).await
        };
        let all = try_join_all(listing::users(aws).await?.into_keys().map(of_user)).await?;
        Ok(Some(all.into_iter().flatten().collect()))
    }

    fn import_id(&self) -> Option<String> {
        Some(format!("{}:{}:{}", self.username, self.ssh_public_key_id.get()?, self.encoding))
    }

    /// `user:key-id:encoding`.
    fn import(id: &str) -> Result<Attributes, Error> {
        match id.split(':').collect::<Vec<_>>()[..] {
            [user, key, encoding @ ("SSH" | "PEM")] if !user.is_empty() && !key.is_empty() => Ok(vec![
                ("id", Value::from(key)),
                ("ssh_public_key_id", Value::from(key)),
                ("username", Value::from(user)),
                ("encoding", Value::from(encoding)),
            ]),
            _ => {
                let detail = format!("Expected USER:KEY-ID:ENCODING, the last one SSH or PEM, got {id:?}.");
                Err(Error::new("Invalid import id", detail))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_without_comment() {
        assert!(same_key("ssh-rsa AAAA me@home\n", "ssh-rsa AAAA"));
        assert!(!same_key("ssh-rsa AAAA", "ssh-rsa BBBB"));
        let pem = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
        assert!(same_key(pem, &format!("{pem}\n")));
        assert!(!same_key(pem, &pem.replace("AAAA", "BBBB")));
    }
}
