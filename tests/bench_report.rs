//! What the benchmark makes of its figures: the table, the page and the chart.
#![cfg(test)]
#![allow(clippy::float_arithmetic, clippy::string_slice, reason = "figures that are not money, and offsets of markers")]

#[path = "../benches/http/chart.rs"]
mod chart;
#[allow(dead_code, reason = "the benchmark uses the rest")]
#[path = "../benches/http/figures.rs"]
mod figures;
#[path = "../benches/http/page.rs"]
mod page;
#[path = "../benches/http/table.rs"]
mod table;

use figures::{Figures, KEYS, LINES, percentile};
use table::{Row, rows};

/// A run whose figures are what their goals ask for, or just not.
fn run(single_per_s: u64, p99_ms: f64) -> Figures {
    let mut figures = Figures::default();
    for key in KEYS {
        figures.set(key, 1);
    }
    figures.set("machine", "a machine");
    figures.set("commit", "0123456789abcdef");
    figures.set("contracts", 100_000);
    figures.set("floor_per_s", 70_000);
    figures.set("single_sqlite_per_s", single_per_s);
    figures.set("p99_half_load_ms", p99_ms);
    let point = |engine, connections, per_s| serde_json::json!({"engine": engine, "connections": connections, "per_s": per_s, "median_ms": 0.4, "p99_ms": 20.0});
    figures.set("connections", vec![point("SQLite", 1, 900), point("SQLite", 64, 14_000), point("PostgreSQL", 1, 600)]);
    figures.set("reads", vec![serde_json::json!({"name": "a contract", "median_ms": 0.2, "p99_ms": 6.0})]);
    figures
}

fn row(figures: &Figures, name: &str) -> Row {
    rows(figures).into_iter().find(|row| row.name.contains(name)).unwrap_or_else(|| panic!("a row for {name}"))
}

#[test]
fn a_percentile_is_the_nearest_rank() {
    let hundred: Vec<u32> = (1..=100).collect();
    assert_eq!([50, 99, 100].map(|percent| percentile(&hundred, percent)), [50, 99, 100]);
    assert_eq!((percentile(&[7], 99), percentile(&[7], 1), percentile(&[], 50)), (7, 7, 0));
    assert_eq!(percentile(&[1, 2, 3], 50), 2);
}

#[test]
fn each_figure_stands_beside_its_goal_and_says_whether_it_is_met() {
    let (met, missed) = (run(14_000, 10.0), run(13_999, 10.01));
    let single = row(&met, "one delivery a request, SQLite");
    assert_eq!(single.figure, "14,000/s = 0.20 ×");
    assert_eq!(single.goal, "≥ 0.20 × bare handler that parses the same JSON");
    assert_eq!((single.is_met, row(&missed, "one delivery a request, SQLite").is_met), (Some(true), Some(false)));
    assert_eq!((row(&met, "p99 at half").is_met, row(&missed, "p99 at half").is_met), (Some(true), Some(false)));
    assert_eq!(row(&met, "reading a contract").is_met, Some(true));
    let told = table::text(&rows(&missed));
    assert!(told.lines().any(|line| line.contains("p99 at half") && line.ends_with("NOT MET")), "{told}");
}

#[test]
fn what_was_not_measured_is_not_told() {
    let mut figures = Figures::default();
    figures.set("single_sqlite_per_s", 14_000);
    let only = rows(&figures);
    assert_eq!(only.len(), 1);
    assert_eq!((only[0].figure.as_str(), only[0].is_met), ("14,000/s", None), "nothing to compare it with");
    assert_eq!(figures.missing().len(), KEYS.len() - 1);
    assert!(run(1, 1.0).missing().is_empty());
}

#[test]
fn every_number_of_the_file_has_a_line_in_the_table() {
    let lines: Vec<&str> = LINES.iter().map(|(_, key, ..)| *key).collect();
    for key in KEYS.iter().filter(|key| !["machine", "commit"].contains(key)) {
        assert!(lines.contains(key), "{key}");
    }
}

#[test]
fn the_figures_of_a_file_are_those_of_its_run() {
    let figures = run(14_000, 9.5);
    let again = Figures::parse(&figures.json().unwrap()).unwrap();
    assert_eq!(rows(&again), rows(&figures));
    assert!(Figures::parse("[]").is_err());
}

#[test]
fn a_page_keeps_what_stands_outside_of_its_markers() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/performance.md");
    let before = std::fs::read_to_string(file).unwrap();
    let after = page::rewritten(&before, &run(14_000, 9.5)).unwrap();
    assert!(after.contains("| 14,000/s = 0.20 × |") && after.contains("`0123456789ab`"), "{after}");
    assert_eq!(page::rewritten(&after, &run(14_000, 9.5)).unwrap(), after);
    let outside = |page: &str| {
        let (begin, end) = (page.find("<!-- figures").unwrap(), page.find("<!-- to here").unwrap());
        (page[..begin].to_owned(), page[end..].to_owned())
    };
    assert_eq!(outside(&after), outside(&before));
    assert!(page::rewritten("no markers", &run(1, 1.0)).is_err());
}

#[test]
fn the_chart_draws_each_engine_within_its_frame() {
    let svg = chart::svg(&run(14_000, 9.5)).unwrap();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("NaN") && !svg.contains("inf"));
    // Three points of throughput, and each of them twice among the latencies.
    assert_eq!(svg.matches("<circle").count(), 9);
    let number = |text: &str| text.split('"').next().unwrap().parse::<f64>().unwrap();
    for circle in svg.split("<circle ").skip(1) {
        let (x, y) = (circle.split("cx=\"").nth(1).unwrap(), circle.split("cy=\"").nth(1).unwrap());
        assert!((0.0..=880.0).contains(&number(x)) && (0.0..=300.0).contains(&number(y)), "{circle}");
    }
    assert!(chart::svg(&Figures::default()).is_err(), "nothing was measured at several numbers of connections");
}
