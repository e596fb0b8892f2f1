//! Evaluation: what a configuration says there should be, given the results so far.
//!
//! The evaluator is demand-driven like a spreadsheet, memoised, single-threaded and restarting:
//! asked for an instance, an output or a provider configuration it gives the value, or says
//! which instances' results it needs first ([`Stop::Blocked`]). The caller delivers results with
//! [`Evaluator::deliver`] and asks again. The same evaluator serves validate, plan, apply and
//! console.
//!
//! Nothing here calls a provider; only schemas are known.

mod condition;
mod ephemeral;
mod evaluator;
mod expansion;
mod import;
mod instance;
mod list;
mod memo;
mod provider;
mod provision;
mod rounds;
mod scope;
mod unserved;
mod validate;
mod variables;

pub use condition::{Checkable, ConditionResult, ConditionStatus};
pub use evaluator::{Evaluator, Inputs, Stop};
pub use expansion::Expansion;
pub use import::ImportRequest;
pub use instance::DesiredInstance;
pub use list::{DesiredList, FoundLists};
pub use provision::DesiredProvisioner;
pub use rounds::{Deferred, how_to_know};
pub use validate::ToValidate;
pub use variables::{
    RawVariable, VariableSource, apply_variables, given_values, root_variables, root_variables_in_part,
    undeclared_variable,
};

use terrane_diagnostics::Diagnostics;

/// A value with warnings, or why there is none.
pub type Evaluated<T> = Result<(T, Diagnostics), Stop>;
