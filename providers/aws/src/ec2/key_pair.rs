//! `aws_key_pair`: a public key that instances let in.

use super::batch::filter;
use super::kind::{created, find, kind, read_each, visible};
use super::operation::{creation_tags, find_made, finish};
use super::tagging::{tag_map, update_tags};
use crate::Aws;
use crate::client::is_not_found;
use crate::iam::name;
use crate::tags::Tags;
use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types::{self, ResourceType};
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, Resource, Value, async_trait, validate,
};

// The filter `key-name` takes many, and a name is what an imported key is known by.
kind!(types::KeyPairInfo, "key pair", Some("key-name"), key_name, |aws, filters| {
    let call = aws.ec2().describe_key_pairs().include_public_key(true).set_filters(filters).send();
    Ok(aws.call("ec2:DescribeKeyPairs", call).await?.key_pairs.unwrap_or_default())
});

/// Provides a key pair of which AWS knows the public half.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_key_pair", version = 1, keep)]
pub struct KeyPair {
    /// The name of the key.
    pub id: Computed<String>,
    /// The ARN of the key.
    pub arn: Computed<String>,
    /// A digest of the key, as AWS makes it.
    pub fingerprint: Computed<String>,
    /// The name; made up when it is not set.
    #[attr(force_new, conflicts_with = "key_name_prefix", validate = validate::length(0..=255))]
    pub key_name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "key_name", validate = validate::length(0..=229))]
    pub key_name_prefix: Auto<String>,
    /// The id that AWS gives the key.
    pub key_pair_id: Computed<String>,
    /// The kind of key: `rsa` or `ed25519`.
    pub key_type: Computed<String>,
    /// The public key, as OpenSSH writes it.
    #[attr(force_new, equivalent = same_key)]
    pub public_key: String,
    /// The tags of the key.
    pub tags: Tags,
}

/// Whether two spellings are the same key: the comment at the end, and white space, say nothing.
fn same_key(a: &str, b: &str) -> bool {
    let key = |text: &str| text.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>();
    key(a) == key(b)
}

#[async_trait]
impl Resource for KeyPair {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        // The mark names the id of the key, the state its name.
        let made = match find_made(aws, cx).await? {
            Some(id) => by_key_id(aws, &id).await?.and_then(|k| k.key_name),
            None => None,
        };
        let name = match made {
            Some(name) => name,
            None => {
                let name = name::chosen(planned.key_name.as_deref(), planned.key_name_prefix.as_deref(), cx);
                let call = (aws.ec2().import_key_pair())
                    .key_name(&name)
                    .public_key_material(Blob::new(planned.public_key.trim()))
                    .tag_specifications(creation_tags(ResourceType::KeyPair, &planned.tags, cx))
                    .send();
                let made = aws.call("ec2:ImportKeyPair", call).await?;
                created("ec2:ImportKeyPair", made.key_name)?
            }
        };
        let started = KeyPair { id: name.as_str().into(), ..planned };
        match visible::<types::KeyPairInfo>(aws, &name).await {
            Ok(remote) => {
                let account = aws.account().await?;
                Ok(started.with(aws, &account, remote))
            }
            Err(e) => Err(Failure::partial(aws.here(e), started)),
        }
    }

    async fn settled(aws: &Aws, object: Self) {
        finish(aws, object.key_pair_id.as_deref()).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let account = match aws.account().await {
            Ok(account) => account,
            Err(error) => return super::batch::all_failed(states.len(), &error),
        };
        read_each::<types::KeyPairInfo, _>(aws, states, |s| s.id.as_deref(), |s, k| s.with(aws, &account, k))
            .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        update_tags(aws, prior.key_pair_id.known()?, &prior.tags, &planned.tags).await?;
        let account = aws.account().await?;
        let now = visible::<types::KeyPairInfo>(aws, prior.id.known()?).await?;
        Ok(planned.with(aws, &account, now))
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let call = aws.ec2().delete_key_pair().key_name(state.id.known()?).send();
        match aws.call("ec2:DeleteKeyPair", call).await {
            Err(e) if is_not_found(&e) => Ok(()),
            other => other.map(|_| ()),
        }
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let account = aws.account().await?;
        let all = super::kind::all::<types::KeyPairInfo>(aws).await?.into_iter();
        Ok(Some(all.map(|k| KeyPair::default().with(aws, &account, k)).collect()))
    }

    /// The name of the key.
    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id))])
    }
}

async fn by_key_id(aws: &Aws, id: &str) -> Result<Option<types::KeyPairInfo>, Error> {
    use super::kind::Kind;
    let found = types::KeyPairInfo::describe(aws, Some(vec![filter("key-pair-id", [id])])).await?;
    match found.into_iter().next() {
        Some(key) => Ok(Some(key)),
        None => find(aws, id).await,
    }
}

impl KeyPair {
    /// This object as EC2 describes it.
    fn with(self, aws: &Aws, account: &str, remote: types::KeyPairInfo) -> KeyPair {
        let name = remote.key_name.unwrap_or_default();
        let found = remote.public_key.unwrap_or_default();
        let ours = self.public_key;
        let public_key = if found.is_empty() || same_key(&ours, &found) { ours } else { found.trim().into() };
        // A key that was just imported into the state has not said yet how its name was made.
        let prefix = self.key_name_prefix.0.unwrap_or_else(|| name::prefix_of(&name));
        KeyPair {
            arn: aws.ec2_arn(account, &format!("key-pair/{name}")).into(),
            fingerprint: remote.key_fingerprint.unwrap_or_default().into(),
            key_name: name.as_str().into(),
            key_name_prefix: prefix.into(),
            key_pair_id: remote.key_pair_id.unwrap_or_default().into(),
            key_type: remote.key_type.map(|t| t.as_str().to_owned()).unwrap_or_default().into(),
            public_key,
            tags: tag_map(remote.tags),
            id: name.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_make_another_key() {
        assert!(same_key("ssh-ed25519 AAAA me@here\n", "ssh-ed25519 AAAA"));
        assert!(!same_key("ssh-ed25519 AAAA", "ssh-ed25519 BBBB"));
        assert!(!same_key("ssh-ed25519 AAAA", "ssh-rsa AAAA"));
    }
}
