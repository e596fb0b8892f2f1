//! `aws_kms_key`: a key.
//!
//! CreateKey takes no token and keys have no names, so that the operation's token goes into a tag, as
//! for objects of EC2; a repeat looks for it. That tag is hidden and goes when the key is recorded.

use crate::Aws;
use crate::client::{Poll, retry_while, wait_until};
use crate::iam::policy_json;
use crate::tags::{OPERATION_TAG, Tags, difference};
use aws_sdk_kms::types::{KeySpec, KeyState, KeyUsageType, OriginType};
use std::time::Duration;
use terrane_sdk::{
    ApplyContext, Attributes, Auto, Computed, Error, Failure, PlanContext, Resource, Value, async_trait,
    join_all, validate,
};

use super::key_settings::{self, Found, tag_list};
use super::unless_gone;

/// How long principals of a policy may be unknown to the service.
const PATIENCE: Duration = Duration::from_secs(2 * 60);

/// Provides a key of the Key Management Service.
#[derive(Clone, Debug, Default, Resource)]
#[resource(name = "aws_kms_key", keep, timeouts(create = "2m"))]
pub struct Key {
    /// The id of the key.
    pub id: Computed<String>,
    /// The ARN of the key.
    pub arn: Computed<String>,
    /// Whether a policy is taken that locks oneself out.
    #[attr(default = false)]
    pub bypass_policy_lockout_safety_check: Option<bool>,
    /// The store with the key's material.
    #[attr(force_new)]
    pub custom_key_store_id: Option<String>,
    /// What kind of key it is: `SYMMETRIC_DEFAULT`, `RSA_2048` and so on.
    #[attr(force_new, default = "SYMMETRIC_DEFAULT")]
    pub customer_master_key_spec: Option<String>,
    /// For how many days the key can be brought back after it was destroyed.
    #[attr(validate = validate::between(7..=30))]
    pub deletion_window_in_days: Option<i64>,
    /// What the key is for.
    #[attr(validate = validate::length(0..=8192))]
    pub description: Auto<String>,
    /// Whether the key's material is renewed each year.
    #[attr(default = false)]
    pub enable_key_rotation: Option<bool>,
    /// Whether the key can be used.
    #[attr(default = true)]
    pub is_enabled: Option<bool>,
    /// The id of the key.
    pub key_id: Computed<String>,
    /// `ENCRYPT_DECRYPT`, `SIGN_VERIFY`, `GENERATE_VERIFY_MAC` or `KEY_AGREEMENT`.
    #[attr(
        force_new,
        default = "ENCRYPT_DECRYPT",
        validate = validate::one_of(&["ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT"])
    )]
    pub key_usage: Option<String>,
    /// Whether the key can have copies in other regions.
    #[attr(force_new)]
    pub multi_region: Auto<bool>,
    /// Who may do what with the key.
    #[attr(validate = policy_json::valid, equivalent = policy_json::same_meaning)]
    pub policy: Auto<String>,
    /// After how many days the key's material is renewed.
    #[attr(validate = validate::between(90..=2560))]
    pub rotation_period_in_days: Auto<i64>,
    /// The tags of the key.
    pub tags: Tags,
    /// The id of the key in a store outside of AWS.
    #[attr(force_new)]
    pub xks_key_id: Option<String>,
}

impl Key {
    fn with_remote(self, found: Found) -> Key {
        let metadata = found.metadata;
        Key {
            id: metadata.key_id.as_str().into(),
            arn: metadata.arn.unwrap_or_default().into(),
            custom_key_store_id: metadata.custom_key_store_id,
            customer_master_key_spec: metadata.key_spec.map(|s| s.as_str().to_owned()),
            description: metadata.description.unwrap_or_default().into(),
            enable_key_rotation: Some(found.rotation.is_some()),
            is_enabled: Some(metadata.enabled),
            key_id: metadata.key_id.into(),
            key_usage: metadata.key_usage.map(|u| u.as_str().to_owned()),
            multi_region: metadata.multi_region.unwrap_or_default().into(),
            policy: found.policy.into(),
            rotation_period_in_days: found.rotation.map(i64::from).unwrap_or_default().into(),
            tags: found.tags,
            xks_key_id: metadata.xks_key_configuration.and_then(|x| x.id),
            bypass_policy_lockout_safety_check: self.bypass_policy_lockout_safety_check.or(Some(false)),
            deletion_window_in_days: self.deletion_window_in_days,
        }
    }

    async fn make(&self, aws: &Aws, cx: &ApplyContext) -> Result<String, Error> {
        if cx.repeated
            && let Some(id) = key_settings::find_made(aws, &cx.token.to_string()).await?
        {
            return Ok(id);
        }
        let mut tags = self.tags.clone();
        tags.insert(OPERATION_TAG.to_owned(), cx.token.to_string());
        let tags = tag_list(&tags)?;
        let text = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let origin = match (&self.custom_key_store_id, &self.xks_key_id) {
            (_, Some(_)) => Some(OriginType::ExternalKeyStore),
            (Some(_), None) => Some(OriginType::AwsCloudhsm),
            (None, None) => None,
        };
        let premature = |e: &Error| {
            e.has_code(&["MalformedPolicyDocumentException"]) && e.detail.contains("nvalid principal")
        };
        let created = retry_while(cx.timeout_or(PATIENCE), premature, || async {
            let call = (aws.kms().create_key())
                .bypass_policy_lockout_safety_check(self.bypass_policy_lockout_safety_check == Some(true))
                .set_custom_key_store_id(text(&self.custom_key_store_id))
                .set_description(text(&self.description.0))
                .set_key_spec(text(&self.customer_master_key_spec).as_deref().map(KeySpec::from))
                .set_key_usage(text(&self.key_usage).as_deref().map(KeyUsageType::from))
                .set_multi_region(self.multi_region.0)
                .set_origin(origin.clone())
                .set_policy(text(&self.policy.0))
                .set_tags(Some(tags.clone()))
                .set_xks_key_id(text(&self.xks_key_id));
            aws.call("kms:CreateKey", call.send()).await
        });
        let missing = || Error::new("CreateKey failed", "The answer has no key.");
        created.await?.key_metadata.map(|m| m.key_id).ok_or_else(missing)
    }

    async fn set_rotation(&self, aws: &Aws, id: &str) -> Result<(), Error> {
        if self.enable_key_rotation != Some(true) {
            let call = aws.kms().disable_key_rotation().key_id(id).send();
            return aws.call("kms:DisableKeyRotation", call).await.map(|_| ());
        }
        let days = self.rotation_period_in_days.0.and_then(|d| i32::try_from(d).ok()).filter(|d| *d > 0);
        let call = aws.kms().enable_key_rotation().key_id(id).set_rotation_period_in_days(days).send();
        aws.call("kms:EnableKeyRotation", call).await.map(|_| ())
    }

    async fn set_enabled(&self, aws: &Aws, id: &str) -> Result<(), Error> {
        match self.is_enabled != Some(false) {
            true => aws.call("kms:EnableKey", aws.kms().enable_key().key_id(id).send()).await.map(|_| ()),
            false => aws.call("kms:DisableKey", aws.kms().disable_key().key_id(id).send()).await.map(|_| ()),
        }
    }

    /// The key once all of the service knows what was changed.
    async fn settle(self, aws: &Aws, id: &str) -> Result<Key, Error> {
        wait_until("the settings of the key", Duration::from_secs(10 * 60), || async {
            let Some(found) = key_settings::read(aws, id).await? else {
                return Ok(Poll::Pending("not to be seen".into()));
            };
            let now = self.clone().with_remote(found);
            let late = [
                ("policy", self.policy.0.is_some() && !same_policy(&now.policy.0, &self.policy.0)),
                ("rotation", now.enable_key_rotation != self.enable_key_rotation),
                ("state", now.is_enabled != self.is_enabled),
                ("description", self.description.0.is_some() && now.description != self.description),
                ("tags", now.tags != self.tags),
            ];
            Ok(match late.iter().find(|(_, late)| *late) {
                Some((what, _)) => Poll::Pending(format!("{what} not changed yet")),
                None => Poll::Ready(now),
            })
        })
        .await
    }
}

fn same_policy(a: &Option<String>, b: &Option<String>) -> bool {
    policy_json::same_meaning(a.as_deref().unwrap_or_default(), b.as_deref().unwrap_or_default())
}

/// The ids of all keys, of AWS's own, too.
pub(super) async fn ids(aws: &Aws) -> Result<Vec<String>, Error> {
    let listed = async {
        let mut ids = Vec::new();
        let mut items = aws.kms().list_keys().limit(1000).into_paginator().items().send();
        while let Some(key) = items.next().await {
            ids.extend(key?.key_id);
        }
        Ok(ids)
    };
    aws.call("kms:ListKeys", listed).await
}

#[async_trait]
impl Resource for Key {
    type Client = Aws;

    async fn create(aws: &Aws, planned: Self, cx: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = planned.make(aws, cx).await?;
        let started = Key { id: id.as_str().into(), key_id: id.as_str().into(), ..planned.clone() };
        let complete = async {
            if planned.enable_key_rotation == Some(true) {
                planned.set_rotation(aws, &id).await?;
            }
            if planned.is_enabled == Some(false) {
                planned.set_enabled(aws, &id).await?;
            }
            planned.settle(aws, &id).await
        };
        complete.await.map_err(|e| Failure::partial(e, started))
    }

    async fn settled(aws: &Aws, object: Self) {
        let Some(id) = object.id.as_deref() else { return };
        let call = aws.kms().untag_resource().key_id(id).tag_keys(OPERATION_TAG).send();
        // When that fails, the tag stays, hidden, and does no harm.
        let _ = aws.call("kms:UntagResource", call).await;
    }

    async fn read(aws: &Aws, states: Vec<Self>) -> Vec<Result<Option<Self>, Error>> {
        join_all(states.into_iter().map(|state| async move {
            let found = key_settings::read(aws, state.id.known()?).await?;
            Ok(found.map(|found| state.with_remote(found)))
        }))
        .await
    }

    async fn update(aws: &Aws, prior: Self, planned: Self, _: &ApplyContext) -> Result<Self, Failure<Self>> {
        let id = prior.id.known()?.clone();
        let turned_on = prior.is_enabled == Some(false) && planned.is_enabled == Some(true);
        // A key that is off can be changed in few respects only.
        if turned_on {
            planned.set_enabled(aws, &id).await?;
        }
        let rotation = |k: &Key| (k.enable_key_rotation, k.rotation_period_in_days.0);
        if rotation(&prior) != rotation(&planned) {
            planned.set_rotation(aws, &id).await?;
        }
        if prior.description != planned.description {
            let text = planned.description.0.clone().unwrap_or_default();
            let call = aws.kms().update_key_description().key_id(&id).description(text).send();
            aws.call("kms:UpdateKeyDescription", call).await?;
        }
        if prior.policy != planned.policy
            && let Some(policy) = planned.policy.as_deref()
        {
            let call = aws.kms().put_key_policy().key_id(&id).policy_name("default").policy(policy);
            let bypass = planned.bypass_policy_lockout_safety_check == Some(true);
            let call = call.bypass_policy_lockout_safety_check(bypass).send();
            aws.call("kms:PutKeyPolicy", call).await?;
        }
        if prior.is_enabled == Some(true) && planned.is_enabled == Some(false) {
            planned.set_enabled(aws, &id).await?;
        }
        let (set, removed) = difference(&prior.tags, &planned.tags);
        if !removed.is_empty() {
            let call = aws.kms().untag_resource().key_id(&id).set_tag_keys(Some(removed)).send();
            aws.call("kms:UntagResource", call).await?;
        }
        if !set.is_empty() {
            let call = aws.kms().tag_resource().key_id(&id).set_tags(Some(tag_list(&set)?)).send();
            aws.call("kms:TagResource", call).await?;
        }
        Ok(planned.settle(aws, &id).await?)
    }

    async fn delete(aws: &Aws, state: Self, _: &ApplyContext) -> Result<(), Error> {
        let id = state.id.known()?;
        let days = state.deletion_window_in_days.and_then(|d| i32::try_from(d).ok()).filter(|d| *d > 0);
        let call = aws.kms().schedule_key_deletion().key_id(id).set_pending_window_in_days(days).send();
        match aws.call("kms:ScheduleKeyDeletion", call).await {
            // It is on its way already.
            Err(e) if e.has_code(&["KMSInvalidStateException"]) && e.detail.contains("pending deletion") => {
                Ok(())
            }
            other => unless_gone(other).map(|_| ()),
        }
    }

    fn import(id: &str) -> Result<Attributes, Error> {
        let id = id.rsplit('/').next().unwrap_or(id);
        Ok(vec![
            ("id", Value::from(id)),
            ("key_id", Value::from(id)),
            ("bypass_policy_lockout_safety_check", Value::from(false)),
        ])
    }

    async fn list(aws: &Aws) -> Result<Option<Vec<Self>>, Error> {
        let ids = ids(aws).await?;
        Ok(Some(ids.into_iter().map(|id| Key { id: id.into(), ..Key::default() }).collect()))
    }

    fn plan(cx: &mut PlanContext<'_, Aws>) {
        let rotates = cx.planned("enable_key_rotation").as_bool() == Some(true);
        if !rotates
            && !cx.config("rotation_period_in_days").is_null()
            && cx.config("enable_key_rotation").is_known()
        {
            let detail = "Set enable_key_rotation = true as well.";
            cx.error_on("rotation_period_in_days", "Rotation is not enabled", detail);
        }
        if cx.changed("enable_key_rotation") && cx.config("rotation_period_in_days").is_null() {
            cx.set_unknown("rotation_period_in_days");
        }
    }
}

/// Whether a key is gone, or on its way.
pub(super) fn is_deleted(state: Option<&KeyState>) -> bool {
    matches!(state, Some(KeyState::PendingDeletion | KeyState::PendingReplicaDeletion))
}
