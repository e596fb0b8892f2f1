//! Lists and tuples: which elements stayed, which changed, which came and went.

use super::diff::{Context, Place, diff, same};
use super::node::{Body, Item, Mark, Node};
use super::similarity::{SAME_THING, similarity};
use terrane_value::Value;

/// Above this many comparisons elements are matched by position only.
const MAX_COMPARISONS: usize = 4_000_000;

/// The difference of two sequences of which something is different.
pub(crate) fn changed(before: &[Value], after: &[Value], place: &Place, cx: &Context<'_>) -> Node {
    let items = align(before, after)
        .into_iter()
        .map(|(b, a)| {
            let place = place.index(b, a);
            diff(b.map(|i| &before[i]), a.map(|i| &after[i]), &place, cx)
        })
        .collect();
    Node::new(Mark::Change, Body::Sequence(fold(items)))
}

/// Pairs of positions before and after, in order.
pub(crate) fn align(before: &[Value], after: &[Value]) -> Vec<(Option<usize>, Option<usize>)> {
    let mut pairs = Vec::new();
    let (mut b, mut a) = (0, 0);
    for (i, j) in common_subsequence(before, after).into_iter().chain([(before.len(), after.len())]) {
        gap(before, after, (b, i), (a, j), &mut pairs);
        if i < before.len() {
            pairs.push((Some(i), Some(j)));
        }
        (b, a) = (i + 1, j + 1);
    }
    pairs
}

/// What lies between two elements that stayed: elements that are alike changed, the others came
/// or went.
fn gap(
    before: &[Value],
    after: &[Value],
    (b, b_end): (usize, usize),
    (a, a_end): (usize, usize),
    pairs: &mut Vec<(Option<usize>, Option<usize>)>,
) {
    let (n, m) = (b_end - b, a_end - a);
    if n == m {
        pairs.extend((0..n).map(|i| (Some(b + i), Some(a + i))));
        return;
    }
    // The best sum of similarities over all pairings that keep the order.
    if n == 0 || m == 0 || n * m > 10_000 {
        pairs.extend((b..b_end).map(|i| (Some(i), None)));
        pairs.extend((a..a_end).map(|j| (None, Some(j))));
        return;
    }
    let likeness: Vec<Vec<f64>> =
        (0..n).map(|i| (0..m).map(|j| similarity(&before[b + i], &after[a + j])).collect()).collect();
    let mut best = vec![vec![0.0f64; m + 1]; n + 1];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            let pair = if likeness[i][j] >= SAME_THING { likeness[i][j] + best[i + 1][j + 1] } else { -1.0 };
            best[i][j] = pair.max(best[i + 1][j]).max(best[i][j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n || j < m {
        if i < n && j < m && likeness[i][j] >= SAME_THING && best[i][j] <= likeness[i][j] + best[i + 1][j + 1]
        {
            pairs.push((Some(b + i), Some(a + j)));
            (i, j) = (i + 1, j + 1);
        } else if i < n && (j == m || best[i][j] <= best[i + 1][j]) {
            pairs.push((Some(b + i), None));
            i += 1;
        } else {
            pairs.push((None, Some(a + j)));
            j += 1;
        }
    }
}

/// A longest common subsequence as pairs of positions.
fn common_subsequence(before: &[Value], after: &[Value]) -> Vec<(usize, usize)> {
    let start = before.iter().zip(after).take_while(|(b, a)| same(b, a)).count();
    let (rest_b, rest_a) = (&before[start..], &after[start..]);
    let end = rest_b.iter().rev().zip(rest_a.iter().rev()).take_while(|(b, a)| same(b, a)).count();
    let (middle_b, middle_a) = (&rest_b[..rest_b.len() - end], &rest_a[..rest_a.len() - end]);
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|i| (i, i)).collect();
    let (n, m) = (middle_b.len(), middle_a.len());
    if n * m <= MAX_COMPARISONS {
        let mut length = vec![vec![0u32; m + 1]; n + 1];
        for i in (0..n).rev() {
            for j in (0..m).rev() {
                length[i][j] = if same(&middle_b[i], &middle_a[j]) {
                    length[i + 1][j + 1] + 1
                } else {
                    length[i + 1][j].max(length[i][j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < n && j < m {
            if same(&middle_b[i], &middle_a[j]) {
                pairs.push((start + i, start + j));
                (i, j) = (i + 1, j + 1);
            } else if length[i + 1][j] >= length[i][j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..end).map(|k| (start + n + k, start + m + k)));
    pairs
}

/// Leaves one unchanged element on each side of a change and counts the others.
fn fold(nodes: Vec<Node>) -> Vec<Item> {
    let near: Vec<bool> = (0..nodes.len())
        .map(|i| nodes[i.saturating_sub(1)..(i + 2).min(nodes.len())].iter().any(|n| n.mark != Mark::Same))
        .collect();
    let mut items = Vec::new();
    let mut hidden = 0;
    for (node, near) in nodes.into_iter().zip(near) {
        if near {
            if hidden > 0 {
                items.push(Item::Hidden(hidden, "unchanged element"));
                hidden = 0;
            }
            items.push(Item::Node(node));
        } else {
            hidden += 1;
        }
    }
    if hidden > 0 {
        items.push(Item::Hidden(hidden, "unchanged element"));
    }
    items
}
