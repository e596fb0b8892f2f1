//! Indentation, and the alignment of what stands in consecutive lines.

use super::Piece;
use super::spaces::{bracket_change, space_between};
use crate::token::TokenKind;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;

/// A line as ranges of pieces that follow each other: what leads, the `=` and the value after it
/// when that is whole, and a comment at the end.
struct Line {
    lead: Range<usize>,
    assign: Range<usize>,
    comment: Range<usize>,
}

/// Sets the spaces before every piece.
pub(super) fn arrange(pieces: &mut [Piece<'_>]) {
    let lines = split(pieces);
    indent(pieces, &lines);
    for line in &lines {
        for cell in [&line.lead, &line.assign] {
            set_spaces(pieces, cell);
        }
    }
    align(pieces, &lines, |line| line.assign.clone());
    align(pieces, &lines, |line| line.comment.clone());
}

fn split(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut in_heredoc = false;
    for end in 1..=pieces.len() {
        if end < pieces.len() && pieces[end - 1].kind != TokenKind::Newline {
            continue;
        }
        lines.push(cells(pieces, start..end, in_heredoc));
        for piece in &pieces[start..end] {
            match piece.kind {
                TokenKind::OpenHeredoc => in_heredoc = true,
                TokenKind::CloseHeredoc => in_heredoc = false,
                _ => {}
            }
        }
        start = end;
    }
    lines
}

fn cells(pieces: &[Piece<'_>], line: Range<usize>, in_heredoc: bool) -> Line {
    let whole = |end: usize| Line { lead: line.start..end, assign: end..end, comment: end..line.end };
    // An interpolation in a heredoc can have lines of its own; they are text to the reader.
    if in_heredoc {
        return whole(line.end);
    }
    let is_line_end = |kind| matches!(kind, TokenKind::Newline | TokenKind::Eof);
    let last = line.clone().rev().find(|&i| !is_line_end(pieces[i].kind));
    let end = match last {
        Some(i) if i > line.start && pieces[i].kind == TokenKind::LineComment => i,
        _ => line.end,
    };
    let equals = (line.start + 1..end).find(|&i| pieces[i].kind == TokenKind::Assign);
    match equals {
        Some(i) if pieces[i..end].iter().map(|p| bracket_change(p.kind)).sum::<i32>() == 0 => {
            Line { lead: line.start..i, assign: i..end, comment: end..line.end }
        }
        _ => whole(end),
    }
}

/// Indents each line by two spaces for every earlier line that opened more brackets than it
/// closed, until they are closed.
fn indent(pieces: &mut [Piece<'_>], lines: &[Line]) {
    let mut open: Vec<i32> = Vec::new();
    let mut in_heredoc = false;
    for line in lines {
        let (start, end) = (line.lead.start, line.assign.end);
        let was_in_heredoc = in_heredoc;
        let mut net = 0;
        for piece in &pieces[start..end] {
            net += bracket_change(piece.kind);
            match piece.kind {
                TokenKind::OpenHeredoc => in_heredoc = true,
                TokenKind::CloseHeredoc => in_heredoc = false,
                _ => {}
            }
        }
        let mut closed = -net;
        while closed > 0 {
            let Some(last) = open.last_mut() else { break };
            if closed < *last {
                *last -= closed;
                break;
            }
            closed -= *last;
            open.pop();
        }
        let first_is_line_end = matches!(pieces[start].kind, TokenKind::Newline | TokenKind::Eof);
        if !first_is_line_end && !was_in_heredoc {
            pieces[start].spaces = 2 * open.len();
        }
        if net > 0 {
            open.push(net);
        }
    }
}

/// Sets the spaces between the pieces of a cell.
fn set_spaces(pieces: &mut [Piece<'_>], cell: &Range<usize>) {
    for i in cell.clone().skip(1) {
        let before = (i >= cell.start + 2).then(|| pieces[i - 2].kind);
        pieces[i].spaces = usize::from(space_between(before, &pieces[i - 1], &pieces[i]));
    }
}

/// Moves the cells of neighbouring lines to the same column, one space behind the longest line.
fn align(pieces: &mut [Piece<'_>], lines: &[Line], cell: impl Fn(&Line) -> Range<usize>) {
    let mut chain: Vec<(usize, usize)> = Vec::new();
    let close = |chain: &mut Vec<(usize, usize)>, pieces: &mut [Piece<'_>]| {
        let widest = chain.iter().map(|(_, columns)| *columns).max().unwrap_or(0);
        for (start, columns) in chain.drain(..) {
            pieces[start].spaces = widest - columns + 1;
        }
    };
    for line in lines {
        let range = cell(line);
        if range.is_empty() {
            close(&mut chain, pieces);
            continue;
        }
        let before = &pieces[line.lead.start..range.start];
        let columns = before.iter().map(|p| p.spaces + p.text.graphemes(true).count()).sum();
        chain.push((range.start, columns));
    }
    close(&mut chain, pieces);
}
