//! What happens while planning and applying, as it happens.
//!
//! [`Progress`] is for people: a live view on a terminal, plain lines elsewhere. [`JsonLines`] is
//! for programs: one JSON object a line. Both take [`Event`]s from many tasks at once.
//!
//! The plain lines are Terraform's, with two differences: objects that are read in large batches
//! get two lines for each batch instead of one for each object, and a change that failed says so
//! when it fails.

mod estimate;
mod json_lines;
mod lines;
mod live;
mod phrase;
mod query;

pub use estimate::{Durations, Estimate};
pub use json_lines::{Clock, JsonLines};

use crate::Palette;
use lines::Lines;
use live::Live;
use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};
use terrane_plan::{Event, Events};

/// Progress for people.
pub struct Progress(Mutex<View>);

enum View {
    Lines(Box<Lines>, Box<dyn Write + Send>),
    Live(Box<Live>),
}

impl Progress {
    /// Lines written to `out`. Errors of writing are ignored: progress is not a result.
    pub fn lines(out: Box<dyn Write + Send>, palette: Palette) -> Progress {
        Progress(Mutex::new(View::Lines(Box::new(Lines::new(palette)), out)))
    }

    /// A live view on standard output, which must be a terminal.
    pub fn live(palette: Palette) -> Progress {
        Progress(Mutex::new(View::Live(Box::new(Live::new(
            palette,
            indicatif::ProgressDrawTarget::stdout(),
        )))))
    }

    /// A live view that draws nothing.
    #[doc(hidden)]
    pub fn hidden() -> Progress {
        Progress(Mutex::new(View::Live(Box::new(Live::new(
            Palette::plain(),
            indicatif::ProgressDrawTarget::hidden(),
        )))))
    }

    /// Says how many changes there are to make, so that the live view can say how many are left, and
    /// what is known of how long they take. Somebody else tells the estimate what happens.
    pub fn expect(&self, changes: usize, estimate: &Arc<Mutex<Estimate>>) {
        if let View::Live(live) = &mut *self.lock() {
            live.expect(changes, estimate.clone());
        }
    }

    /// Shows what happened.
    pub fn event(&self, event: &Event) {
        match &mut *self.lock() {
            View::Live(live) => live.event(event),
            View::Lines(lines, out) => {
                for line in lines.event(event) {
                    let _ = writeln!(out, "{line}");
                }
                let _ = out.flush();
            }
        }
    }

    /// Takes the live view off the terminal; what scrolled by stays.
    pub fn finish(&self) {
        if let View::Live(live) = &mut *self.lock() {
            live.finish();
        }
    }

    /// This as the receiver of a plan's or apply's events.
    pub fn receiver(self: &Arc<Self>) -> Events {
        let progress = self.clone();
        Arc::new(move |event| progress.event(&event))
    }

    // A panic elsewhere while drawing must not end the run.
    fn lock(&self) -> std::sync::MutexGuard<'_, View> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
