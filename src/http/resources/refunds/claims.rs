//! What the parties bring to a refund, on its way in and out. What a deduction is for stays beside the log.

use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::money::Amount;
use crate::domain::objects::{ClaimedDeduction, Claims, Document};
use crate::domain::refund::{DeductionKind, Rate};
use crate::http::app::App;
use crate::http::input::{Text, Whole};
use crate::http::problem::Problem;
use crate::http::reply::Records;
use crate::http::texts::{text, text_of};
use crate::store::records::Record;

/// How many deductions can be claimed at once, so that an entry stays small.
const DEDUCTIONS_MAX: usize = 20;

/// Facts that either party can bring.
#[derive(Debug)]
pub struct Brought {
    /// The rate of interest agreed.
    pub agreed_rate: Option<Rate>,
    /// Costs that the merchant claims.
    pub deductions: Option<Vec<NamedDeduction>>,
    /// Whether the price before discount can be proven.
    pub list_price_proven: Option<bool>,
    /// What one unit costs elsewhere.
    pub market_price: Option<Amount>,
    /// The merchant's part of a mixed fault.
    pub merchant_fault_percent: Option<Whole<0, 100>>,
}

/// One deduction on its way in; it is proven by the document it names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedDeduction {
    name: Text<1, 100>,
    amount: Amount,
    kind: DeductionKind,
    document_sha256: Option<Digest>,
    document_sm3: Option<Digest>,
}

/// Claims on their way out.
#[derive(Serialize)]
pub struct ClaimsView {
    agreed_rate: Option<Rate>,
    deductions: Vec<DeductionView>,
    list_price_proven: Option<bool>,
    market_price: Option<Amount>,
    merchant_fault_percent: Option<u8>,
}

#[derive(Serialize)]
struct DeductionView {
    name: Option<String>,
    amount: Amount,
    kind: DeductionKind,
    document_sha256: Option<Digest>,
    document_sm3: Option<Digest>,
}

impl Brought {
    /// The claims that the log keeps, where there are any, and the records they commit to.
    ///
    /// # Errors
    /// `invalid_value` for too many deductions, and for half of a document.
    pub fn claims(&self, app: &App) -> Result<(Option<Claims>, Vec<Record>), Problem> {
        let named = self.deductions.as_deref().unwrap_or_default();
        if named.len() > DEDUCTIONS_MAX {
            return Err(Problem::value("/deductions", format!("expected at most {DEDUCTIONS_MAX}")));
        }
        let (mut deductions, mut records) = (Vec::new(), Vec::new());
        for (index, claimed) in named.iter().enumerate() {
            let at = format!("/deductions/{index}");
            let document = document(&at, claimed.document_sha256, claimed.document_sm3)?;
            let (name, record) = text(app, &claimed.name);
            records.push(record);
            deductions.push(ClaimedDeduction {
                amount: claimed.amount,
                document_sha256: document.map(|document| document.sha256),
                document_sm3: document.map(|document| document.sm3),
                kind: claimed.kind,
                name,
            });
        }
        let claims = Claims {
            agreed_rate: self.agreed_rate,
            deductions,
            list_price_proven: self.list_price_proven,
            market_price: self.market_price,
            merchant_fault_percent: self.merchant_fault_percent.and_then(|percent| u8::try_from(percent.0).ok()),
        };
        Ok((Some(claims).filter(|claims| *claims != Claims::default()), records))
    }
}

/// A document by both its digests, or none. The service never sees it, so it cannot work the other digest out.
///
/// # Errors
/// `invalid_value` for one digest without the other; `at` is where they stand.
pub fn document(at: &str, sha256: Option<Digest>, sm3: Option<Digest>) -> Result<Option<Document>, Problem> {
    let half = |missing: &str| Problem::value(format!("{at}/{missing}"), "a document is named by both its digests");
    match (sha256, sm3) {
        (Some(sha256), Some(sm3)) => Ok(Some(Document { sha256, sm3 })),
        (None, None) => Ok(None),
        (Some(_), None) => Err(half("document_sm3")),
        (None, Some(_)) => Err(half("document_sha256")),
    }
}

impl ClaimsView {
    /// Claims with what their deductions are for.
    pub fn of(claims: &Claims, records: &Records) -> Self {
        let deductions = claims.deductions.iter().map(|claimed| DeductionView {
            name: text_of(records, Some(claimed.name)),
            amount: claimed.amount,
            kind: claimed.kind,
            document_sha256: claimed.document_sha256,
            document_sm3: claimed.document_sm3,
        });
        Self {
            agreed_rate: claims.agreed_rate,
            deductions: deductions.collect(),
            list_price_proven: claims.list_price_proven,
            market_price: claims.market_price,
            merchant_fault_percent: claims.merchant_fault_percent,
        }
    }
}
