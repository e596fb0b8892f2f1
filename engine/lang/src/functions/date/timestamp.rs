//! Timestamps (RFC 3339) and durations as texts.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use std::fmt;

/// A time with its offset from UTC.
#[derive(Clone, Copy, Debug)]
pub(in crate::functions) struct Moment {
    /// As clocks show it where the offset holds.
    pub(super) local: DateTime,
    /// In seconds, east of UTC.
    pub(super) offset: i32,
}

/// Takes `n` digits off the front of `rest`.
fn digits(rest: &mut &str, n: usize, what: &str) -> Result<i32, String> {
    let found = rest.get(..n).filter(|s| s.bytes().all(|b| b.is_ascii_digit()));
    let Some(found) = found else {
        let end = rest.find(['-', ':', 'T', 'Z', '+', '.']).unwrap_or(rest.len());
        return Err(match &rest[..end] {
            "" => format!("missing {what}"),
            given => format!("cannot use {given:?} as {what}"),
        });
    };
    *rest = &rest[n..];
    found.parse().map_err(|_| format!("cannot use {found:?} as {what}"))
}

fn separator(rest: &mut &str, c: char, missing: &str) -> Result<(), String> {
    *rest = rest.strip_prefix(c).ok_or_else(|| missing.to_owned())?;
    Ok(())
}

impl Moment {
    /// Reads `2006-01-02T15:04:05.999Z` or with an offset such as `-07:00`.
    pub(in crate::functions) fn parse(text: &str) -> Result<Moment, String> {
        let mut rest = text;
        let year = digits(&mut rest, 4, "year")?;
        separator(&mut rest, '-', "hyphen required between year and month")?;
        let month = digits(&mut rest, 2, "month")?;
        separator(&mut rest, '-', "hyphen required between month and day")?;
        let day = digits(&mut rest, 2, "day of month")?;
        separator(&mut rest, 'T', "missing required time introducer 'T'")?;
        let hour = digits(&mut rest, 2, "hour")?;
        separator(&mut rest, ':', "colon required between hour and minute")?;
        let minute = digits(&mut rest, 2, "minute")?;
        separator(&mut rest, ':', "colon required between minute and second")?;
        let second = digits(&mut rest, 2, "second")?;
        let mut nanos = 0;
        if let Some(fraction) = rest.strip_prefix('.') {
            let end = fraction.find(|c: char| !c.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 {
                return Err("a fraction of a second needs digits".into());
            }
            nanos = fraction[..end]
                .chars()
                .chain("000000000".chars())
                .take(9)
                .collect::<String>()
                .parse()
                .unwrap_or(0);
            rest = &fraction[end..];
        }
        let offset = match rest.chars().next() {
            Some('Z') if rest.len() == 1 => 0,
            Some(sign @ ('+' | '-')) => {
                rest = &rest[1..];
                let hours = digits(&mut rest, 2, "offset hours")?;
                separator(&mut rest, ':', "colon required between offset hours and minutes")?;
                let minutes = digits(&mut rest, 2, "offset minutes")?;
                if !rest.is_empty() || hours > 23 || minutes > 59 {
                    return Err(format!("extra characters or an offset out of range in {text:?}"));
                }
                (hours * 60 + minutes) * 60 * if sign == '-' { -1 } else { 1 }
            }
            _ => return Err("missing or invalid UTC offset".into()),
        };
        let small = |n: i32| i8::try_from(n).unwrap_or(-1);
        let year = i16::try_from(year).unwrap_or(0);
        let date = Date::new(year, small(month), small(day)).map_err(|e| e.to_string())?;
        let time = Time::new(small(hour), small(minute), small(second), nanos).map_err(|e| e.to_string())?;
        Ok(Moment { local: DateTime::from_parts(date, time), offset })
    }

    /// The point in time; `None` when it is beyond what can be computed.
    pub(super) fn instant(&self) -> Option<Timestamp> {
        Offset::from_seconds(self.offset).ok()?.to_timestamp(self.local).ok()
    }

    /// The offset from UTC: `-07:00`.
    pub(super) fn offset_text(&self, colon: &str) -> String {
        let minutes = self.offset.abs() / 60;
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

/// RFC 3339 without a fraction of a second.
impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, sign) = (self.local.year(), if self.local.year() < 0 { "-" } else { "" });
        write!(f, "{sign}{:04}{}", year.unsigned_abs(), self.local.strftime("-%m-%dT%H:%M:%S"))?;
        if self.offset == 0 { f.write_str("Z") } else { f.write_str(&self.offset_text(":")) }
    }
}

/// Reads a duration such as `-1h30m`, `1.5h`, `100ms`, as seconds and nanoseconds.
pub(super) fn duration(text: &str) -> Result<(i64, i32), String> {
    let invalid = || format!("time: invalid duration {text:?}");
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Ok((0, 0));
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid());
        }
        let unit_end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let nanos: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            "" => return Err(format!("time: missing unit in duration {text:?}")),
            other => return Err(format!("time: unknown unit {other:?} in duration {text:?}")),
        };
        let parse = |s: &str| if s.is_empty() { Ok(0) } else { s.parse::<i128>().map_err(|_| invalid()) };
        let fraction = &fraction[..fraction.len().min(18)];
        let scale = 10_i128.pow(fraction.len() as u32);
        total = parse(whole)?
            .checked_mul(nanos)
            .and_then(|n| n.checked_add(parse(fraction).ok()? * nanos / scale))
            .and_then(|n| n.checked_add(total))
            .filter(|n| *n <= i128::from(i64::MAX))
            .ok_or_else(invalid)?;
        rest = after;
    }
    let total = if negative { -total } else { total };
    let seconds = i64::try_from(total / 1_000_000_000).map_err(|_| invalid())?;
    let nanos = i32::try_from(total % 1_000_000_000).map_err(|_| invalid())?;
    Ok((seconds, nanos))
}
