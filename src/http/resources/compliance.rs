//! How a merchant stands with the rules on prepaid money: custody and limits, each with its figure and its article.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::Serialize;

use crate::domain::id::MerchantId;
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::CardClass;
use crate::domain::packs::{Measure, Region, Sector, Version};
use crate::domain::time::Date;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::PathId;
use crate::http::permissions::ReadCompliance;
use crate::http::problem::Problem;
use crate::ledger::compliance::{self, Compliance, Requirement};

/// The wire form.
#[derive(Serialize)]
struct ComplianceView<'a> {
    merchant_id: MerchantId,
    on: Date,
    region_code: Region,
    sectors: Vec<Sector>,
    currency: &'static str,
    in_escrow: Amount,
    met: bool,
    packs: Vec<PackView<'a>>,
    requirements: Vec<RequirementView<'a>>,
    contracts_examined: usize,
    all_examined: bool,
}

#[derive(Serialize)]
struct PackView<'a> {
    id: Name,
    version: Version,
    title_zh: &'a str,
    title_en: &'a str,
    valid_until: Option<Date>,
}

#[derive(Serialize)]
struct RequirementView<'a> {
    pack: Name,
    id: Name,
    measure: &'static str,
    card_class: Option<CardClass>,
    line: Option<&'a str>,
    figure: Option<&'a str>,
    percent: Option<u32>,
    applies: Option<bool>,
    met: bool,
    sources: Vec<SourceView<'a>>,
    text_zh: &'a str,
    text_en: &'a str,
}

#[derive(Serialize)]
struct SourceView<'a> {
    document: &'a str,
    article: &'a str,
    verified: bool,
}

impl<'a> RequirementView<'a> {
    fn of(requirement: &'a Requirement) -> Self {
        let id = requirement.id.to_string();
        let sources = requirement.pack.sources.iter().filter(|source| source.about.contains(&id));
        let source = |source: &'a crate::domain::packs::Source| SourceView {
            document: &source.document,
            article: &source.article,
            verified: source.verified,
        };
        Self {
            pack: requirement.pack.id,
            id: requirement.id,
            measure: requirement.measure.map_or("custody", Measure::as_str),
            card_class: requirement.card_class,
            line: requirement.line.as_deref(),
            figure: requirement.figure.as_deref(),
            percent: requirement.percent,
            applies: requirement.applies,
            met: requirement.met,
            sources: sources.map(source).collect(),
            text_zh: requirement.text_zh,
            text_en: requirement.text_en,
        }
    }
}

/// `GET /v1/merchants/{id}/compliance`
pub async fn read(
    caller: Caller<ReadCompliance>,
    app: Data<App>,
    id: PathId<MerchantId>,
) -> Result<HttpResponse, Problem> {
    let id = id.0;
    if !caller.is_of_merchant(id) {
        return Err(Problem::not_found());
    }
    let (office, now) = (app.office(caller.office)?.office().clone(), app.now());
    let found = app.read(move |connection| compliance::of(connection, &office, now, id)).await?;
    let Compliance { merchant, on, sectors, packs, requirements, examined, all_examined } =
        found.ok_or_else(Problem::not_found)?;
    let pack = |pack: &&'static crate::domain::packs::Pack| PackView {
        id: pack.id,
        version: pack.version,
        title_zh: &pack.title_zh,
        title_en: &pack.title_en,
        valid_until: pack.valid_until,
    };
    Ok(HttpResponse::Ok().json(ComplianceView {
        merchant_id: merchant.id,
        on,
        region_code: merchant.region,
        sectors: sectors.into_iter().collect(),
        currency: "CNY",
        in_escrow: merchant.in_escrow.amount().unwrap_or_default(),
        met: requirements.iter().all(|requirement| requirement.met),
        packs: packs.iter().map(pack).collect(),
        requirements: requirements.iter().map(RequirementView::of).collect(),
        contracts_examined: examined,
        all_examined,
    }))
}
