//! What CI systems show: annotations at the lines that problems are about, and summaries of plans.
//!
//! Sensitive values are in none of these, whatever the run itself shows.

mod annotation;
mod summary;

pub use annotation::{CodeQuality, github_annotation};
pub use summary::{applied_markdown, plan_counts_json, plan_markdown, problems_markdown};
