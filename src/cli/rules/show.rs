//! `ticun rules show`: what a sale is under.

use jiff::tz::TimeZone;

use super::args::Show;
use super::check::ending;
use super::load::go_by;
use crate::cli::{Ended, Failure, say};
use crate::domain::packs::{self, Figure, Pack, Packs, Region, Sector};
use crate::domain::time::Date;
use crate::http::PackView;
use crate::ledger::clock::wall;

/// Shows the packs that a sale is under, the most particular one first.
///
/// # Errors
/// That region, sector or date are none.
pub(super) fn run(args: &Show) -> Result<Ended, Failure> {
    let usage = |name: &str, error: String| Failure::WrongUsage(format!("{name}: {error}"));
    let region = Region::named(&args.region).map_err(|error| usage("--region", error.to_string()))?;
    let sector = match &args.sector {
        Some(text) => {
            let form = || usage("--sector", "expected 1 to 40 characters of a-z and _".to_owned());
            Some(Sector::parse(text).ok_or_else(form)?)
        }
        None => None,
    };
    let day = args.date.as_deref().map(Date::parse).transpose();
    let day = day.map_err(|error| usage("--date", error.to_string()))?;
    let day = day.unwrap_or_else(|| wall().date(&TimeZone::UTC));
    if let Some(folder) = &args.rules_dir {
        go_by(folder)?;
    }
    let packs = packs::in_force();
    let under: Vec<&Pack> = packs.under(region, sector, day).collect();
    if args.json {
        let views: Vec<PackView<'_>> = under.iter().map(|pack| PackView::of(pack)).collect();
        say(&serde_json::json!({"region": region, "sector": sector, "date": day, "packs": views}).to_string());
        return Ok(Ended::Done);
    }
    let named = packs.of(region, sector, day);
    let sector = sector.map_or_else(|| "any sector".to_owned(), |sector| sector.to_string());
    let mut lines =
        vec![format!("a contract of {sector} in {region} drafted on {day} names {} {}", named.id, named.version)];
    under.iter().for_each(|pack| lines.extend(limits(packs, pack, day)));
    lines.push(String::new());
    lines.push(format!("time limits of {} {}", named.id, named.version));
    let times = serde_json::to_value(&named.times).map_err(|error| error.to_string())?;
    for (name, value) in times.as_object().into_iter().flatten() {
        lines.push(format!("  {name:<26} {}", value.to_string().replace(['"', '{', '}'], "")));
    }
    say(&lines.join("\n"));
    Ok(Ended::Done)
}

fn limits(packs: &Packs, pack: &Pack, day: Date) -> Vec<String> {
    let mut lines =
        vec![String::new(), format!("{} {}: {}（{}）", pack.id, pack.version, pack.title_en, pack.title_zh)];
    let until = pack.valid_until.map_or_else(|| "on".to_owned(), |until| format!("to {until}"));
    lines.push(format!("  in force from {} {until}", pack.valid_from));
    lines.extend(ending(packs, pack, day).map(|warning| format!("  warning: {warning}")));
    for limit in &pack.limits {
        let max = match limit.max {
            Some(Figure::Amount(amount)) => amount.to_string(),
            Some(Figure::Number(number)) => number.to_string(),
            None => String::new(),
        };
        lines.push(format!("  {:<20} {max:>10}  {}", limit.id, limit.text_zh));
    }
    for line in &pack.custody {
        lines.push(format!("  {:<20} {:>9}%  {}", line.id, line.percent, line.text_zh));
    }
    for source in &pack.sources {
        let mark = if source.verified { "" } else { "（参考）" };
        lines.push(format!("  {} {}{mark}: {}", source.document, source.article, source.about.join(", ")));
    }
    lines
}
