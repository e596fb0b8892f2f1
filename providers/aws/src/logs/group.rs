//! `aws_cloudwatch_log_group`: a group of logs.

use crate::Aws;
use crate::client::retry_while;
use crate::iam::name;
use crate::tags::{Tags, difference};
use aws_sdk_cloudwatchlogs::types::{LogGroup as Remote, LogGroupClass};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, validate,
};

use super::{is_busy, listing, unless_gone};

const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// For how many days logs can be kept; 0 is for ever.
const RETENTIONS: &[i64] = &[
    0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
    3653,
];

fn retention(value: &Value) -> Result<(), String> {
    match value.as_number().and_then(terrane_sdk::value::Number::to_i64) {
        Some(days) if !RETENTIONS.contains(&days) => {
            Err(format!("expected one of {RETENTIONS:?} days, got {days}."))
        }
        _ => Ok(()),
    }
}

/// Provides a group of logs.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_cloudwatch_log_group", keep)]
pub struct LogGroup {
    /// The name of the group.
    pub id: Computed<String>,
    /// The ARN of the group.
    pub arn: Computed<String>,
    /// Whether the group cannot be deleted.
    pub deletion_protection_enabled: Auto<bool>,
    /// The ARN of the key to encrypt with.
    pub kms_key_id: Option<String>,
    /// `STANDARD`, `INFREQUENT_ACCESS` or `DELIVERY`.
    #[attr(force_new, validate = validate::one_of(&["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"]))]
    pub log_group_class: Auto<String>,
    /// The name of the group; made up when it is not set.
    #[attr(
        force_new,
        conflicts_with = "name_prefix",
        validate = validate::matches(r"^[a-zA-Z0-9_./#-]{1,512}$", "only have letters, digits and any of _-/.#, at most 512")
    )]
    pub name: Auto<String>,
    /// What the made-up name begins with.
    #[attr(force_new, conflicts_with = "name")]
    pub name_prefix: Auto<String>,
    /// For how many days logs are kept; 0 is for ever.
    #[attr(default = 0, validate = retention)]
    pub retention_in_days: Option<i64>,
    /// Whether the group stays when the resource is destroyed.
    #[attr(default = false)]
    pub skip_destroy: Option<bool>,
    /// The tags of the group.
    pub tags: Tags,
}

/// The ARN without the asterisk that stands for the group's streams.
pub(super) fn plain_arn(group: &Remote) -> String {
    let arn = group.log_group_arn.as_deref().or(group.arn.as_deref()).unwrap_or_default();
    arn.strip_suffix(":*").unwrap_or(arn).to_owned()
}

pub(super) async fn tags(aws: &Aws, arn: &str) -> Result<Tags, Error> {
    let call = aws.logs().list_tags_for_resource().resource_arn(arn).send();
    let found = unless_gone(aws.call("logs:ListTagsForResource", call).await)?;
    Ok(found.and_then(|f| f.tags).into_iter().flatten().collect())
}

impl LogGroup {
    fn with_remote(self, group: &Remote, tags: Tags) -> LogGroup {
        let name = group.log_group_name.clone().unwrap_or_default();
        let class = group.log_group_class.as_ref().map_or("STANDARD", |c| c.as_str());
        LogGroup {
            id: name.as_str().into(),
            arn: plain_arn(group).into(),
            deletion_protection_enabled: group.deletion_protection_enabled.unwrap_or_default().into(),
            kms_key_id: group.kms_key_id.clone(),
            log_group_class: class.into(),
            name_prefix: name::prefix_of(&name).into(),
            name: name.into(),
            // AWS keeps logs of that class for two days, whatever is asked for.
            retention_in_days: if class == "DELIVERY" {
                self.retention_in_days.or(Some(0))
            } else {
                Some(group.retention_in_days.map(i64::from).unwrap_or_default())
            },
            tags,
            skip_destroy: self.skip_destroy.or(Some(false)),
        }
    }

    async fn set_retention(&self, aws: &Aws, name: &str) -> Result<(), Error> {
        match self.retention_in_days.and_then(|d| i32::try_from(d).ok()).filter(|d| *d > 0) {
            Some(days) => {
                let call = aws.logs().put_retention_policy().log_group_name(name).retention_in_days(days);
                aws.call("logs:PutRetentionPolicy", call.send()).await.map(|_| ())
            }
            None => {
                let call = aws.logs().delete_retention_policy().log_group_name(name).send();
                unless_gone(aws.call("logs:DeleteRetentionPolicy", call).await).map(|_| ())
            }
        }
    }
}

#[async_trait]
impl Resource for LogGroup {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = name::chosen(planned.name.as_deref(), planned.name_prefix.as_deref(), cx);
        let class = planned.log_group_class.0.clone().filter(|c| !c.is_empty());
        let created = retry_while(PATIENCE, is_busy, || async {
            let call = (aws.logs().create_log_group().log_group_name(&name))
                .set_kms_key_id(planned.kms_key_id.clone().filter(|k| !k.is_empty()))
                .set_log_group_class(class.as_deref().map(LogGroupClass::from))
                .set_deletion_protection_enabled(planned.deletion_protection_enabled.0.filter(|on| *on))
                .set_tags(
                    Some(planned.tags.clone().into_iter().collect()).filter(|_| !planned.tags.is_empty()),
                );
            aws.call("logs:CreateLogGroup", call.send()).await
        });
        match created.await {
            Err(e) if cx.repeated && e.has_code(&["ResourceAlreadyExistsException"]) => {}
            other => drop(other?),
        }
        let started = LogGroup { id: name.as_str().into(), name: name.as_str().into(), ..planned.clone() };
        let complete = async {
            if planned.retention_in_days.is_some_and(|d| d > 0) && class.as_deref() != Some("DELIVERY") {
                planned.set_retention(aws, &name).await?;
            }
            let missing =
                || Error::new("The log group is gone", format!("{name} vanished while it was set up."));
            let group = listing::group(aws, &name).await?.ok_or_else(missing)?;
            let tags = planned.tags.clone();
            Ok(planned.with_remote(&group, tags))
        };
        complete.await.map_err(|e: Error| Failure::partial(e, started))
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        let names = states.iter().filter_map(|s| s.id.0.clone());
        let found = match listing::named(aws, names).await {
            Ok(found) => found,
            Err(error) => return states.iter().map(|_| Err(error.clone())).collect(),
        };
        // Tags are told for one group at a time.
        join_all(states.into_iter().map(|state| {
            let group = found.get(state.id.as_deref().unwrap_or_default());
            async move {
                let Some(group) = group else { return Ok(None) };
                let tags = tags(aws, &plain_arn(group)).await?;
                Ok(Some(state.with_remote(group, tags)))
            }
        }))
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let name = prior.id.known()?.clone();
        let arn = prior.arn.known()?.clone();
        if prior.deletion_protection_enabled != planned.deletion_protection_enabled {
            let on = planned.deletion_protection_enabled.0 == Some(true);
            let call = aws.logs().put_log_group_deletion_protection().log_group_identifier(&name);
            let call = call.deletion_protection_enabled(on).send();
            aws.call("logs:PutLogGroupDeletionProtection", call).await?;
        }
        if prior.retention_in_days != planned.retention_in_days {
            planned.set_retention(aws, &name).await?;
        }
        if prior.kms_key_id != planned.kms_key_id {
            match planned.kms_key_id.as_deref().filter(|k| !k.is_empty()) {
                Some(key) => {
                    let call = aws.logs().associate_kms_key().log_group_name(&name).kms_key_id(key).send();
                    aws.call("logs:AssociateKmsKey", call).await?;
                }
                None => {
                    let call = aws.logs().disassociate_kms_key().log_group_name(&name).send();
                    aws.call("logs:DisassociateKmsKey", call).await?;
                }
            }
        }
        let (set, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let call = aws.logs().untag_resource().resource_arn(&arn).set_tag_keys(Some(removed));
            aws.call("logs:UntagResource", call.send()).await?;
        }
        if !set.is_empty() {
            let call = aws.logs().tag_resource().resource_arn(&arn).set_tags(Some(set.into_iter().collect()));
            aws.call("logs:TagResource", call.send()).await?;
        }
        Ok(planned)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        if state.skip_destroy == Some(true) {
            return Ok(());
        }
        let name = state.id.known()?;
        let delete =
            || aws.call("logs:DeleteLogGroup", aws.logs().delete_log_group().log_group_name(name).send());
        unless_gone(retry_while(PATIENCE, is_busy, delete).await).map(|_| ())
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        Ok(vec![("id", Value::from(id)), ("name", Value::from(id)), ("skip_destroy", Value::from(false))])
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let groups = listing::groups(aws, None).await?;
        Ok(Some(groups.iter().map(|g| LogGroup::default().with_remote(g, Tags::new())).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        // Protection that is no longer asked for goes.
        if !cx.is_create() && cx.config("deletion_protection_enabled").is_null() {
            cx.set("deletion_protection_enabled", Value::from(false));
        }
    }
}
