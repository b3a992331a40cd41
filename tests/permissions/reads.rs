//! One of everything on each side, to be read.

use std::collections::BTreeMap;

use serde_json::Value;

use super::support::side::{Side, id};
use super::support::{World, text};
use super::table::Line;

/// What there is to read of one side.
pub struct Shelf {
    ids: BTreeMap<&'static str, String>,
    payouts: BTreeMap<&'static str, String>,
    undecided: BTreeMap<&'static str, String>,
    disputes: BTreeMap<&'static str, String>,
    proposals: BTreeMap<&'static str, String>,
    evidence: BTreeMap<&'static str, String>,
    position: String,
}

impl Shelf {
    /// Prepares it.
    pub async fn of(world: &World, side: &Side) -> Self {
        let settlement = side.settlement_in(world, "released").await;
        side.earn(world).await;
        // A merchant with an open proposal has nothing to preview, so that what waits for a decision is another's.
        let (user, _) = world.merchant_in("active").await;
        let proposed = Side::of(world, user.leak(), side.consumer_user).await.settlement_in(world, "proposed").await;
        let refund = side.refund_in(world, "ordered").await;
        let contract = side.contract_in(world, "active").await;
        let path = format!("/v1/contracts/{}", id(&contract));
        let delivery = side.delivery(world, &contract).await;
        let contest = format!("/v1/deliveries/{}/contest", id(&delivery));
        let contested = world.post(side.consumer_user, contest, serde_json::json!({"reason": "没有来"})).await;
        let dispute = world.get("notary1", format!("/v1/disputes/{}", text(&contested, "dispute_id"))).await;
        let mediated = side.dispute_in(world, "mediating").await;
        // What never goes to arbitration stays the mediator's, however much time passes.
        let object = format!("/v1/disputes/{}/object-arbitration", id(&mediated));
        world.post(side.consumer_user, object, serde_json::json!({})).await;
        let arbitrated = side.dispute_in(world, "arbitrating").await;
        let agreed = side.dispute_in(world, "settled").await;
        let disputes = [("mediator", id(&mediated)), ("arbitrator", id(&arbitrated))];
        let (mut proposals, mut evidence) = (BTreeMap::new(), BTreeMap::new());
        for (role, dispute) in [("", &dispute), ("mediator", &mediated), ("arbitrator", &arbitrated)] {
            proposals.insert(role, id(&side.proposal(world, dispute, "consumer").await));
            let staged = id(&side.evidence(world, dispute, "consumer").await);
            let submit = format!("/v1/disputes/{}/evidence/{staged}/submit", id(dispute));
            world.post(side.consumer_user, submit, serde_json::json!({})).await;
            evidence.insert(role, staged);
        }
        let deposits = world.get("notary1", format!("{path}/deposits")).await;
        let timeline = world.get("notary1", format!("{path}/timeline")).await;
        let ids = [
            ("merchants", side.merchant.clone()),
            ("venues", side.venue.clone()),
            ("plans", side.plan.clone()),
            ("contracts", id(&contract)),
            ("deposits", id(&deposits["data"][0])),
            ("deliveries", id(&delivery)),
            ("settlements", id(&settlement)),
            ("refunds", id(&refund)),
            ("default-runs", id(&side.run_in(world, "done").await)),
            ("disputes", id(&dispute)),
            ("freezes", text(&dispute, "freeze_id")),
        ];
        let requested = side.refund_in(world, "requested").await;
        let run = side.run_in(world, "proposed").await;
        let ordered = side.freeze_in(world, "open").await;
        let undecided = [
            ("freezes", format!("{}/decision-statement?action=lift&document_sha256={}", id(&ordered), "ef".repeat(32))),
            ("default-runs", format!("{}/decision-statement?action=approve", id(&run))),
            ("settlements", format!("{}/decision-statement?action=approve", id(&proposed))),
            ("refunds", format!("{}/decision-statement?action=decline", id(&requested))),
        ];
        let payouts = [("merchant", text(&settlement, "payout_id")), ("consumer", text(&refund, "payout_id"))];
        let position = timeline["data"][0]["position"].to_string();
        world.published().await;
        let terms = "action=award&basis=award&refund=633.33&merchant=0.00&held=0.00";
        let undecided = undecided.into_iter().chain([
            ("notary", format!("{}/decision-statement?action=execute", id(&agreed))),
            (
                "arbitrator",
                format!("{}/decision-statement?{terms}&document_sha256={}", id(&arbitrated), "ab".repeat(32)),
            ),
        ]);
        let (undecided, disputes) = (undecided.collect(), disputes.into());
        Self { ids: ids.into(), payouts: payouts.into(), undecided, disputes, proposals, evidence, position }
    }

    /// The path of an operation on this side's object, as a user in `role` would ask for it.
    pub fn path(&self, line: &Line, role: &str) -> String {
        let room = line.path.split('/').nth(2).unwrap_or_default();
        let id = match room {
            "payouts" => self.payouts.get(role).or_else(|| self.payouts.get("merchant")),
            "disputes" => self.disputes.get(role).or_else(|| self.ids.get(room)),
            _ => self.ids.get(room),
        };
        let evidence = self.evidence.get(role).unwrap_or(&self.evidence[""]);
        let proposal = self.proposals.get(role).unwrap_or(&self.proposals[""]);
        let path = line.path.replace("{id}", id.map_or("", String::as_str)).replace("{proposal}", proposal);
        let path = path.replace("{evidence}", evidence);
        let path = path.replace("{office}", "changning").replace("{position}", &self.position);
        let path = path.replace("{account}", "bank/changning").replace("{tile}", "entries/000.p/3");
        match line.permission {
            "decision.state" => line.path.replace("{id}/decision-statement", &self.undecided[room]),
            "dispute.state" => match self.undecided.get(role) {
                Some(asked) => line.path.replace("{id}/decision-statement", asked),
                None => format!("{path}?action=execute"),
            },
            "settlement.preview" => format!("{path}?merchant_id={}", self.ids["merchants"]),
            _ => path,
        }
    }
}

/// Everything that a list shows, page by page.
pub async fn pages(world: &World, user: &str, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = format!("{path}?limit=100");
    loop {
        let page = world.get(user, next).await;
        found.extend(page["data"].as_array().expect("a list").iter().cloned());
        match (page["has_more"].as_bool(), page["next_cursor"].as_str(), page["next_after"].as_u64()) {
            (Some(true), Some(cursor), _) => next = format!("{path}?limit=100&cursor={cursor}"),
            (Some(true), None, Some(after)) => next = format!("{path}?limit=100&after={after}"),
            _ => return found,
        }
    }
}
