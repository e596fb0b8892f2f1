//! Between the values of resources and those of S3's calls.

use crate::tags::Tags;
use aws_sdk_s3::types::Tag;
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::error::operation::BuildError;
use terrane_sdk::{Error, Value};

/// A part of a request that its builder accepted.
pub(super) fn built<T>(part: Result<T, BuildError>) -> Result<T, Error> {
    part.map_err(|e| Error::new("Incomplete configuration", format!("{e}.")))
}

/// A number as S3 takes it.
pub(super) fn int(n: Option<i64>) -> Result<Option<i32>, Error> {
    let fits =
        |n: i64| i32::try_from(n).map_err(|_| Error::new("Invalid number", format!("{n} is too large.")));
    n.map(fits).transpose()
}

/// A text that is set to something.
pub(super) fn text(text: &Option<String>) -> Option<String> {
    text.clone().filter(|t| !t.is_empty())
}

/// Tags as S3 takes them.
pub(super) fn tag_list(tags: &Tags) -> Result<Vec<Tag>, Error> {
    tags.iter().map(|(key, value)| built(Tag::builder().key(key).value(value).build())).collect()
}

/// Tags as S3 gives them.
pub(super) fn tag_map(tags: Vec<Tag>) -> Tags {
    tags.into_iter().map(|t| (t.key, t.value)).collect()
}

/// A point in time from a text in the notation of RFC 3339.
pub(super) fn time(text: &Option<String>) -> Result<Option<DateTime>, Error> {
    let parse = |text: &String| {
        DateTime::from_str(text, Format::DateTimeWithOffset)
            .map_err(|e| Error::new("Invalid time", format!("{text:?} is not a time as in RFC 3339: {e}.")))
    };
    text.as_ref().filter(|t| !t.is_empty()).map(parse).transpose()
}

/// A point in time as a text.
pub(super) fn time_text(time: Option<DateTime>) -> Option<String> {
    time.and_then(|t| DateTime::from_secs(t.secs()).fmt(Format::DateTime).ok())
}

/// Whether two texts are the same point in time.
pub(super) fn same_time(a: &str, b: &str) -> bool {
    let parse = |text: &str| DateTime::from_str(text, Format::DateTimeWithOffset).ok();
    a == b || parse(a).is_some_and(|a| Some(a) == parse(b))
}

/// A text that is a point in time.
pub(super) fn valid_time(value: &Value) -> Result<(), String> {
    match value.as_str().filter(|t| !t.is_empty()) {
        Some(text) if DateTime::from_str(text, Format::DateTimeWithOffset).is_err() => {
            Err(format!("expected a time as in RFC 3339, 2030-01-31T00:00:00Z, got {text:?}."))
        }
        _ => Ok(()),
    }
}

/// A result in which an object that does not exist, by one of these error codes, is no error.
pub(super) fn unless<T>(result: Result<T, Error>, codes: &[&str]) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.has_code(codes) || error.has_code(&["NoSuchBucket", "NotFound"]) => Ok(None),
        Err(error) => Err(error),
    }
}
