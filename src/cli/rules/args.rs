//! The arguments of `ticun rules`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// The rules as data.
#[derive(Debug, Subcommand)]
pub enum RulesCommand {
    /// Check files of rules: packs, calendar, rates, void terms; exit code 2 if one is wrong
    Check(Check),
    /// Show what a sale is under: packs, limits, time limits, and where they come from
    Show(Show),
}

/// Files to be checked.
#[derive(Debug, Args)]
pub struct Check {
    /// TOML files, or folders of them; without one, those built into this program. Packs are checked together
    #[arg(value_name = "FILE|FOLDER")]
    pub files: Vec<PathBuf>,
    /// The day as of which the calendar has to know its years
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// A sale.
#[derive(Debug, Args)]
pub struct Show {
    /// Where the merchant trades: a code of GB/T 2260, or a name that begins with a province or municipality
    #[arg(long)]
    pub region: String,
    /// The sector of the plan
    #[arg(long)]
    pub sector: Option<String>,
    /// Folder of rule packs, in place of those built into this program
    #[arg(long, value_name = "DIR", env = "TICUN_RULES_DIR")]
    pub rules_dir: Option<PathBuf>,
    /// The day on which the contract is drafted; today where it is not given
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub date: Option<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}
