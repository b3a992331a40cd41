//! Users.

mod register;
mod standing;

pub use register::RegisterUser;
pub use standing::{DisableUser, EnableUser};
