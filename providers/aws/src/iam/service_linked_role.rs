//! `aws_iam_service_linked_role`: a role that an AWS service takes on, and whose permissions the
//! service decides.

use crate::Aws;
use crate::client::{Poll, wait_until};
use crate::tags::Tags;
use aws_sdk_iam::types::{DeletionTaskStatusType, Role as RemoteRole, RoleDetail};
use futures::future::try_join;
use std::collections::HashMap;
use std::time::Duration;
use terrane_sdk::{ApplyContext, Computed, Error, Failure, Resource, async_trait, validate};

use super::listing::{self, pages};
use super::tagging::{tag_list, tag_map, update_tags};
use super::{date, is_gone, unless_gone};

/// The path under which these roles are, each in one of its service.
const PATH: &str = "/aws-service-role/";

/// How long AWS may take to find out whether its service still uses the role.
const DELETION: Duration = Duration::from_secs(600);

/// Provides an IAM service-linked role.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_iam_service_linked_role", keep)]
pub struct ServiceLinkedRole {
    /// What the state knows it by.
    pub id: Computed<String>,
    /// Its ARN.
    pub arn: Computed<String>,
    /// The service that takes on the role: `elasticbeanstalk.amazonaws.com`.
    #[attr(force_new, validate = validate::matches(r"\.", "be the name of a service, as in \"ecs.amazonaws.com\""))]
    pub aws_service_name: String,
    /// When the role was made.
    pub create_date: Computed<String>,
    /// What follows the name that AWS gives the role. Few services allow it.
    #[attr(force_new)]
    pub custom_suffix: Option<String>,
    /// What the role is for.
    #[attr(validate = validate::length(0..=1000))]
    pub description: Option<String>,
    /// The role's name.
    pub name: Computed<String>,
    /// The path in which the role is.
    pub path: Computed<String>,
    /// Its tags.
    pub tags: Tags,
    /// The unique id that AWS gave the role.
    pub unique_id: Computed<String>,
}

/// The service of a role in this path.
fn service_of(path: &str) -> Option<&str> {
    path.strip_prefix(PATH)?.strip_suffix('/')
}

/// The suffix in a role's name. The roles of some services always have one, of AWS's making.
fn suffix_of<'a>(service: &str, name: &'a str) -> Option<&'a str> {
    match service.contains(".application-autoscaling.") || service.contains(".ssm.") {
        true => None,
        false => name.split_once('_').map(|(_, suffix)| suffix),
    }
}

/// The name of the role with this ARN.
fn name_in(arn: &str) -> Result<&str, Error> {
    match arn.split_once(":role/aws-service-role/").and_then(|(_, rest)| rest.split_once('/')) {
        Some((_, name)) if !name.is_empty() => Ok(name),
        _ => {
            let detail = format!("Expected the ARN of a role in {PATH}, got {arn:?}.");
            Err(Error::new("Invalid id", detail))
        }
    }
}

impl ServiceLinkedRole {
    fn with_remote(self, role: RemoteRole) -> ServiceLinkedRole {
        let service = service_of(&role.path).unwrap_or_default().to_owned();
        // The suffix belongs to what identifies the role. Only an import has to guess it.
        let custom_suffix = match self.aws_service_name.is_empty() {
            true => suffix_of(&service, &role.role_name).map(str::to_owned),
            false => self.custom_suffix,
        };
        ServiceLinkedRole {
            id: role.arn.clone().into(),
            arn: role.arn.into(),
            create_date: date(&role.create_date).into(),
            custom_suffix,
            aws_service_name: service,
            description: role.description,
            name: role.role_name.into(),
            path: role.path.into(),
            tags: tag_map(role.tags.as_ref()),
            unique_id: role.role_id.into(),
        }
    }

    fn with_detail(self, detail: &RoleDetail) -> ServiceLinkedRole {
        ServiceLinkedRole { tags: tag_map(detail.tags.as_ref()), ..self }
    }

    /// The role that an interrupted run made.
    async fn find_created(&self, aws: &Aws) -> Result<Option<RemoteRole>, Error> {
        let call = aws.iam().list_roles().path_prefix(format!("{PATH}{}/", self.aws_service_name));
        let roles = pages!(aws, "iam:ListRoles", call)?;
        let suffix = self.custom_suffix.as_deref().filter(|suffix| !suffix.is_empty());
        let same = |role: &RemoteRole| {
            suffix_of(&self.aws_service_name, &role.role_name) == suffix
                && role.description.clone().unwrap_or_default()
                    == self.description.clone().unwrap_or_default()
        };
        Ok(roles.into_iter().find(same))
    }
}

async fn get(aws: &Aws, name: &str) -> Result<Option<RemoteRole>, Error> {
    let call = aws.iam().get_role().role_name(name).send();
    Ok(unless_gone(aws.call("iam:GetRole", call).await)?.and_then(|answer| answer.role))
}

#[async_trait]
impl Resource for ServiceLinkedRole {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let call = (aws.iam().create_service_linked_role().aws_service_name(&planned.aws_service_name))
            .set_custom_suffix(planned.custom_suffix.clone().filter(|suffix| !suffix.is_empty()))
            .set_description(planned.description.clone().filter(|text| !text.is_empty()));
        let role = match aws.call("iam:CreateServiceLinkedRole", call.send()).await {
            Ok(answer) => {
                let missing = || Error::new("CreateServiceLinkedRole failed", "The answer has no role.");
                answer.role.ok_or_else(missing)?
            }
            Err(error) if cx.repeated && error.has_code(&["InvalidInput"]) => {
                planned.find_created(aws).await?.ok_or(error)?
            }
            Err(error) => return Err(error.into()),
        };
        let (description, tags) = (planned.description.clone(), planned.tags.clone());
        let made = Self { description, tags: Tags::new(), ..planned.with_remote(role) };
        // The call that makes the role takes no tags.
        if let Some(list) = tag_list(&tags)? {
            let call = aws.iam().tag_role().set_role_name(made.name.0.clone()).set_tags(Some(list));
            if let Err(error) = aws.call("iam:TagRole", call.send()).await {
                return Err(Failure::partial(error, made));
            }
        }
        Ok(Self { tags, ..made })
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let key = |state: &Self| state.id.as_deref().unwrap_or_default().to_owned();
        let one = |state: Self| async move {
            let found = get(aws, name_in(state.id.known()?)?).await?;
            Ok(found.map(|role| state.with_remote(role)))
        };
        // A listing of roles has no tags, one of details no descriptions.
        let list = || async {
            let call = aws.iam().list_roles().path_prefix(PATH);
            let roles = async { pages!(aws, "iam:ListRoles", call) };
            let (roles, details) = try_join(roles, listing::roles(aws)).await?;
            let by_arn = roles.into_iter().map(|role| (role.arn.clone(), role));
            Ok((by_arn.collect::<HashMap<String, RemoteRole>>(), details))
        };
        listing::read(states, key, one, list, |state, (roles, details)| {
            let arn = state.id.known()?;
            let (Some(role), Some(detail)) = (roles.get(arn), details.get(name_in(arn)?)) else {
                return Ok(None);
            };
            Ok(Some(state.with_remote(role.clone()).with_detail(detail)))
        })
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name_in(planned.id.known()?)?.to_owned();
        let description = |role: &Self| role.description.clone().unwrap_or_default();
        if description(&prior) != description(&planned) {
            let call = aws.iam().update_role().role_name(&name).description(description(&planned));
            aws.call("iam:UpdateRole", call.send()).await?;
        }
        update_tags!(aws, &prior.tags, &planned.tags,
            "iam:TagRole" => aws.iam().tag_role().role_name(&name),
            "iam:UntagRole" => aws.iam().untag_role().role_name(&name));
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let name = name_in(state.id.known()?)?;
        let call = aws.iam().delete_service_linked_role().role_name(name).send();
        let Some(answer) = unless_gone(aws.call("iam:DeleteServiceLinkedRole", call).await)? else {
            return Ok(());
        };
        let task = answer.deletion_task_id;
        wait_until(&format!("the deletion of role {name}"), DELETION, || async {
            let call = aws.iam().get_service_linked_role_deletion_status().deletion_task_id(&task).send();
            let answer = match aws.call("iam:GetServiceLinkedRoleDeletionStatus", call).await {
                // The role, and with it the task, is gone.
                Err(error) if is_gone(&error) => return Ok(Poll::Ready(())),
                answer => answer?,
            };
            match answer.status {
                DeletionTaskStatusType::Succeeded => Ok(Poll::Ready(())),
                DeletionTaskStatusType::Failed => {
                    let reason = answer.reason.unwrap_or_else(|| {
                        aws_sdk_iam::types::DeletionTaskFailureReasonType::builder().build()
                    });
                    let users =
                        reason.role_usage_list().iter().flat_map(|usage| usage.resources().iter().cloned());
                    let users = users.collect::<Vec<_>>().join(", ");
                    let text = reason.reason().unwrap_or("AWS gives no reason.").to_owned();
                    let users = if users.is_empty() { users } else { format!(" It is used by {users}.") };
                    let error = Error::new("DeleteServiceLinkedRole failed", format!("{text}{users}"));
                    Err(aws.here(error.operation("iam:GetServiceLinkedRoleDeletionStatus")))
                }
                status => Ok(Poll::Pending(status.as_str().to_owned())),
            }
        })
        .await
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let roles = pages!(aws, "iam:ListRoles", aws.iam().list_roles().path_prefix(PATH))?;
        let stub = |role: RemoteRole| Self { id: role.arn.into(), ..Self::default() };
        let found = Self::read(aws, roles.into_iter().map(stub).collect()).await;
        let found: Result<Vec<_>, _> = found.into_iter().collect();
        Ok(Some(found?.into_iter().flatten().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arns_and_names_are_taken_apart() {
        let arn = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling_x";
        assert_eq!(name_in(arn).ok(), Some("AWSServiceRoleForAutoScaling_x"));
        assert!(name_in("arn:aws:iam::123456789012:role/own").is_err());
        assert_eq!(service_of("/aws-service-role/ecs.amazonaws.com/"), Some("ecs.amazonaws.com"));
        assert_eq!(suffix_of("autoscaling.amazonaws.com", "AWSServiceRoleForAutoScaling_x"), Some("x"));
        assert_eq!(suffix_of("ecs.amazonaws.com", "AWSServiceRoleForECS"), None);
        let scaling = "dynamodb.application-autoscaling.amazonaws.com";
        assert_eq!(suffix_of(scaling, "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"), None);
    }
}
