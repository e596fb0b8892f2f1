//! What users see: plans, states, values and events as text and as JSON.
//!
//! Functions give strings or JSON values and print nothing themselves; only the progress views
//! write, to the writer they are given. Sensitive values appear only when [`Options`] ask for them.
//! Nothing here evaluates, plans or does I/O of its own.

mod ci;
mod drift;
mod json;
mod markdown;
mod module_docs;
mod operations_dot;
mod palette;
mod plan;
mod progress;
mod query;
mod relevant;
mod testing;
mod text;
mod traffic;

pub use ci::{
    CodeQuality, applied_markdown, github_annotation, plan_counts_json, plan_markdown, problems_markdown,
};
pub use drift::{drift_html, drift_json, drift_junit, drift_markdown, drift_message, render_drift};
pub use json::{JsonOptions, outputs_json, plan_json, providers_schema_json, state_json};
pub use module_docs::module_docs;
pub use operations_dot::operations_dot;
pub use palette::Palette;
pub use plan::{
    PlannedStack, apply_summary, incomplete_summary, plan_summary, render_change, render_fleet, render_plan,
};
pub use progress::{Clock, Durations, Estimate, JsonLines, Progress};
pub use query::render_found;
pub use testing::{junit_xml, left_behind, render_outcome, test_line};
pub use text::{render_object, render_outputs, render_state, render_value};
pub use traffic::render_traffic;

/// How something is rendered as text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Columns that lines should not exceed; 0 when there is no terminal.
    pub width: usize,
    /// Whether sensitive values are shown.
    pub show_sensitive: bool,
}
