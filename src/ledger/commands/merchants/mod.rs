//! Merchants (商家): application, admission, supervision.

mod apply;
mod exit;
mod standing;

pub use apply::ApplyAsMerchant;
pub use exit::ExitMerchant;
pub use standing::{AdmitMerchant, ReinstateMerchant, RejectMerchant, ReviewMerchant, SuspendMerchant};
