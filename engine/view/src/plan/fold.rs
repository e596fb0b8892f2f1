//! Old values in front of what only apply can tell: enough of them to know them again.

use super::node::{Body, Entry, Item, Line, Node};

/// Parts with no more lines, elements or entries than this are left as they are.
const SHORT: usize = 8;

/// How many are shown of longer ones.
const SHOWN: usize = 4;

/// The same value with its long parts cut off.
pub(crate) fn shortened(node: Node) -> Node {
    let body = match node.body {
        Body::Text(lines) => Body::Text(cut(lines, |n| Line::Hidden(n, "more line"))),
        Body::Document(function, inner, spelling) => {
            Body::Document(function, Box::new(shortened(*inner)), spelling)
        }
        Body::Sequence(items) => {
            let items = cut(items, |n| Item::Hidden(n, "more element")).into_iter();
            Body::Sequence(
                items
                    .map(|item| match item {
                        Item::Node(node) => Item::Node(shortened(node)),
                        hidden => hidden,
                    })
                    .collect(),
            )
        }
        Body::Entries(entries) => {
            let entries = cut(entries, |n| Entry::Hidden(n, "more attribute")).into_iter();
            Body::Entries(
                entries
                    .map(|entry| match entry {
                        Entry::Node(name, node) => Entry::Node(name, shortened(node)),
                        hidden => hidden,
                    })
                    .collect(),
            )
        }
        other => other,
    };
    Node { body, ..node }
}

fn cut<T>(mut all: Vec<T>, rest: impl Fn(usize) -> T) -> Vec<T> {
    if all.len() > SHORT {
        let more = all.len() - SHOWN;
        all.truncate(SHOWN);
        all.push(rest(more));
    }
    all
}
