//! Lists, feeds and the past: what is read page by page is what is there, and the books can be read as they stood.
#![cfg(test)]

mod support;

use actix_web::http::Method;
use serde_json::{Value, json};
use support::{World, text};

/// Two contracts with deliveries, a dispute, money in suspense, a settlement that came back, and refunds.
async fn a_busy_office() -> (World, Value) {
    let world = World::start().await;
    let venue = json!({"name": "静安馆", "address": "上海市静安区某路2号", "lease_ends_on": "2035-12-31"});
    world.post("merchant1", "/v1/venues", venue).await;
    let plan = json!({
        "name": "10次卡", "kind": "count", "price": "500.00", "currency": "CNY", "count": {"units": 10, "bonus_units": 0},
        "validity_days": 90, "sector": "fitness", "terms": "条款。", "card_class": "visit",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    });
    world.post("merchant1", "/v1/plans", plan).await;
    let first = world.active_contract("consumer1").await;
    let second = world.active_contract("consumer2").await;
    let deposit = world.get("consumer1", format!("{}/deposits", path(&first))).await["data"][0].clone();
    for _ in 0..2 {
        assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
    }
    for (contract, consumer) in [(&first, "consumer1"), (&second, "consumer2")] {
        let mut deliveries = Vec::new();
        for _ in 0..3 {
            let units = json!({"units": 1});
            deliveries.push(world.post("merchant1", format!("{}/deliveries", path(contract)), units).await);
        }
        let answer = |index: usize, word: &str| format!("/v1/deliveries/{}/{word}", text(&deliveries[index], "id"));
        world.post(consumer, answer(0, "confirm"), json!({})).await;
        world.post(consumer, answer(1, "contest"), json!({"reason": "没有来过。"})).await;
        world.post("merchant1", answer(2, "void"), json!({})).await;
        let refunds = format!("{}/refunds", path(contract));
        let refund = world.post(consumer, refunds.clone(), json!({"reason": "consumer_choice"})).await;
        world.post(consumer, format!("/v1/refunds/{}/withdraw", text(&refund, "id")), json!({})).await;
        world.post(consumer, refunds, json!({"reason": "merchant_breach"})).await;
    }
    world.advance("P25D").await;
    settle_twice(&world, &first).await;
    (world, first)
}

async fn settle_twice(world: &World, contract: &Value) {
    let merchant = json!({"merchant_id": contract["merchant_id"]});
    for outcome in ["returned", "settled"] {
        let proposed = world.post("notary1", "/v1/settlements", merchant.clone()).await;
        let approve = format!("/v1/settlements/{}/approve", text(&proposed, "id"));
        let released = world.decide("notary2", approve, &proposed["revision"], json!({})).await;
        assert_eq!(world.bank("payouts", &released["payout_id"], "settled").await.status, 200);
        if outcome == "returned" {
            assert_eq!(world.bank("payouts", &released["payout_id"], outcome).await.status, 200);
        }
    }
}

fn path(contract: &Value) -> String {
    format!("/v1/contracts/{}", text(contract, "id"))
}

fn rows(page: &Value) -> Vec<Value> {
    page["data"].as_array().expect("a list").clone()
}

/// A list one row at a time, by the cursor and by the `Link` header, which lead to the same place.
async fn walk(world: &World, user: &str, list: &str) -> Vec<Value> {
    let join = if list.contains('?') { '&' } else { '?' };
    let mut next = Some(format!("{list}{join}limit=1"));
    let mut walked = Vec::new();
    while let Some(path) = next {
        let reply = world.ask(Method::GET, path).by(user).send().await;
        assert_eq!(reply.status, 200, "{reply:?}");
        walked.extend(rows(&reply.body));
        assert_eq!(reply.body["has_more"], !reply.body["next_cursor"].is_null(), "{reply:?}");
        let link = reply.headers.get("link").map(|link| link.replacen("<", "", 1).replace(">; rel=\"next\"", ""));
        assert_eq!(link.is_some(), reply.body["has_more"] == true, "{reply:?}");
        let linked = match &link {
            Some(link) => Some(world.get(user, link.clone()).await["data"].clone()),
            None => None,
        };
        next = reply.body["next_cursor"].as_str().map(|cursor| format!("{list}{join}limit=1&cursor={cursor}"));
        if let Some(path) = &next {
            assert_eq!(Some(world.get(user, path.clone()).await["data"].clone()), linked);
        }
        assert!(walked.len() < 500, "{list} never ends");
    }
    walked
}

#[actix_web::test]
async fn a_list_read_row_by_row_is_the_list_read_at_once() {
    let (world, contract) = a_busy_office().await;
    let contract_path = path(&contract);
    let merchant = text(&contract, "merchant_id");
    let of_merchant = |list: &str| format!("/v1/{list}?merchant_id={merchant}");
    let within = |list: &str| format!("{contract_path}/{list}");
    let lists = [
        ("notary1", "/v1/merchants".to_owned(), 2),
        ("merchant1", "/v1/venues".to_owned(), 2),
        ("merchant1", "/v1/plans".to_owned(), 2),
        ("notary1", "/v1/contracts".to_owned(), 2),
        ("notary1", of_merchant("contracts"), 2),
        ("notary1", "/v1/contracts?state=active".to_owned(), 2),
        ("consumer1", within("deposits"), 1),
        ("consumer1", within("deliveries"), 3),
        ("consumer1", within("refunds"), 2),
        ("consumer1", within("timeline"), 10),
        ("consumer1", within("statement"), 8),
        ("notary1", "/v1/deposits".to_owned(), 2),
        ("notary1", "/v1/deliveries".to_owned(), 6),
        ("notary1", format!("{}&state=confirmed&due_before=2099-01-01T00:00:00Z", of_merchant("deliveries")), 0),
        ("consumer1", "/v1/deliveries".to_owned(), 3),
        ("notary1", "/v1/refunds".to_owned(), 4),
        ("notary1", "/v1/refunds?state=requested".to_owned(), 2),
        ("regulator1", "/v1/disputes".to_owned(), 2),
        ("merchant1", "/v1/freezes".to_owned(), 2),
        ("notary1", "/v1/settlements".to_owned(), 2),
        ("merchant1", "/v1/payouts".to_owned(), 2),
        ("consumer1", "/v1/payout-accounts".to_owned(), 1),
        ("regulator1", "/v1/suspense".to_owned(), 2),
        ("notary1", "/v1/books/accounts".to_owned(), 8),
        ("notary1", "/v1/books/accounts?class=contract/held".to_owned(), 2),
    ];
    for (user, list, at_least) in lists {
        let join = if list.contains('?') { '&' } else { '?' };
        let whole = world.get(user, format!("{list}{join}limit=100")).await;
        assert_eq!(whole["has_more"], false, "{list}");
        let whole = rows(&whole);
        assert!(whole.len() >= at_least, "{list} has {} rows: {whole:?}", whole.len());
        assert_eq!(walk(&world, user, &list).await, whole, "{list}");
    }
}

#[actix_web::test]
async fn parties_see_their_own_rows_and_nobody_elses() {
    let (world, contract) = a_busy_office().await;
    for list in ["contracts", "deposits", "deliveries", "refunds", "disputes"] {
        let all = rows(&world.get("notary1", format!("/v1/{list}?limit=100")).await);
        let own = rows(&world.get("consumer1", format!("/v1/{list}?limit=100")).await);
        let expected: Vec<Value> =
            all.iter().filter(|row| row["consumer_id"] == contract["consumer_id"]).cloned().collect();
        assert!(!own.is_empty() && own.len() < all.len(), "{list}");
        assert_eq!(own, expected, "{list}");
        let strange = world.get("merchant2", format!("/v1/{list}")).await;
        assert_eq!(strange["data"], json!([]), "{list}");
    }
}

#[actix_web::test]
async fn a_regulator_reads_standing_and_money_but_no_personal_data() {
    let (world, contract) = a_busy_office().await;
    let merchant = format!("/v1/merchants/{}", text(&contract, "merchant_id"));
    let (full, theirs) = (world.get("notary1", merchant.clone()).await, world.get("regulator1", merchant).await);
    assert!(full["contact_name"].is_string() && full["contact_phone"].is_string());
    assert!(theirs["contact_name"].is_null() && theirs["contact_phone"].is_null());
    assert_eq!(theirs["balances"], full["balances"]);
    let payouts = rows(&world.get("regulator1", "/v1/payouts").await);
    assert!(payouts.iter().all(|payout| payout["account"].is_null()) && !payouts.is_empty());
    let card = world.get("consumer1", "/v1/merchants").await["data"][0].clone();
    assert_eq!(card.as_object().map(serde_json::Map::len), Some(6), "{card}");
    for path in ["/v1/contracts", "/v1/deliveries", "/v1/refunds", "/v1/payout-accounts"] {
        let reply = world.ask(Method::GET, path).by("regulator1").send().await;
        assert_eq!(reply.problem(), (403, "forbidden".to_owned()), "{path}");
    }
}

#[actix_web::test]
async fn the_feed_has_no_gap_for_a_regulator_and_only_their_own_for_parties() {
    let (world, contract) = a_busy_office().await;
    let mut all: Vec<Value> = Vec::new();
    let mut after: Option<u64> = None;
    loop {
        let from = after.map(|after| format!("&after={after}")).unwrap_or_default();
        let page = world.get("regulator1", format!("/v1/events?limit=7{from}")).await;
        all.extend(rows(&page));
        after = page["next_after"].as_u64();
        if page["has_more"] == false {
            break;
        }
    }
    for (position, entry) in (0_u64..).zip(&all) {
        assert_eq!(entry["position"], position, "a gap in the feed");
    }
    let newest = world.get("regulator1", "/v1/books/trial-balance").await["position"].as_u64();
    assert_eq!(all.last().and_then(|entry| entry["position"].as_u64()), newest);
    assert_eq!(after, newest);
    for (user, party) in [("consumer1", &contract["consumer_id"]), ("merchant1", &contract["merchant_id"])] {
        let names = |entry: &&Value| entry["subjects"].as_array().is_some_and(|subjects| subjects.contains(party));
        let expected: Vec<Value> = all.iter().filter(names).cloned().collect();
        let mut own = Vec::new();
        let mut next = Some("/v1/events?limit=2".to_owned());
        while let Some(path) = next {
            let page = world.get(user, path).await;
            own.extend(rows(&page));
            next = (page["has_more"] == true).then(|| format!("/v1/events?limit=2&after={}", page["next_after"]));
        }
        assert!(expected.len() > 5, "{user}");
        assert_eq!(own, expected, "{user}");
        for entry in &all {
            let path = format!("/log/changning/entry/{}", entry["position"]);
            let reply = world.ask(Method::GET, path).by(user).send().await;
            let theirs = expected.iter().any(|own| own["position"] == entry["position"]);
            assert_eq!(reply.status, if theirs { 200 } else { 404 }, "{entry}");
        }
    }
    let kind = rows(&world.get("regulator1", "/v1/events?kind=dispute.opened&limit=100").await);
    assert_eq!(kind.len(), 2);
    let subject = format!("/v1/events?limit=100&subject={}", text(&contract, "id"));
    let about = rows(&world.get("consumer1", subject).await);
    let timeline = rows(&world.get("consumer1", format!("{}/timeline?limit=100", path(&contract))).await);
    assert_eq!(about, timeline);
}

#[actix_web::test]
async fn the_books_can_be_read_as_they_stood() {
    let world = World::start().await;
    let contract = world.active_contract("consumer1").await;
    let held = format!("/v1/books/accounts/contract/{}/held", text(&contract, "id"));
    let before = world.get("notary1", "/v1/books/trial-balance").await;
    let account_before = world.get("notary1", held.clone()).await;
    assert_eq!(account_before["balance"], "2000.00");
    let position = before["position"].as_u64().expect("a position");
    let deliveries = format!("{}/deliveries", path(&contract));
    for _ in 0..3 {
        world.post("merchant1", deliveries.clone(), json!({"units": 1})).await;
    }
    let after = world.get("notary1", "/v1/books/trial-balance").await;
    assert_ne!(after["classes"], before["classes"]);
    assert_eq!(after["total_assets"], after["total_liabilities"]);
    let then = world.get("notary1", format!("/v1/books/trial-balance?position={position}")).await;
    assert_eq!(then, before);
    let moment = text(&before, "at");
    assert_eq!(world.get("regulator1", format!("/v1/books/trial-balance?at={moment}")).await, before);
    let account_then = world.get("notary1", format!("{held}?position={position}")).await;
    assert_eq!(account_then, account_before);
    assert_eq!(world.get("notary1", held.clone()).await["balance"], "1900.00");
    for path in ["/v1/books/trial-balance?position=99999", "/v1/books/trial-balance?at=2001-01-01T00:00:00Z"] {
        let reply = world.ask(Method::GET, path).by("notary1").send().await;
        assert_eq!(reply.problem(), (404, "not_found".to_owned()), "{path}");
    }
}

#[actix_web::test]
async fn a_statement_adds_up_and_the_exact_bytes_are_served() {
    let (world, contract) = a_busy_office().await;
    let contract = world.get("consumer1", path(&contract)).await;
    let lines = rows(&world.get("consumer1", format!("{}/statement?limit=100", path(&contract))).await);
    let id = text(&contract, "id");
    for part in ["held", "pending", "frozen"] {
        let account = format!("contract/{id}/{part}");
        let last = lines.iter().rfind(|line| line["account"] == account.as_str()).expect("a line");
        assert_eq!(last["balance"], contract["balances"][part], "{part}");
        let read = world.get("notary1", format!("/v1/books/accounts/{account}")).await;
        assert_eq!(read["balance"], contract["balances"][part], "{part}");
    }
    let terms = world.ask(Method::GET, format!("{}/terms", path(&contract))).by("consumer1").send().await;
    let digest = ticun::domain::digest::Digest::of(&[terms.text.as_bytes()]).to_string();
    assert_eq!(terms.headers["ticun-terms-sha256"], digest);
    assert_eq!(contract["terms_sha256"], digest.as_str());
    let sm3 = ticun::domain::digest::Digest::sm3(terms.text.as_bytes()).to_string();
    assert_eq!((&terms.headers["ticun-terms-sm3"], contract["terms_sm3"].as_str()), (&sm3, Some(sm3.as_str())));
}
