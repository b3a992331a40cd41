//! Payment channels: how money is announced. What a channel says is believed only with its signature.

mod notice;
mod sandbox;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use notice::{Notice, PaymentOutcome, PayoutOutcome};
pub use sandbox::{SIGNATURE_HEADER, Sandbox, TIME_HEADER};

use super::problem::Problem;
use crate::domain::account::Account;
use crate::domain::name::Name;
use crate::domain::objects::Deposit;
use crate::domain::time::Timestamp;

/// How a consumer is told to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentInstructions {
    /// What the payment must name.
    pub reference: String,
    /// Where the money goes.
    pub pay_to: String,
}

/// One way for money to come in and go out.
pub trait PaymentChannel: Send + Sync {
    /// Its name in paths and entries.
    fn name(&self) -> Name;

    /// How to pay a deposit.
    fn instructions(&self, deposit: &Deposit) -> PaymentInstructions;

    /// Reads a notice that came in at `now` on the wall clock.
    ///
    /// # Errors
    /// `bad_signature` for anyone who is not this channel, `invalid_value` and the like for its own mistakes.
    fn read(&self, header: &dyn Fn(&str) -> Option<String>, body: &[u8], now: Timestamp) -> Result<Notice, Problem>;

    /// The office whose channel it is: its money is that office's, also where it matches nothing.
    fn office(&self) -> Name;

    /// The account its deposits are posted to: the bank where it is a transfer, else the channel's own.
    fn account(&self) -> Account;
}

/// The channels of the service, by name.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<Name, Arc<dyn PaymentChannel>>);

impl Channels {
    /// These channels.
    #[must_use]
    pub fn new(channels: Vec<Arc<dyn PaymentChannel>>) -> Self {
        Self(channels.into_iter().map(|channel| (channel.name(), channel)).collect())
    }

    /// The channel under a name.
    ///
    /// # Errors
    /// `channel_unknown`.
    pub fn find(&self, name: &str) -> Result<&dyn PaymentChannel, Problem> {
        let found = Name::parse(name).and_then(|name| self.0.get(&name));
        found.map(AsRef::as_ref).ok_or_else(|| Problem::new("channel_unknown"))
    }

    /// The channel of an office under a name.
    ///
    /// # Errors
    /// `channel_unknown`, also for a channel of another office.
    pub fn of(&self, office: Name, name: &str) -> Result<&dyn PaymentChannel, Problem> {
        let channel = self.find(name)?;
        if channel.office() == office { Ok(channel) } else { Err(Problem::new("channel_unknown")) }
    }
}
