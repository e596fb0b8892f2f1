//! A difference as text: symbols, indentation, alignment.

use super::block::{is_empty, is_inline};
use super::node::{BlockNode, Body, Entry, Group, Item, Line, Mark, Node, Note};
use crate::Palette;
use crate::palette::paint;
use crate::text::{count, key};

/// More short elements than this, all added or all removed, are written several to a line.
const WIDE_LIST: usize = 24;

/// Where text goes and how it looks.
pub(crate) struct Writer<'a> {
    /// The colours.
    pub(crate) palette: &'a Palette,
    /// Columns that a line should not exceed; 0 for any number.
    pub(crate) width: usize,
}

impl Writer<'_> {
    /// The symbol of a mark, one column wide.
    fn symbol(&self, mark: Mark) -> String {
        match mark {
            Mark::Same => " ".into(),
            Mark::Add => paint(self.palette.add, '+'),
            Mark::Remove => paint(self.palette.remove, '-'),
            Mark::Change => paint(self.palette.change, '~'),
        }
    }

    fn faint(&self, text: String) -> String {
        paint(self.palette.faint, text)
    }

    fn forces(&self) -> String {
        paint(self.palette.forces, " # forces replacement")
    }

    fn hidden(&self, n: usize, noun: &str) -> String {
        self.faint(format!("# ({} hidden)", count(n, noun)))
    }

    /// The lines of a block's content, whose symbols stand in column `at`.
    pub(crate) fn block_content(&self, block: &BlockNode, at: usize, out: &mut Vec<String>) {
        if block.redacted {
            out.push(format!("{:at$}# At least one attribute in this block is (or was) sensitive,", ""));
            out.push(format!("{:at$}# so its contents will not be displayed.", ""));
            return;
        }
        self.entries(&block.attributes, at, true, out);
        for group in &block.groups {
            if !out.is_empty() {
                out.push(String::new());
            }
            match group {
                Group::Blocks(blocks) => {
                    for (header, nested) in blocks {
                        self.nested_block(header, nested, at, out);
                    }
                }
                Group::Unknown(header, mark, forces) => {
                    let forces = if *forces { self.forces() } else { String::new() };
                    out.push(format!(
                        "{:at$}{} {header} (known after apply){forces}",
                        "",
                        self.symbol(*mark)
                    ));
                }
            }
        }
        if block.hidden_blocks > 0 {
            if !out.is_empty() {
                out.push(String::new());
            }
            out.push(format!("{:at$}  {}", "", self.hidden(block.hidden_blocks, "unchanged block")));
        }
    }

    fn nested_block(&self, header: &str, block: &BlockNode, at: usize, out: &mut Vec<String>) {
        let forces = if block.forces { self.forces() } else { String::new() };
        let symbol = self.symbol(block.mark);
        if is_empty(block) {
            out.push(format!("{:at$}{symbol} {header} {{}}{forces}", ""));
            return;
        }
        out.push(format!("{:at$}{symbol} {header} {{{forces}", ""));
        let mut content = Vec::new();
        self.block_content(block, at + 4, &mut content);
        out.append(&mut content);
        out.push(format!("{:at$}  }}", ""));
    }

    /// Lines of aligned entries, whose symbols stand in column `at`. What goes from something
    /// that stays is said to become null.
    pub(crate) fn entries(&self, entries: &[Entry], at: usize, say_null: bool, out: &mut Vec<String>) {
        let width = |e: &Entry| if let Entry::Node(name, _) = e { name.chars().count() } else { 0 };
        let widest = entries.iter().map(width).max().unwrap_or(0);
        for entry in entries {
            match entry {
                Entry::Hidden(n, noun) => out.push(format!("{:at$}  {}", "", self.hidden(*n, noun))),
                Entry::Node(name, node) => {
                    let prefix = format!("{name:widest$} = ");
                    let null = if say_null && node.mark == Mark::Remove { " -> null" } else { "" };
                    self.line(node, at, &prefix, null, out);
                }
            }
        }
    }

    /// The lines of one part, with its symbol in column `at`.
    fn line(&self, node: &Node, at: usize, prefix: &str, suffix: &str, out: &mut Vec<String>) {
        self.warning(node, at, out);
        let mut lines = self.node(node, at + 2, prefix.chars().count());
        if let Some(first) = lines.first_mut() {
            *first = format!("{:at$}{} {prefix}{first}", "", self.symbol(node.mark));
        }
        let opens = lines.len() > 1
            && matches!(node.body, Body::Sequence(_) | Body::Entries(_) | Body::Text(_) | Body::Document(..));
        let forces = if node.forces { self.forces() } else { String::new() };
        let remark = match &node.note {
            Some(Note::Remark(text)) => self.faint(format!(" # {text}")),
            _ => String::new(),
        };
        if opens && let Some(first) = lines.first_mut() {
            *first = format!("{first}{remark}{forces}");
        }
        if let Some(last) = lines.last_mut() {
            *last = format!("{last}{suffix}");
            if !opens {
                *last = format!("{last}{remark}{forces}");
            }
        }
        out.append(&mut lines);
    }

    fn warning(&self, node: &Node, at: usize, out: &mut Vec<String>) {
        let (lines, unchanged): ([&str; 2], bool) = match node.note {
            Some(Note::BecomesSensitive(unchanged)) => (
                [
                    "this attribute value will be marked as sensitive and will not",
                    "display in UI output after applying this change.",
                ],
                unchanged,
            ),
            Some(Note::NoLongerSensitive(unchanged)) => (
                ["this attribute value will no longer be marked as sensitive", "after applying this change."],
                unchanged,
            ),
            _ => return,
        };
        let warning = paint(self.palette.warning, "Warning:");
        out.push(format!("{:at$}# {warning} {}", "", lines[0]));
        let unchanged = if unchanged { " The value is unchanged." } else { "" };
        out.push(format!("{:at$}# {}{unchanged}", "", lines[1]));
    }

    /// The lines of a value whose first stands somewhere in a line with its content at `column`,
    /// after `used` more columns. The others are indented.
    fn node(&self, node: &Node, column: usize, used: usize) -> Vec<String> {
        match &node.body {
            Body::Leaf(text) => vec![text.clone()],
            Body::Redacted => vec!["(sensitive value)".into()],
            Body::Turns(before, after) => self.turns(before, after, column, used),
            Body::Text(lines) => self.text(lines, column),
            Body::Document(function, inner, spelling) => self.document(function, inner, *spelling, column),
            Body::Sequence(items) if items.is_empty() => vec!["[]".into()],
            Body::Sequence(items) => self.sequence(items, column),
            Body::Entries(entries) if entries.is_empty() => vec!["{}".into()],
            Body::Entries(entries) => {
                let mut lines = vec!["{".into()];
                self.entries(entries, column + 2, node.mark == Mark::Change, &mut lines);
                lines.push(format!("{:column$}}}", ""));
                lines
            }
            Body::Becomes(before, after) => {
                let mut lines = self.node(before, column, used);
                let mut rest = self.node(after, column, 0).into_iter();
                if let (Some(last), Some(first)) = (lines.last_mut(), rest.next()) {
                    *last = format!("{last}{}{first}", self.arrow());
                }
                lines.extend(rest);
                lines
            }
        }
    }

    fn arrow(&self) -> String {
        format!(" {} ", paint(self.palette.change, "->"))
    }

    fn turns(&self, before: &str, after: &str, column: usize, used: usize) -> Vec<String> {
        let length = column + used + before.chars().count() + after.chars().count() + 4;
        if self.width > 0 && length > self.width && before.chars().count() > 24 {
            let indent = column + 2;
            let arrow = paint(self.palette.change, "->");
            return vec![before.to_owned(), format!("{:indent$}{arrow} {after}", "")];
        }
        vec![format!("{before}{}{after}", self.arrow())]
    }

    fn text(&self, lines: &[Line], column: usize) -> Vec<String> {
        let mut out = vec!["<<-EOT".to_owned()];
        let at = column + 2;
        for line in lines {
            out.push(match line {
                Line::Text(Mark::Same, text) if text.is_empty() => String::new(),
                Line::Text(mark, text) => format!("{:at$}{} {text}", "", self.symbol(*mark)),
                Line::Hidden(n, noun) => format!("{:at$}  {}", "", self.hidden(*n, noun)),
            });
        }
        out.push(format!("{:column$}EOT", ""));
        out
    }

    fn document(&self, function: &str, inner: &Node, spelling: bool, column: usize) -> Vec<String> {
        let note = if spelling { self.faint(" # whitespace changes".into()) } else { String::new() };
        if is_inline(inner) && inner.mark != Mark::Change {
            return vec![format!("{function}({}){note}", self.node(inner, column, 0).concat())];
        }
        let mut lines = vec![format!("{function}({note}")];
        self.line(inner, column + 2, "", "", &mut lines);
        lines.push(format!("{:column$})", ""));
        lines
    }

    fn sequence(&self, items: &[Item], column: usize) -> Vec<String> {
        let mut lines = vec!["[".to_owned()];
        let at = column + 2;
        if let Some(rows) = self.wide(items, column) {
            lines.extend(rows);
        } else {
            for item in items {
                match item {
                    Item::Node(node) => self.line(node, at, "", ",", &mut lines),
                    Item::Hidden(n, noun) => lines.push(format!("{:at$}  {}", "", self.hidden(*n, noun))),
                }
            }
        }
        lines.push(format!("{:column$}]", ""));
        lines
    }

    /// Many short elements that all come or all go, several to a line.
    fn wide(&self, items: &[Item], column: usize) -> Option<Vec<String>> {
        if items.len() <= WIDE_LIST {
            return None;
        }
        let mut mark = None;
        let mut texts = Vec::new();
        for item in items {
            let Item::Node(node) = item else { return None };
            let Body::Leaf(text) = &node.body else { return None };
            if node.forces || text.chars().count() > 24 || *mark.get_or_insert(node.mark) != node.mark {
                return None;
            }
            texts.push(text);
        }
        let at = column + 2;
        let limit = if self.width == 0 { 100 } else { self.width.clamp(60, 120) };
        let mut rows: Vec<String> = Vec::new();
        let mut used = limit;
        for text in texts {
            let length = text.chars().count() + 2;
            match rows.last_mut().filter(|_| used + length <= limit) {
                Some(row) => row.push_str(&format!(" {text},")),
                None => {
                    rows.push(format!("{:at$}{} {text},", "", self.symbol(mark.unwrap_or(Mark::Same))));
                    used = at + 1;
                }
            }
            used += length;
        }
        Some(rows)
    }

    /// A value that stands alone.
    pub(crate) fn value(&self, node: &Node) -> String {
        self.node(node, 0, 0).join("\n")
    }

    /// The first line of a resource's block.
    pub(crate) fn header(&self, words: &[&str]) -> String {
        let quoted: Vec<String> =
            words.iter().enumerate().map(|(i, w)| if i == 0 { key(w) } else { format!("\"{w}\"") }).collect();
        format!("{} {{", quoted.join(" "))
    }
}
