//! The sandbox bank: a bank that exists only in tests and demos, behind the same signed notices as a real one.

use ring::hmac;

use super::{Notice, PaymentChannel, PaymentInstructions};
use crate::domain::account::Account;
use crate::domain::name::Name;
use crate::domain::objects::Deposit;
use crate::domain::time::Timestamp;
use crate::http::input;
use crate::http::problem::Problem;

/// The moment of signing, RFC 3339.
pub const TIME_HEADER: &str = "Ticun-Channel-Time";
/// HMAC-SHA-256 over the time, a full stop and the body; in hex.
pub const SIGNATURE_HEADER: &str = "Ticun-Channel-Signature";

const AGE_MAX_US: i64 = 300_000_000;

/// The sandbox bank.
pub struct Sandbox {
    name: Name,
    office: Name,
    key: hmac::Key,
}

impl Sandbox {
    /// A sandbox called `name` that holds the money of `office` and signs with `secret`.
    #[must_use]
    pub fn new(name: Name, office: Name, secret: &[u8]) -> Self {
        Self { name, office, key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// The signature of a body sent at `time`.
    #[must_use]
    pub fn sign(&self, time: &str, body: &[u8]) -> String {
        hex::encode(hmac::sign(&self.key, &signed(time, body)).as_ref())
    }
}

fn signed(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

impl PaymentChannel for Sandbox {
    fn name(&self) -> Name {
        self.name
    }

    fn instructions(&self, deposit: &Deposit) -> PaymentInstructions {
        PaymentInstructions { reference: deposit.id.to_string(), pay_to: format!("{}-bank/escrow", self.name) }
    }

    fn read(&self, header: &dyn Fn(&str) -> Option<String>, body: &[u8], now: Timestamp) -> Result<Notice, Problem> {
        let refused = || {
            metrics::counter!("ticun_channel_refused_total", "channel" => self.name.to_string()).increment(1);
            Problem::new("bad_signature")
        };
        let time = header(TIME_HEADER).ok_or_else(refused)?;
        let signature = header(SIGNATURE_HEADER).and_then(|text| hex::decode(text).ok()).ok_or_else(refused)?;
        hmac::verify(&self.key, &signed(&time, body), &signature).map_err(|_| refused())?;
        let age = Timestamp::parse(&time).map(|time| now.micros().saturating_sub(time.micros()).abs());
        if age.map_or(true, |age| age > AGE_MAX_US) {
            return Err(refused());
        }
        let notice: Notice = input::parse(body)?;
        let id = notice.transaction_id().as_bytes();
        if id.is_empty() || id.len() > 128 || !id.iter().all(u8::is_ascii_graphic) {
            return Err(Problem::value("/transaction_id", "expected 1 to 128 visible ASCII characters"));
        }
        Ok(notice)
    }

    fn office(&self) -> Name {
        self.office
    }

    fn account(&self) -> Account {
        // The sandbox behaves as a bank transfer: its money is in the special account at once.
        Account::Bank(self.office)
    }
}
