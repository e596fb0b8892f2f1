//! Durations as users write them in `timeouts` blocks.

use std::time::Duration;

/// Reads a duration in Go's notation: `20m`, `1h30m`, `90s`, `1.5h`, `500ms`.
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    let mut seconds = 0.0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|&n| n > 0)?;
        let (number, after) = rest.split_at(digits);
        let number: f64 = number.parse().ok()?;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        seconds += number
            * match unit {
                "h" => 3600.0,
                "m" => 60.0,
                "s" => 1.0,
                "ms" => 1e-3,
                "us" | "µs" | "μs" => 1e-6,
                "ns" => 1e-9,
                _ => return None,
            };
        rest = after;
    }
    Duration::try_from_secs_f64(seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_go_durations() {
        let seconds = |s| Some(Duration::from_secs(s));
        for (text, want) in [
            ("20m", seconds(1200)),
            ("1h30m", seconds(5400)),
            ("1.5h", seconds(5400)),
            ("90s", seconds(90)),
            ("0", seconds(0)),
            ("500ms", Some(Duration::from_millis(500))),
            ("20", None),
            ("m", None),
            ("", None),
            ("-5m", None),
            ("20 m", None),
            ("5d", None),
        ] {
            assert_eq!(parse_duration(text), want, "{text:?}");
        }
    }
}
