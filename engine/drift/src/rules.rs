//! What is expected to drift: rules with a reason, somebody who answers for them, and an end.

use crate::{Difference, Finding, Ignored, Kind, StackReport, Unmanaged};
use std::collections::BTreeSet;
use std::sync::Arc;
use terrane_value::{Path, PathStep};

/// A rule: an `ignore` block of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its name, the block's label.
    pub name: String,
    /// Patterns of addresses of managed objects that it is about.
    pub addresses: Vec<String>,
    /// Patterns of `TYPE.ID` of objects that no state has.
    pub unmanaged: Vec<String>,
    /// Patterns of attributes of which changes are expected; all when empty.
    pub attributes: Vec<String>,
    /// Patterns of stacks; all when empty.
    pub stacks: Vec<String>,
    /// What may happen to managed objects.
    pub kinds: Vec<Kind>,
    /// Why.
    pub reason: String,
    /// Who answers for it.
    pub owner: String,
    /// The last day on which it counts, `2027-03-31`, in UTC.
    pub expires: String,
    /// Where it stands: `drift.terrane.hcl:3`.
    pub place: String,
    /// The stack whose file it is in; it is about this stack alone.
    pub stack: Option<String>,
}

/// The rules of a run.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<Arc<Rule>>,
    /// The present day.
    today: String,
    used: BTreeSet<usize>,
}

impl Rules {
    /// Rules, judged on the day `today` (`2026-11-27`, or a time that begins so).
    pub fn new(rules: Vec<Rule>, today: &str) -> Rules {
        let today = today.get(..10).unwrap_or(today).to_owned();
        Rules { rules: rules.into_iter().map(Arc::new).collect(), today, used: BTreeSet::new() }
    }

    /// More rules, of a stack's own file.
    pub fn extend(&mut self, rules: Vec<Rule>) {
        self.rules.extend(rules.into_iter().map(Arc::new));
    }

    /// Rules whose last day is over.
    pub fn expired(&self) -> Vec<Arc<Rule>> {
        self.rules.iter().filter(|rule| self.is_over(rule)).cloned().collect()
    }

    /// Rules that count and that nothing was found for so far.
    pub fn unused(&self) -> Vec<Arc<Rule>> {
        let rules = self.rules.iter().enumerate();
        rules.filter(|(n, r)| !self.is_over(r) && !self.used.contains(n)).map(|(_, r)| r.clone()).collect()
    }

    fn is_over(&self, rule: &Rule) -> bool {
        rule.expires.as_str() < self.today.as_str()
    }

    /// Takes out of a stack's findings what rules expect: whole findings, and single differences.
    pub fn judge(&mut self, stack: &mut StackReport) {
        let mut left = Vec::new();
        for mut finding in std::mem::take(&mut stack.findings) {
            match self.expects(&stack.name, &mut finding) {
                Some(rule) => stack.ignored.push(Ignored {
                    kind: finding.kind,
                    subject: finding.change.address.to_string(),
                    rule,
                }),
                None => left.push(finding),
            }
        }
        stack.findings = left;
    }

    /// The rule that a finding needs no attention for. Differences that are expected are taken out of it.
    fn expects(&mut self, stack: &str, finding: &mut Finding) -> Option<Arc<Rule>> {
        let address = finding.change.address.to_string();
        let about = |rule: &Rule| {
            rule.is_about(stack)
                && rule.kinds.contains(&finding.kind)
                && rule.addresses.iter().any(|pattern| glob(pattern, &address))
        };
        let applying: Vec<usize> = (0..self.rules.len())
            .filter(|n| !self.is_over(&self.rules[*n]) && about(&self.rules[*n]))
            .collect();
        if finding.kind == Kind::Vanished || finding.differences.is_empty() {
            let n = *applying.first()?;
            self.used.insert(n);
            return Some(self.rules[n].clone());
        }
        let mut last = None;
        for n in applying {
            let before = finding.differences.len();
            finding.differences.retain(|difference| !self.rules[n].covers(difference));
            let taken = before - finding.differences.len();
            if taken > 0 {
                finding.expected += taken;
                self.used.insert(n);
                last = Some(self.rules[n].clone());
            }
        }
        last.filter(|_| finding.differences.is_empty())
    }

    /// The rule that expects an object that nobody manages.
    pub fn expects_unmanaged(&mut self, object: &Unmanaged) -> Option<Arc<Rule>> {
        let name = format!("{}.{}", object.type_name, object.id);
        let about = |rule: &Rule| rule.unmanaged.iter().any(|pattern| glob(pattern, &name));
        let n = (0..self.rules.len()).find(|n| !self.is_over(&self.rules[*n]) && about(&self.rules[*n]))?;
        self.used.insert(n);
        Some(self.rules[n].clone())
    }
}

impl Rule {
    fn is_about(&self, stack: &str) -> bool {
        self.stack.as_deref().is_none_or(|own| own == stack)
            && (self.stacks.is_empty() || self.stacks.iter().any(|pattern| glob(pattern, stack)))
    }

    /// Whether a difference is at or inside of one of the attributes.
    fn covers(&self, difference: &Difference) -> bool {
        let steps = &difference.path.0;
        let fits = |pattern: &String| {
            (1..=steps.len()).any(|n| {
                let part = Path(steps[..n].to_vec());
                glob(pattern, &part.to_string()) || glob(pattern, &dotted(&part))
            })
        };
        self.attributes.is_empty() || self.attributes.iter().any(fits)
    }
}

/// A path with keys written like attributes: `tags.Owner`.
fn dotted(path: &Path) -> String {
    let mut text = String::new();
    for step in &path.0 {
        match step {
            PathStep::Attribute(name) | PathStep::Key(name) if text.is_empty() => text.push_str(name),
            PathStep::Attribute(name) | PathStep::Key(name) => {
                text.push('.');
                text.push_str(name);
            }
            PathStep::Index(n) => text.push_str(&format!("[{n}]")),
            PathStep::Element(_) => text.push_str("[...]"),
        }
    }
    text
}

/// Whether `text` fits `pattern`, in which `*` stands for anything, also nothing, and all else for
/// itself.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        for (pattern, text, fits) in [
            ("aws_vpc.main", "aws_vpc.main", true),
            ("aws_vpc.main", "aws_vpc.main2", false),
            ("aws_vpc.*", "aws_vpc.main[\"a.b\"]", true),
            ("*.aws_vpc.*", "aws_vpc.main", false),
            ("module.*.aws_vpc.*[0]", "module.a[1].aws_vpc.b[0]", true),
            ("a*a", "a", false),
            ("a*b*c", "a-b-b-c", true),
            ("*", "", true),
            ("", "x", false),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }

    #[test]
    fn attributes_cover_what_is_inside_of_them() {
        let rule = |pattern: &str| Rule {
            name: String::new(),
            addresses: Vec::new(),
            unmanaged: Vec::new(),
            attributes: vec![pattern.to_owned()],
            stacks: Vec::new(),
            kinds: Vec::new(),
            reason: String::new(),
            owner: String::new(),
            expires: String::new(),
            place: String::new(),
            stack: None,
        };
        let path = Path::root().attribute("tags").then(PathStep::Key("Owner".into()));
        let difference = Difference { path, before: None, after: None };
        for (pattern, covers) in [
            ("tags", true),
            ("tags[\"Owner\"]", true),
            ("tags.Owner", true),
            ("tags.Own*", true),
            ("tags_all", false),
            ("tag", false),
            ("tags.Name", false),
        ] {
            assert_eq!(rule(pattern).covers(&difference), covers, "{pattern}");
        }
    }
}
