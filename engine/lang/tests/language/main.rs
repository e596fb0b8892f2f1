//! The language as a whole: pages of documentation that are run, and laws that hold for random
//! expressions and for calls of every function with random values.

mod arbitrary;
mod arguments;
mod calls;
mod expressions;
mod large;
mod literate;
mod soundness;
