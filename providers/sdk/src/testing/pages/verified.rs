//! What VERIFIED.md says of each resource type. Its tables name several types in a row, in short: `aws_a, ..._b`,
//! `aws_{a,b}_c`, `aws_a_*`, `aws_a, its _b and _c`.

use std::collections::BTreeMap;

/// What the manifest says, by resource type.
pub(super) struct Verified(BTreeMap<String, String>);

impl Verified {
    /// Reads the table that begins with `| resource type |`, down to the first line that is none of its rows.
    pub(super) fn read(manifest: &str, types: &[&str]) -> Verified {
        let mut found = BTreeMap::new();
        let mut columns: Option<(String, String)> = None;
        for line in manifest.lines() {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            match (&columns, cells.as_slice()) {
                _ if !line.starts_with('|') => columns = None,
                (_, [first, with, without, ..]) if first.starts_with("resource type") => {
                    columns = Some(((*with).to_owned(), without.trim_end_matches('|').trim().to_owned()));
                }
                (Some((with, without)), [names, tried, ..]) if !names.starts_with("data ") => {
                    let open = cells.get(2).map_or("", |text| text.trim_end_matches('|').trim());
                    let tried = tried.trim_end_matches('|').trim();
                    let mut said = match tried.strip_prefix("not tried") {
                        Some(why) => format!("not on {with}{why}"),
                        None => format!("{with}: {tried}"),
                    };
                    match open.strip_prefix("everything") {
                        Some(why) if said.starts_with("not on") => said.push_str(why),
                        _ if open.is_empty() => {}
                        _ => said.push_str(&format!("; {without}: {open}")),
                    }
                    for name in named(names, types) {
                        found.entry(name.to_owned()).or_insert_with(|| format!("{said}."));
                    }
                }
                _ => {}
            }
        }
        Verified(found)
    }

    /// What is said of a type.
    pub(super) fn of(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}

/// The types that a first cell names.
fn named<'a>(cell: &str, types: &[&'a str]) -> Vec<&'a str> {
    let words = cell.split([',', ' ', ';']).filter(|word| word.contains('_'));
    // A comma in braces separates no words.
    let words: Vec<String> = match cell.contains('{') {
        true => cell.split([' ', ';']).map(|w| w.trim_end_matches(',').to_owned()).collect(),
        false => words.map(str::to_owned).collect(),
    };
    let mut found = Vec::new();
    let mut first: Option<String> = None;
    for word in words.iter().flat_map(|word| expand(word)) {
        let tail = word.trim_start_matches('.');
        let full: Vec<String> = match (tail.starts_with('_'), &first) {
            (true, Some(first)) => prefixes(first).map(|prefix| format!("{prefix}{tail}")).collect(),
            _ => vec![tail.to_owned()],
        };
        let hits = full.iter().find_map(|pattern| {
            let hits: Vec<&str> = types.iter().copied().filter(|name| fits(pattern, name)).collect();
            (!hits.is_empty()).then_some(hits)
        });
        if first.is_none() && !tail.starts_with('_') && tail.contains('_') {
            first = Some(tail.to_owned());
        }
        found.extend(hits.into_iter().flatten());
    }
    found
}

/// The beginnings of a name, up to each `_`, the longest first: the whole name is one.
fn prefixes(name: &str) -> impl Iterator<Item = &str> {
    let ends = name.rmatch_indices('_').map(|(at, _)| at);
    std::iter::once(name.len()).chain(ends).map(|end| &name[..end])
}

/// A word with each of the words in its first braces.
fn expand(word: &str) -> Vec<String> {
    let braces = word.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)));
    let Some((before, (inner, after))) = braces else { return vec![word.to_owned()] };
    inner.split(',').flat_map(|one| expand(&format!("{before}{one}{after}"))).collect()
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((begin, end)) => {
            name.len() >= begin.len() + end.len() && name.starts_with(begin) && name.ends_with(end)
        }
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_name_types_in_short() {
        let types = [
            "aws_a",
            "aws_a_b",
            "aws_a_c",
            "aws_a_x_p",
            "aws_a_y_p",
            "aws_default_r",
            "aws_default_s",
            "aws_z",
        ];
        for (cell, want) in [
            ("aws_a", &["aws_a"][..]),
            ("aws_a, ..._b", &["aws_a", "aws_a_b"]),
            ("aws_a_b, ..._c", &["aws_a_b", "aws_a_c"]),
            ("aws_a_{x,y}_p, aws_z", &["aws_a_x_p", "aws_a_y_p", "aws_z"]),
            ("aws_a, its _b and _c", &["aws_a", "aws_a_b", "aws_a_c"]),
            ("aws_default_*", &["aws_default_r", "aws_default_s"]),
            ("rules of things", &[]),
        ] {
            assert_eq!(named(cell, &types), want, "{cell}");
        }
    }

    #[test]
    fn what_is_said_stands_in_the_columns() {
        let manifest = "| resource type | moto | not tried |\n|---|---|---|\n| aws_a | verified | tags |\n| aws_z | yes | |\n| aws_y | not tried | everything (no server) |\n\n| type | x |\n|---|---|\n| aws_b | no |\n";
        let verified = Verified::read(manifest, &["aws_a", "aws_b", "aws_y", "aws_z"]);
        assert_eq!(verified.of("aws_a"), Some("moto: verified; not tried: tags."));
        assert_eq!(verified.of("aws_z"), Some("moto: yes."));
        assert_eq!(verified.of("aws_y"), Some("not on moto (no server)."));
        assert_eq!(verified.of("aws_b"), None);
    }
}
