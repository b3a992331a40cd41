//! A gym and three people who have paid it: parties for walking through a dispute and a default.

use serde_json::json;

use super::{Client, text};

/// Two of them can be paid at once; the third has not said to which account.
const CONSUMERS: [&str; 3] = ["consumer3", "consumer4", "consumer5"];

pub(super) async fn fill(client: &Client) -> Result<(), String> {
    let merchant = client.token("merchant3").await?;
    let plan = on_sale(client, &merchant).await?;
    let accounts = [
        ("merchant3", "快乐健身馆", "6222021001100000041"),
        ("consumer3", "消费者三", "6222021001100000058"),
        ("consumer4", "消费者四", "6222021001100000066"),
    ];
    for (username, holder, number) in accounts {
        let token = client.token(username).await?;
        let account = json!({"holder_name": holder, "bank_name": "示范银行长宁支行", "account_number": number});
        client.put("/v1/payout-accounts", username, &token, &account).await?;
    }
    for consumer in CONSUMERS {
        buy(client, &merchant, consumer, &plan).await?;
    }
    Ok(())
}

/// Has the gym admitted and its lessons approved; answers the plan's id.
async fn on_sale(client: &Client, merchant: &str) -> Result<String, String> {
    let application = json!({"name": "快乐健身馆", "credit_code": "91310105MA1FX00059", "region": "上海"});
    let applied = client.post("/v1/merchants", "apply3", merchant, None, &application).await?;
    let path = format!("/v1/merchants/{}", text(&applied, "id")?);
    let operator = client.token("operator1").await?;
    let notary = client.token("notary1").await?;
    client.post(&format!("{path}/review"), "review3", &operator, None, &json!({})).await?;
    client.post(&format!("{path}/admit"), "admit3", &notary, None, &json!({})).await?;
    let venue = json!({"name": "中山公园馆", "address": "上海市长宁区某路2号", "lease_ends_on": "2035-12-31"});
    client.post("/v1/venues", "venue3", merchant, None, &venue).await?;
    let plan = json!({
        "name": "12节私教课", "kind": "count", "price": "3600.00", "currency": "CNY", "list_price": "350.00",
        "count": {"units": 12, "bonus_units": 0}, "validity_days": 365, "sector": "fitness",
        "terms": "12节私教课，一年内有效。未上的课可随时申请退款。", "card_class": "lesson",
        "release": {"per": "use", "confirm_window_hours": 72, "silence_confirms": true}
    });
    let drafted = client.post("/v1/plans", "plan3", merchant, None, &plan).await?;
    let id = text(&drafted, "id")?;
    let path = format!("/v1/plans/{id}");
    let submitted = client.post(&format!("{path}/submit"), "submit3", merchant, None, &json!({})).await?;
    let revision = submitted.get("revision").and_then(serde_json::Value::as_u64);
    client.post(&format!("{path}/approve"), "approve3", &notary, revision, &json!({})).await?;
    Ok(id.to_owned())
}

/// Has a consumer buy the lessons, pay, and take the first one.
async fn buy(client: &Client, merchant: &str, consumer: &str, plan: &str) -> Result<(), String> {
    let token = client.token(consumer).await?;
    let key = |step: &str| format!("{step}-{consumer}");
    let drafted = client.post("/v1/contracts", &key("contract"), &token, None, &json!({"plan_id": plan})).await?;
    let path = format!("/v1/contracts/{}", text(&drafted, "id")?);
    let terms = json!({"terms_sha256": text(&drafted, "terms_sha256")?});
    client.post(&format!("{path}/sign"), &key("sign"), &token, None, &terms).await?;
    client.post(&format!("{path}/sign"), &key("countersign"), merchant, None, &terms).await?;
    let started =
        client.post(&format!("{path}/deposits"), &key("deposit"), &token, None, &json!({"channel": "sandbox"})).await?;
    let deposit = text(&started, "id")?;
    // The bank has no keys: a filling that is taken up again must not pay a second time.
    let standing = client.get(&format!("/v1/deposits/{deposit}"), &token).await?;
    if text(&standing, "state")? == "awaiting_payment" {
        client.demo(&format!("bank/deposits/{deposit}"), &json!({"outcome": "paid"})).await?;
    }
    let lesson = json!({"units": 1});
    client.post(&format!("{path}/deliveries"), &key("lesson"), merchant, None, &lesson).await?;
    Ok(())
}
