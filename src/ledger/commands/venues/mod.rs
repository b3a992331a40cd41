//! Venues: where a merchant serves, and on which days.

mod add;
mod mark_open;

pub use add::AddVenue;
pub use mark_open::MarkVenueOpen;
