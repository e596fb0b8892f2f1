//! A plan as text.
//!
//! The form is the one that users of Terraform know: a legend, one block for each changed object
//! with `+ ~ -` before what changes and everything else hidden, output changes, and a summary
//! line. It differs where that is clearer:
//!
//! - elements of sets, and blocks kept in sets, are matched by how alike they are: one that
//!   changed shows as `~` with what changed in it, not as one removed and another added;
//! - a changed element of a list or set shows what says which one it is (its name, or all of it when
//!   it is a small element of a set), changed or not;
//! - YAML documents are compared by meaning, as JSON documents are, unless their comments change;
//! - of long values that are only known after apply the beginning is shown;
//! - runs of more than two unchanged lines in a text are folded, beyond three lines of context;
//! - `# forces replacement` stands at every place that the provider named, those inside of dynamic
//!   values, documents and blocks included;
//! - a change of type alone (tuple to list) is said in a remark, where Terraform shows nothing;
//! - a missing or new line end at the end of a text is shown;
//! - names are aligned with what is shown, not with what is hidden;
//! - control characters and characters that change the direction of text are written as escapes;
//! - long `before -> after` pairs take two lines when they do not fit the terminal, and long lists
//!   of short elements that all come or all go are filled several to a line;
//! - policies and grants are also shown by what they mean: who gains and loses what;
//! - objects that are no longer managed have a legend entry and the usual indentation;
//! - changes made outside of Terrane are shown for objects that the plan changes as well; others
//!   are counted in one line, except in a refresh-only plan.
//!
//! Nothing here knows where the text goes.

mod access;
mod block;
mod diff;
mod fleet;
mod fold;
mod node;
mod resource;
mod sections;
mod sequence;
mod set;
mod similarity;
mod string;
mod summary;
mod write;

pub(crate) use access::access_lines;
pub use fleet::{PlannedStack, render_fleet};
pub(crate) use resource::{unchanged_object, unchanged_value};
pub(crate) use sections::drifted;
pub use sections::{render_change, render_plan};
pub use summary::{apply_summary, incomplete_summary, plan_summary};
