//! The command line tool: directories, credentials and their content, of a server on this
//! machine or of a deployed one, through its administration API.

pub mod args;
pub mod error;

mod api;
mod client;
mod credential;
mod csv;
mod directory;
mod events;
mod export;
mod fields;
mod held;
mod import;
mod out;
mod proof;
mod subscription;
mod table;
mod undo;
mod verify;

use crate::api::Api;
use crate::args::Command;
use crate::error::ToolError;
use crate::out::Out;

/// Carries out one command. Returns the exit code.
///
/// # Errors
/// [`ToolError`], which has the exit code.
pub fn run(command: Command) -> Result<u8, ToolError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| ToolError::Unreachable(error.to_string()))?;
    runtime.block_on(async {
        let connection = command.connection();
        let out = Out { json: connection.json };
        let api = Api::new(connection)?;
        match command {
            Command::Directory(of) => directory::run(&api, &out, of.command).await,
            Command::Credential(of) => credential::run(&api, &out, of.command).await,
            Command::Client(of) => client::run(&api, &out, of.command).await,
            Command::Events(of) => events::run(&api, &out, of.command).await,
            Command::Subscription(of) => subscription::run(&api, &out, of.command).await,
            Command::Held(of) => held::run(&api, &out, of.command).await,
            Command::Import(with) => import::run(&api, &out, with.args).await,
            Command::Undo(with) => undo::run(&api, &out, with.args).await,
            Command::Verify(with) => verify::run(&api, &out, with.args).await,
        }
    })
}
