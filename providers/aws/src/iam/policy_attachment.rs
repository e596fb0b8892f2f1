//! `aws_iam_policy_attachment`: the users, groups and roles that have a policy, all of them.

use crate::Aws;
use std::collections::BTreeSet;
use terrane_sdk::{
    ApplyContext, Computed, Diagnostic, Diagnostics, Error, Failure, Resource, Value, async_trait, join_all,
};

use super::holder::{Groups, Holder, Roles, Users};
use super::unless_gone;

/// Attaches a managed policy to IAM users, groups and roles, and detaches it from others.
#[derive(Clone, Debug, Resource)]
#[resource(name = "aws_iam_policy_attachment", keep)]
pub struct PolicyAttachment {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// The names of the groups.
    pub groups: BTreeSet<String>,
    /// A name for the attachment, which AWS does not see.
    #[attr(force_new)]
    pub name: String,
    /// The ARN of the policy.
    #[attr(force_new)]
    pub policy_arn: String,
    /// The names of the roles.
    pub roles: BTreeSet<String>,
    /// The names of the users.
    pub users: BTreeSet<String>,
}

/// Those that have a policy: groups, roles and users.
pub(super) type Entities = [BTreeSet<String>; 3];

impl PolicyAttachment {
    fn entities(&self) -> Entities {
        [self.groups.clone(), self.roles.clone(), self.users.clone()]
    }

    async fn attach(aws: &Aws, arn: &str, before: &Entities, after: &Entities) -> Result<(), Error> {
        for group in after[0].difference(&before[0]) {
            Groups::attach(aws, group, arn).await?;
        }
        for role in after[1].difference(&before[1]) {
            Roles::attach(aws, role, arn).await?;
        }
        for user in after[2].difference(&before[2]) {
            Users::attach(aws, user, arn).await?;
        }
        Ok(())
    }

    async fn detach(aws: &Aws, arn: &str, before: &Entities, after: &Entities) -> Result<(), Error> {
        for group in before[0].difference(&after[0]) {
            Groups::detach(aws, group, arn).await?;
        }
        for role in before[1].difference(&after[1]) {
            Roles::detach(aws, role, arn).await?;
        }
        for user in before[2].difference(&after[2]) {
            Users::detach(aws, user, arn).await?;
        }
        Ok(())
    }
}

/// Those that have the policy; `None` when there is no such policy.
pub(super) async fn entities(aws: &Aws, arn: &str) -> Result<Option<Entities>, Error> {
    let mut all = Entities::default();
    let mut marker = None;
    loop {
        let call = aws.iam().list_entities_for_policy().policy_arn(arn).max_items(1000);
        let call = aws.call("iam:ListEntitiesForPolicy", call.set_marker(marker).send());
        let Some(page) = unless_gone(call.await)? else { return Ok(None) };
        all[0].extend(page.policy_groups.into_iter().flatten().filter_map(|group| group.group_name));
        all[1].extend(page.policy_roles.into_iter().flatten().filter_map(|role| role.role_name));
        all[2].extend(page.policy_users.into_iter().flatten().filter_map(|user| user.user_name));
        marker = page.marker.filter(|_| page.is_truncated);
        if marker.is_none() {
            return Ok(Some(all));
        }
    }
}

#[async_trait]
impl Resource for PolicyAttachment {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        Self::attach(aws, &planned.policy_arn, &Entities::default(), &planned.entities()).await?;
        Ok(PolicyAttachment { id: planned.name.clone().into(), ..planned })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // AWS answers for one policy at a time; listings of all users, groups and roles would not
        // say which policies of AWS's own there are.
        let read = |state: Self| async {
            let found = entities(aws, &state.policy_arn).await?;
            Ok(found.map(|[groups, roles, users]| PolicyAttachment { groups, roles, users, ..state }))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let (before, after) = (prior.entities(), planned.entities());
        Self::detach(aws, &planned.policy_arn, &before, &after).await?;
        Self::attach(aws, &planned.policy_arn, &before, &after).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        Self::detach(aws, &state.policy_arn, &state.entities(), &Entities::default()).await
    }

    fn validate(config: &Value, diagnostics: &mut Diagnostics) {
        let is_empty = |name| {
            config
                .attribute(name)
                .is_none_or(|v| v.is_null() || v.as_slice().is_some_and(<[Value]>::is_empty))
        };
        if ["users", "roles", "groups"].into_iter().all(is_empty) {
            let detail = "At least one of \"users\", \"roles\" and \"groups\" must be set.";
            diagnostics.push(Diagnostic::error("Missing required argument", detail));
        }
    }
}
