//! Each limit over HTTP: what is just allowed, and what is just refused, by pack, limit and figure.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::support::side::id;
use super::support::{Reply, World, text};

/// A plan of 60 visits to a gym, with some fields of its own.
fn plan(own: Value) -> Value {
    let mut plan = json!({
        "name": "卡", "kind": "count", "price": "2000.00", "currency": "CNY",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 365, "sector": "fitness", "terms": "可退。",
        "card_class": "visit", "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    });
    for (name, value) in own.as_object().expect("fields") {
        plan[name] = value.clone();
    }
    plan
}

/// The answer to the submission of a plan.
async fn submitted(world: &World, user: &str, own: Value) -> (String, Reply) {
    let drafted = world.post(user, "/v1/plans", plan(own)).await;
    let path = format!("/v1/plans/{}", id(&drafted));
    let reply = world.ask(Method::POST, format!("{path}/submit")).by(user).json(&json!({})).send().await;
    (path, reply)
}

/// A plan on sale; answers its id.
async fn on_sale(world: &World, user: &str, own: Value) -> String {
    let (path, reply) = submitted(world, user, own).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    id(&world.decide("notary1", format!("{path}/approve"), &reply.body["revision"], json!({})).await)
}

/// Asserts that a refusal names pack, limit and figures.
fn names(reply: &Reply, pack: &str, limit: &str, allowed: &str, actual: &str) {
    assert_eq!((reply.status, &reply.body["code"]), (422, &json!("limit_exceeded")), "{reply:?}");
    let told = &reply.body["limit"];
    assert_eq!((&told["pack"], &told["limit"]), (&json!(pack), &json!(limit)), "{reply:?}");
    assert_eq!((&told["allowed"], &told["actual"]), (&json!(allowed), &json!(actual)), "{reply:?}");
}

async fn chosen(world: &World, user: &str, plan: &str) -> Reply {
    world.ask(Method::POST, "/v1/contracts").by(user).json(&json!({"plan_id": plan})).send().await
}

/// Signs a contract on both sides.
async fn signed(world: &World, consumer: &str, contract: &Value) -> String {
    let path = format!("/v1/contracts/{}", id(contract));
    let terms = json!({"terms_sha256": contract["terms_sha256"]});
    world.post(consumer, format!("{path}/sign"), terms.clone()).await;
    world.post("merchant1", format!("{path}/sign"), terms).await;
    path
}

/// Pays a signed contract.
async fn paid(world: &World, consumer: &str, path: &str) {
    let deposit = world.post(consumer, format!("{path}/deposits"), json!({"channel": "sandbox"})).await;
    assert_eq!(world.bank("deposits", &deposit["id"], "paid").await.status, 200);
}

#[actix_web::test]
async fn a_plan_beyond_a_limit_of_its_class_cannot_be_submitted() {
    let world = World::start_on("2026-03-02").await;
    let lessons = |units: u64| json!({"units": units, "bonus_units": 0});
    let pack = "shanghai-fitness";
    let cases = [
        ("visit-price", json!({"price": "5000.00"}), json!({"price": "5000.01"}), "5000.00", "5000.01"),
        (
            "stored-value-price",
            json!({"card_class": "stored_value", "price": "5000.00"}),
            json!({"card_class": "stored_value", "price": "5000.01"}),
            "5000.00",
            "5000.01",
        ),
        (
            "membership-price",
            json!({"card_class": "membership", "price": "5000.00"}),
            json!({"card_class": "membership", "price": "5000.01"}),
            "5000.00",
            "5000.01",
        ),
        (
            "lesson-price",
            json!({"card_class": "lesson", "price": "20000.00"}),
            json!({"card_class": "lesson", "price": "20000.01"}),
            "20000.00",
            "20000.01",
        ),
        (
            "lesson-count",
            json!({"card_class": "lesson", "count": lessons(60)}),
            json!({"card_class": "lesson", "count": {"units": 60, "bonus_units": 1}}),
            "60",
            "61",
        ),
    ];
    for (limit, good, bad, allowed, actual) in cases {
        let (_, reply) = submitted(&world, "merchant1", good).await;
        assert_eq!(reply.status, 200, "{limit}: {reply:?}");
        let (_, reply) = submitted(&world, "merchant1", bad).await;
        names(&reply, pack, limit, allowed, actual);
    }
    let long = |days: u64| json!({"card_class": "membership", "validity_days": days});
    assert_eq!(submitted(&world, "merchant1", long(730)).await.1.status, 200);
    let (_, reply) = submitted(&world, "merchant1", long(732)).await;
    assert_eq!(reply.body["limit"]["limit"], "membership-months", "{reply:?}");
    // The months of visits are not limited.
    let (_, reply) = submitted(&world, "merchant1", json!({"validity_days": 1000})).await;
    assert_eq!(reply.status, 200, "{reply:?}");
}

#[actix_web::test]
async fn tutoring_and_commerce_have_limits_of_their_own_and_what_no_pack_is_for_has_none() {
    let world = World::start_on("2026-03-02").await;
    let tutoring = |units: u64, price: &str| json!({"sector": "tutoring", "price": price, "count": {"units": units, "bonus_units": 0}});
    assert_eq!(submitted(&world, "merchant1", tutoring(60, "5000.00")).await.1.status, 200);
    names(&submitted(&world, "merchant1", tutoring(61, "5000.00")).await.1, "tutoring", "lessons", "60", "61");
    let (_, reply) = submitted(&world, "merchant1", tutoring(60, "5000.01")).await;
    names(&reply, "tutoring", "price", "5000.00", "5000.01");
    let beauty = |price: &str| json!({"sector": "beauty", "price": price});
    assert_eq!(submitted(&world, "merchant1", beauty("5000.00")).await.1.status, 200);
    let (_, reply) = submitted(&world, "merchant1", beauty("5000.01")).await;
    names(&reply, "general-commerce", "named-card", "5000.00", "5000.01");
    let other = json!({"sector": "other", "price": "50000.00", "count": {"units": 500, "bonus_units": 0}});
    assert_eq!(submitted(&world, "merchant1", other).await.1.status, 200);
}

#[actix_web::test]
async fn all_that_a_merchant_holds_of_a_consumer_counts_together() {
    let world = World::start_on("2026-03-02").await;
    let plan =
        on_sale(&world, "merchant1", json!({"price": "5000.00", "count": {"units": 50, "bonus_units": 0}})).await;
    let mut paths = Vec::new();
    for _ in 0..4 {
        let drafted = chosen(&world, "consumer1", &plan).await;
        assert_eq!(drafted.status, 201, "{drafted:?}");
        assert_eq!(drafted.body["rules_pack"], "shanghai-fitness");
        assert_eq!(drafted.body["rules_version"], "2025.1");
        paths.push(signed(&world, "consumer1", &drafted.body).await);
    }
    // A fifth one is signed while nothing is paid yet, and cannot be paid once the others are.
    let fifth = chosen(&world, "consumer1", &plan).await;
    let fifth = signed(&world, "consumer1", &fifth.body).await;
    for path in paths.iter().take(3) {
        paid(&world, "consumer1", path).await;
    }
    // A deposit that is on its way counts as well.
    let coming = world.post("consumer1", format!("{}/deposits", paths[3]), json!({"channel": "sandbox"})).await;
    let start = || world.ask(Method::POST, format!("{fifth}/deposits")).by("consumer1");
    let refused = start().json(&json!({"channel": "sandbox"})).send().await;
    names(&refused, "shanghai-fitness", "total", "20000.00", "25000.00");
    names(&chosen(&world, "consumer1", &plan).await, "shanghai-fitness", "total", "20000.00", "25000.00");
    assert_eq!(world.bank("deposits", &coming["id"], "paid").await.status, 200);
    names(&chosen(&world, "consumer1", &plan).await, "shanghai-fitness", "total", "20000.00", "25000.00");
    // Another consumer has none of it.
    assert_eq!(chosen(&world, "consumer2", &plan).await.status, 201);
    // What has been used counts no more: fifty visits make room for one card.
    for path in paths.iter().take(1) {
        let code = world.post("consumer1", format!("{path}/checkin-codes"), json!({})).await["checkin_code"].clone();
        world.post("merchant1", "/v1/deliveries", json!({"checkin_code": code, "units": 49})).await;
        let refused = start().json(&json!({"channel": "sandbox"})).send().await;
        names(&refused, "shanghai-fitness", "total", "20000.00", "20100.00");
        let code = world.post("consumer1", format!("{path}/checkin-codes"), json!({})).await["checkin_code"].clone();
        world.post("merchant1", "/v1/deliveries", json!({"checkin_code": code, "units": 1})).await;
    }
    paid(&world, "consumer1", &fifth).await;
    world.is_allowed_by_the_rules();
    // The memory of the writer is not what the answer rests on.
    let world = world.restart().await;
    names(&chosen(&world, "consumer1", &plan).await, "shanghai-fitness", "total", "20000.00", "25000.00");
}

#[actix_web::test]
async fn no_contract_outlives_the_lease_of_its_venue() {
    let world = World::start_on("2026-03-02").await;
    // The second merchant has published no venue.
    let merchant = world.get("merchant2", "/v1/merchants").await["data"][0].clone();
    let path = format!("/v1/merchants/{}", id(&merchant));
    world.post("operator1", format!("{path}/review"), json!({})).await;
    world.post("notary1", format!("{path}/admit"), json!({})).await;
    let (_, reply) = submitted(&world, "merchant2", json!({})).await;
    names(&reply, "shanghai-fitness", "lease", "a venue with a published lease end", "none");
    let venue = |days: i64| {
        let today = ticun::domain::time::Date::parse(&world.today()).expect("a day");
        let ends = today.plus_days(days).to_string();
        let body = json!({"name": "馆", "address": "上海市静安区", "lease_ends_on": ends});
        (ends, body)
    };
    let (ends, body) = venue(200);
    let short = id(&world.post("merchant2", "/v1/venues", body).await);
    let (_, reply) = submitted(&world, "merchant2", json!({})).await;
    assert_eq!(reply.body["limit"]["allowed"], format!("until {ends}"), "{reply:?}");
    assert_eq!(submitted(&world, "merchant2", json!({"validity_days": 190})).await.1.status, 200);
    let (_, body) = venue(2000);
    let long = id(&world.post("merchant2", "/v1/venues", body).await);
    // A plan that names no venue can be used in the one whose lease is longest.
    assert_eq!(submitted(&world, "merchant2", json!({})).await.1.status, 200);
    assert_eq!(submitted(&world, "merchant2", json!({"venue_ids": [long]})).await.1.status, 200);
    let (_, reply) = submitted(&world, "merchant2", json!({"venue_ids": [long, short]})).await;
    assert_eq!(reply.body["limit"]["limit"], "lease", "{reply:?}");
    // Nobody names the venue of another.
    let foreign = world.get("merchant1", "/v1/venues").await["data"][0].clone();
    let stolen = plan(json!({"venue_ids": [id(&foreign)]}));
    assert_eq!(world.refused("merchant2", "/v1/plans", stolen).await, (422, "venue_unknown".to_owned()));

    // Time goes on between the draft and the signature.
    let plan = on_sale(&world, "merchant2", json!({"validity_days": 190, "venue_ids": [short]})).await;
    let drafted = chosen(&world, "consumer1", &plan).await;
    assert_eq!(drafted.status, 201, "{drafted:?}");
    world.advance("P20D").await;
    let sign = format!("/v1/contracts/{}/sign", id(&drafted.body));
    let terms = json!({"terms_sha256": drafted.body["terms_sha256"]});
    let refused = world.ask(Method::POST, sign).by("consumer1").json(&terms).send().await;
    assert_eq!(refused.body["limit"]["limit"], "lease", "{refused:?}");
    assert_eq!(chosen(&world, "consumer2", &plan).await.body["limit"]["limit"], "lease");
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn a_merchant_says_where_it_trades_in_a_way_that_rules_can_go_by() {
    let world = World::start_on("2026-03-02").await;
    let merchant = world.get("notary1", "/v1/merchants").await["data"][0].clone();
    assert_eq!(text(&merchant, "region_code"), "310000");
    let user = world.newcomer("merchant").await;
    let body = json!({"name": "新店", "credit_code": "91310106MA1FY0006J", "region": "某地"});
    assert_eq!(world.refused(&user, "/v1/merchants", body).await, (422, "invalid_value".to_owned()));
    let body = json!({"name": "新店", "credit_code": "91310106MA1FY0006J", "region": "330106"});
    assert_eq!(text(&world.post(&user, "/v1/merchants", body).await, "region_code"), "330106");
}

#[actix_web::test]
async fn after_the_end_of_a_measure_the_other_packs_apply_alone_and_everybody_is_told() {
    let world = World::start_on("2026-11-02").await;
    let dear = |price: &str| json!({"card_class": "membership", "price": price});
    let (_, reply) = submitted(&world, "merchant1", dear("5000.01")).await;
    names(&reply, "shanghai-fitness", "membership-price", "5000.00", "5000.01");
    let rules = world.get("merchant1", "/v1/rules").await;
    let ending = json!([{"id": "shanghai-fitness", "version": "2025.1", "valid_until": "2026-12-31"}]);
    assert_eq!(rules["ending"], ending, "59 days before its end");
    let before = world.get("merchant1", "/v1/rules?date=2026-11-01").await;
    assert_eq!(before["ending"], ending);
    let before = world.get("merchant1", "/v1/rules?date=2026-10-31").await;
    assert_eq!(before["ending"], json!([]), "61 days before its end");
    let elsewhere = world.get("merchant1", "/v1/rules?region=330106&sector=fitness").await;
    assert_eq!(elsewhere["ending"], json!([]));
    world.advance("P60D").await;
    let (path, reply) = submitted(&world, "merchant1", dear("6000.00")).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    let plan = id(&world.decide("notary1", format!("{path}/approve"), &reply.body["revision"], json!({})).await);
    let drafted = chosen(&world, "consumer1", &plan).await;
    assert_eq!((drafted.status, &drafted.body["rules_pack"]), (201, &json!("shanghai-funds")), "{drafted:?}");
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn a_contract_that_is_taken_over_counts_with_what_the_merchant_holds_of_the_new_holder() {
    let world = World::start_on("2026-03-02").await;
    let plan =
        on_sale(&world, "merchant1", json!({"price": "5000.00", "count": {"units": 50, "bonus_units": 0}})).await;
    let bought = async |consumer: &str| {
        let drafted = chosen(&world, consumer, &plan).await;
        assert_eq!(drafted.status, 201, "{drafted:?}");
        let path = signed(&world, consumer, &drafted.body).await;
        paid(&world, consumer, &path).await;
        path
    };
    let given = bought("consumer1").await;
    let mut own = Vec::new();
    for _ in 0..4 {
        own.push(bought("consumer2").await);
    }
    let to = json!({"to_consumer": text(&world.get("consumer2", "/v1/me").await, "party")});
    world.post("consumer1", format!("{given}/transfer"), to).await;
    let accept = || world.ask(Method::POST, format!("{given}/transfer/accept")).by("consumer2").json(&json!({}));
    names(&accept().send().await, "shanghai-fitness", "total", "20000.00", "25000.00");
    // What of both is used counts no more.
    for (consumer, path, units) in [("consumer1", &given, 30), ("consumer2", &own[0], 19)] {
        let code = world.post(consumer, format!("{path}/checkin-codes"), json!({})).await["checkin_code"].clone();
        world.post("merchant1", "/v1/deliveries", json!({"checkin_code": code, "units": units})).await;
    }
    names(&accept().send().await, "shanghai-fitness", "total", "20000.00", "20100.00");
    let code = world.post("consumer2", format!("{}/checkin-codes", own[0]), json!({})).await["checkin_code"].clone();
    world.post("merchant1", "/v1/deliveries", json!({"checkin_code": code, "units": 1})).await;
    let taken = accept().send().await;
    assert_eq!(taken.status, 200, "{taken:?}");
    // From here on it is the new holder's, and no more the old one's.
    names(&chosen(&world, "consumer2", &plan).await, "shanghai-fitness", "total", "20000.00", "25000.00");
    for _ in 0..4 {
        bought("consumer1").await;
    }
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn an_extension_keeps_within_the_months_of_its_class_and_the_lease() {
    let world = World::start_on("2026-03-02").await;
    let bought = async |own: Value| {
        let plan = on_sale(&world, "merchant1", own).await;
        let drafted = chosen(&world, "consumer1", &plan).await;
        let path = signed(&world, "consumer1", &drafted.body).await;
        paid(&world, "consumer1", &path).await;
        path
    };
    let extended = async |path: &str, ends_on: &str| {
        let ask = world.ask(Method::POST, format!("{path}/extend")).by("merchant1");
        ask.json(&json!({"ends_on": ends_on})).send().await
    };
    let membership = bought(json!({"card_class": "membership"})).await;
    let refused = extended(&membership, "2028-03-03").await;
    names(&refused, "shanghai-fitness", "membership-months", "24 months, until 2028-03-02", "until 2028-03-03");
    assert_eq!(extended(&membership, "2028-03-02").await.status, 200);
    let visits = bought(json!({"card_class": "visit"})).await;
    let refused = extended(&visits, "2036-01-01").await;
    names(&refused, "shanghai-fitness", "lease", "until 2035-12-31", "until 2036-01-01");
    assert_eq!(extended(&visits, "2035-12-31").await.status, 200);
    world.is_allowed_by_the_rules();
}

#[actix_web::test]
async fn a_merchant_stands_with_its_rules_by_one_figure_and_its_contracts() {
    let world = World::start_on("2026-03-02").await;
    let merchant = text(&world.get("merchant1", "/v1/merchants").await["data"][0], "id");
    let path = format!("/v1/merchants/{merchant}/compliance");
    let asked = |shown: &Value, id: &str| {
        let all = shown["requirements"].as_array().expect("requirements");
        all.iter().find(|one| one["id"] == id).unwrap_or_else(|| panic!("{id} in {shown}")).clone()
    };
    let before = world.get("merchant1", path.clone()).await;
    assert_eq!(
        (&before["in_escrow"], &before["sectors"], &before["met"]),
        (&json!("0.00"), &json!(["fitness"]), &json!(true))
    );
    let total = asked(&before, "total");
    assert_eq!((&total["line"], &total["figure"]), (&json!("20000.00"), &Value::Null), "nobody has anything");
    let plan =
        on_sale(&world, "merchant1", json!({"price": "5000.00", "count": {"units": 50, "bonus_units": 0}})).await;
    let mut first = None;
    for consumer in ["consumer1", "consumer1", "consumer2"] {
        let drafted = chosen(&world, consumer, &plan).await;
        let contract = signed(&world, consumer, &drafted.body).await;
        paid(&world, consumer, &contract).await;
        first = first.or(Some(contract));
    }
    let first = first.expect("a contract");
    let code = world.post("consumer1", format!("{first}/checkin-codes"), json!({})).await["checkin_code"].clone();
    world.post("merchant1", "/v1/deliveries", json!({"checkin_code": code, "units": 10})).await;
    // What waits for its answer is still in escrow, and so is what is contested.
    world.post("merchant1", format!("{first}/deliveries"), json!({"units": 1})).await;
    for user in ["merchant1", "notary1", "operator1", "regulator1"] {
        let shown = world.get(user, path.clone()).await;
        assert_eq!((&shown["in_escrow"], &shown["met"]), (&json!("14000.00"), &json!(true)), "{user}");
        assert_eq!((&shown["contracts_examined"], &shown["all_examined"]), (&json!(3), &json!(true)));
        let packs: Vec<&Value> = shown["packs"].as_array().expect("packs").iter().map(|pack| &pack["id"]).collect();
        assert_eq!(packs, ["shanghai-fitness", "shanghai-funds", "national"]);
        let (total, price) = (asked(&shown, "total"), asked(&shown, "visit-price"));
        assert_eq!((&total["figure"], &total["met"]), (&json!("9000.00"), &json!(true)), "the larger of two consumers");
        assert_eq!((&price["line"], &price["figure"]), (&json!("5000.00"), &json!("5000.00")));
        assert_eq!(asked(&shown, "membership-price")["figure"], Value::Null);
        let lease = asked(&shown, "lease");
        assert_eq!((&lease["line"], &lease["figure"]), (&json!("2035-12-31"), &json!("2027-03-02")));
        let (general, special) = (asked(&shown, "general-line"), asked(&shown, "special-line"));
        assert_eq!((&general["line"], &general["figure"]), (&json!("200000.00"), &json!("14000.00")));
        assert_eq!(
            (&general["percent"], &general["applies"], &general["met"]),
            (&json!(40), &json!(false), &json!(true))
        );
        assert_eq!(
            (&special["percent"], &special["applies"]),
            (&json!(100), &Value::Null),
            "revenue is not known here"
        );
        assert_eq!(general["sources"][0]["article"], "第10、11条");
        assert!(!shown.to_string().contains("csm_"), "no person is named: {shown}");
    }
    let stranger = world.ask(Method::GET, path.clone()).by("merchant2").send().await;
    assert_eq!(stranger.problem(), (404, "not_found".to_owned()));
    let nobody = "/v1/merchants/mch_00000000000000000000000000/compliance";
    assert_eq!(world.ask(Method::GET, nobody).by("notary1").send().await.problem(), (404, "not_found".to_owned()));
    world.is_allowed_by_the_rules();
    let mut connection = ticun::store::dialect::open_reader(&world.config.database).expect("the database");
    let checked = ticun::ledger::check::check(&mut connection, "changning", &mut |_, _| {});
    assert!(checked.is_ok(), "{checked:?}");
}
