//! What `drift` found: as text, as JSON, and as files and messages for other systems to show.
//!
//! Values of sensitive parts are in none of these.

mod html;
mod json;
mod junit;
mod markdown;
mod text;
mod webhook;
mod words;

pub use html::drift_html;
pub use json::drift_json;
pub use junit::drift_junit;
pub use markdown::drift_markdown;
pub use text::render_drift;
pub use webhook::drift_message;
