//! A report as a message for a chat, in the form that Slack's incoming webhooks take, and others that
//! are compatible with them.

use super::words::{coverage, findings, is_broken, who};
use serde_json::{Value as Json, json};
use terrane_drift::Report;

/// How many objects are named. A message is no report.
const SHOWN: usize = 15;
/// The longest text of a section is 3,000 characters.
const LONGEST: usize = 2_900;

/// The body of a request to a webhook. Values of objects are not in it, only what they are called.
pub fn drift_message(report: &Report) -> Json {
    let title = format!("Drift: {}", findings(report));
    let mut lines = Vec::new();
    for stack in &report.stacks {
        if is_broken(stack.status()) {
            lines.push(format!("*{}* {}", escaped(&stack.name), stack.status().word()));
        }
        for finding in &stack.findings {
            let mut line = format!(
                "*{}* `{}` {}",
                escaped(&stack.name),
                escaped(&finding.change.address.to_string()),
                finding.kind.word()
            );
            if let Some(who) = who(&finding.history) {
                line.push_str(&format!(" by {}", escaped(&who)));
            }
            lines.push(line);
        }
    }
    for account in &report.accounts {
        for object in &account.unmanaged {
            let (scope, type_name) = (account.scope.to_string(), &object.type_name);
            lines.push(format!("*{}* `{type_name}.{}` unmanaged", escaped(&scope), escaped(&object.id)));
        }
    }
    let more = lines.len().saturating_sub(SHOWN);
    lines.truncate(SHOWN);
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    let mut blocks = vec![
        json!({ "type": "header", "text": { "type": "plain_text", "text": cut(&title, 150) } }),
        json!({ "type": "context", "elements": [{ "type": "mrkdwn", "text": escaped(&coverage(report)) }] }),
    ];
    if !lines.is_empty() {
        let text = cut(&lines.join("\n"), LONGEST);
        blocks.push(json!({ "type": "section", "text": { "type": "mrkdwn", "text": text } }));
    }
    json!({ "text": title, "blocks": blocks })
}

/// Text in which nothing is a link, a mention or a style.
fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('`', "'").replace('*', "\u{2217}").replace(['\n', '\r'], " ")
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}
