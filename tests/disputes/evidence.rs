//! Evidence: handed in, submitted, and seen by those who hear the case.

use actix_web::http::Method;
use serde_json::json;
use ticun::domain::digest::Digest;

use super::story::Story;
use super::support::side::id;

#[actix_web::test]
async fn a_file_is_seen_by_nobody_else_before_it_is_submitted() {
    let story = Story::over("mediating").await;
    let files = format!("{}/evidence", story.path());
    let bytes = "%PDF-1.7 我没有来过".as_bytes();
    let ask =
        story.world.ask(Method::POST, format!("{files}?name=%E8%AF%81%E6%8D%AE.pdf")).by(story.side.consumer_user);
    let staged = ask.header("Content-Type", "application/pdf").bytes(bytes).send().await;
    assert_eq!((staged.status, staged.body["name"].as_str()), (201, Some("证据.pdf")), "{staged:?}");
    assert_eq!(staged.body["sha256"].as_str(), Some(Digest::of(&[bytes]).to_string().as_str()));
    assert_eq!(staged.body["sm3"].as_str(), Some(Digest::sm3(bytes).to_string().as_str()));
    assert_ne!(staged.body["file_sha256"], staged.body["sha256"], "the log's digest tells nobody what the file is");
    let path = format!("{files}/{}", id(&staged.body));
    let others = [story.side.merchant_user, "mediator1", "notary1"];
    for user in others {
        assert_eq!(story.world.get(user, files.clone()).await["data"], json!([]), "{user}");
        assert_eq!(story.world.ask(Method::GET, path.clone()).by(user).send().await.status, 404, "{user}");
    }
    let foreign = story.world.refused(story.side.merchant_user, format!("{path}/submit"), json!({})).await;
    assert_eq!(foreign, (404, "not_found".to_owned()));
    let submitted = story.world.post(story.side.consumer_user, format!("{path}/submit"), json!({})).await;
    assert_eq!(submitted["state"], "submitted");
    for user in others {
        assert_eq!(story.world.get(user, path.clone()).await["sha256"], staged.body["sha256"], "{user}");
        let read = story.world.ask(Method::GET, format!("{path}/content")).by(user).send().await;
        assert_eq!(read.status, 200, "{user}");
    }
    // The arbitrator sees it once the case is theirs.
    assert_eq!(story.world.ask(Method::GET, path.clone()).by("arbitrator1").send().await.status, 404);
    story.world.post(story.side.merchant_user, format!("{}/escalate", story.path()), json!({})).await;
    assert_eq!(story.world.ask(Method::GET, path.clone()).by("arbitrator1").send().await.status, 200);
    let again = story.world.refused(story.side.consumer_user, format!("{path}/submit"), json!({})).await;
    assert_eq!(again, (409, "state_conflict".to_owned()));
    story.adds_up();
}

#[actix_web::test]
async fn a_file_has_a_name_a_known_type_and_a_bounded_size() {
    let story = Story::over("negotiating").await;
    let files = format!("{}/evidence", story.path());
    let send = |query: &str, kind: &'static str, bytes: Vec<u8>| {
        let ask = story.world.ask(Method::POST, format!("{files}{query}")).by(story.side.consumer_user);
        async move { ask.header("Content-Type", kind).bytes(&bytes).without_replay().send().await.problem() }
    };
    assert_eq!(send("", "application/pdf", vec![1]).await, (400, "invalid_request".to_owned()));
    assert_eq!(send("?name=a&more=1", "application/pdf", vec![1]).await, (400, "unknown_parameter".to_owned()));
    assert_eq!(send("?name=a", "application/x-msdownload", vec![1]).await, (415, "unsupported_media_type".to_owned()));
    assert_eq!(send("?name=a", "application/pdf", Vec::new()).await, (422, "invalid_value".to_owned()));
    let large = vec![b'x'; 20 * 1024 * 1024 + 1];
    assert_eq!(send("?name=a", "text/plain", large).await, (413, "payload_too_large".to_owned()));
    let ask = story.world.ask(Method::POST, format!("{files}?name=a.txt")).by(story.side.consumer_user);
    let kept = ask.header("Content-Type", "text/plain").bytes(&vec![b'x'; 20 * 1024 * 1024]).send().await;
    assert_eq!((kept.status, kept.body["size_bytes"].as_u64()), (201, Some(20 * 1024 * 1024)));
    story.adds_up();
}
