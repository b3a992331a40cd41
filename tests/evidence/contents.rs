//! What is in the file, and for whom.

use std::collections::BTreeSet;

use actix_web::http::Method;
use ticun::domain::digest::Digest;
use ticun::log::chain;
use ticun::log::key::VerifierKey;
use ticun::log::policy::Policy;
use ticun::log::proof::TlogProof;

use super::files::Files;
use super::story::{ANSWER, DRAFT, NOTE, OBJECTION, PHOTO, asked, ended, evidence};
use super::support::World;

#[actix_web::test]
async fn the_file_holds_every_entry_with_its_receipt_and_the_program_finds_it_good() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let path = format!("/v1/contracts/{contract}/timeline?limit=100");
    let timeline = world.get("notary1", path).await["data"].clone();
    let positions: BTreeSet<u64> =
        timeline.as_array().unwrap().iter().map(|one| one["position"].as_u64().unwrap()).collect();
    let key = VerifierKey::parse(files.text("log.key").trim_end()).unwrap();
    let policy = Policy::without_witnesses(vec![key.clone()]);
    for position in positions.iter().copied().chain([0]) {
        let bytes = files.get(&format!("entries/{position:06}.json"));
        let served = world.ask(Method::GET, format!("/log/changning/entry/{position}")).by("notary1").send().await;
        assert_eq!(bytes, served.bytes);
        let receipt = TlogProof::parse(files.get(&format!("receipts/{position:06}.tlog-proof"))).unwrap();
        receipt.verify(&chain::leaf(bytes), &policy).unwrap();
        assert_eq!(receipt.checkpoint.to_string(), files.text("checkpoint"), "there is one head");
    }
    let terms = world.ask(Method::GET, format!("/v1/contracts/{contract}/terms")).by("notary1").send().await;
    assert_eq!(files.get("terms.json"), terms.bytes);
    let manifest = files.json("manifest.json");
    for listed in manifest["files"].as_array().unwrap() {
        let content = files.get(listed["name"].as_str().unwrap());
        assert_eq!(listed["sha256"], Digest::of(&[content]).to_string());
        assert_eq!(listed["sm3"], Digest::sm3(content).to_string());
    }
    assert_eq!(manifest["files"].as_array().unwrap().len(), files.0.len() - 2);
    let said = files.audited(&["--json", "--key", &key.to_string()]);
    assert_eq!(
        (said.code, &said.json()["good"], &said.json()["trusted"]),
        (0, &true.into(), &"given".into()),
        "{said:?}"
    );
    let said = files.audited(&[]);
    for words in [&format!("{contract}: good"), "deposited 2000.00", "key and policy are the file's own", "refunded 19"]
    {
        assert!(said.code == 0 && said.out.contains(words), "{words}: {said:?}");
    }
}

#[actix_web::test]
async fn the_page_tells_amounts_times_and_digests_in_both_languages_and_needs_nothing_else() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let (page, result) = (files.text("result.html"), files.json("result.json"));
    let (sha256, sm3) = (&result["contract"]["terms_sha256"], &result["contract"]["terms_sm3"]);
    assert_eq!(result["balances"]["deposited"], "2000.00");
    assert_eq!(result["settlements"][0]["amount"], "33.33");
    assert_eq!(result["deliveries"].as_array().unwrap().len(), 4);
    assert_eq!(result["refunds"][0]["state"], "paid");
    for words in [
        contract.as_str(),
        "核验结论",
        "Finding",
        "人民法院在线诉讼规则",
        "第十六条",
        "Online Litigation Rules",
        "演示数据",
        "2000.00",
        "33.33",
        "结算放款",
        "refund ordered",
        sha256.as_str().unwrap(),
        sm3.as_str().unwrap(),
        result["log"]["root"].as_str().unwrap(),
        "第一次 &lt;下水&gt;",
        OBJECTION,
        ANSWER,
    ] {
        assert!(page.contains(words), "{words} is missing in\n{page}");
    }
    for foreign in ["<script", "http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert_eq!(page.lines().filter(|line| line.starts_with("<tr><td class=\"n\">")).count(), {
        let entries = result["entries"].as_array().unwrap().len();
        entries + result["texts"].as_array().unwrap().iter().filter(|line| !line["text"].is_null()).count()
    });
}

#[actix_web::test]
async fn each_reader_gets_what_is_theirs_to_read() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let texts = |files: &Files| -> BTreeSet<String> {
        let all = files.below("texts/").into_iter().filter(|name| name.ends_with(".txt"));
        all.map(|name| files.text(name).to_owned()).collect()
    };
    let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
    let settled = |files: &Files| {
        let result = files.json("result.json");
        let kinds = result["entries"].as_array().unwrap().iter().filter(|one| one["kind"] == "settlement.released");
        (kinds.count(), result["settlements"].as_array().unwrap().len())
    };
    let consumer = evidence(&world, "consumer1", &contract).await;
    assert_eq!((texts(&consumer), settled(&consumer)), (set(&[NOTE, OBJECTION, ANSWER]), (0, 0)));
    let merchant = evidence(&world, "merchant1", &contract).await;
    assert_eq!((texts(&merchant), settled(&merchant)), (set(&[NOTE, OBJECTION, ANSWER]), (1, 1)));
    let notary = evidence(&world, "notary2", &contract).await;
    assert_eq!((texts(&notary), settled(&notary)), (set(&[NOTE, OBJECTION, ANSWER]), (1, 1)));
    for files in [consumer, merchant, notary] {
        let said = files.audited(&[]);
        assert_eq!(said.code, 0, "{said:?}");
        for (name, content) in &files.0 {
            let content = String::from_utf8_lossy(content);
            assert!(!content.contains("account_number") && !content.contains("phone"), "{name}");
        }
    }
}

#[actix_web::test]
async fn strangers_do_not_learn_that_the_contract_exists() {
    let world = World::start().await;
    let contract = ended(&world).await;
    world.published().await;
    assert_eq!(asked(&world, "consumer2", &contract).await.problem(), (404, "not_found".to_owned()));
    for user in ["regulator1", "operator1", "mediator1", "arbitrator1"] {
        assert_eq!(asked(&world, user, &contract).await.problem(), (403, "forbidden".to_owned()), "{user}");
    }
    let unknown = asked(&world, "notary1", "ctr_01kjkehjm0eggb40vwnx72qmm7").await;
    assert_eq!(unknown.problem(), (404, "not_found".to_owned()));
    let open = world.ask(Method::GET, format!("/v1/contracts/{contract}/evidence.zip")).send().await;
    assert_eq!(open.problem(), (401, "unauthenticated".to_owned()));
}

#[actix_web::test]
async fn the_same_history_gives_the_same_bytes_under_a_name_of_its_own() {
    let world = World::start().await;
    let contract = ended(&world).await;
    evidence(&world, "consumer1", &contract).await;
    world.published().await;
    let (one, two) = (asked(&world, "consumer1", &contract).await, asked(&world, "consumer1", &contract).await);
    assert_eq!(one.header("content-type").as_deref(), Some("application/zip"));
    assert_eq!(one.header("cache-control").as_deref(), Some("private, no-store"));
    let name = format!("attachment; filename=\"evidence-{contract}.zip\"");
    assert_eq!(one.header("content-disposition"), Some(name));
    assert!(one.bytes == two.bytes, "nothing of the moment is in it");
}

#[actix_web::test]
async fn a_contract_that_was_only_drafted_has_evidence_too() {
    let world = World::start().await;
    let plan = world.plan().await;
    let contract = world.post("consumer1", "/v1/contracts", serde_json::json!({"plan_id": plan["id"]})).await;
    let files = evidence(&world, "consumer1", contract["id"].as_str().unwrap()).await;
    assert_eq!(files.json("result.json")["contract"]["state"], "draft");
    assert_eq!(files.audited(&[]).code, 0);
}

#[actix_web::test]
async fn what_was_laid_before_the_parties_is_there_and_what_was_not_is_not() {
    let world = World::start().await;
    let contract = ended(&world).await;
    for user in ["consumer1", "merchant1", "notary2"] {
        let files = evidence(&world, user, &contract).await;
        let held = files.below("files/");
        assert_eq!(held.len(), 4, "{user}: {held:?}");
        let result = files.json("result.json");
        let line = result["documents"].as_array().unwrap().iter().find(|one| one["kind"] == "dispute_evidence");
        let line = line.expect("the file").clone();
        let name = line["file"].as_str().expect("a name");
        assert_eq!(files.get(name), PHOTO, "{user}");
        assert_eq!(line["name"], "photo.png (image/png, 22 bytes)");
        let salted = [files.get(&format!("{name}.salt")), PHOTO].concat();
        assert_eq!(line["sha256"], Digest::of(&[&salted]).to_string());
        assert_eq!(line["sm3"], Digest::sm3(&salted).to_string());
        assert!(files.text("result.html").contains(name) && files.text("result.html").contains("photo.png"));
        let all = files.0.iter().map(|(_, content)| content);
        assert!(all.into_iter().all(|content| !content.windows(DRAFT.len()).any(|part| part == DRAFT)), "{user}");
        assert_eq!(files.audited(&[]).code, 0);
    }
}

#[actix_web::test]
async fn another_file_under_lists_made_anew_is_found() {
    let world = World::start().await;
    let contract = ended(&world).await;
    let files = evidence(&world, "notary1", &contract).await;
    let name = files.below("files/").into_iter().find(|name| !name.contains('.')).expect("a file").to_owned();
    let verdict = |files: Files| {
        let said = files.listed().audited(&["--json"]);
        (said.code, said.json()["place"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(verdict(files.with(&name, DRAFT)), (2, name.clone()));
    let about = files.text(&format!("{name}.about.json")).replacen("photo", "other", 1);
    assert_eq!(verdict(files.with(&format!("{name}.about.json"), about)), (2, format!("{name}.about.json")));
    assert_eq!(verdict(files.without(&format!("{name}.salt"))), (1, format!("{name}.salt")));
    let mut without = files.clone();
    without.0.retain(|(other, _)| !other.starts_with(&name));
    // Its place in the result is found to be taken by nothing.
    assert_eq!(verdict(without), (2, "result.json".to_owned()));
}
