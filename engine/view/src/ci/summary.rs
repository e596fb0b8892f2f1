//! Plans and what became of them as Markdown and counts.

use crate::markdown::{code, diff, fence, quoted};
use crate::plan::access_lines;
use crate::{Options, Palette, plan_summary, render_plan};
use serde_json::{Value as Json, json};
use std::fmt::Write as _;
use terrane_config::Config;
use terrane_diagnostics::Diagnostic;
use terrane_plan::{Action, Counts, Plan, ResourceChange, access_changes};
use terrane_provider::Schemas;

/// How many addresses are listed for each action.
const LISTED: usize = 50;

/// A plan as Markdown of at most `limit` bytes, ending with a line end: what changes, and the whole
/// plan folded away. Where it does not fit, the counts stay and the plan is cut, which it says.
pub fn plan_markdown(plan: &Plan, config: &Config, schemas: &Schemas, title: &str, limit: usize) -> String {
    let options = Options::default();
    let text = render_plan(plan, config, schemas, &Palette::plain(), &options);
    let mut out = format!("## {}\n\n{}\n", quoted(title), quoted(&plan_summary(&plan.counts())));
    for (word, test) in ACTIONS {
        let changes: Vec<&ResourceChange> =
            plan.changes.iter().map(|c| &**c).filter(|c| test(c.action)).collect();
        if changes.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n**{word}** ({})\n", changes.len());
        for change in changes.iter().take(LISTED) {
            let _ = writeln!(out, "- {}", code(&change.address.to_string()));
        }
        if changes.len() > LISTED {
            let _ = writeln!(out, "- and {} more", changes.len() - LISTED);
        }
    }
    let access = access_lines(&access_changes(plan, schemas), &Palette::plain());
    if !access.is_empty() {
        let text = diff(&access.join("\n"));
        let fence = fence(&text);
        let _ = writeln!(out, "\n**Access**\n\n{fence}diff\n{text}\n{fence}");
    }
    let text = diff(text.trim_matches('\n'));
    let fence = fence(&text);
    let head = format!("\n<details><summary>The whole plan</summary>\n\n{fence}diff\n");
    let tail = format!("\n{fence}\n\n</details>\n");
    const NOTE: usize = 100;
    let room = limit.saturating_sub(out.len() + head.len() + tail.len() + NOTE);
    let (shown, left) = cut(&text, room);
    out.push_str(&head);
    out.push_str(shown);
    if left > 0 {
        let _ = write!(out, "\n... {left} more lines do not fit here; the log of the run has them all.");
    }
    out.push_str(&tail);
    out
}

type Test = fn(Action) -> bool;
const ACTIONS: [(&str, Test); 5] = [
    ("Create", |a| a == Action::Create),
    ("Update", |a| a == Action::Update),
    ("Replace", Action::is_replace),
    ("Destroy", |a| a == Action::Delete),
    ("Forget", |a| a == Action::Forget),
];

/// What became of a plan, as Markdown.
pub fn applied_markdown(title: &str, counts: &Counts, complete: bool) -> String {
    let ended = if complete { "Applied" } else { "Not applied as a whole" };
    format!(
        "## {}\n\n{ended}: {} added, {} changed, {} destroyed, {} imported.\n",
        quoted(title),
        counts.add,
        counts.change,
        counts.destroy,
        counts.import
    )
}

/// Problems as Markdown of at most `limit` bytes; empty when there are none.
pub fn problems_markdown(problems: &[Diagnostic], limit: usize) -> String {
    if problems.is_empty() {
        return String::new();
    }
    let mut out = "\n### Problems\n\n".to_owned();
    for (n, problem) in problems.iter().enumerate() {
        let word = if problem.is_error() { "Error" } else { "Warning" };
        let about = problem.place().map(|place| format!(" {}", code(place))).unwrap_or_default();
        let line = format!("- **{word}: {}**{about} {}\n", quoted(&problem.summary), quoted(&problem.detail));
        if out.len() + line.len() + 40 > limit {
            let _ = writeln!(out, "- and {} more", problems.len() - n);
            break;
        }
        out.push_str(&line);
    }
    out
}

/// The counts of a plan as GitLab's `terraform` report has them.
pub fn plan_counts_json(plan: &Plan) -> Json {
    let counts = plan.counts();
    json!({ "create": counts.add, "update": counts.change, "delete": counts.destroy })
}

/// As many whole lines as have room, and how many are left.
fn cut(text: &str, room: usize) -> (&str, usize) {
    if text.len() <= room {
        return (text, 0);
    }
    let mut end = room;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let end = text[..end].rfind('\n').unwrap_or(0);
    (&text[..end], text[end..].trim_start_matches('\n').lines().count())
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn whole_lines_are_kept_and_the_others_counted() {
        assert_eq!(cut("a\nb\nc", 10), ("a\nb\nc", 0));
        assert_eq!(cut("aa\nbb\ncc", 5), ("aa", 2));
        assert_eq!(cut("äää\nb", 3), ("", 2));
        assert_eq!(cut("aa\nbb\ncc", 6), ("aa\nbb", 1));
    }
}
