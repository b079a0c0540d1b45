//! The users function, as Lambda runs it: one process, one event at a time.

mod event;
mod runtime;

use std::process::Stdio;

use rollcall::stack::{Options as StackOptions, Stack};
use serde_json::json;
use tokio::process::Command;

use self::event::Script;
use self::runtime::Runtime;
use crate::options::Lambda;
use crate::{memory, report, server};

pub(crate) async fn run(options: &Lambda) {
    let stack =
        Stack::start(StackOptions::default()).await.unwrap_or_else(|error| panic!("no stack: {error}"));
    let script = Script::new(stack.token(), options.requests);
    let mut runtime = Runtime::start(script, options.requests).await;
    let program = options.function.clone().unwrap_or_else(|| server::beside("users"));
    let mut function = Command::new(&program)
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", runtime.address())
        .env("AWS_LAMBDA_FUNCTION_NAME", "users")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .env("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/users")
        .env("AWS_LAMBDA_LOG_STREAM_NAME", "bench")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ACCESS_KEY_ID", "local")
        .env("AWS_SECRET_ACCESS_KEY", "local")
        .env("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodb_url())
        .env("ROLLCALL_TABLE", StackOptions::default().table)
        .stdout(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| {
            panic!("{}: {error}; build it with `cargo build --release -p users`", program.display())
        });
    let pid = function.id().expect("it runs");
    let figures = tokio::select! {
        figures = runtime.finished() => figures,
        ended = function.wait() => panic!("the function ended: {ended:?}"),
    };
    let peak = memory::mebibytes(pid, "VmHWM");
    function.kill().await.expect("the function ends");
    report::head();
    report::row(&figures);
    println!("first answer {:.1} ms after the function's first poll", runtime.first_millis());
    if let Some(peak) = peak {
        println!("peak memory of the users function: {peak:.1} MiB");
    }
    report::write(options.json.as_deref(), &json!({ "peakMebibytes": peak, "invocations": figures.json() }));
    stack.stop().await;
}
