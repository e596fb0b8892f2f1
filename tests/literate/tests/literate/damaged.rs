//! Configurations with random damage: whatever a file says, it is refused or accepted, and nothing
//! panics. `TERRANE_DAMAGED=100000` tries as many, from another point of the same sequence.

use crate::{folder, topics};
use terrane_literate::{Case, cases};

/// Pieces that change what stands around them.
const PIECES: [&str; 40] = [
    "\"",
    "${",
    "%{ if true }",
    "}",
    "{",
    "[",
    "]",
    "(",
    ")",
    "\n",
    "<<EOT\n",
    "\nEOT\n",
    "...",
    ".",
    ".*",
    "[*]",
    "[0]",
    "each.key",
    "count.index",
    "self",
    "null",
    "true",
    "1",
    "-",
    "= 1\n",
    "var.a",
    "local.a",
    "module.m",
    "terraform_data.a",
    "data",
    "for_each = {}\n",
    "count = 1\n",
    "lifecycle {}\n",
    "provider = terraform\n",
    "depends_on = []\n",
    "for x in y : x",
    "sensitive(1)",
    "try()",
    "dynamic \"input\" {\n}\n",
    "é",
];

/// A sequence of numbers that looks random (xorshift).
struct Sequence(u64);

impl Sequence {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % (limit.max(1) as u64)) as usize
    }

    fn damage(&mut self, text: &str) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(3) {
            let at = self.below(chars.len() + 1);
            let end = (at + self.below(25)).min(chars.len());
            match self.below(4) {
                0 => drop(chars.drain(at..end)),
                1 => {
                    let part = chars[at..end].to_vec();
                    let to = self.below(chars.len() + 1);
                    drop(chars.splice(to..to, part));
                }
                _ => drop(chars.splice(at..at, PIECES[self.below(PIECES.len())].chars())),
            }
        }
        chars.into_iter().collect()
    }
}

#[test]
fn damaged_configurations_are_survived() {
    let seeds: Vec<Case> = topics()
        .iter()
        .flat_map(|topic| cases(&std::fs::read_to_string(folder().join(format!("{topic}.md"))).unwrap()))
        .collect();
    let wanted: Option<usize> = std::env::var("TERRANE_DAMAGED").ok().map(|n| n.parse().unwrap());
    let mut sequence = Sequence(wanted.map_or(0x9e37_79b9_7f4a_7c15, |n| n as u64 | 1 << 63));
    let mut refused = 0;
    let total = wanted.unwrap_or(400);
    for _ in 0..total {
        let seed = &seeds[sequence.below(seeds.len())];
        let damaged = seed.changed(|text| sequence.damage(text));
        let said = std::panic::catch_unwind(|| damaged.problems());
        let Ok(said) = said else { panic!("this configuration:\n{}", damaged.text()) };
        refused += usize::from(said.iter().any(|(severity, ..)| severity == "error"));
    }
    // Damage that is never noticed, or always, would test little.
    assert!(refused > total / 2 && refused < total, "{refused} of {total} refused");
}
