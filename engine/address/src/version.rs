//! Versions and version constraints, as `required_version`, `required_providers` and the
//! `version` of module calls write them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// A version: `1.12.0-rc1+build`. Segments that are not written are zero; build metadata does
/// not take part in comparison.
#[derive(Clone, Debug)]
pub struct Version {
    segments: Vec<u64>,
    /// How many segments were written, which `~>` needs.
    written: usize,
    prerelease: String,
    metadata: String,
}

/// Comma-separated conditions that a version must meet all of: `>= 1.3, < 2.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint(Vec<Condition>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Condition {
    operator: Operator,
    version: Version,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    Pessimistic,
}

/// Why a text is not a version or a version constraint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct VersionError(String);

impl Version {
    /// The segments: major, minor, patch, and any that follow.
    pub fn segments(&self) -> &[u64] {
        &self.segments
    }

    /// What follows the hyphen, empty for a release.
    pub fn prerelease(&self) -> &str {
        &self.prerelease
    }
}

impl FromStr for Version {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Version, VersionError> {
        let bad = || VersionError(format!("{text:?} is not a version"));
        let rest = text.trim();
        let rest = rest.strip_prefix('v').unwrap_or(rest);
        let (rest, metadata) = rest.split_once('+').unwrap_or((rest, ""));
        let (numbers, prerelease) = rest.split_once('-').unwrap_or((rest, ""));
        let identifiers =
            |s: &str| s.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '~'));
        if !identifiers(prerelease)
            || !identifiers(metadata)
            || rest.ends_with('-')
            || numbers.split('.').any(|n| n.is_empty() || !n.bytes().all(|b| b.is_ascii_digit()))
        {
            return Err(bad());
        }
        let mut segments = numbers
            .split('.')
            .map(|n| n.parse().map_err(|_| bad()))
            .collect::<Result<Vec<u64>, VersionError>>()?;
        let written = segments.len();
        segments.resize(written.max(3), 0);
        Ok(Version { segments, written, prerelease: prerelease.into(), metadata: metadata.into() })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.segments.iter().map(u64::to_string).collect();
        f.write_str(&numbers.join("."))?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of semantic versioning: a prerelease comes before its release.
impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let length = self.segments.len().max(other.segments.len());
        let segment = |v: &Version, i: usize| v.segments.get(i).copied().unwrap_or(0);
        (0..length)
            .map(|i| segment(self, i).cmp(&segment(other, i)))
            .find(|o| o.is_ne())
            .unwrap_or_else(|| compare_prereleases(&self.prerelease, &other.prerelease))
    }
}

fn compare_prereleases(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let part = |a: &str, b: &str| match (a.parse::<u64>(), b.parse::<u64>()) {
        (Ok(a), Ok(b)) => a.cmp(&b),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    };
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(a), Some(b)) => match part(a, b) {
                Ordering::Equal => {}
                order => return order,
            },
        }
    }
}

impl Constraint {
    /// Whether `version` meets all conditions. A prerelease only meets a condition that names
    /// a prerelease of the same version, or `!=` another one.
    pub fn matches(&self, version: &Version) -> bool {
        self.0.iter().all(|condition| condition.matches(version))
    }

    /// Whether this asks for exactly `version` and nothing else. Only so prereleases of modules are
    /// chosen.
    pub fn requests(&self, version: &Version) -> bool {
        self.0.iter().all(|c| c.operator == Operator::Equal && c.version == *version)
    }

    /// Whether a condition names a prerelease.
    pub fn has_prerelease(&self) -> bool {
        self.0.iter().any(|condition| !condition.version.prerelease.is_empty())
    }
}

impl Condition {
    fn matches(&self, version: &Version) -> bool {
        let order = version.cmp(&self.version);
        match self.operator {
            Operator::Equal => order.is_eq(),
            Operator::NotEqual => order.is_ne(),
            Operator::Greater => self.admits_prerelease(version) && order.is_gt(),
            Operator::GreaterOrEqual => self.admits_prerelease(version) && order.is_ge(),
            Operator::Less => self.admits_prerelease(version) && order.is_lt(),
            Operator::LessOrEqual => self.admits_prerelease(version) && order.is_le(),
            Operator::Pessimistic => {
                let fixed = self.version.written.saturating_sub(1);
                self.admits_prerelease(version)
                    && order.is_ge()
                    && version.segments.get(..fixed) == self.version.segments.get(..fixed)
            }
        }
    }

    fn admits_prerelease(&self, version: &Version) -> bool {
        version.prerelease.is_empty()
            || (!self.version.prerelease.is_empty() && version.segments == self.version.segments)
    }
}

impl FromStr for Constraint {
    type Err = VersionError;

    fn from_str(text: &str) -> Result<Constraint, VersionError> {
        text.split(',').map(condition).collect::<Result<Vec<Condition>, VersionError>>().map(Constraint)
    }
}

fn condition(text: &str) -> Result<Condition, VersionError> {
    let text = text.trim();
    let at = text.find(|c: char| !"=!<>~".contains(c)).unwrap_or(text.len());
    let (operator, version) = text.split_at(at);
    let operator = match operator {
        "" | "=" => Operator::Equal,
        "!=" => Operator::NotEqual,
        ">" => Operator::Greater,
        ">=" => Operator::GreaterOrEqual,
        "<" => Operator::Less,
        "<=" => Operator::LessOrEqual,
        "~>" => Operator::Pessimistic,
        other => return Err(VersionError(format!("{other:?} is not an operator of version constraints"))),
    };
    Ok(Condition { operator, version: version.parse()? })
}

/// As lock files and `version` commands show it: `>= 1.3.0, < 2.0.0`.
impl fmt::Display for Constraint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, Condition { operator, version }) in self.0.iter().enumerate() {
            let operator = match operator {
                Operator::Equal => "",
                Operator::NotEqual => "!= ",
                Operator::Greater => "> ",
                Operator::GreaterOrEqual => ">= ",
                Operator::Less => "< ",
                Operator::LessOrEqual => "<= ",
                Operator::Pessimistic => "~> ",
            };
            write!(f, "{}{operator}", if i > 0 { ", " } else { "" })?;
            if operator == "~> " && version.written < 3 {
                let written: Vec<String> =
                    version.segments.iter().take(version.written).map(u64::to_string).collect();
                f.write_str(&written.join("."))?;
            } else {
                write!(f, "{version}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_in_semantic_order() {
        let ordered = [
            "0.9",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1",
            "1.0.1",
            "1.12.0",
        ];
        for pair in ordered.windows(2) {
            let [a, b]: [Version; 2] = [pair[0].parse().expect(pair[0]), pair[1].parse().expect(pair[1])];
            assert!(a < b, "{a} < {b}");
        }
        assert_eq!("1.2".parse::<Version>(), "v1.2.0+build".parse::<Version>());
    }

    #[test]
    fn constraints_match() {
        for (constraint, version, want) in [
            ("1.2.3", "1.2.3", true),
            ("= 1.2", "1.2.0", true),
            ("!= 1.2", "1.2.0", false),
            ("!=1.2", "1.2.1", true),
            ("> 1.2", "1.2.0", false),
            (">=1.2", "1.2.0", true),
            ("< 1.2", "1.1.9", true),
            ("<= 1.2", "1.2.1", false),
            ("~> 1.2", "1.12.0", true),
            ("~> 1.2", "2.0.0", false),
            ("~> 1.2", "1.1.0", false),
            ("~> 1.2.0", "1.2.9", true),
            ("~> 1.2.0", "1.3.0", false),
            ("~> 1", "7.0.0", true),
            (">= 1.3, < 2.0, != 1.5.0", "1.5.0", false),
            (">= 1.3, < 2.0, != 1.5.0", "1.5.1", true),
            (">= 1.0", "1.2.0-rc1", false),
            (">= 1.2.0-beta1", "1.2.0-rc1", true),
            (">= 1.2.0-beta1", "1.3.0-rc1", false),
            ("1.2.0-rc1", "1.2.0-rc1", true),
        ] {
            let parsed: Constraint = constraint.parse().expect(constraint);
            assert_eq!(parsed.matches(&version.parse().expect(version)), want, "{constraint} on {version}");
        }
    }

    #[test]
    fn constraints_print_in_normal_form_and_bad_ones_are_refused() {
        for (text, want) in [(">=1.3,<2", ">= 1.3.0, < 2.0.0"), ("~>1.2", "~> 1.2"), ("=1.0", "1.0.0")] {
            assert_eq!(text.parse::<Constraint>().expect(text).to_string(), want);
        }
        for text in ["", ">= ", "=> 1.0", "1.x", "latest", "1.0 || 2.0", ">= 1.0,", "1..2", "1.0-"] {
            assert!(text.parse::<Constraint>().is_err(), "{text:?}");
        }
    }
}
