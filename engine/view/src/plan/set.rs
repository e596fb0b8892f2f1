//! Sets: elements have no names or positions, so those that are alike are taken for the same.

use super::diff::{Context, Place, diff, same};
use super::node::{Body, Item, Mark, Node};
use super::similarity::{SAME_THING, similarity};
use std::collections::BTreeMap;
use terrane_value::Value;

/// The difference of two sets of which something is different.
pub(crate) fn changed(before: &[Value], after: &[Value], place: &Place, cx: &Context<'_>) -> Node {
    let mut items = Vec::new();
    let mut hidden = 0;
    for (b, a) in pair(before, after) {
        let (b, a) = (b.map(|i| &before[i]), a.map(|i| &after[i]));
        let node = diff(b, a, &place.element(b, a), cx);
        if node.mark == Mark::Same {
            hidden += 1;
        } else {
            items.push(Item::Node(node));
        }
    }
    if hidden > 0 {
        items.push(Item::Hidden(hidden, "unchanged element"));
    }
    Node::new(Mark::Change, Body::Sequence(items))
}

/// Pairs of positions before and after: equal elements, then those most alike, then the rest.
/// In the order of the elements before, those that are new last.
pub(crate) fn pair(before: &[Value], after: &[Value]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut partner: Vec<Option<usize>> = vec![None; before.len()];
    let mut taken = vec![false; after.len()];
    // Elements of sets are distinct and have no marks, so equal ones can be looked up.
    let position: BTreeMap<&Value, usize> = after.iter().enumerate().map(|(j, a)| (a, j)).collect();
    for (i, b) in before.iter().enumerate() {
        if let Some(&j) = position.get(b).filter(|&&j| !taken[j] && same(b, &after[j])) {
            partner[i] = Some(j);
            taken[j] = true;
        }
    }
    let free_b: Vec<usize> = (0..before.len()).filter(|&i| partner[i].is_none()).collect();
    let free_a: Vec<usize> = (0..after.len()).filter(|&j| !taken[j]).collect();
    let mut candidates: Vec<(f64, usize, usize)> = Vec::new();
    if free_b.len() * free_a.len() <= 250_000 {
        for &i in &free_b {
            for &j in &free_a {
                let likeness = similarity(&before[i], &after[j]);
                if likeness >= SAME_THING {
                    candidates.push((likeness, i, j));
                }
            }
        }
    }
    // The sort is stable: of equal likeness, earlier elements pair first.
    candidates.sort_by(|x, y| y.0.total_cmp(&x.0));
    for (_, i, j) in candidates {
        if partner[i].is_none() && !taken[j] {
            partner[i] = Some(j);
            taken[j] = true;
        }
    }
    let old = partner.into_iter().enumerate().map(|(i, j)| (Some(i), j));
    let new = (0..after.len()).filter(|&j| !taken[j]).map(|j| (None, Some(j)));
    old.chain(new).collect()
}
