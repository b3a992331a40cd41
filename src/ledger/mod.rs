//! The only writer: the sequencer, one file per command, idempotency.

pub mod accruals;
pub mod audit;
mod batch;
pub mod books;
pub mod check;
pub mod clock;
pub mod command;
pub mod commands;
pub mod compliance;
pub mod duty;
mod earnings;
pub mod entry;
pub mod evidence;
mod lease;
mod linked;
mod links;
mod loader;
pub mod notices;
pub mod office;
mod place;
pub mod preview;
pub mod publication;
pub mod rebuild;
pub mod records;
pub mod replay;
pub mod restore;
mod sequencer;
pub mod signing;
pub mod survey;
pub mod writer;
mod writes;

pub use batch::Answer;
pub use command::{Command, Decided, Key};
pub use place::{Pending, Place};
pub use sequencer::{Aside, Fault, Idempotency, Options, Sequencer, Submission};
