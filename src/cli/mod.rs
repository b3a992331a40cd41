//! The command line: serve, demo, office, user, migrate, books, log, backup, audit, sign, rules, config, openapi,
//! health.

pub mod args;
pub mod audit;
pub mod authorities;
pub mod backup;
mod books;
pub mod boot;
pub mod config;
mod demo;
mod health;
mod joining;
pub mod keys;
mod log_keys;
pub mod logging;
pub mod logs;
pub mod offices;
pub mod rules;
pub mod seed;
mod serving;
pub mod sign;
pub mod users;

use std::io::Write as _;
use std::process::ExitCode;

use args::{BooksCommand, Cli, Command, ConfigCommand, LogCommand, OfficeCommand, UserCommand};

use crate::http::server::block_on;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done,
    /// Could not.
    CouldNot,
    /// Found something wrong.
    FoundWrong,
    /// Was not called as it must be.
    WrongUsage,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        Self::from(match ended {
            Ended::Done => 0,
            Ended::CouldNot => 1,
            Ended::FoundWrong => 2,
            // EX_USAGE of sysexits.
            Ended::WrongUsage => 64,
        })
    }
}

/// Why a command was not done.
#[derive(Debug)]
pub enum Failure {
    /// A sentence about a value that can never be right, or that is missing.
    WrongUsage(String),
    /// A sentence about what failed.
    CouldNot(String),
}

impl From<String> for Failure {
    fn from(sentence: String) -> Self {
        Self::CouldNot(sentence)
    }
}

const NO_OFFICE: &str = "there is no office yet: make one with `ticun office create`";

/// Carries out a command line.
#[must_use]
pub fn run(cli: Cli) -> Ended {
    match carry_out(cli) {
        Ok(ended) => ended,
        Err(Failure::WrongUsage(sentence)) => {
            complain(&sentence);
            Ended::WrongUsage
        }
        Err(Failure::CouldNot(sentence)) => {
            complain(&sentence);
            Ended::CouldNot
        }
    }
}

fn carry_out(cli: Cli) -> Result<Ended, Failure> {
    match cli.command {
        Command::Serve { config, settings } => serve(&settings.in_force(config.as_deref())?),
        Command::Demo { settings, fresh } => demo::run(settings, fresh),
        Command::Migrate { settings, check } => Ok(offices::migrate(&settings.in_force(None)?, check)?),
        Command::Office(OfficeCommand::Create(create)) => offices::create(create),
        Command::User(command) => match command {
            UserCommand::Add(add) => users::add(add),
            UserCommand::List(of) => users::list(&of),
            UserCommand::Disable(named) => users::disable(&named),
            UserCommand::Reset(reset) => users::reset(&reset),
        },
        Command::Books(BooksCommand::Check(check)) => books::check(check),
        Command::Log(LogCommand::Keys(command)) => log_keys::run(&command),
        Command::Backup(command) => backup::run(&command),
        Command::Audit(command) => audit::run(command),
        Command::Sign(command) => sign::run(&command),
        Command::Rules(command) => rules::run(command),
        Command::Config(ConfigCommand::Check { config, settings }) => {
            let config = settings.in_force(config.as_deref())?;
            say(toml::to_string_pretty(&config).map_err(|error| error.to_string())?.trim_end());
            Ok(Ended::Done)
        }
        Command::Openapi => {
            say(crate::http::docs::openapi_text().trim_end());
            Ok(Ended::Done)
        }
        Command::Health { url } => health::check(&url),
    }
}

fn serve(config: &config::Config) -> Result<Ended, Failure> {
    logging::start(&config.log, &config.log_format)?;
    if let Some(host) = crate::store::dialect::unverified_host(&config.database) {
        tracing::warn!(
            host,
            "the database server's certificate is not verified: set sslmode=verify-full and sslrootcert"
        );
    }
    let offices = boot::prepare(&config.database)?;
    if offices.is_empty() {
        return Err(Failure::CouldNot(NO_OFFICE.to_owned()));
    }
    boot::must_be_live(&config.database, &offices)?;
    block_on(async {
        let running = boot::start(config, boot::Mode::Live).await?;
        tracing::info!(address = %running.address, "listening");
        running.until_stopped().await.map_err(Failure::CouldNot)
    })?;
    Ok(Ended::Done)
}

/// Speaks to whoever runs the command. A listener who has gone away is no reason to end.
fn say(text: &str) {
    let _gone = writeln!(std::io::stdout(), "{text}");
}

/// Tells whoever runs the command what went wrong.
#[expect(clippy::print_stderr, reason = "this is the command line's own voice")]
fn complain(text: &str) {
    eprintln!("ticun: {text}");
}
