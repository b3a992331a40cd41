//! Which rules a process goes by stands in its log: when the office is opened, and whenever it changes.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use ticun::domain::actor::Actor;
use ticun::domain::digest::Digest;
use ticun::domain::id::RequestId;
use ticun::domain::rule_files::{self, RuleFile};
use ticun::ledger::check::check;
use ticun::ledger::commands::log::AdoptRules;
use ticun::ledger::{Answer, Submission};
use ticun::store::dialect;

use super::support::World;

async fn adopt(world: &World, files: Vec<RuleFile>) -> Option<u64> {
    let sequencer = world.running().offices.values().next().expect("an office");
    let now = world.running().clock.now();
    let command = Box::new(AdoptRules { files });
    let answer = sequencer.submit(Submission::new(command, Actor::System, RequestId::from_bits(1), now)).await;
    match answer {
        Ok(Answer::Written { position, .. }) => position,
        other => panic!("{other:?}"),
    }
}

async fn told(world: &World) -> Vec<Value> {
    let page = world.get("regulator1", "/v1/events?kind=rules.adopted").await;
    page["data"].as_array().expect("entries").clone()
}

#[actix_web::test]
async fn a_process_that_goes_by_other_rules_than_the_log_told_last_says_so_when_it_starts() {
    let world = World::start().await;
    let built_in = rule_files::in_force();
    let files = world.get("consumer1", "/v1/rules").await["files"].as_array().expect("files").clone();
    let names: BTreeSet<&str> = files.iter().filter_map(|file| file["name"].as_str()).collect();
    assert_eq!(names, built_in.iter().map(|file| file.name.as_str()).collect());
    assert!(files.iter().all(|file| file["adopted_at_position"] == 0), "{files:?}");
    let world = world.restart().await;
    assert_eq!(told(&world).await, Vec::<Value>::new());

    // Another process, with another edition of one file.
    let mut other = built_in.clone();
    other[0].digests.sha256 = Digest::of(&[b"another text"]);
    other[0].digests.version = "cn-2027.1".to_owned();
    let position = adopt(&world, other.clone()).await.expect("an entry");
    assert_eq!(adopt(&world, other.clone()).await, None, "the same again is no news");
    let entries = told(&world).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0]["data"]["name"], json!(other[0].name));
    assert_eq!(entries[0]["data"]["version"], "cn-2027.1");
    assert_eq!(entries[0]["position"], json!(position));

    // This one goes by its own again.
    let world = world.restart().await;
    let entries = told(&world).await;
    assert_eq!(entries.len(), 2, "{entries:?}");
    assert_eq!(entries[1]["data"]["sha256"], json!(built_in[0].digests.sha256));
    assert_eq!(entries[1]["data"]["sm3"], json!(built_in[0].digests.sm3));
    let files = world.get("consumer1", "/v1/rules").await["files"].clone();
    let file = files.as_array().unwrap().iter().find(|file| file["name"] == json!(built_in[0].name)).expect("a file");
    assert_eq!(
        (&file["version"], &file["adopted_at_position"]),
        (&json!(built_in[0].digests.version), &entries[1]["position"])
    );
    world.is_allowed_by_the_rules();
    let mut connection = dialect::open_reader(&world.config.database).expect("the database");
    let report = check(&mut connection, "changning", &mut |_, _| {}).expect("books that are good");
    assert!(report.rows.contains(&("rules", u64::try_from(built_in.len()).expect("a count"))), "{:?}", report.rows);
}

#[actix_web::test]
async fn anyone_signed_in_reads_the_packs_of_a_sale_with_their_sources() {
    let world = World::start().await;
    let ids = |rules: &Value| -> Vec<String> {
        let packs = rules["packs"].as_array().expect("packs").iter();
        packs.map(|pack| pack["id"].as_str().expect("an id").to_owned()).collect()
    };
    let all = world.get("mediator1", "/v1/rules").await;
    assert_eq!(ids(&all), ["shanghai-fitness", "general-commerce", "tutoring", "shanghai-funds", "national"]);
    let sale = world.get("merchant1", "/v1/rules?region=310105&sector=fitness&date=2025-03-01").await;
    assert_eq!(ids(&sale), ["shanghai-fitness", "shanghai-funds", "national"]);
    let fitness = &sale["packs"][0];
    assert_eq!(
        (&fitness["limits"][0]["id"], &fitness["limits"][0]["max_amount"]),
        (&json!("membership-price"), &json!("5000.00"))
    );
    assert_eq!(fitness["sources"][0]["verified"], true);
    assert_eq!(fitness["time_limits"]["cooling_off"], json!({"count": "natural", "days": 7}));
    assert_eq!(fitness["time_limits"]["objection"], json!({"count": "working", "days": 3}));
    assert_eq!(fitness["time_limits"]["minor_alone_max"], "500.00");
    // The day before it came into force.
    let before = world.get("merchant1", "/v1/rules?region=310105&sector=fitness&date=2025-02-28").await;
    assert_eq!(ids(&before), ["shanghai-funds", "national"]);
    let reply = world.ask(actix_web::http::Method::GET, "/v1/rules?region=nowhere").by("consumer1").send().await;
    assert_eq!(reply.problem(), (400, "invalid_request".to_owned()));
}
