//! `aws_ram_resource_share`: objects, and who may use them, under one name.

use super::shares::{living, tag_list, tag_map, wait_active, wait_gone};
use super::{PATIENCE, arn, pages, unless_gone};
use crate::Aws;
use crate::tags::{Tags, difference};
use aws_sdk_ram::types::{ResourceOwner, ResourceShare as RemoteShare, ResourceShareConfiguration};
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, Resource, async_trait, join_all, validate,
};

/// Provides a resource share.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_ram_resource_share", keep, timeouts(create = "5m", delete = "5m"))]
pub struct ResourceShare {
    /// The ARN of the share.
    pub id: Computed<String>,
    /// Whether accounts that are not of the organization may use what is shared.
    #[attr(default = false)]
    pub allow_external_principals: Option<bool>,
    /// The ARN of the share.
    pub arn: Computed<String>,
    /// Its name.
    #[attr(validate = validate::length(1..=255))]
    pub name: String,
    /// What may be done with the objects, one permission for each type of them; AWS's own when it is not set.
    #[attr(force_new, validate = validate::each(arn("a permission")))]
    pub permission_arns: Auto<BTreeSet<String>>,
    /// What happens to the share when the account leaves the organization.
    #[block(force_new)]
    pub resource_share_configuration: Option<Configuration>,
    /// Its tags.
    pub tags: Tags,
}

/// What happens to a share when the account leaves the organization.
#[derive(Clone, Debug, Default, PartialEq, Eq, Block)]
pub struct Configuration {
    /// Whether accounts of the former organization can use the objects on.
    #[attr(force_new)]
    pub retain_sharing_on_account_leave_organization: Option<bool>,
}

impl ResourceShare {
    /// What the API says of the share, which is all but its permissions.
    fn with_remote(self, remote: &RemoteShare) -> ResourceShare {
        let retained = remote
            .resource_share_configuration
            .as_ref()
            .and_then(|c| c.retain_sharing_on_account_leave_organization);
        let said = self.resource_share_configuration.is_some() || retained == Some(true);
        let configuration = Configuration { retain_sharing_on_account_leave_organization: retained };
        ResourceShare {
            id: remote.resource_share_arn.clone().into(),
            allow_external_principals: Some(remote.allow_external_principals.unwrap_or_default()),
            arn: remote.resource_share_arn.clone().into(),
            name: remote.name.clone().unwrap_or_default(),
            resource_share_configuration: said.then_some(configuration),
            tags: tag_map(remote.tags.as_ref()),
            ..self
        }
    }

    /// The permissions of a share: those of many would be listed by permission, without saying of which
    /// share it is the default, so that this is a call for each.
    async fn permissions(aws: &Aws, share: &str) -> Result<BTreeSet<String>, Error> {
        let call = aws.ram().list_resource_share_permissions().resource_share_arn(share);
        let found = unless_gone(pages!(aws, "ram:ListResourceSharePermissions", call, permissions))?;
        Ok(found.into_iter().flatten().filter_map(|permission| permission.arn).collect())
    }

    async fn filled(self, aws: &Aws, remote: &RemoteShare) -> Result<ResourceShare, Error> {
        let share = remote.resource_share_arn.clone().unwrap_or_default();
        let permissions = Self::permissions(aws, &share).await?;
        Ok(ResourceShare { permission_arns: permissions.into(), ..self.with_remote(remote) })
    }
}

#[async_trait]
impl Resource for ResourceShare {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let retained = planned.resource_share_configuration.as_ref();
        let configuration =
            retained.and_then(|c| c.retain_sharing_on_account_leave_organization).map(|retain| {
                ResourceShareConfiguration::builder()
                    .retain_sharing_on_account_leave_organization(retain)
                    .build()
            });
        let permissions = planned.permission_arns.get().filter(|arns| !arns.is_empty());
        let call = (aws.ram().create_resource_share())
            .allow_external_principals(planned.allow_external_principals == Some(true))
            .client_token(cx.token.to_string())
            .name(&planned.name)
            .set_permission_arns(permissions.map(|arns| arns.iter().cloned().collect()))
            .set_resource_share_configuration(configuration)
            .set_tags(tag_list(&planned.tags));
        let made = aws.call("ram:CreateResourceShare", call.send()).await?.resource_share;
        let missing = || Error::new("CreateResourceShare failed", "The answer has no share.");
        let id = made.and_then(|share| share.resource_share_arn).ok_or_else(missing)?;
        let started = ResourceShare { id: id.as_str().into(), arn: id.as_str().into(), ..planned.clone() };
        let set_up = async {
            wait_active(aws, ResourceOwner::SelfValue, &id, cx.timeout_or(PATIENCE)).await?;
            let found = match planned.permission_arns.get() {
                Some(set) => set.clone(),
                None => Self::permissions(aws, &id).await?,
            };
            Ok(ResourceShare { permission_arns: found.into(), ..started.clone() })
        };
        set_up.await.map_err(|error| Failure::partial(error, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let arns: Vec<String> = states.iter().filter_map(|state| state.id.get().cloned()).collect();
        let listed = match living(aws, ResourceOwner::SelfValue, &arns).await {
            Ok(listed) => listed,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        let one = |state: Self| async {
            match listed.get(state.id.known()?) {
                Some(remote) => state.filled(aws, remote).await.map(Some),
                None => Ok(None),
            }
        };
        join_all(states.into_iter().map(one)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?;
        let name = (prior.name != planned.name).then(|| planned.name.clone());
        let external = (prior.allow_external_principals != planned.allow_external_principals)
            .then_some(planned.allow_external_principals == Some(true));
        if name.is_some() || external.is_some() {
            let call = aws.ram().update_resource_share().resource_share_arn(id);
            let call = call.set_name(name).set_allow_external_principals(external);
            aws.call("ram:UpdateResourceShare", call.send()).await?;
        }
        let (set, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let call = aws.ram().untag_resource().resource_share_arn(id).set_tag_keys(Some(removed));
            aws.call("ram:UntagResource", call.send()).await?;
        }
        if let Some(tags) = tag_list(&set) {
            let call = aws.ram().tag_resource().resource_share_arn(id).set_tags(Some(tags));
            aws.call("ram:TagResource", call.send()).await?;
        }
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, cx: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let call = aws.ram().delete_resource_share().resource_share_arn(id).send();
        if unless_gone(aws.call("ram:DeleteResourceShare", call).await)?.is_some() {
            wait_gone(aws, ResourceOwner::SelfValue, id, cx.timeout_or(PATIENCE)).await?;
        }
        Ok(())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let call = aws.ram().get_resource_shares().resource_owner(ResourceOwner::SelfValue);
        let found = pages!(aws, "ram:GetResourceShares", call, resource_shares)?;
        let found = found.iter().filter(|share| super::shares::is_living(share));
        let filled = found.map(|share| ResourceShare::default().filled(aws, share));
        terrane_sdk::try_join_all(filled).await.map(Some)
    }
}
