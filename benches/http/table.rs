//! The table: each figure beside its goal.

use serde_json::Value;

use super::figures::{Figures, Goal, LINES, Unit};

/// The goal of every read, in milliseconds at the median.
const READ_MS: f64 = 5.0;

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub name: String,
    pub figure: String,
    pub goal: String,
    /// Whether the goal is met; nothing where there is none, or where it cannot be said.
    pub is_met: Option<bool>,
}

impl Row {
    fn verdict(&self) -> &'static str {
        match self.is_met {
            Some(true) => "met",
            Some(false) => "NOT MET",
            None => "",
        }
    }
}

/// The lines of all that was measured.
pub fn rows(figures: &Figures) -> Vec<Row> {
    let lines = LINES.iter().filter_map(|(name, key, unit, goal)| {
        let number = figures.number(key)?;
        let figure = told(number, *unit);
        let plain = |goal: String, is_met| Row { name: (*name).to_owned(), figure: figure.clone(), goal, is_met };
        Some(match goal {
            Goal::Told => plain(String::new(), None),
            Goal::AtLeast(least) => plain(format!("≥ {}", told(*least, *unit)), Some(number >= *least)),
            Goal::AtMost(most) => plain(format!("≤ {}", told(*most, *unit)), Some(number <= *most)),
            Goal::AtLeastTimes(times, other) => against(plain(String::new(), None), figures, *times, other, number),
        })
    });
    lines.chain(figures.list("reads").iter().filter_map(read)).collect()
}

fn against(row: Row, figures: &Figures, times: f64, other: &str, number: f64) -> Row {
    let name = LINES.iter().find(|(_, key, ..)| *key == other).map_or(other, |(name, ..)| name);
    let short = name.split([',', ':']).next().unwrap_or(name);
    let goal = format!("≥ {times:.2} × {short}");
    match figures.number(other).filter(|other| *other > 0.0) {
        Some(other) => {
            let ratio = number / other;
            Row { figure: format!("{} = {ratio:.2} ×", row.figure), goal, is_met: Some(ratio >= times), ..row }
        }
        None => Row { goal, ..row },
    }
}

fn read(read: &Value) -> Option<Row> {
    let median = read.get("median_ms")?.as_f64()?;
    let p99 = read.get("p99_ms")?.as_f64()?;
    Some(Row {
        name: format!("reading {}, median (p99)", read.get("name")?.as_str()?),
        figure: format!("{median:.2} ms ({p99:.2} ms)"),
        goal: format!("≤ {READ_MS} ms"),
        is_met: Some(median <= READ_MS),
    })
}

/// A figure as people read it.
fn told(figure: f64, unit: Unit) -> String {
    match unit {
        Unit::PerS => format!("{}/s", grouped(figure)),
        Unit::Times => format!("{figure:.2} ×"),
        Unit::Ms => format!("{figure:.2} ms"),
        Unit::Us => format!("{figure:.0} µs"),
        Unit::Mb => format!("{figure:.0} MB"),
        Unit::Bytes => grouped(figure),
        Unit::BytesPerS => format!("{:.0} MB/s", figure / 1_000_000.0),
        Unit::Percent => format!("{figure:.1} %"),
        Unit::Count if figure < 10_000.0 => format!("{figure:.1}").trim_end_matches(".0").to_owned(),
        Unit::Count => grouped(figure),
    }
}

/// A whole number with a comma every three digits.
pub fn grouped(figure: f64) -> String {
    let digits = format!("{figure:.0}");
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// For a terminal.
pub fn text(rows: &[Row]) -> String {
    let width = |of: fn(&Row) -> &str| rows.iter().map(|row| of(row).chars().count()).max().unwrap_or(0);
    let (names, figures, goals) = (width(|row| &row.name), width(|row| &row.figure), width(|row| &row.goal));
    let line = |row: &Row| {
        let line = format!("{:<names$}  {:>figures$}  {:<goals$}  {}", row.name, row.figure, row.goal, row.verdict());
        line.trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

/// For a page.
pub fn markdown(rows: &[Row]) -> String {
    let line = |row: &Row| format!("| {} | {} | {} | {} |\n", row.name, row.figure, row.goal, row.verdict());
    let head = "| what | figure | goal | |\n|---|---:|---|---|\n".to_owned();
    rows.iter().fold(head, |table, row| table + &line(row))
}
