//! Who changed an object: CloudTrail's event history of the last 90 days, which every account has
//! without having set anything up.

use crate::Aws;
use aws_sdk_cloudtrail::types::{Event, LookupAttribute, LookupAttributeKey};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use terrane_sdk::provider::{HistoryEvent, HistoryQuery};
use terrane_sdk::serde_json::{self, Value as Json};
use terrane_sdk::{Error, Value};

/// The attributes whose values CloudTrail may know an object by, best first. Objects that are a part
/// of another (the policy of a role, the rule of a group) are known by that one.
const NAMES: [&str; 9] =
    ["id", "arn", "name", "bucket", "role", "user", "group", "security_group_id", "route_table_id"];
/// CloudTrail answers two requests in a second, so that few must do.
const MOST_LOOKUPS: usize = 4;
/// How many events are of use to somebody who wants to know who it was.
const MOST_EVENTS: usize = 20;

/// The source of events for types whose names begin so; others are EC2's.
const SOURCES: [(&str, &str); 13] = [
    ("aws_cloudtrail", "cloudtrail"),
    ("aws_cloudwatch_event", "events"),
    ("aws_cloudwatch_log_", "logs"),
    ("aws_cloudwatch_", "monitoring"),
    ("aws_dx_", "directconnect"),
    ("aws_iam_", "iam"),
    ("aws_kms_", "kms"),
    ("aws_organizations_", "organizations"),
    ("aws_ram_", "ram"),
    ("aws_s3_", "s3"),
    ("aws_sns_", "sns"),
    ("aws_sqs_", "sqs"),
    ("aws_ssm_", "ssm"),
];

/// The calls that changed the object in the time asked about, newest first
/// (`cloudtrail:LookupEvents`). `aws` is the connection to the region whose trail has them.
pub(crate) async fn history(aws: &Aws, query: &HistoryQuery) -> Result<Option<Vec<HistoryEvent>>, Error> {
    let time = |text: &str| DateTime::from_str(text, Format::DateTime).ok();
    let (since, until) = (time(&query.since), time(&query.until));
    let source = source(&query.type_name);
    for name in names(&query.object) {
        let by_name = LookupAttribute::builder()
            .attribute_key(LookupAttributeKey::ResourceName)
            .attribute_value(name)
            .build()
            .map_err(|e| Error::new("Incomplete request", e.to_string()))?;
        let mut found = Vec::new();
        let mut page: Option<String> = None;
        loop {
            let request = (aws.cloudtrail().lookup_events())
                .lookup_attributes(by_name.clone())
                .set_start_time(since)
                .set_end_time(until)
                .set_next_token(page.take());
            let answer = aws.call("cloudtrail:LookupEvents", request.send()).await?;
            found.extend(answer.events().iter().filter(|e| concerns(e, source)).map(told));
            page = answer.next_token;
            if page.is_none() || found.len() >= MOST_EVENTS {
                break;
            }
        }
        if !found.is_empty() {
            found.sort_by(|a: &HistoryEvent, b| b.time.cmp(&a.time));
            found.truncate(MOST_EVENTS);
            return Ok(Some(found));
        }
    }
    Ok(Some(Vec::new()))
}

fn source(type_name: &str) -> &'static str {
    SOURCES.iter().find(|(prefix, _)| type_name.starts_with(prefix)).map_or("ec2", |(_, source)| source)
}

/// What to look for, without repetition.
fn names(object: &Value) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for attribute in NAMES {
        let Some(value) = object.attribute(attribute) else { continue };
        let Some(name) = value.as_str().filter(|name| !name.is_empty()) else { continue };
        if !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    }
    names.truncate(MOST_LOOKUPS);
    names
}

/// Whether an event is a change made through the service of the type.
fn concerns(event: &Event, source: &str) -> bool {
    let reads = event.read_only.as_deref() == Some("true");
    let of = event.event_source.as_deref().and_then(|s| s.strip_suffix(".amazonaws.com"));
    !reads && of.is_none_or(|of| of == source)
}

fn told(event: &Event) -> HistoryEvent {
    let record: Json =
        event.cloud_trail_event.as_deref().and_then(|t| serde_json::from_str(t).ok()).unwrap_or_default();
    let text = |pointer: &str| record.pointer(pointer).and_then(Json::as_str).map(str::to_owned);
    let service = event.event_source.as_deref().unwrap_or_default().trim_end_matches(".amazonaws.com");
    let time = event.event_time.as_ref().and_then(|t| t.fmt(Format::DateTime).ok());
    HistoryEvent {
        time: time.or_else(|| text("/eventTime")).unwrap_or_default(),
        operation: format!("{service}:{}", event.event_name.as_deref().unwrap_or_default()),
        principal: text("/userIdentity/arn")
            .or_else(|| text("/userIdentity/invokedBy"))
            .or_else(|| event.username.clone())
            .unwrap_or_else(|| "unknown".to_owned()),
        source_address: text("/sourceIPAddress"),
        tool: text("/userAgent"),
        request_id: text("/requestID"),
        error: text("/errorCode"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_tells_who_from_where_with_what() {
        let record = r#"{"userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/Admin/mia"},
            "sourceIPAddress":"203.0.113.7","userAgent":"aws-cli/2.17","requestID":"r-1","errorCode":"AccessDenied"}"#;
        let event = Event::builder()
            .event_name("ModifyVpcAttribute")
            .event_source("ec2.amazonaws.com")
            .event_time(DateTime::from_secs(1_767_225_600))
            .read_only("false")
            .cloud_trail_event(record)
            .build();
        assert!(concerns(&event, "ec2") && !concerns(&event, "iam"));
        let told = told(&event);
        assert_eq!(told.operation, "ec2:ModifyVpcAttribute");
        assert_eq!(told.time, "2026-01-01T00:00:00Z");
        assert_eq!(told.principal, "arn:aws:sts::1:assumed-role/Admin/mia");
        assert_eq!(told.source_address.as_deref(), Some("203.0.113.7"));
        assert_eq!(told.tool.as_deref(), Some("aws-cli/2.17"));
        assert_eq!(told.error.as_deref(), Some("AccessDenied"));
        let reading = Event::builder().event_source("ec2.amazonaws.com").read_only("true").build();
        assert!(!concerns(&reading, "ec2"));
    }

    #[test]
    fn an_object_is_looked_for_by_each_of_its_names_once() {
        let object = Value::object([
            ("id", Value::string("team")),
            ("name", Value::string("team")),
            ("arn", Value::string("arn:aws:iam::1:role/team")),
            ("path", Value::string("/")),
        ]);
        assert_eq!(names(&object), ["team", "arn:aws:iam::1:role/team"]);
        assert_eq!(source("aws_iam_role"), "iam");
        assert_eq!(source("aws_vpc"), "ec2");
        assert_eq!(source("aws_cloudwatch_log_group"), "logs");
    }
}
