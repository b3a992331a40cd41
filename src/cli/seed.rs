//! What a demo begins with: users, a merchant with a venue, and a 60-swim card on sale.

mod examples;

use serde_json::{Value, json};

use super::boot::Running;
use super::users::{NewUser, registration};
use crate::domain::id::RequestId;
use crate::domain::objects::Role;
use crate::ledger::clock::{Entropy, wall};
use crate::ledger::{Answer, Sequencer, Submission};
use crate::store::{Connection, settings};

/// The password of every demo user.
pub const PASSWORD: &str = "ticun-demo";
const SEEDED: &str = "demo_seeded";
const EXAMPLES_SEEDED: &str = "demo_examples_seeded";

/// A user of the demo.
pub struct DemoUser {
    /// Name to sign in with.
    pub username: &'static str,
    role: Role,
    name: &'static str,
}

const fn user(username: &'static str, role: Role, name: &'static str) -> DemoUser {
    DemoUser { username, role, name }
}

/// Every user of the demo.
pub const USERS: [DemoUser; 10] = [
    user("operator1", Role::Operator, "运营一"),
    user("notary1", Role::Notary, "公证员一"),
    user("notary2", Role::Notary, "公证员二"),
    user("merchant1", Role::Merchant, "店主一"),
    user("merchant2", Role::Merchant, "店主二"),
    user("consumer1", Role::Consumer, "消费者一"),
    user("consumer2", Role::Consumer, "消费者二"),
    user("mediator1", Role::Mediator, "调解员一"),
    user("arbitrator1", Role::Arbitrator, "仲裁员一"),
    user("regulator1", Role::Regulator, "监管一"),
];

/// The users of the examples of a dispute and a default.
pub const EXAMPLE_USERS: [DemoUser; 4] = [
    user("merchant3", Role::Merchant, "店主三"),
    user("consumer3", Role::Consumer, "消费者三"),
    user("consumer4", Role::Consumer, "消费者四"),
    user("consumer5", Role::Consumer, "消费者五"),
];

/// Fills a new demo through its own API; an interrupted filling is taken up again, since every step has its own key.
///
/// # Errors
/// A sentence about what failed.
pub async fn seed(running: &Running, base: &str) -> Result<(), String> {
    let sequencer = running.offices.values().next().ok_or("the demo has an office")?;
    if is_seeded(sequencer, SEEDED).await? {
        return Ok(());
    }
    add_users(running, sequencer, &USERS).await?;
    fill(&Client::new(base)).await?;
    mark_seeded(sequencer, SEEDED).await
}

/// Adds a gym and three people who have paid it, for walking through a dispute and a default.
///
/// # Errors
/// A sentence about what failed.
pub async fn add_examples(running: &Running, base: &str) -> Result<(), String> {
    let sequencer = running.offices.values().next().ok_or("the demo has an office")?;
    if is_seeded(sequencer, EXAMPLES_SEEDED).await? {
        return Ok(());
    }
    add_users(running, sequencer, &EXAMPLE_USERS).await?;
    examples::fill(&Client::new(base)).await?;
    mark_seeded(sequencer, EXAMPLES_SEEDED).await
}

async fn add_users(running: &Running, sequencer: &Sequencer, users: &[DemoUser]) -> Result<(), String> {
    for user in users {
        let new = NewUser { username: user.username, role: user.role, name: user.name, password: PASSWORD };
        let mut submission = registration(&new)?;
        submission.now = running.clock.now();
        match sequencer.submit(submission).await.map_err(|fault| fault.to_string())? {
            Answer::Written { .. } => {}
            Answer::Rejected(rejection) if rejection.code() == "username_taken" => {}
            other => return Err(format!("{} could not be added: {other:?}", user.username)),
        }
    }
    Ok(())
}

async fn fill(client: &Client) -> Result<(), String> {
    let merchant = client.token("merchant1").await?;
    let application = json!({
        "name": "圣约瀚游泳馆", "credit_code": "91310105MA1FW0008T", "region": "上海",
        "contact_name": "店主一", "contact_phone": "02162520000"
    });
    let applied = client.post("/v1/merchants", "apply1", &merchant, None, &application).await?;
    let path = format!("/v1/merchants/{}", text(&applied, "id")?);
    let operator = client.token("operator1").await?;
    let notary = client.token("notary1").await?;
    client.post(&format!("{path}/review"), "review1", &operator, None, &json!({})).await?;
    client.post(&format!("{path}/admit"), "admit1", &notary, None, &json!({})).await?;
    let venue = json!({"name": "长宁馆", "address": "上海市长宁区某路1号", "lease_ends_on": "2035-12-31"});
    client.post("/v1/venues", "venue1", &merchant, None, &venue).await?;
    let plan = json!({
        "name": "60次游泳卡", "kind": "count", "price": "2000.00", "currency": "CNY", "list_price": "50.00",
        "count": {"units": 60, "bonus_units": 0}, "validity_days": 365, "sector": "fitness",
        "terms": "本卡含60次游泳。未使用部分可随时申请退款，按实际使用次数结算。", "card_class": "stored_value",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    });
    let drafted = client.post("/v1/plans", "plan1", &merchant, None, &plan).await?;
    let path = format!("/v1/plans/{}", text(&drafted, "id")?);
    let submitted = client.post(&format!("{path}/submit"), "submit1", &merchant, None, &json!({})).await?;
    let revision = submitted.get("revision").and_then(Value::as_u64);
    client.post(&format!("{path}/approve"), "approve1", &notary, revision, &json!({})).await?;

    let second = client.token("merchant2").await?;
    let application = json!({"name": "静安健身馆", "credit_code": "91310106MA1FY0006J", "region": "上海"});
    client.post("/v1/merchants", "apply2", &second, None, &application).await?;
    let accounts = [
        ("merchant1", "圣约瀚游泳馆", "6222021001100000017"),
        ("consumer1", "消费者一", "6222021001100000025"),
        ("consumer2", "消费者二", "6222021001100000033"),
    ];
    for (username, holder, number) in accounts {
        let token = client.token(username).await?;
        let account = json!({"holder_name": holder, "bank_name": "示范银行长宁支行", "account_number": number});
        client.put("/v1/payout-accounts", username, &token, &account).await?;
    }
    Ok(())
}

fn text<'a>(value: &'a Value, field: &str) -> Result<&'a str, String> {
    value.get(field).and_then(Value::as_str).ok_or_else(|| format!("{field} is missing in {value}"))
}

async fn is_seeded(sequencer: &Sequencer, what: &'static str) -> Result<bool, String> {
    let seen = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let told = std::sync::Arc::clone(&seen);
    aside(sequencer, move |connection, office| {
        let seeded = settings::read(connection, office, what)?.is_some();
        told.store(seeded, std::sync::atomic::Ordering::SeqCst);
        Ok(())
    })
    .await?;
    Ok(seen.load(std::sync::atomic::Ordering::SeqCst))
}

async fn mark_seeded(sequencer: &Sequencer, what: &'static str) -> Result<(), String> {
    aside(sequencer, move |connection, office| settings::write(connection, office, what, "yes")).await
}

async fn aside(
    sequencer: &Sequencer,
    write: impl Fn(&mut Connection, &str) -> crate::store::Result<()> + Send + 'static,
) -> Result<(), String> {
    let now = wall();
    let request = RequestId::from_bits(Entropy::default().id(now));
    let answer = sequencer.submit(Submission::aside(Box::new(write), request, now)).await;
    answer.map(|_| ()).map_err(|fault| fault.to_string())
}

struct Client {
    http: awc::Client,
    base: String,
}

impl Client {
    fn new(base: &str) -> Self {
        Self { http: awc::Client::default(), base: base.to_owned() }
    }

    async fn token(&self, username: &str) -> Result<String, String> {
        let body = json!({"username": username, "password": PASSWORD});
        let request = self.http.post(format!("{}/v1/auth/token", self.base));
        let tokens: Value = answer!(request.send_json(&body).await, "/v1/auth/token")?;
        text(&tokens, "access_token").map(str::to_owned)
    }

    async fn post(
        &self,
        path: &str,
        key: &str,
        token: &str,
        reviewed: Option<u64>,
        body: &Value,
    ) -> Result<Value, String> {
        let mut request = self.http.post(format!("{}{path}", self.base));
        if let Some(revision) = reviewed {
            request = request.insert_header(("If-Match", format!("\"r{revision}\"")));
        }
        let request = request.bearer_auth(token).insert_header(("Idempotency-Key", format!("demo-{key}")));
        answer!(request.send_json(body).await, path)
    }

    async fn get(&self, path: &str, token: &str) -> Result<Value, String> {
        let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(token);
        answer!(request.send().await, path)
    }

    /// A call of the simulated world, which needs neither token nor key.
    async fn demo(&self, path: &str, body: &Value) -> Result<Value, String> {
        answer!(self.http.post(format!("{}/demo/{path}", self.base)).send_json(body).await, path)
    }

    async fn put(&self, path: &str, key: &str, token: &str, body: &Value) -> Result<Value, String> {
        let request = self.http.put(format!("{}{path}", self.base));
        let request = request.bearer_auth(token).insert_header(("Idempotency-Key", format!("demo-account-{key}")));
        answer!(request.send_json(body).await, path)
    }
}

/// The body of an answer that is no refusal.
macro_rules! answer {
    ($sent:expr, $path:expr) => {{
        let mut answer = $sent.map_err(|error| format!("{}: {error}", $path))?;
        let value: Value = answer.json().await.map_err(|error| format!("{}: {error}", $path))?;
        if answer.status().is_success() { Ok(value) } else { Err(format!("{}: {value}", $path)) }
    }};
}

use answer;
