//! The command `entra`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command talks to people")]

mod options;

use std::process::ExitCode;

use clap::Parser;

use crate::options::{Command, Options};

#[tokio::main]
async fn main() -> ExitCode {
    let result = match Options::parse().command {
        Command::Check(options) => options.run().await,
        Command::Sync(options) => options.run().await,
    };
    match result {
        Ok(good) => ExitCode::from(u8::from(!good)),
        Err(error) => {
            eprintln!("entra: {error}");
            ExitCode::from(2)
        }
    }
}
