//! How fast the endpoint answers, what each operation costs and how much memory it takes.
//!
//! `bench` loads a directory over HTTP and measures each operation; without `--url` it starts
//! the local server that was built beside it. `bench lambda` drives the users function through
//! a stand-in of the Lambda Runtime API; `bench cold-start` times its starts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark stops at the first thing that is wrong, and its figures go to the terminal"
)]

mod client;
mod cold;
mod lambda;
mod load;
mod measure;
mod members;
mod memory;
mod operations;
mod options;
mod report;
mod run;
mod server;
mod world;

use clap::Parser;

use crate::options::{Command, Options};

// One thread: the server that is measured needs the other cores.
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let options = Options::parse();
    match &options.command {
        Some(Command::Lambda(lambda)) => lambda::run(lambda).await,
        Some(Command::ColdStart(cold)) => cold::run(cold).await,
        None => run::run(&options).await,
    }
}
