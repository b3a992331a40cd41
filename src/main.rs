//! The `ticun` binary.

use std::process::ExitCode;

use clap::Parser as _;
use clap::error::ErrorKind;
use ticun::cli::Ended;
use ticun::cli::args::Cli;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match Cli::try_parse() {
        Ok(cli) => ticun::cli::run(cli).into(),
        Err(error) => {
            // A closed pipe is no reason to fail.
            let _printed = error.print();
            match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
                _ => Ended::WrongUsage.into(),
            }
        }
    }
}
