//! The command line: serve, demo, office, user, migrate, books, audit, config, openapi, health.

pub mod args;
pub mod audit;
mod books;
pub mod boot;
pub mod config;
mod demo;
mod health;
pub mod keys;
pub mod logging;
pub mod offices;
pub mod seed;
pub mod users;

use std::process::ExitCode;

use args::{BooksCommand, Cli, Command, ConfigCommand, OfficeCommand, UserCommand};
use config::Settings;

use crate::http::server::block_on;

/// How a command ended, in exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done.
    Done = 0,
    /// Could not.
    CouldNot = 1,
    /// Found something wrong.
    FoundWrong = 2,
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Done => Self::SUCCESS,
            Ended::CouldNot => Self::from(1),
            Ended::FoundWrong => Self::from(2),
        }
    }
}

/// Carries out a command line.
#[must_use]
pub fn run(cli: Cli) -> Ended {
    match carry_out(cli) {
        Ok(ended) => ended,
        Err(error) => {
            complain(&error);
            Ended::CouldNot
        }
    }
}

fn carry_out(cli: Cli) -> Result<Ended, String> {
    match cli.command {
        Command::Serve { config, settings } => serve(&in_force(config.as_deref(), settings)?),
        Command::Demo { settings, fresh } => demo::run(settings, fresh),
        Command::Migrate { settings, check } => offices::migrate(&in_force(None, settings)?, check),
        Command::Office(OfficeCommand::Create(create)) => offices::create(create),
        Command::User(command) => match command {
            UserCommand::Add(add) => users::add(add),
            UserCommand::List(of) => users::list(&of),
            UserCommand::Disable(named) => users::disable(&named),
            UserCommand::Reset(reset) => users::reset(&reset),
        },
        Command::Books(BooksCommand::Check(check)) => books::check(check),
        Command::Audit(command) => audit::run(command),
        Command::Config(ConfigCommand::Check { config, settings }) => {
            let config = in_force(config.as_deref(), settings)?;
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

fn in_force(file: Option<&std::path::Path>, settings: Settings) -> Result<config::Config, String> {
    let file = file.map_or_else(|| Ok(Settings::default()), Settings::from_file)?;
    settings.over(file)
}

fn serve(config: &config::Config) -> Result<Ended, String> {
    logging::start(&config.log, &config.log_format)?;
    let offices = boot::prepare(&config.database)?;
    if offices.is_empty() {
        return Err("there is no office yet: make one with `ticun office create`".to_owned());
    }
    boot::must_be_live(&config.database, &offices)?;
    block_on(async {
        let running = boot::start(config, boot::Mode::Live).await?;
        tracing::info!(address = %running.address, "listening");
        running.until_stopped().await
    })?;
    Ok(Ended::Done)
}

/// Speaks to whoever runs the command.
#[expect(clippy::print_stdout, reason = "this is the command line's own voice")]
fn say(text: &str) {
    println!("{text}");
}

/// Tells whoever runs the command what went wrong.
#[expect(clippy::print_stderr, reason = "this is the command line's own voice")]
fn complain(text: &str) {
    eprintln!("ticun: {text}");
}
