//! Events on a terminal: what is done scrolls by, what is going on stays at the bottom, under a line that says how far the run
//! is. Of a terminal that is too low for all of it, the end is cut off.

use super::estimate::Estimate;
use super::lines::Lines;
use super::phrase::{begins, duration};
use crate::Palette;
use crate::palette::paint;
use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use terrane_address::ResourceInstance;
use terrane_plan::{Action, Event};

/// Changes shown one by one; those beyond are counted.
const MOST: usize = 12;

/// How often the terminal is drawn while nothing happens.
const TICK: Duration = Duration::from_millis(200);

/// A live view.
pub(crate) struct Live {
    bars: MultiProgress,
    lines: Lines,
    palette: Palette,
    /// The line above the others: how far the run is.
    status: Option<ProgressBar>,
    /// A line for each change that is going on.
    running: HashMap<ResourceInstance, Option<ProgressBar>>,
    shown: usize,
    refresh: Count,
    apply: Count,
    failed: usize,
    /// How long it still takes, and since when changes are made.
    estimate: Option<(Arc<Mutex<Estimate>>, Instant)>,
}

#[derive(Default)]
struct Count {
    done: usize,
    total: usize,
}

impl Live {
    pub(crate) fn new(palette: Palette, target: ProgressDrawTarget) -> Live {
        Live {
            bars: MultiProgress::with_draw_target(target),
            lines: Lines::new(palette),
            palette,
            status: None,
            running: HashMap::new(),
            shown: 0,
            refresh: Count::default(),
            apply: Count::default(),
            failed: 0,
            estimate: None,
        }
    }

    pub(crate) fn expect(&mut self, changes: usize, estimate: Arc<Mutex<Estimate>>) {
        self.apply.total = changes;
        self.estimate = Some((estimate, Instant::now()));
    }

    pub(crate) fn event(&mut self, event: &Event) {
        let scroll = match event {
            Event::RefreshStarted { addresses, .. } => {
                self.refresh.total += addresses.len();
                true
            }
            Event::Refreshed { .. } => {
                self.refresh.done += 1;
                true
            }
            Event::ReadStarted { address } => self.begin(address, Action::Read),
            Event::ApplyStarted { address, action, .. } => self.begin(address, *action),
            Event::ApplyProgress { .. } => false,
            Event::ReadDone { address, .. } => self.end(address),
            Event::ApplyDone { address, .. } => {
                self.apply.done += 1;
                self.end(address)
            }
            Event::ApplyUnneeded { .. } => {
                self.apply.done += 1;
                false
            }
            Event::ApplyFailed { address, .. } => {
                self.failed += 1;
                self.end(address)
            }
            _ => true,
        };
        let lines = self.lines.event(event);
        if scroll {
            for line in lines {
                // Failing to draw is not the run's failure.
                let _ = self.bars.println(line);
            }
        }
        self.show_status();
    }

    /// A line that says what is going on, with its own clock. Nothing scrolls by yet.
    fn begin(&mut self, address: &ResourceInstance, action: Action) -> bool {
        self.status_bar();
        let bar = (self.shown < MOST).then(|| {
            self.shown += 1;
            let bar = self.bars.add(ProgressBar::new_spinner());
            bar.set_style(style("  {spinner} {wide_msg} {elapsed:>4}"));
            bar.set_message(format!("{address}: {}...", begins(action)));
            bar.enable_steady_tick(TICK);
            bar
        });
        self.running.insert(address.clone(), bar);
        false
    }

    fn end(&mut self, address: &ResourceInstance) -> bool {
        if let Some(Some(bar)) = self.running.remove(address) {
            self.shown -= 1;
            bar.finish_and_clear();
            self.bars.remove(&bar);
        }
        true
    }

    fn status_bar(&mut self) -> ProgressBar {
        self.status
            .get_or_insert_with(|| {
                let bar = self.bars.add(ProgressBar::new_spinner());
                bar.set_style(style("{wide_msg}"));
                bar
            })
            .clone()
    }

    fn show_status(&mut self) {
        let mut parts = Vec::new();
        if self.refresh.done < self.refresh.total {
            parts.push(format!("refreshed {} of {} objects", self.refresh.done, self.refresh.total));
        }
        if self.apply.total > 0 {
            parts.push(format!("{} of {} changes done", self.apply.done, self.apply.total));
        } else if self.apply.done > 0 {
            parts.push(format!("{} changes done", self.apply.done));
        }
        if self.failed > 0 {
            parts.push(paint(self.palette.error, format!("{} failed", self.failed)));
        }
        if !self.running.is_empty() {
            let more = self.running.len() - self.shown;
            let more = if more > 0 { format!(" ({more} not shown)") } else { String::new() };
            parts.push(format!("{} in progress{more}", self.running.len()));
        }
        if let Some((estimate, since)) = &self.estimate {
            let estimate = estimate.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(left) = estimate.remaining(since.elapsed()) {
                parts.push(format!("about {} left", duration(left)));
            }
        }
        if parts.is_empty() {
            if let Some(bar) = self.status.take() {
                bar.finish_and_clear();
                self.bars.remove(&bar);
            }
            return;
        }
        self.status_bar().set_message(parts.join(", "));
    }

    pub(crate) fn finish(&mut self) {
        for (_, bar) in self.running.drain() {
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        }
        self.shown = 0;
        if let Some(bar) = self.status.take() {
            bar.finish_and_clear();
        }
        let _ = self.bars.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are constant and valid; the default only differs in looks.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

#[cfg(test)]
mod tests {
    use super::*;
    use indicatif::TermLike;
    use std::io;
    use terrane_plan::ResourceChange;

    /// A terminal that keeps what is drawn: lines without colours, and where the cursor is.
    #[derive(Clone, Debug)]
    struct Paper {
        width: u16,
        height: u16,
        drawn: Arc<Mutex<(Vec<String>, usize)>>,
    }

    impl Paper {
        fn new(width: u16, height: u16) -> Paper {
            Paper { width, height, drawn: Arc::new(Mutex::new((vec![String::new()], 0))) }
        }

        fn at(&self, change: impl FnOnce(&mut Vec<String>, &mut usize)) -> io::Result<()> {
            let mut drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let (lines, row) = &mut *drawn;
            change(lines, row);
            while lines.len() <= *row {
                lines.push(String::new());
            }
            Ok(())
        }

        fn text(&self) -> Vec<String> {
            let drawn = self.drawn.lock().unwrap_or_else(PoisonError::into_inner);
            let lines = drawn.0.iter().map(|line| line.trim_end().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        }
    }

    impl TermLike for Paper {
        fn width(&self) -> u16 {
            self.width
        }
        fn height(&self) -> u16 {
            self.height
        }
        fn move_cursor_up(&self, n: usize) -> io::Result<()> {
            self.at(|_, row| *row = row.saturating_sub(n))
        }
        fn move_cursor_down(&self, n: usize) -> io::Result<()> {
            self.at(|_, row| *row += n)
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.write_str(text)?;
            self.at(|_, row| *row += 1)
        }
        // A line that is full goes on in the next one.
        fn write_str(&self, text: &str) -> io::Result<()> {
            for sign in text.chars().filter(|sign| *sign != '\r') {
                let full = |lines: &[String], row: usize| lines[row].chars().count() >= self.width.into();
                self.at(|lines, row| *row += usize::from(sign == '\n' || full(lines, *row)))?;
                if sign != '\n' {
                    self.at(|lines, row| lines[*row].push(sign))?;
                }
            }
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.at(|lines, row| lines[*row].clear())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    fn address(number: usize) -> ResourceInstance {
        format!("aws_vpc.a_name_that_is_long[{number}]").parse().expect("an address")
    }

    fn begun(number: usize) -> Event {
        Event::ApplyStarted { address: address(number), action: Action::Create, id: None }
    }

    fn ended(number: usize) -> Event {
        let elapsed = Duration::from_secs(2);
        Event::ApplyDone { address: address(number), action: Action::Create, id: None, elapsed }
    }

    fn live(paper: &Paper, changes: usize) -> Live {
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(paper.clone()), 255);
        let mut live = Live::new(Palette::plain(), target);
        let none = std::iter::empty::<&ResourceChange>();
        live.expect(changes, Arc::new(Mutex::new(Estimate::new(Default::default(), none))));
        live
    }

    /// Whether a terminal shows these lines before long: it is not drawn at each event.
    fn shows(paper: &Paper, wanted: &dyn Fn(&[String]) -> bool) {
        let until = Instant::now() + Duration::from_secs(20);
        while !wanted(&paper.text()) {
            assert!(Instant::now() < until, "{:#?}", paper.text());
            std::thread::yield_now();
        }
    }

    #[test]
    fn what_goes_on_is_below_how_far_the_run_is_and_what_is_done_above() {
        let paper = Paper::new(60, 24);
        let mut live = live(&paper, 3);
        live.event(&begun(0));
        live.event(&begun(1));
        live.event(&ended(0));
        shows(&paper, &|lines| {
            let [done, status, running] = lines else { return false };
            done == "aws_vpc.a_name_that_is_long[0]: Creation complete after 2s"
                && status == "1 of 3 changes done, 1 in progress"
                && running.contains("aws_vpc.a_name_that_is_long[1]: Creating...")
        });
        live.finish();
        shows(&paper, &|lines| lines == ["aws_vpc.a_name_that_is_long[0]: Creation complete after 2s"]);
    }

    #[test]
    fn on_a_low_and_narrow_terminal_the_line_that_counts_is_seen() {
        let paper = Paper::new(36, 5);
        let mut live = live(&paper, 20);
        (0..20).for_each(|number| live.event(&begun(number)));
        shows(&paper, &|lines| {
            let status = lines.iter().position(|l| l.starts_with("0 of 20 changes done, 20 in"));
            let fit = lines.iter().all(|line| line.chars().count() <= 36);
            fit && status.is_some_and(|at| lines.get(at + 1).is_some_and(|l| l.contains("aws_vpc.a_name")))
        });
        live.finish();
    }
}
