//! The rules as data: which packs there are, what they limit, and where that comes from.

use actix_web::HttpResponse;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};

use crate::domain::digest::Digest;
use crate::domain::money::Amount;
use crate::domain::name::Name;
use crate::domain::objects::CardClass;
use crate::domain::packs::{self, ENDING_DAYS, Figure, Measure, Pack, Region, Sector, TimeLimits, Version};
use crate::domain::refund::Kind;
use crate::domain::time::Date;
use crate::http::app::App;
use crate::http::caller::Caller;
use crate::http::input::Query;
use crate::http::permissions::ReadRules;
use crate::http::problem::Problem;
use crate::store::queries;

/// A sale whose packs are meant; without region and sector, those of every sale.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    region: Option<String>,
    sector: Option<Sector>,
    date: Option<Date>,
}

/// A pack's wire form.
#[derive(Serialize)]
pub struct PackView<'a> {
    id: Name,
    version: Version,
    title_zh: &'a str,
    title_en: &'a str,
    regions: &'a [Region],
    sectors: &'a [Sector],
    valid_from: Date,
    valid_until: Option<Date>,
    limits: Vec<LimitView<'a>>,
    custody: Vec<CustodyView<'a>>,
    time_limits: &'a TimeLimits,
    sources: Vec<SourceView<'a>>,
}

#[derive(Serialize)]
struct LimitView<'a> {
    id: Name,
    card_class: Option<CardClass>,
    kinds: &'a [Kind],
    measure: Measure,
    max_amount: Option<Amount>,
    max_count: Option<u32>,
    text_zh: &'a str,
    text_en: &'a str,
}

#[derive(Serialize)]
struct CustodyView<'a> {
    id: Name,
    above: Option<Amount>,
    percent: u32,
    text_zh: &'a str,
    text_en: &'a str,
}

#[derive(Serialize)]
struct SourceView<'a> {
    document: &'a str,
    title: &'a str,
    article: &'a str,
    about: &'a [String],
    url: Option<&'a str>,
    verified: bool,
}

impl<'a> PackView<'a> {
    /// The wire form of a pack.
    #[must_use]
    pub fn of(pack: &'a Pack) -> Self {
        let limits = pack.limits.iter().map(|limit| LimitView {
            id: limit.id,
            card_class: limit.card_class,
            kinds: &limit.kinds,
            measure: limit.measure,
            max_amount: limit.max.and_then(Figure::amount),
            max_count: limit.max.and_then(Figure::number),
            text_zh: &limit.text_zh,
            text_en: &limit.text_en,
        });
        let custody = pack.custody.iter().map(|line| CustodyView {
            id: line.id,
            above: line.above,
            percent: line.percent,
            text_zh: &line.text_zh,
            text_en: &line.text_en,
        });
        let sources = pack.sources.iter().map(|source| SourceView {
            document: &source.document,
            title: &source.title,
            article: &source.article,
            about: &source.about,
            url: source.url.as_deref(),
            verified: source.verified,
        });
        Self {
            id: pack.id,
            version: pack.version,
            title_zh: &pack.title_zh,
            title_en: &pack.title_en,
            regions: &pack.regions,
            sectors: &pack.sectors,
            valid_from: pack.valid_from,
            valid_until: pack.valid_until,
            limits: limits.collect(),
            custody: custody.collect(),
            time_limits: &pack.times,
            sources: sources.collect(),
        }
    }
}

#[derive(Serialize)]
struct RulesView<'a> {
    packs: Vec<PackView<'a>>,
    ending: Vec<EndingView>,
    files: Vec<FileView>,
}

/// A pack that has ended or soon ends, with no edition after it.
#[derive(Serialize)]
struct EndingView {
    id: Name,
    version: Version,
    valid_until: Date,
}

/// A file of rules as the log has adopted it.
#[derive(Serialize)]
struct FileView {
    name: String,
    version: String,
    sha256: Digest,
    sm3: Digest,
    adopted_at_position: u64,
}

/// `GET /v1/rules`: the packs that a sale is under, or those in force on a day for any sale, or all; and the files of
/// rules as the office's log has adopted them.
pub async fn list(caller: Caller<ReadRules>, app: Data<App>, query: Query<Filter>) -> Result<HttpResponse, Problem> {
    let Filter { region, sector, date } = query.0;
    let region = region.as_deref().map(Region::named).transpose();
    let region = region.map_err(|error| Problem::new("invalid_request").at("?region", error.to_string()))?;
    let of_sale =
        |pack: &Pack| region.is_none_or(|region| pack.is_in(region)) && sector.is_none_or(|sector| pack.is_of(sector));
    let meant = |pack: &&Pack| date.is_none_or(|day| pack.is_valid_on(day)) && of_sale(pack);
    let office = caller.office;
    let adopted = app.read(move |connection| queries::adopted_rules(connection, office.as_str())).await?;
    let files = adopted.into_iter().map(|file| FileView {
        name: file.name,
        version: file.digests.version,
        sha256: file.digests.sha256,
        sm3: file.digests.sm3,
        adopted_at_position: file.adopted_at_position,
    });
    let (packs, today) = (packs::in_force(), app.now().date(&app.office(office)?.office().zone));
    let ending = packs.ending(date.unwrap_or(today), ENDING_DAYS).filter(|(pack, _)| of_sale(pack));
    let view = RulesView {
        packs: packs.all().iter().filter(meant).map(PackView::of).collect(),
        ending: ending
            .map(|(pack, valid_until)| EndingView { id: pack.id, version: pack.version, valid_until })
            .collect(),
        files: files.collect(),
    };
    Ok(HttpResponse::Ok().json(view))
}
