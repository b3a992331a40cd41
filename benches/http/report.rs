//! Where the figures of a run go: the terminal, a file of JSON, the page about performance and its chart.

use std::path::Path;

use super::figures::Figures;
use super::{Arguments, chart, page, table};

/// Tells the figures, and writes what was asked for.
pub fn tell(arguments: &Arguments, figures: &Figures) -> Result<(), String> {
    print(figures);
    if let Some(path) = &arguments.json {
        write(path, &figures.json()?)?;
    }
    if let Some(path) = &arguments.chart {
        write(path, &chart::svg(figures)?)?;
    }
    if let Some(path) = &arguments.page {
        write(path, &page::rewritten(&read(path)?, figures)?)?;
    }
    Ok(())
}

/// Does so again with the figures of an earlier run.
pub fn again(arguments: &Arguments, file: &Path) -> Result<(), String> {
    tell(arguments, &Figures::parse(&read(file)?)?)
}

#[expect(clippy::print_stdout, reason = "the table is what a benchmark is for")]
fn print(figures: &Figures) {
    println!("\n{}\n{}", figures.text("machine"), table::text(&table::rows(figures)));
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
