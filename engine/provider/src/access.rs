//! Who may do what because of the objects of a provider, so that a plan can say what it changes of that.

use terrane_value::Value;

/// What a provider can tell of the access that its objects give.
#[derive(Clone, Copy, Debug)]
pub struct Access {
    /// Whether objects of a resource type have anything to do with it.
    pub concerns: fn(type_name: &str) -> bool,
    /// What objects give, all of one provider configuration together: one attaches what another says.
    pub given: fn(objects: &[AccessObject<'_>]) -> Vec<Given>,
}

/// An object as it is, or as a plan will have it.
#[derive(Clone, Debug)]
pub struct AccessObject<'a> {
    /// Its resource type.
    pub type_name: &'a str,
    /// Its address, for those who have no better name.
    pub address: &'a str,
    /// Null where there is no object. Without marks; what is sensitive is unknown.
    pub value: Value,
    /// The positions of those of the objects that its configuration refers to.
    pub refers_to: &'a [usize],
}

/// A grant, and what gives it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Given {
    /// The grant.
    pub grant: Grant,
    /// The positions of the objects that give it together.
    pub by: Vec<usize>,
}

/// What somebody may do, or is denied.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// Who: `group developers`, `user:ann@example.com`.
    pub who: String,
    /// Whether it is denied to them.
    pub denied: bool,
    /// What it is: `s3:GetObject`, `roles/viewer`. `*` stands for any characters, `?` for one, unless it has spaces. None while it is not known.
    pub what: Option<String>,
    /// What it is done to, written likewise; empty where that goes without saying.
    pub on: String,
    /// Under which condition; empty for always.
    pub condition: String,
}

impl Grant {
    /// Whether this one gives, or denies, all that another does.
    pub fn covers(&self, other: &Grant) -> bool {
        let (Some(what), Some(others)) = (&self.what, &other.what) else { return self == other };
        self.who == other.who
            && self.denied == other.denied
            && (self.condition.is_empty() || self.condition == other.condition)
            && covers(&what.to_ascii_lowercase(), &others.to_ascii_lowercase())
            && (self.on == other.on || !other.on.is_empty() && covers(&self.on, &other.on))
    }
}

/// Whether all that one pattern matches is matched by another. What has spaces is no pattern but words, such as `all but iam:*`, which
/// is the less the more that pattern matches: only the same words and a star cover them.
fn covers(pattern: &str, other: &str) -> bool {
    if pattern == "*" || pattern == other {
        return true;
    }
    if pattern.contains(' ') || other.contains(' ') {
        return false;
    }
    let (pattern, other) = (pattern.as_bytes(), other.as_bytes());
    let (mut at, mut place) = (0, 0);
    // Where the last star was, and how far it has come.
    let mut star = None;
    while place < other.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(b'?') if other[place] != b'*' => (at, place) = (at + 1, place + 1),
            Some(byte) if *byte == other[place] => (at, place) = (at + 1, place + 1),
            _ => match star {
                Some((before, reached)) => {
                    star = Some((before, reached + 1));
                    (at, place) = (before + 1, reached + 1);
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::{Grant, covers};

    #[test]
    fn patterns_cover_what_they_match() {
        for (pattern, other) in [
            ("*", ""),
            ("*", "s3:Get*"),
            ("s3:*", "s3:Get*"),
            ("s3:Get*", "s3:GetObject"),
            ("s3:Get*Tag*", "s3:GetObjectTagging"),
            ("a?c", "abc"),
            ("a?c", "a?c"),
            ("*ab", "aab"),
            ("*", "all but iam:*"),
            ("all but iam:*", "all but iam:*"),
        ] {
            assert!(covers(pattern, other), "{pattern} {other}");
        }
        for (pattern, other) in [
            ("s3:Get*", "s3:*"),
            ("a?c", "a*c"),
            ("s3:GetObject", "s3:GetObject*"),
            ("", "a"),
            ("*b", "a"),
            // The second one lets more in.
            ("all but iam:*", "all but iam:Get*"),
            ("a*", "all but iam:*"),
        ] {
            assert!(!covers(pattern, other), "{pattern} {other}");
        }
    }

    #[test]
    fn a_grant_covers_narrower_ones_of_the_same_kind() {
        let grant = |what: &str, on: &str, condition: &str| Grant {
            who: "group a".to_owned(),
            denied: false,
            what: Some(what.to_owned()),
            on: on.to_owned(),
            condition: condition.to_owned(),
        };
        let wide = grant("s3:*", "*", "");
        assert!(wide.covers(&grant("S3:GetObject", "arn:aws:s3:::x/*", "")));
        assert!(wide.covers(&grant("s3:GetObject", "arn:aws:s3:::x/*", "with MFA")));
        assert!(!grant("s3:*", "*", "with MFA").covers(&grant("s3:GetObject", "*", "")));
        assert!(!wide.covers(&Grant { denied: true, ..wide.clone() }));
        assert!(!wide.covers(&Grant { who: "group b".to_owned(), ..wide.clone() }));
        assert!(!wide.covers(&Grant { what: None, ..wide.clone() }));
        assert!(!wide.covers(&grant("s3:GetObject", "", "")));
    }
}
