//! Events on a terminal: what is done scrolls by, what is going on stays at the bottom.

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
    /// The last line: how far the run is.
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
        let status = self.status_bar();
        let bar = (self.shown < MOST).then(|| {
            self.shown += 1;
            let bar = self.bars.insert_before(&status, ProgressBar::new_spinner());
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
