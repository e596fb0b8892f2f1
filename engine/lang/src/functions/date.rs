//! Dates and times.

use super::Want::{Number, String as Text};
use super::{Call, CallError, Function, Returns, bad_argument, function, param};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use terrane_value::{Refinement, Type, Value};

mod timestamp;

pub(super) use timestamp::Moment;
use timestamp::duration;

const TEXT: Returns = Returns::Is(Text);

pub(super) const TABLE: &[Function] = &[
    function("formatdate", &[param("format", Text), param("time", Text)], TEXT, formatdate).doc(
        "A timestamp in another format: YYYY MM DD EEEE hh HH mm ss AA ZZZ and 'quoted text'.",
        "formatdate(\"DD MMM YYYY hh:mm ZZZ\", \"2018-01-02T23:12:01Z\")",
        "\"02 Jan 2018 23:12 UTC\"",
    ),
    function("plantimestamp", &[], TEXT, |c| {
        Ok(match &c.context.plan_timestamp {
            Some(time) => Value::string(time),
            None => Value::unknown_refined(Type::String, Refinement::not_null()),
        })
    })
    .doc("The time of the plan, in UTC.", "plantimestamp() == null", "false"),
    function("timeadd", &[param("timestamp", Text), param("duration", Text)], TEXT, timeadd).doc(
        "A timestamp moved by a duration such as 1h30m.",
        "timeadd(\"2017-11-22T00:00:00Z\", \"10m\")",
        "\"2017-11-22T00:10:00Z\"",
    ),
    function(
        "timecmp",
        &[param("timestamp_a", Text), param("timestamp_b", Text)],
        Returns::Is(Number),
        timecmp,
    )
    .doc(
        "-1, 0 or 1 as the first timestamp is before, at or after the second.",
        "timecmp(\"2017-11-22T00:00:00Z\", \"2017-11-22T01:00:00Z\")",
        "-1",
    ),
    function("timestamp", &[], TEXT, now).doc("The time now, in UTC.", "length(timestamp())", "20"),
];

fn now(call: &Call<'_>) -> Result<Value, CallError> {
    if call.context.impure_unknown {
        return Ok(Value::unknown_refined(Type::String, Refinement::not_null()));
    }
    let now = Offset::UTC.to_datetime(Timestamp::now());
    Ok(Value::string(now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
}

fn moment(call: &Call<'_>, i: usize) -> Result<Moment, String> {
    Moment::parse(call.str(i)).map_err(|why| format!("not a valid RFC3339 timestamp: {why}"))
}

fn timeadd(call: &Call<'_>) -> Result<Value, CallError> {
    let moment = moment(call, 0)?;
    let (seconds, nanos) = duration(call.str(1))?;
    let moved = moment
        .local
        .checked_add(SignedDuration::new(seconds, nanos))
        .map_err(|_| "the result is out of range")?;
    Ok(Value::string(Moment { local: moved, ..moment }.to_string()))
}

fn timecmp(call: &Call<'_>) -> Result<Value, CallError> {
    let at = |i: usize| -> Result<Timestamp, CallError> {
        let moment = moment(call, i).map_err(|why| bad_argument(i, why))?;
        moment.instant().ok_or_else(|| bad_argument(i, "the time is out of range"))
    };
    Ok(Value::number(at(0)?.cmp(&at(1)?) as i64))
}

fn formatdate(call: &Call<'_>) -> Result<Value, CallError> {
    let moment = moment(call, 1).map_err(|why| bad_argument(1, why))?;
    let mut out = String::new();
    let mut rest = call.str(0);
    while let Some(c) = rest.chars().next() {
        if c == '\'' {
            rest = quoted(&rest[1..], &mut out)?;
        } else if c.is_ascii_alphabetic() {
            let end = rest.find(|x| x != c).unwrap_or(rest.len());
            let (verb, after) = rest.split_at(end);
            out.push_str(
                &part(verb, &moment)
                    .map_err(|why| bad_argument(0, format!("invalid date format verb {verb:?}: {why}")))?,
            );
            rest = after;
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Ok(Value::string(out))
}

/// Adds the quoted text that `rest` starts with, and gives what follows. Two quotes are one.
fn quoted<'a>(rest: &'a str, out: &mut String) -> Result<&'a str, CallError> {
    if let Some(after) = rest.strip_prefix('\'') {
        out.push('\'');
        return Ok(after);
    }
    let mut rest = rest;
    loop {
        let Some((text, after)) = rest.split_once('\'') else {
            return Err(bad_argument(0, "unterminated literal '"));
        };
        out.push_str(text);
        match after.strip_prefix('\'') {
            Some(after) => {
                out.push('\'');
                rest = after;
            }
            None => return Ok(after),
        }
    }
}

/// What a verb of a date format stands for.
fn part(verb: &str, moment: &Moment) -> Result<String, &'static str> {
    let time: DateTime = moment.local;
    let formatted = |pattern: &str| Ok(time.strftime(pattern).to_string());
    let twelve = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    match verb {
        "YYYY" => formatted("%Y"),
        "YY" => formatted("%y"),
        "MMMM" => formatted("%B"),
        "MMM" => formatted("%b"),
        "MM" => formatted("%m"),
        "M" => Ok(time.month().to_string()),
        "DD" => formatted("%d"),
        "D" => Ok(time.day().to_string()),
        "EEEE" => formatted("%A"),
        "EEE" => formatted("%a"),
        "hh" => formatted("%H"),
        "h" => Ok(time.hour().to_string()),
        "HH" => Ok(format!("{twelve:02}")),
        "H" => Ok(twelve.to_string()),
        "AA" => Ok(if time.hour() < 12 { "AM" } else { "PM" }.into()),
        "aa" => Ok(if time.hour() < 12 { "am" } else { "pm" }.into()),
        "mm" => formatted("%M"),
        "m" => Ok(time.minute().to_string()),
        "ss" => formatted("%S"),
        "s" => Ok(time.second().to_string()),
        "ZZZZZ" => Ok(moment.offset_text(":")),
        "ZZZZ" => Ok(moment.offset_text("")),
        "ZZZ" if moment.offset == 0 => Ok("UTC".into()),
        "ZZZ" => Ok(moment.offset_text("")),
        "Z" if moment.offset == 0 => Ok("Z".into()),
        "Z" => Ok(moment.offset_text(":")),
        _ => Err(match verb.chars().next() {
            Some('Y') => "year must either be \"YY\" or \"YYYY\"",
            Some('M') => "month must be \"M\", \"MM\", \"MMM\", or \"MMMM\"",
            Some('D') => "day of month must either be \"D\" or \"DD\"",
            Some('E') => "day of week must either be \"EEE\" or \"EEEE\"",
            Some('h') => "24-hour must either be \"h\" or \"hh\"",
            Some('H') => "12-hour must either be \"H\" or \"HH\"",
            Some('A' | 'a') => "must be \"AA\" or \"aa\"",
            Some('m') => "minute must either be \"m\" or \"mm\"",
            Some('s') => "second must either be \"s\" or \"ss\"",
            Some('Z') => "timezone must be Z, ZZZ, ZZZZ, or ZZZZZ",
            _ => "ASCII letters that are not verbs must be in quotes",
        }),
    }
}
