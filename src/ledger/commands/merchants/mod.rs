//! Merchants (商家): application, admission, supervision.

mod apply;
mod standing;

pub use apply::ApplyAsMerchant;
pub use standing::{AdmitMerchant, ReinstateMerchant, RejectMerchant, ReviewMerchant, SuspendMerchant};
