//! How fast the endpoint answers, what each operation costs and how much memory it takes.
//!
//! `bench` loads a directory and measures each operation; without `--url` it starts the local
//! server from its own build folder. `bench --check` fails when an operation takes longer in a
//! large directory or group than in a small one; `bench growth` measures how times grow, and `bench
//! plot` draws it. `bench lambda` drives the users function through a stand-in of the Lambda
//! Runtime API; `bench cold-start` times its starts. `bench isolation` reads one directory while
//! another one is scanned.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark stops at the first thing that is wrong, and its figures go to the terminal"
)]

mod check;
mod client;
mod cold;
mod delete;
mod growth;
mod isolation;
mod lambda;
mod load;
mod measure;
mod operations;
mod options;
mod plot;
mod prepare;
mod price;
mod process;
mod report;
mod run;
mod server;
mod side;
mod world;

use clap::Parser;

use crate::options::{Command, Options};

// One thread: the measured server needs the other cores.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    let json = options.json.as_deref();
    match &options.command {
        Some(Command::Growth(growth)) => growth::run(growth, json).await,
        Some(Command::Plot(plot)) => plot::run(plot),
        Some(Command::Lambda(lambda)) => lambda::run(lambda, json).await,
        Some(Command::ColdStart(cold)) => cold::run(cold, json).await,
        Some(Command::Isolation(isolation)) => isolation::run(isolation, json).await,
        None if options.check => check::run(&options).await,
        None => run::run(&options).await,
    }
}
