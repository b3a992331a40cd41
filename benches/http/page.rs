//! The page about performance: what a run has measured, written between the page's markers.

use super::figures::Figures;
use super::table::{grouped, markdown, rows};

const BEGIN: &str = "<!-- figures: scripts/bench --page writes from here -->\n";
const END: &str = "<!-- to here -->\n";
const CHART: &str = "![Throughput and latency over the number of connections](performance.svg)\n\n";

/// A page with the figures of a run between its markers.
pub fn rewritten(page: &str, figures: &Figures) -> Result<String, String> {
    let (before, rest) = page.split_once(BEGIN).ok_or("the page has no line where the figures begin")?;
    let (_, after) = rest.split_once(END).ok_or("the page has no line where the figures end")?;
    let commit = figures.text("commit");
    let commit = commit.get(..12).unwrap_or(commit);
    let contracts = grouped(figures.number("contracts").unwrap_or_default());
    let (most, entries) =
        ["growth_contracts", "growth_entries"].map(|key| figures.number(key).unwrap_or_default()).into();
    let told = format!(
        "Measured on {} at commit `{commit}`, on books of {contracts} contracts where nothing else is said. The reads are \
         those of {} contracts and {} entries.\n\n{}",
        figures.text("machine"),
        grouped(most),
        grouped(entries),
        markdown(&rows(figures)),
    );
    // The chart is drawn of the same run, by --chart.
    let chart = if figures.list("connections").is_empty() { "" } else { CHART };
    Ok(format!("{before}{BEGIN}\n{told}\n{chart}{END}{after}"))
}
