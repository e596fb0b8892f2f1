//! The crash test: a stack is made, changed and destroyed by runs that are killed at random moments
//! and begun again until they get through. Then what exists must be what the state says.

use crate::{Aws, Difference, Moment, Random, STACK, STACK_SIZE, TestContext, difference, existing};
use std::fmt;
use std::time::Duration;

/// What a crash test did and found.
#[derive(Debug, Clone, Default)]
pub struct Figures {
    /// The seed that it can be repeated with.
    pub seed: u64,
    /// How many runs were killed.
    pub kills: usize,
    /// How many of these in `apply` that makes, in `apply` that changes, in `destroy`, in `resume`.
    pub kills_of: [usize; 4],
    /// How many times the whole stack was made, changed or destroyed.
    pub phases: usize,
    /// How many requests there were.
    pub requests: usize,
    /// Objects that were lost to the state, with when they were.
    pub orphans: Vec<String>,
    /// Objects in the state that did not exist.
    pub missing: Vec<String>,
    /// Objects that were made twice.
    pub duplicates: Vec<String>,
    /// What else was not as it should be.
    pub failures: Vec<String>,
}

impl Figures {
    /// Whether nothing was lost and nothing made twice.
    pub fn is_clean(&self) -> bool {
        [&self.orphans, &self.missing, &self.duplicates, &self.failures].iter().all(|list| list.is_empty())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [making, changing, destroying, resuming] = self.kills_of;
        writeln!(f, "{STACK_SIZE} objects, seed {}", self.seed)?;
        writeln!(
            f,
            "{:>6} kills: {making} while making, {changing} while changing, {destroying} while destroying, {resuming} \
             while resuming",
            self.kills
        )?;
        writeln!(f, "{:>6} times the stack was wholly made, changed or destroyed", self.phases)?;
        writeln!(f, "{:>6} requests", self.requests)?;
        for (list, what) in [
            (&self.orphans, "orphans"),
            (&self.missing, "missing objects"),
            (&self.duplicates, "duplicates"),
            (&self.failures, "failures"),
        ] {
            writeln!(f, "{:>6} {what}", list.len())?;
            for line in list {
                writeln!(f, "       {line}")?;
            }
        }
        Ok(())
    }
}

/// What is done with the stack, and how many requests it takes at most, about.
#[derive(Debug, Clone, Copy)]
enum Phase {
    Make,
    Change,
    Destroy,
}

impl Phase {
    fn args(self) -> &'static [&'static str] {
        match self {
            Phase::Make => &["apply", "-auto-approve"],
            Phase::Change => &["apply", "-auto-approve", "-var", "stage=two"],
            Phase::Destroy => &["destroy", "-auto-approve"],
        }
    }

    fn requests(self) -> usize {
        match self {
            Phase::Make => 110,
            Phase::Change => 60,
            Phase::Destroy => 60,
        }
    }
}

/// Kills runs until there were `kills`. Ends with the stack destroyed. `tell` hears how it goes.
pub fn crash_test(seed: u64, kills: usize, mut tell: impl FnMut(&Figures)) -> Figures {
    let aws = Aws::start();
    let context = TestContext::with_config(STACK).using(&aws);
    context.good(&["init"]);
    let start = existing(&aws);
    let figures = Figures { seed, ..Figures::default() };
    let mut test = Test { aws, context, random: Random::new(seed), kills, figures };
    while test.figures.kills < kills {
        for phase in [Phase::Make, Phase::Change, Phase::Destroy] {
            if !test.go_through(phase) {
                return test.figures;
            }
            test.figures.phases += 1;
            let now = existing(&test.aws);
            let Difference { orphans, missing, duplicates } = difference(&test.context, &start, &now);
            test.figures.orphans.extend(orphans);
            test.figures.missing.extend(missing);
            test.figures.duplicates.extend(duplicates);
            tell(&test.figures);
            // What was lost once would be found again after each phase that follows.
            if !test.figures.is_clean() {
                return test.figures;
            }
        }
    }
    test.figures
}

struct Test {
    aws: Aws,
    context: TestContext,
    random: Random,
    kills: usize,
    figures: Figures,
}

impl Test {
    /// Runs until a run gets through. False when one fails.
    fn go_through(&mut self, phase: Phase) -> bool {
        let mut interrupted = false;
        loop {
            if interrupted && self.random.chance(40) {
                match self.attempt(&["resume"], 30, 3) {
                    Some(true) => {}
                    Some(false) => continue,
                    None => return false,
                }
            }
            match self.attempt(phase.args(), phase.requests(), phase as usize) {
                Some(true) => return true,
                Some(false) => interrupted = true,
                None => return false,
            }
        }
    }

    /// One run, which is killed at one of its first `requests` requests or a little later. True when
    /// it got through, none when it failed.
    fn attempt(&mut self, args: &[&str], requests: usize, kind: usize) -> Option<bool> {
        if self.figures.kills == self.kills {
            let run = self.context.run(args);
            self.figures.requests += self.aws.proxy().calls().len();
            self.aws.proxy().forget();
            return self.succeeded(run);
        }
        let (moment, later) = match self.random.below(10) {
            0..=2 => (Moment::Before, None),
            3..=6 => (Moment::After, None),
            _ => (Moment::After, Some(Duration::from_micros(self.random.below(6_000) as u64))),
        };
        let gate = self.aws.proxy().hold_any(self.random.below(requests), moment);
        let mut run = self.context.start_quietly(args, None);
        let ended = loop {
            if gate.is_reached_within(Duration::from_millis(5)) {
                if let Some(later) = later {
                    // Not a wait for something: the moment of the kill is what is random here.
                    gate.open();
                    std::thread::sleep(later);
                }
                break run.ended();
            }
            if let Some(ended) = run.ended() {
                break Some(ended);
            }
        };
        if ended.is_none() {
            run.kill();
        }
        gate.open();
        self.aws.proxy().release();
        self.aws.proxy().wait_until_idle();
        self.figures.requests += self.aws.proxy().calls().len();
        self.aws.proxy().forget();
        match ended {
            Some(run) => self.succeeded(run),
            None => {
                self.figures.kills += 1;
                self.figures.kills_of[kind] += 1;
                Some(false)
            }
        }
    }

    fn succeeded(&mut self, run: crate::Run) -> Option<bool> {
        if run.code == Some(0) {
            return Some(true);
        }
        self.figures.failures.push(run.to_string());
        None
    }
}
