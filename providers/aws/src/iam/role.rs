//! `aws_iam_role`: permissions that someone else takes on.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::tags::Tags;
use aws_sdk_iam::types::{Role as RemoteRole, RoleDetail};
use futures::future::try_join;
use std::collections::{BTreeSet, HashMap};
use terrane_sdk::{
    ApplyContext, Auto, Block, Computed, Error, Failure, Resource, async_trait, join_all, validate,
};

use super::holder::{Roles, policies_of};
use super::listing::{self, pages};
use super::tagging::{tag_list, tag_map, update_tags};
use super::{conflict, date, is_busy, is_taken, name, policy_json, propagation, role_policies, unless_gone};

/// Provides an IAM role.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_role", keep)]
pub struct Role {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// Who may take on the role.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub assume_role_policy: String,
    /// When the role was made.
    pub create_date: Computed<String>,
    /// What the role is for.
    #[attr(validate = validate::length(0..=1000))]
    pub description: Option<String>,
    /// Whether policies are detached from the role before it is deleted.
    #[attr(default = false)]
    pub force_detach_policies: Option<bool>,
    /// The managed policies of the role, which no others may join.
    #[attr(deprecated = "Use the aws_iam_role_policy_attachment resource instead.")]
    pub managed_policy_arns: Auto<BTreeSet<String>>,
    /// The longest session with the role, in seconds.
    #[attr(default = 3600, validate = validate::between(3600..=43200))]
    pub max_session_duration: Option<i64>,
    /// The role's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(64))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=38))]
    pub name_prefix: Auto<String>,
    /// The path in which the role is.
    #[attr(force_new, default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The ARN of the policy that bounds what the role can be permitted.
    pub permissions_boundary: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// The unique id that AWS gave the role.
    pub unique_id: Computed<String>,
    /// The policies written into the role, which no others may join. An empty block says that
    /// there shall be none.
    #[block(computed)]
    pub inline_policy: BTreeSet<InlinePolicy>,
}

/// A policy written into a role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Block)]
pub struct InlinePolicy {
    /// The policy's name.
    #[attr(validate = name::valid(128))]
    pub name: Option<String>,
    /// The policy document.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Option<String>,
}

impl Role {
    fn with_remote(self, role: RemoteRole) -> Role {
        Role {
            id: role.role_name.clone().into(),
            arn: role.arn.into(),
            assume_role_policy: policy_json::decoded(&role.assume_role_policy_document.unwrap_or_default()),
            create_date: date(&role.create_date).into(),
            description: role.description,
            max_session_duration: role.max_session_duration.map(i64::from),
            name_prefix: name::prefix_of(&role.role_name).into(),
            name: role.role_name.into(),
            path: Some(role.path),
            permissions_boundary: role.permissions_boundary.and_then(|b| b.permissions_boundary_arn),
            tags: tag_map(role.tags.as_ref()),
            unique_id: role.role_id.into(),
            ..self
        }
    }

    /// Takes over what a listing of details has and one of roles has not.
    fn with_detail(self, detail: &RoleDetail) -> Role {
        let boundary = detail.permissions_boundary.as_ref();
        let attached = detail.attached_managed_policies.iter().flatten();
        let inline = detail.role_policy_list.iter().flatten().map(|p| InlinePolicy {
            name: p.policy_name.clone(),
            policy: p.policy_document.as_deref().map(policy_json::decoded),
        });
        let role = Role {
            permissions_boundary: boundary.and_then(|b| b.permissions_boundary_arn.clone()),
            tags: tag_map(detail.tags.as_ref()),
            ..self
        };
        role.with_policies(attached.filter_map(|p| p.policy_arn.clone()).collect(), inline.collect())
    }

    fn with_policies(self, managed: BTreeSet<String>, inline: BTreeSet<InlinePolicy>) -> Role {
        // An empty block stays when there is no policy indeed.
        let empty = InlinePolicy { name: None, policy: None };
        let says_none = inline.is_empty() && self.inline_policy.iter().eq([&empty]);
        let inline_policy = if says_none { self.inline_policy } else { inline };
        Role { managed_policy_arns: managed.into(), inline_policy, ..self }
    }

    async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteRole>, Error> {
        let call = aws.iam().get_role().role_name(name).send();
        Ok(unless_gone(aws.call("iam:GetRole", call).await)?.and_then(|answer| answer.role))
    }

    async fn read_one(self, aws: &Aws) -> Result<Option<Role>, Error> {
        let name = self.id.known()?.clone();
        let Some(role) = Self::get(aws, &name).await? else { return Ok(None) };
        let (managed, inline) =
            try_join(role_policies::attached(aws, &name), role_policies::inline(aws, &name)).await?;
        Ok(Some(self.with_remote(role).with_policies(managed, inline)))
    }

    fn is_as_created(&self, planned: &Role) -> bool {
        policy_json::same_meaning(&self.assume_role_policy, &planned.assume_role_policy)
            && self.path == planned.path
            && self.max_session_duration == planned.max_session_duration
            && self.permissions_boundary == planned.permissions_boundary
            && self.tags == planned.tags
    }

    async fn create_or_find(&self, aws: &Aws, name: &str, cx: &ApplyContext) -> Result<RemoteRole, Error> {
        let tags = tag_list(&self.tags)?;
        let session = self.max_session_duration.and_then(|s| i32::try_from(s).ok());
        // Principals that were just made may not be known everywhere yet.
        let created = retry_while(PROPAGATION, is_premature, || async {
            let call = (aws.iam().create_role().role_name(name))
                .assume_role_policy_document(&self.assume_role_policy)
                .set_path(self.path.clone())
                .set_description(self.description.clone().filter(|d| !d.is_empty()))
                .set_max_session_duration(session)
                .set_permissions_boundary(self.permissions_boundary.clone().filter(|b| !b.is_empty()))
                .set_tags(tags.clone());
            aws.call("iam:CreateRole", call.send()).await
        });
        let missing = || Error::new("CreateRole failed", "The answer has no role.");
        match created.await {
            Ok(answer) => {
                propagation::made(aws, "ROLE", name);
                answer.role.ok_or_else(missing)
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                let found = Self::get(aws, name).await?;
                found.filter(|r| self.clone().with_remote(r.clone()).is_as_created(self)).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}

/// Whether a role or its principals are not known everywhere yet, or another change of the role
/// is under way.
fn is_premature(error: &Error) -> bool {
    let unknown_principal =
        error.has_code(&["MalformedPolicyDocument"]) && error.detail.contains("Invalid principal");
    is_busy(error) || unknown_principal
}

#[async_trait]
impl Resource for Role {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        let remote = planned.create_or_find(aws, &name, cx).await?;
        let created = Role {
            assume_role_policy: planned.assume_role_policy.clone(),
            description: planned.description.clone(),
            max_session_duration: planned.max_session_duration,
            permissions_boundary: planned.permissions_boundary.clone(),
            tags: planned.tags.clone(),
            managed_policy_arns: planned.managed_policy_arns.0.clone().unwrap_or_default().into(),
            ..planned.with_remote(remote)
        };
        match role_policies::add_all(aws, &name, &created).await {
            Ok(()) => Ok(created),
            Err(error) => Err(Failure::partial(error, created)),
        }
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // One role takes four calls, and two more for each inline policy.
        if states.len() <= 1 {
            return join_all(states.into_iter().map(|state| state.read_one(aws))).await;
        }
        let roles = async { pages!(aws, "iam:ListRoles", aws.iam().list_roles()) };
        let (roles, details) = match try_join(roles, listing::roles(aws)).await {
            Ok(found) => found,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        let mut roles: HashMap<String, RemoteRole> =
            roles.into_iter().map(|role| (role.role_name.clone(), role)).collect();
        let mut read = |state: Self| -> Result<Option<Self>, Error> {
            let name = state.id.known()?.clone();
            let (Some(role), Some(detail)) = (roles.remove(&name), details.get(&name)) else {
                return Ok(None);
            };
            Ok(Some(state.with_remote(role).with_detail(detail)))
        };
        states.into_iter().map(&mut read).collect()
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = planned.id.known()?.clone();
        if prior.assume_role_policy != planned.assume_role_policy {
            retry_while(PROPAGATION, is_premature, || async {
                let call = aws.iam().update_assume_role_policy().role_name(&name);
                let call = call.policy_document(&planned.assume_role_policy);
                aws.call("iam:UpdateAssumeRolePolicy", call.send()).await
            })
            .await?;
        }
        let plain = |role: &Self| (role.description.clone().unwrap_or_default(), role.max_session_duration);
        if plain(&prior) != plain(&planned) {
            let (description, session) = plain(&planned);
            let session = session.and_then(|s| i32::try_from(s).ok());
            let call = aws.iam().update_role().role_name(&name).description(description);
            aws.call("iam:UpdateRole", call.set_max_session_duration(session).send()).await?;
        }
        if prior.permissions_boundary != planned.permissions_boundary {
            match planned.permissions_boundary.as_deref().filter(|b| !b.is_empty()) {
                Some(arn) => {
                    let call =
                        aws.iam().put_role_permissions_boundary().role_name(&name).permissions_boundary(arn);
                    aws.call("iam:PutRolePermissionsBoundary", call.send()).await?;
                }
                None => {
                    let call = aws.iam().delete_role_permissions_boundary().role_name(&name).send();
                    unless_gone(aws.call("iam:DeleteRolePermissionsBoundary", call).await)?;
                }
            }
        }
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagRole" => aws.iam().tag_role().role_name(&name),
            "iam:UntagRole" => aws.iam().untag_role().role_name(&name));
        role_policies::change(aws, &name, &prior, &planned).await?;
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let name = state.id.known()?;
        role_policies::leave_instance_profiles(aws, name).await?;
        let force = state.force_detach_policies == Some(true);
        if force || state.managed_policy_arns.get().is_some_and(|m| !m.is_empty()) {
            role_policies::detach_all(aws, name).await?;
        }
        if force || !state.inline_policy.is_empty() {
            role_policies::delete_all(aws, name).await?;
        }
        let call =
            || async { aws.call("iam:DeleteRole", aws.iam().delete_role().role_name(name).send()).await };
        conflict::delete(call, policies_of::<Roles>(aws, name)).await
    }

    /// Those of AWS's services are left out: other types make them, or nobody here.
    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let roles = async { pages!(aws, "iam:ListRoles", aws.iam().list_roles()) };
        let (roles, details) = try_join(roles, listing::roles(aws)).await?;
        let own = roles.into_iter().filter(|r| !r.path.starts_with("/aws-"));
        let object = |role: RemoteRole| {
            let detail = details.get(&role.role_name)?;
            Some(Role::default().with_remote(role).with_detail(detail))
        };
        Ok(Some(own.filter_map(object).collect()))
    }
}
