//! A function's process, as Lambda starts it.

use std::path::Path;
use std::process::Stdio;

use tokio::process::{Child, Command};

use super::runtime::Runtime;
use crate::deployment::DEPLOYMENT_SECRET;

/// The command that runs `program` as the function `name`, with Lambda's environment and nothing
/// else: it does not inherit `RUST_LOG` or the caller's credentials.
#[must_use]
pub fn command(program: &Path, name: &str, runtime: &Runtime) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime.address())
        .env("AWS_LAMBDA_FUNCTION_NAME", name)
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "512")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", format!("/rollcall/test/{name}"))
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "2026/03/12/[$LATEST]0123456789abcdef")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("ROLLCALL_DEPLOYMENT_SECRET", DEPLOYMENT_SECRET)
        .stdout(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Starts it.
#[must_use]
pub fn start(mut command: Command) -> Child {
    command.spawn().unwrap_or_else(|error| {
        panic!("{:?}: {error}; build it with `infra/build`", command.as_std().get_program())
    })
}
