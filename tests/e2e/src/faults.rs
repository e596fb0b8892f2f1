//! What goes wrong between a client and a service, as a bad network and an overloaded service would
//! have it; which requests it happens to follows from a seed.

use crate::Random;
use crate::proxy::{error_document, refusal};
use std::collections::BTreeMap;

/// Something that goes wrong with one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The service refuses, since there are too many requests.
    Throttled,
    /// The service answers 500 and has done nothing.
    BrokenBefore,
    /// The service answers 500 and has done it all the same.
    BrokenAfter,
    /// The connection ends before the service hears of the request.
    CutBefore,
    /// The connection ends when the service has done it, without an answer.
    CutAfter,
    /// The answer comes late.
    Late,
}

const ALL: [Fault; 6] = [
    Fault::Throttled,
    Fault::BrokenBefore,
    Fault::BrokenAfter,
    Fault::CutBefore,
    Fault::CutAfter,
    Fault::Late,
];

impl Fault {
    /// Whether the service does what was asked.
    pub(crate) fn is_served(self) -> bool {
        matches!(self, Fault::BrokenAfter | Fault::CutAfter | Fault::Late)
    }

    /// What the client hears; nothing when the connection ends.
    pub(crate) fn answer(self) -> Option<String> {
        match self {
            Fault::Throttled => Some(refusal(
                503,
                "text/xml",
                &error_document("RequestLimitExceeded", "Request limit exceeded."),
            )),
            Fault::BrokenBefore | Fault::BrokenAfter => Some(refusal(
                500,
                "text/xml",
                &error_document("InternalError", "An internal error has occurred."),
            )),
            Fault::CutBefore | Fault::CutAfter | Fault::Late => None,
        }
    }
}

/// Which requests go wrong, and how.
#[derive(Debug, Clone)]
pub struct Faults {
    random: Random,
    percent: usize,
    /// How often each fault has happened.
    pub counts: BTreeMap<Fault, usize>,
}

impl Faults {
    /// Faults in this percentage of all requests.
    pub fn new(seed: u64, percent: usize) -> Faults {
        Faults { random: Random::new(seed), percent, counts: BTreeMap::new() }
    }

    /// What happens to the next request.
    pub(crate) fn next(&mut self) -> Option<Fault> {
        if !self.random.chance(self.percent) {
            return None;
        }
        let fault = *self.random.pick(&ALL);
        *self.counts.entry(fault).or_default() += 1;
        Some(fault)
    }
}
