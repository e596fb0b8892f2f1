//! Asking whether a plan may be applied.

use crate::context::{Context, Problems};
use terrane_plan::PlanMode;

/// Asks; only `yes` is an approval.
pub(crate) fn ask(context: &Context, mode: PlanMode, workspace: &str) -> Result<bool, Problems> {
    let place = if workspace == crate::workspace::DEFAULT {
        String::new()
    } else {
        format!(" in workspace {workspace:?}")
    };
    let (question, meaning) = match mode {
        PlanMode::Destroy => (
            format!("Do you really want to destroy all resources{place}?"),
            "Terrane will destroy all your managed infrastructure, as shown above.\n  There is no undo.",
        ),
        PlanMode::RefreshOnly => (
            format!("Would you like to update the Terrane state{place} to reflect these detected changes?"),
            "Terrane will write these changes to the state without modifying any real infrastructure.\n  There is \
             no undo.",
        ),
        PlanMode::Normal => (
            format!("Do you want to perform these actions{place}?"),
            "Terrane will perform the actions described above.",
        ),
    };
    let word = if mode == PlanMode::Destroy { "confirm" } else { "approve" };
    confirmed(context, &question, meaning, word)
}

/// Asks whether what an interrupted run began may be finished.
pub(crate) fn ask_to_settle(context: &Context) -> Result<bool, Problems> {
    let meaning = "Terrane will repeat the interrupted operations under their own names, so that what they made is \
                   found.\n  Then it goes on with what you asked for.";
    confirmed(context, "Do you want to settle the interrupted operations first?", meaning, "approve")
}

fn confirmed(context: &Context, question: &str, meaning: &str, word: &str) -> Result<bool, Problems> {
    context.output.print(&format!(
        "\n{question}\n  {meaning} Only 'yes' will be accepted to {word}.\n\n  Enter a value: "
    ));
    let answer = context
        .environment
        .read_line()
        .map_err(|e| Problems::new("Error asking for approval", format!("{e}.")))?;
    context.output.line("");
    match answer {
        Some(answer) => Ok(answer == "yes"),
        None => Err(Problems::new(
            "Error asking for approval",
            "The input ended before an answer. Use -auto-approve to apply without being asked.",
        )),
    }
}
