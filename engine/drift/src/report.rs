//! What was found, as data.

use crate::{Difference, Rule, Shard};
use std::sync::Arc;
use terrane_diagnostics::{Diagnostic, Diagnostics, SourceMap};
use terrane_plan::ResourceChange;
use terrane_provider::{HistoryEvent, Scope};
use terrane_schema::Schema;

/// What a run found in all that it looked at.
#[derive(Clone, Default)]
pub struct Report {
    /// When it began, RFC 3339 in UTC.
    pub started: String,
    /// When it ended.
    pub finished: String,
    /// The part of the fleet that it was about.
    pub shard: Option<Shard>,
    /// The stacks, by name.
    pub stacks: Vec<StackReport>,
    /// The accounts that were searched for objects that nobody manages; empty when none was.
    pub accounts: Vec<AccountReport>,
    /// Rules whose time is over: they hide nothing.
    pub expired: Vec<Arc<Rule>>,
    /// Rules that nothing was found for.
    pub unused: Vec<Arc<Rule>>,
    /// Problems that are of no stack and no account.
    pub problems: Diagnostics,
}

/// What was found in one stack.
#[derive(Clone, Default)]
pub struct StackReport {
    /// Its name: the directory it is in.
    pub name: String,
    /// The workspace.
    pub workspace: String,
    /// The serial of the state that was compared; none when no state could be read.
    pub serial: Option<u64>,
    /// The lineage of that state.
    pub lineage: String,
    /// How many objects it manages.
    pub managed: usize,
    /// How many of them were read.
    pub read: usize,
    /// What drifted, ordered by address.
    pub findings: Vec<Finding>,
    /// What drifted as rules expect it.
    pub ignored: Vec<Ignored>,
    /// What could not be read, and why.
    pub problems: Diagnostics,
    /// The sources that problems point into.
    pub sources: SourceMap,
}

/// How a stack is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackStatus {
    /// All was read, and is as the state has it.
    Clean,
    /// All was read, and something drifted.
    Drifted,
    /// Something could not be read.
    Partial,
    /// Nothing could be read.
    Failed,
}

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It is another than the state has.
    Changed,
    /// It is gone.
    Vanished,
    /// It exists, and no state has it.
    Unmanaged,
}

/// An object that drifted.
#[derive(Clone)]
pub struct Finding {
    /// What happened.
    pub kind: Kind,
    /// The object as the state has it and as it is, sensitive parts marked.
    pub change: Arc<ResourceChange>,
    /// The schema of its type.
    pub schema: Arc<Schema>,
    /// Where it is.
    pub scope: Scope,
    /// What differs, without what rules expect; nothing when it is gone.
    pub differences: Vec<Difference>,
    /// How many differences rules expect.
    pub expected: usize,
    /// Who did it.
    pub history: History,
}

/// A finding that a rule expects.
#[derive(Clone)]
pub struct Ignored {
    /// What happened.
    pub kind: Kind,
    /// The address, or type and id of what nobody manages.
    pub subject: String,
    /// The rule.
    pub rule: Arc<Rule>,
}

/// Who changed an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum History {
    /// Nobody asked.
    #[default]
    NotAsked,
    /// Nobody can tell, and why.
    Unknown(String),
    /// The calls that changed it in the time that was asked about, newest first.
    Events(Vec<HistoryEvent>),
}

/// What was found in one account.
#[derive(Clone, Default)]
pub struct AccountReport {
    /// Where it was searched.
    pub scope: Scope,
    /// The account's name, when it is known.
    pub name: String,
    /// How many types were listed.
    pub types: usize,
    /// How many objects these had.
    pub objects: usize,
    /// The objects that no state has, ordered by type and id.
    pub unmanaged: Vec<Unmanaged>,
    /// Those of them that rules expect.
    pub ignored: Vec<Ignored>,
    /// What could not be listed, and why.
    pub problems: Diagnostics,
}

/// An object that no state has.
#[derive(Clone, Debug, PartialEq)]
pub struct Unmanaged {
    /// The resource type.
    pub type_name: Arc<str>,
    /// Its id.
    pub id: String,
    /// What people call it: attribute `name`, or the tag `Name`.
    pub name: Option<String>,
    /// Where it is.
    pub scope: Scope,
    /// Who made it.
    pub history: History,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Everything was read, and nothing drifted: exit code 0.
    Clean,
    /// Everything was read, and something drifted: exit code 2.
    Drift,
    /// Something could not be read, whatever the rest is like: exit code 3.
    Partial,
    /// Nothing could be read: exit code 1.
    Failed,
}

impl StackReport {
    /// A stack of which nothing could be read.
    pub fn failed(name: String, problems: Diagnostics, sources: SourceMap) -> StackReport {
        StackReport { name, problems, sources, ..StackReport::default() }
    }

    /// How it is.
    pub fn status(&self) -> StackStatus {
        let whole = !self.problems.has_errors() && self.serial.is_some();
        match (whole, self.findings.is_empty()) {
            (true, true) => StackStatus::Clean,
            (true, false) => StackStatus::Drifted,
            (false, true) if self.read == 0 => StackStatus::Failed,
            (false, _) => StackStatus::Partial,
        }
    }
}

impl AccountReport {
    /// Whether nothing of it could be listed.
    pub fn has_failed(&self) -> bool {
        self.types == 0 && self.problems.has_errors()
    }
}

impl Report {
    /// How the run ended. A run that had nothing to look at is clean.
    pub fn conclusion(&self) -> Conclusion {
        let statuses: Vec<StackStatus> = self.stacks.iter().map(StackReport::status).collect();
        let failed = |s: &StackStatus| *s == StackStatus::Failed;
        let broken = |s: &StackStatus| matches!(s, StackStatus::Failed | StackStatus::Partial);
        let all = statuses.len() + self.accounts.len();
        let failures = statuses.iter().filter(|s| failed(s)).count()
            + self.accounts.iter().filter(|a| a.has_failed()).count();
        let partly = statuses.iter().any(broken)
            || self.accounts.iter().any(|a| a.problems.has_errors())
            || self.problems.has_errors();
        match () {
            () if partly && failures == all => Conclusion::Failed,
            () if partly => Conclusion::Partial,
            () if self.finding_count() > 0 => Conclusion::Drift,
            () => Conclusion::Clean,
        }
    }

    /// How many objects drifted or are managed by nobody.
    pub fn finding_count(&self) -> usize {
        Kind::ALL.iter().map(|kind| self.count(*kind)).sum()
    }

    /// How many findings are of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        match kind {
            Kind::Unmanaged => self.accounts.iter().map(|a| a.unmanaged.len()).sum(),
            _ => self.stacks.iter().flat_map(|s| &s.findings).filter(|f| f.kind == kind).count(),
        }
    }

    /// How many findings rules expect.
    pub fn ignored_count(&self) -> usize {
        self.stacks.iter().map(|s| s.ignored.len()).sum::<usize>()
            + self.accounts.iter().map(|a| a.ignored.len()).sum::<usize>()
    }

    /// All errors, with the stack or account that each is of.
    pub fn errors(&self) -> impl Iterator<Item = (String, &Diagnostic)> {
        let stacks = self.stacks.iter().flat_map(|s| s.problems.iter().map(|d| (s.name.clone(), d)));
        let accounts = self.accounts.iter().flat_map(|a| a.problems.iter().map(|d| (a.scope.to_string(), d)));
        let own = self.problems.iter().map(|d| (String::new(), d));
        stacks.chain(accounts).chain(own).filter(|(_, d)| d.is_error())
    }
}

impl Kind {
    /// All kinds.
    pub const ALL: [Kind; 3] = [Kind::Changed, Kind::Vanished, Kind::Unmanaged];

    /// The word for it, in all outputs and rules.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Changed => "changed",
            Kind::Vanished => "vanished",
            Kind::Unmanaged => "unmanaged",
        }
    }
}

impl StackStatus {
    /// The word for it, in all outputs.
    pub fn word(self) -> &'static str {
        match self {
            StackStatus::Clean => "clean",
            StackStatus::Drifted => "drifted",
            StackStatus::Partial => "partial",
            StackStatus::Failed => "failed",
        }
    }
}

impl Conclusion {
    /// The exit code of a run that ended so.
    pub fn exit_code(self) -> u8 {
        match self {
            Conclusion::Clean => 0,
            Conclusion::Failed => 1,
            Conclusion::Drift => 2,
            Conclusion::Partial => 3,
        }
    }

    /// The word for it, in all outputs.
    pub fn word(self) -> &'static str {
        match self {
            Conclusion::Clean => "clean",
            Conclusion::Drift => "drift",
            Conclusion::Partial => "partial",
            Conclusion::Failed => "failed",
        }
    }
}
