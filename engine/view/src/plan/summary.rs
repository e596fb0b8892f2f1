//! The lines that count.

use terrane_plan::{Counts, PlanMode};

/// `Plan: 1 to add, 0 to change, 0 to destroy.`
pub fn plan_summary(counts: &Counts) -> String {
    let import = if counts.import > 0 { format!("{} to import, ", counts.import) } else { String::new() };
    format!(
        "Plan: {import}{} to add, {} to change, {} to destroy.",
        counts.add, counts.change, counts.destroy
    )
}

/// `1 to add, 3 to destroy`: only what there is.
pub(crate) fn parts_summary(counts: &Counts) -> String {
    let parts = [
        (counts.import, "import"),
        (counts.add, "add"),
        (counts.change, "change"),
        (counts.destroy, "destroy"),
        (counts.forget, "forget"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(n, _)| *n > 0).map(|(n, verb)| format!("{n} to {verb}")).collect();
    if parts.is_empty() { "nothing but reads and moves".to_owned() } else { parts.join(", ") }
}

/// `Apply complete! Resources: 1 added, 0 changed, 0 destroyed.`, or with [`PlanMode::Destroy`]
/// `Destroy complete! Resources: 1 destroyed.` The latter is what the command `destroy` says;
/// `apply -destroy` says the former.
pub fn apply_summary(mode: PlanMode, done: &Counts) -> String {
    let what = if mode == PlanMode::Destroy { "Destroy" } else { "Apply" };
    format!("{what} complete! Resources: {}.", done_summary(mode, done))
}

/// `Apply incomplete. Resources: 1 added, 0 changed, 0 destroyed. Of 4 changes 1 failed and 2 were not begun.`
pub fn incomplete_summary(mode: PlanMode, done: &Counts, all: usize, failed: usize, left: usize) -> String {
    let what = if mode == PlanMode::Destroy { "Destroy" } else { "Apply" };
    let was = if left == 1 { "was" } else { "were" };
    let changes = if all == 1 { "change" } else { "changes" };
    format!(
        "{what} incomplete. Resources: {}. Of {all} {changes} {failed} failed and {left} {was} not begun.",
        done_summary(mode, done)
    )
}

fn done_summary(mode: PlanMode, done: &Counts) -> String {
    if mode == PlanMode::Destroy {
        return format!("{} destroyed", done.destroy);
    }
    let import = if done.import > 0 { format!("{} imported, ", done.import) } else { String::new() };
    format!("{import}{} added, {} changed, {} destroyed", done.add, done.change, done.destroy)
}
