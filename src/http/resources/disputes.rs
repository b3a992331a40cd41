//! Disputes (纠纷) and freezes (冻结), to be read.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use super::deliveries::side;
use crate::domain::digest::Digest;
use crate::domain::id::{ConsumerId, ContractId, DeliveryId, DisputeId, FreezeId, MerchantId};
use crate::domain::money::Amount;
use crate::domain::objects::{Dispute, DisputeState, Freeze, FreezeState, Origin, Role};
use crate::domain::time::Timestamp;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::{PathId, Query};
use crate::http::permissions::{ReadDisputes, ReadFreezes};
use crate::http::problem::Problem;
use crate::http::reply::{Records, Shown, read_one};
use crate::http::worklist::Worklist;
use crate::store::objects;
use crate::store::queries::{self, DisputeFilter, FreezeFilter};

/// A dispute's wire form.
#[derive(Serialize)]
pub struct DisputeView {
    id: DisputeId,
    contract_id: ContractId,
    consumer_id: ConsumerId,
    merchant_id: MerchantId,
    state: DisputeState,
    revision: u64,
    opened_by: &'static str,
    amount: Amount,
    currency: &'static str,
    delivery_id: DeliveryId,
    freeze_id: FreezeId,
    opened_at: Timestamp,
    negotiate_by: Timestamp,
}

/// A freeze's wire form.
#[derive(Serialize)]
pub struct FreezeView {
    id: FreezeId,
    contract_id: ContractId,
    merchant_id: MerchantId,
    state: FreezeState,
    revision: u64,
    amount: Amount,
    currency: &'static str,
    origin: Origin,
    dispute_id: DisputeId,
}

impl Shown for Dispute {
    type View = DisputeView;

    fn digests(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, _: &Records, _: Role) -> DisputeView {
        DisputeView {
            id: self.id,
            contract_id: self.contract,
            consumer_id: self.consumer,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            opened_by: side(self.opened_by),
            amount: self.amount,
            currency: "CNY",
            delivery_id: self.delivery,
            freeze_id: self.freeze,
            opened_at: self.opened_at,
            negotiate_by: self.negotiate_by,
        }
    }
}

impl Shown for Freeze {
    type View = FreezeView;

    fn digests(&self) -> Vec<Digest> {
        Vec::new()
    }

    fn revision(&self) -> u64 {
        self.revision
    }

    fn view(&self, _: &Records, _: Role) -> FreezeView {
        FreezeView {
            id: self.id,
            contract_id: self.contract,
            merchant_id: self.merchant,
            state: self.state,
            revision: self.revision,
            amount: self.amount,
            currency: "CNY",
            origin: self.origin,
            dispute_id: self.dispute,
        }
    }
}

/// `GET /v1/disputes`
pub async fn list(
    caller: Caller<ReadDisputes>,
    app: Data<App>,
    query: Query<Worklist<DisputeState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/disputes")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = DisputeFilter { state, due_before, merchant, consumer, contract: None };
    paging.list(&app, &caller, queries::disputes, filter).await
}

/// `GET /v1/disputes/{id}`
pub async fn read(
    caller: Caller<ReadDisputes>,
    app: Data<App>,
    id: PathId<DisputeId>,
) -> Result<HttpResponse, Problem> {
    let sees = |dispute: &Dispute| caller.sees(dispute.merchant, dispute.consumer);
    read_one(&app, &caller, id.0, objects::disputes::load, sees).await
}

/// `GET /v1/freezes`
pub async fn list_freezes(
    caller: Caller<ReadFreezes>,
    app: Data<App>,
    query: Query<Worklist<FreezeState>>,
) -> Result<HttpResponse, Problem> {
    let paging = query.0.paging("/v1/freezes")?;
    let Some((merchant, consumer)) = query.0.seen_by(&caller) else { return Ok(paging.nothing()) };
    let Worklist { state, due_before, .. } = query.0;
    let filter = FreezeFilter { state, due_before, merchant, consumer, contract: None };
    paging.list(&app, &caller, queries::freezes, filter).await
}

/// `GET /v1/freezes/{id}`
pub async fn read_freeze(
    caller: Caller<ReadFreezes>,
    app: Data<App>,
    id: PathId<FreezeId>,
) -> Result<HttpResponse, Problem> {
    let sees = |freeze: &Freeze| caller.sees(freeze.merchant, freeze.consumer);
    read_one(&app, &caller, id.0, objects::freezes::load, sees).await
}
