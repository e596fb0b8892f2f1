//! The words of events.

use std::time::Duration;
use terrane_plan::{Action, EphemeralStep};

/// `Creating`, `Modifying`: what begins.
pub(crate) fn begins(action: Action) -> &'static str {
    match action {
        Action::Create => "Creating",
        Action::Update => "Modifying",
        Action::Delete => "Destroying",
        Action::Read => "Reading",
        Action::DeleteThenCreate | Action::CreateThenDelete => "Replacing",
        Action::Forget => "Forgetting",
        Action::NoOp => "Checking",
    }
}

/// `Creation complete`, without its time.
pub(crate) fn ends(action: Action) -> &'static str {
    match action {
        Action::Create => "Creation",
        Action::Update => "Modifications",
        Action::Delete => "Destruction",
        Action::Read => "Read",
        Action::DeleteThenCreate | Action::CreateThenDelete => "Replacement",
        Action::Forget => "Forgetting",
        Action::NoOp => "Check",
    }
}

/// `Opening`: what is done with an ephemeral resource.
pub(crate) fn ephemeral(step: EphemeralStep) -> &'static str {
    match step {
        EphemeralStep::Open => "Opening",
        EphemeralStep::Renew => "Renewing",
        EphemeralStep::Close => "Closing",
    }
}

/// ` [id=vpc-1]`, or nothing.
pub(crate) fn id_note(id: Option<&str>) -> String {
    id.map(|id| format!(" [id={id}]")).unwrap_or_default()
}

/// ` [id=vpc-1, 00m10s elapsed]`.
pub(crate) fn elapsed_note(id: Option<&str>, elapsed: Duration) -> String {
    let id = id.map(|id| format!("id={id}, ")).unwrap_or_default();
    let seconds = elapsed.as_secs();
    format!(" [{id}{:02}m{:02}s elapsed]", seconds / 60, seconds % 60)
}

/// Whole seconds as `0s`, `1m30s`, `2h0m5s`.
pub(crate) fn duration(elapsed: Duration) -> String {
    // To the nearest second, as Terraform does.
    let seconds = (elapsed + Duration::from_millis(500)).as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s}s"),
        (0, m, s) => format!("{m}m{s}s"),
        (h, m, s) => format!("{h}h{m}m{s}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::{duration, elapsed_note};
    use std::time::Duration;

    #[test]
    fn durations_are_whole_seconds() {
        for (millis, want) in [(0, "0s"), (499, "0s"), (500, "1s"), (90_000, "1m30s"), (7_205_000, "2h0m5s")]
        {
            assert_eq!(duration(Duration::from_millis(millis)), want);
        }
        assert_eq!(elapsed_note(None, Duration::from_secs(10)), " [00m10s elapsed]");
        assert_eq!(elapsed_note(Some("i"), Duration::from_secs(75)), " [id=i, 01m15s elapsed]");
    }
}
