//! What the plans of several stacks come to.

use super::summary::parts_summary;
use crate::Palette;
use terrane_plan::Counts;

/// A stack that was planned with others.
#[derive(Clone, Debug)]
pub struct PlannedStack {
    /// Its name.
    pub name: String,
    /// What its plan does; `None` where there is none.
    pub counts: Option<Counts>,
    /// Whether there is anything to apply.
    pub changes: bool,
    /// The stacks whose planned outputs it has read.
    pub reads: Vec<String>,
}

/// A line for each stack, in the order in which they can be applied, and what is to be known of that order.
pub fn render_fleet(stacks: &[PlannedStack], palette: &Palette) -> String {
    let what = |stack: &PlannedStack| match &stack.counts {
        None => "could not be planned".to_owned(),
        Some(_) if !stack.changes => "no changes".to_owned(),
        Some(counts) if *counts == Counts::default() => "nothing but outputs, reads and moves".to_owned(),
        Some(counts) => parts_summary(counts),
    };
    let width = |texts: &mut dyn Iterator<Item = usize>| texts.max().unwrap_or(0);
    let names = width(&mut stacks.iter().map(|stack| stack.name.chars().count()));
    let sums = width(&mut stacks.iter().map(|stack| what(stack).chars().count()));
    let strong = palette.strong;
    let line = |stack: &PlannedStack| {
        let (name, sum) = (&stack.name, what(stack));
        let reads = match stack.reads.is_empty() {
            true => String::new(),
            false => format!("   reads {}", stack.reads.join(", ")),
        };
        let gap = " ".repeat(names - name.chars().count());
        format!("  {strong}{name}{strong:#}{gap}   {}\n", format!("{sum:<sums$}{reads}").trim_end())
    };
    let lines: String = stacks.iter().map(line).collect();
    let changed = |name: &String| stacks.iter().any(|stack| stack.name == *name && stack.changes);
    let order = match stacks.iter().any(|stack| stack.reads.iter().any(changed)) {
        true => {
            "\nApply them in this order: some were planned with outputs that others will only have when they are applied.\n"
        }
        false => "",
    };
    format!("\n{strong}Stacks:{strong:#}\n\n{lines}{order}")
}
