//! `aws_iam_instance_profile`: what gives an instance a role.

use crate::Aws;
use crate::client::{PROPAGATION, retry_while};
use crate::tags::Tags;
use aws_sdk_iam::types::InstanceProfile as RemoteProfile;
use terrane_sdk::{ApplyContext, Auto, Computed, Error, Failure, Resource, async_trait, join_all, validate};

use super::listing::pages;
use super::propagation::{made, once_known};
use super::tagging::{tag_list, tag_map, update_tags};
use super::{date, is_busy, is_taken, name, unless_gone};

/// Provides an IAM instance profile.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_instance_profile", keep)]
pub struct InstanceProfile {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// When the profile was made.
    pub create_date: Computed<String>,
    /// The profile's name; made up when it is not set.
    #[attr(force_new, conflicts_with = "name_prefix", validate = name::valid(128))]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name", validate = validate::length(0..=102))]
    pub name_prefix: Auto<String>,
    /// The path in which the profile is.
    #[attr(force_new, default = "/", validate = name::valid_path)]
    pub path: Option<String>,
    /// The name of the role that instances with the profile have.
    pub role: Option<String>,
    /// Its tags.
    pub tags: Tags,
    /// The unique id that AWS gave the profile.
    pub unique_id: Computed<String>,
}

impl InstanceProfile {
    fn with_remote(self, profile: RemoteProfile) -> InstanceProfile {
        InstanceProfile {
            id: profile.instance_profile_name.clone().into(),
            arn: profile.arn.into(),
            create_date: date(&profile.create_date).into(),
            name_prefix: name::prefix_of(&profile.instance_profile_name).into(),
            name: profile.instance_profile_name.into(),
            path: Some(profile.path),
            role: profile.roles.into_iter().next().map(|role| role.role_name),
            tags: tag_map(profile.tags.as_ref()),
            unique_id: profile.instance_profile_id.into(),
        }
    }

    async fn create_or_find(&self, aws: &Aws, name: &str, cx: &ApplyContext) -> Result<RemoteProfile, Error> {
        let call = (aws.iam().create_instance_profile().instance_profile_name(name))
            .set_path(self.path.clone())
            .set_tags(tag_list(&self.tags)?);
        match aws.call("iam:CreateInstanceProfile", call.send()).await {
            Ok(answer) => {
                made(aws, "PROFILE", name);
                let missing = || Error::new("CreateInstanceProfile failed", "The answer has no profile.");
                answer.instance_profile.ok_or_else(missing)
            }
            Err(error) if cx.repeated && is_taken(&error) => {
                // The interrupted run may have ended before it gave the profile its role.
                let same = |found: &RemoteProfile| {
                    let role = found.roles.first().map(|role| role.role_name.as_str());
                    Some(&found.path) == self.path.as_ref()
                        && tag_map(found.tags.as_ref()) == self.tags
                        && (role.is_none() || role == self.role.as_deref())
                };
                get(aws, name).await?.filter(same).ok_or(error)
            }
            Err(error) => Err(error),
        }
    }
}

/// The instance profile called `name`.
pub(super) async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteProfile>, Error> {
    let call = aws.iam().get_instance_profile().instance_profile_name(name).send();
    Ok(unless_gone(aws.call("iam:GetInstanceProfile", call).await)?
        .and_then(|answer| answer.instance_profile))
}

async fn add_role(aws: &Aws, profile: &str, role: &str) -> Result<(), Error> {
    // A profile has one role: one that was just removed may still seem to be there.
    let passes = |error: &Error| error.has_code(&["LimitExceeded", "LimitExceededException"]);
    let objects = [("PROFILE", profile), ("ROLE", role)];
    let add = || async {
        let call = aws.iam().add_role_to_instance_profile().instance_profile_name(profile).role_name(role);
        aws.call("iam:AddRoleToInstanceProfile", call.send()).await
    };
    let added = retry_while(PROPAGATION, passes, || once_known(aws, &objects, add));
    added.await.map(|_| ())
}

async fn remove_role(aws: &Aws, profile: &str, role: &str) -> Result<(), Error> {
    let call = aws.iam().remove_role_from_instance_profile().instance_profile_name(profile).role_name(role);
    unless_gone(aws.call("iam:RemoveRoleFromInstanceProfile", call.send()).await).map(|_| ())
}

#[async_trait]
impl Resource for InstanceProfile {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        let remote = planned.create_or_find(aws, &name, cx).await?;
        let has_role = !remote.roles.is_empty();
        let (role, tags) = (planned.role.clone(), planned.tags.clone());
        let made = InstanceProfile { tags, role: None, ..planned.with_remote(remote) };
        if let Some(role) = role.as_deref().filter(|role| !role.is_empty() && !has_role)
            && let Err(error) = add_role(aws, &name, role).await
        {
            return Err(Failure::partial(error, made));
        }
        Ok(InstanceProfile { role, ..made })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        // Listings have no tags, so that each profile takes a call of its own in any case.
        let read = |state: Self| async {
            let found = get(aws, state.id.known()?).await?;
            Ok(found.map(|profile| state.with_remote(profile)))
        };
        join_all(states.into_iter().map(read)).await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = planned.id.known()?;
        let role_of = |profile: &Self| profile.role.clone().filter(|role| !role.is_empty());
        if role_of(&prior) != role_of(&planned) {
            if let Some(role) = role_of(&prior) {
                remove_role(aws, name, &role).await?;
            }
            if let Some(role) = role_of(&planned) {
                add_role(aws, name, &role).await?;
            }
        }
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagInstanceProfile" => aws.iam().tag_instance_profile().instance_profile_name(name),
            "iam:UntagInstanceProfile" => aws.iam().untag_instance_profile().instance_profile_name(name));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let name = state.id.known()?;
        if let Some(role) = state.role.as_deref().filter(|role| !role.is_empty()) {
            remove_role(aws, name, role).await?;
        }
        let conflict = |error: &Error| error.has_code(&["DeleteConflict"]) || is_busy(error);
        let deleted = retry_while(std::time::Duration::from_secs(30), conflict, || async {
            let call = aws.iam().delete_instance_profile().instance_profile_name(name);
            aws.call("iam:DeleteInstanceProfile", call.send()).await
        });
        unless_gone(deleted.await).map(|_| ())
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let all = pages!(aws, "iam:ListInstanceProfiles", aws.iam().list_instance_profiles())?;
        Ok(Some(all.into_iter().map(|profile| Self::default().with_remote(profile)).collect()))
    }
}
