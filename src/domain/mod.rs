//! The rules: money, ids, objects, events, refusals, and the one function that changes state.
//!
//! Pure: this room knows no clock, no storage and no wire.

pub mod account;
pub mod actor;
pub mod age;
pub mod calendar;
pub mod context;
pub mod court_orders;
pub mod digest;
pub mod event;
pub mod figures;
pub mod id;
pub mod list;
pub mod money;
pub mod name;
pub mod objects;
pub(crate) mod one_of;
pub mod open_days;
pub mod packs;
pub mod refund;
pub mod rejection;
pub mod rule_files;
pub mod rules;
pub mod signature;
pub mod standing;
pub mod state;
pub mod statement;
pub mod table;
pub mod terms;
pub(crate) mod text;
pub mod text_enum;
pub mod time;
