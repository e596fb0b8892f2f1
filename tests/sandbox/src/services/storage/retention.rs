//! How long objects have to stay: retention policies, their locks, and soft deletion as far as it is written down.

use crate::call::Call;
use crate::json;
use crate::refusal::Refusal;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const CENTURY: i64 = 3_155_760_000;

/// The retention and soft deletion policies of a bucket that is made or changed.
pub(super) fn check(old: Option<&Value>, new: &mut Value, now: &str) -> Result<(), Refusal> {
    let before = old.and_then(period);
    let locked = old.is_some_and(|old| json::flag(old, "retentionPolicy.isLocked"));
    let after = period(new);
    if after.is_none() && json::at(new, "retentionPolicy").is_some_and(|policy| !policy.is_null()) {
        return Err(Refusal::invalid("A retention policy needs a retention period."));
    }
    if after.is_some_and(|period| period <= 0 || period >= CENTURY) {
        return Err(Refusal::invalid("The retention period must be greater than 0 and less than 100 years."));
    }
    if locked && after < before {
        return Err(Refusal::new(
            403,
            "Cannot reduce the retention duration of a locked Retention Policy, or remove it.",
        ));
    }
    match after {
        None => drop(json::take(new, "retentionPolicy")),
        Some(period) => {
            let start = old.and_then(|old| json::text(old, "retentionPolicy.effectiveTime"));
            let start = start.filter(|_| before == after).unwrap_or(now).to_owned();
            let mut policy = json!({"retentionPeriod": period.to_string(), "effectiveTime": start});
            if locked {
                policy["isLocked"] = json!(true);
            }
            new["retentionPolicy"] = policy;
        }
    }
    let kept = json::text(new, "softDeletePolicy.retentionDurationSeconds").unwrap_or("604800").to_owned();
    if !kept.parse::<i64>().is_ok_and(|kept| kept == 0 || (604_800..=7_776_000).contains(&kept)) {
        return Err(Refusal::invalid("Soft delete policies retain for 0 seconds or for 7 to 90 days."));
    }
    let same = old.filter(|old| json::text(old, "softDeletePolicy.retentionDurationSeconds") == Some(&kept));
    let start =
        same.and_then(|old| json::text(old, "softDeletePolicy.effectiveTime")).unwrap_or(now).to_owned();
    new["softDeletePolicy"] = json!({"retentionDurationSeconds": kept, "effectiveTime": start});
    Ok(())
}

fn period(bucket: &Value) -> Option<i64> {
    json::text(bucket, "retentionPolicy.retentionPeriod")?.parse().ok()
}

/// Locks the policy for good.
pub(super) fn lock(world: &mut World, call: &Call<'_>) -> Result<Value, Refusal> {
    let key = format!("storage:{}", call.target());
    let mut bucket = world
        .store
        .objects
        .get(&key)
        .cloned()
        .ok_or_else(|| Refusal::new(404, "The specified bucket does not exist."))?;
    if call.query.get("ifMetagenerationMatch").is_none() {
        return Err(Refusal::invalid("Required parameter: ifMetagenerationMatch").because("required"));
    }
    super::preconditions(call, Some(&bucket), "")?;
    if period(&bucket).is_none() {
        return Err(Refusal::invalid("The bucket has no retention policy."));
    }
    json::put(&mut bucket, "retentionPolicy.isLocked", true);
    let number: u64 = json::text(&bucket, "metageneration").and_then(|text| text.parse().ok()).unwrap_or(0);
    bucket["metageneration"] = json!((number + 1).to_string());
    bucket["updated"] = json!(world.now());
    world.store.objects.insert(key, bucket.clone());
    Ok(bucket)
}

/// Until when a new object of the bucket has to stay.
pub(super) fn expiration(bucket: &Value) -> Option<String> {
    let until = Timestamp::now().checked_add(SignedDuration::from_secs(period(bucket)?)).ok()?;
    Some(until.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string())
}

/// Whether an object may go.
pub(super) fn require_free(object: &Value) -> Result<(), Refusal> {
    let path = format!("{}/{}", json::string(object, "bucket"), json::string(object, "name"));
    if json::flag(object, "temporaryHold") || json::flag(object, "eventBasedHold") {
        return Err(Refusal::new(
            403,
            format!("Object '{path}' is under active hold and cannot be deleted or overwritten."),
        )
        .because("objectUnderActiveHold"));
    }
    let until =
        [json::text(object, "retentionExpirationTime"), json::text(object, "retention.retainUntilTime")];
    for time in until.into_iter().flatten() {
        if time.parse::<Timestamp>().is_ok_and(|time| time > Timestamp::now()) {
            let message = format!(
                "Object '{path}' is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until {time}"
            );
            return Err(Refusal::new(403, message).because("retentionPolicyNotMet"));
        }
    }
    Ok(())
}
