//! What the load sends.

use std::cell::Cell;
use std::io::Write as _;

use serde::{Deserialize, Serialize};
use ticun::domain::id::ContractId;

use super::facts;

const BODY: &str = r#"{"units":1}"#;

/// How the idempotency keys of a load are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keys {
    /// As a client makes them from its clock (UUIDv7).
    InOrder,
    /// As a client makes them from chance alone (UUIDv4).
    Random,
}

/// What the requests ask for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Work {
    /// A delivery of any contract.
    Deliveries,
    /// A delivery that a code confirms at once; each code is good once.
    CheckIns { codes: std::ops::Range<u64> },
    /// Deliveries of one merchant's contracts, so many in a request.
    Batches { lines: u64, keys: Keys },
    /// Reading a path, in which `{contract}` stands for any contract, and `{position}` for any place in the log.
    Read { path: String, positions: u64 },
}

impl Work {
    /// What a good answer begins with.
    pub const fn answered(&self) -> &'static [u8] {
        match self {
            Self::Deliveries | Self::CheckIns { .. } => b"HTTP/1.1 201",
            Self::Batches { .. } | Self::Read { .. } => b"HTTP/1.1 200",
        }
    }
}

/// Whom the requests concern: contracts by number, and tokens.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Targets {
    pub contracts: u64,
    /// The bits of the first contract's id.
    pub first: String,
    /// Those of the merchants; a contract's is the one of its number, counted round.
    pub merchant_tokens: Vec<String>,
    /// That of somebody who may read everything.
    pub notary_token: String,
}

/// What all clients go by.
pub struct Shared {
    pub work: Work,
    targets: Targets,
    first: u128,
    next_code: Cell<u64>,
}

impl Shared {
    pub fn new(work: Work, targets: Targets) -> Result<Self, String> {
        let first = targets.first.parse().map_err(|_| "the first contract has no number")?;
        let next_code = match &work {
            Work::CheckIns { codes } => codes.start,
            _ => 0,
        };
        Ok(Self { work, targets, first, next_code: Cell::new(next_code) })
    }

    /// How many merchants there are.
    pub fn merchants(&self) -> u64 {
        u64::try_from(self.targets.merchant_tokens.len()).unwrap_or(1).max(1)
    }

    /// The token of a contract's merchant.
    pub fn merchant_token(&self, contract: u64) -> &str {
        let merchant = usize::try_from(contract % self.merchants()).unwrap_or(0);
        self.targets.merchant_tokens.get(merchant).map_or("", String::as_str)
    }

    /// A contract's id.
    pub fn contract(&self, number: u64) -> ContractId {
        ContractId::from_bits(self.first + u128::from(number))
    }

    /// Any contract's number.
    pub fn any_contract(&self, random: &mut Random) -> u64 {
        random.below(self.targets.contracts)
    }

    /// The number of any contract of a merchant.
    pub fn any_contract_of(&self, merchant: u64, random: &mut Random) -> u64 {
        random.below(self.targets.contracts / self.merchants()) * self.merchants() + merchant
    }

    /// Writes the next request of a client; false when there is none left.
    pub fn write_request(&self, request: &mut Vec<u8>, random: &mut Random) -> Result<bool, String> {
        request.clear();
        match &self.work {
            Work::Deliveries => {
                let number = self.any_contract(random);
                let path = format_args!("/v1/contracts/{}/deliveries", self.contract(number)).to_string();
                self.post(request, number, &path, BODY, random)?;
            }
            Work::CheckIns { codes } => {
                let number = self.next_code.get();
                if number >= codes.end {
                    return Ok(false);
                }
                self.next_code.set(number + 1);
                let body = format!(r#"{{"checkin_code":"{}","units":1}}"#, facts::code(number));
                self.post(request, number % self.targets.contracts, "/v1/deliveries", &body, random)?;
            }
            Work::Read { path, positions } => {
                let contract = self.contract(self.any_contract(random)).to_string();
                let position = random.below(*positions).to_string();
                let path = path.replace("{contract}", &contract).replace("{position}", &position);
                let token = &self.targets.notary_token;
                write!(request, "GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n")
                    .map_err(|error| error.to_string())?;
            }
            Work::Batches { .. } => return Err("a batch is no single request".to_owned()),
        }
        Ok(true)
    }

    fn post(
        &self,
        request: &mut Vec<u8>,
        contract: u64,
        path: &str,
        body: &str,
        random: &mut Random,
    ) -> Result<(), String> {
        let (token, key, size) = (self.merchant_token(contract), random.key(Keys::InOrder), body.len());
        write!(
            request,
            "POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nIdempotency-Key: {key}\r\n\
             Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n{body}"
        )
        .map_err(|error| error.to_string())
    }
}

/// Cheap chance: xorshift64.
pub struct Random(u64);

impl Random {
    /// Another one for each client of each process.
    pub fn of_client(number: u32) -> Self {
        Self(u64::from(number).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ u64::from(std::process::id()) << 32 | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below another one.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// A new idempotency key.
    pub fn key(&mut self, keys: Keys) -> uuid::fmt::Hyphenated {
        let (one, other) = (self.next(), self.next());
        let mut bytes = [0; 16];
        bytes
            .iter_mut()
            .zip(one.to_le_bytes().into_iter().chain(other.to_le_bytes()))
            .for_each(|(to, from)| *to = from);
        let built = match keys {
            Keys::Random => uuid::Builder::from_random_bytes(bytes),
            Keys::InOrder => {
                let millis = u64::try_from(ticun::ledger::clock::wall().micros() / 1_000).unwrap_or(0);
                let [rest @ .., _, _, _, _, _, _] = bytes;
                uuid::Builder::from_unix_timestamp_millis(millis, &rest)
            }
        };
        built.into_uuid().hyphenated()
    }
}
