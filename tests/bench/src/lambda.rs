//! The users function, as Lambda runs it: one process, one event at a time.

mod event;

use std::path::Path;
use std::time::Instant;

use bytes::Bytes;
use rollcall::stack::{Options as StackOptions, Stack};
use serde_json::json;
use tests::lambda::function::{command, start};
use tests::lambda::runtime::Runtime;

use self::event::Script;
use crate::client::Reply;
use crate::measure::Figures;
use crate::options::Lambda;
use crate::{process, report, server};

pub(crate) async fn run(options: &Lambda, json: Option<&Path>) {
    let stack =
        Stack::start(StackOptions::default()).await.unwrap_or_else(|error| panic!("no stack: {error}"));
    let mut script = Script::new(stack.token(), options.requests);
    let runtime = Runtime::start().await;
    let program = options.function.clone().unwrap_or_else(|| server::sibling("users"));
    let mut command = command(&program, "users", &runtime);
    command
        .env("AWS_ENDPOINT_URL_DYNAMODB", stack.dynamodb_url())
        .env("ROLLCALL_TABLE", StackOptions::default().table);
    let mut function = start(command);
    let pid = function.id().expect("it runs");
    let figures = tokio::select! {
        figures = drive(&mut script, &runtime) => figures,
        ended = function.wait() => panic!("the function ended: {ended:?}"),
    };
    let peak = process::mebibytes(pid, "VmHWM");
    function.kill().await.expect("the function ends");
    report::head();
    report::row(1, &figures);
    if let Some(peak) = peak {
        println!("peak memory of the users function: {peak:.1} MiB");
    }
    report::write(json, &json!({ "peakMebibytes": peak, "invocations": figures.json() }));
    stack.stop().await;
}

async fn drive(script: &mut Script, runtime: &Runtime) -> Figures {
    let mut figures = Figures::new("invocation of users");
    let begin = Instant::now();
    while let Some(event) = script.next() {
        let handed_out = Instant::now();
        let response = runtime.invoke(&event).await.unwrap_or_else(|why| panic!("{why}"));
        let took = handed_out.elapsed();
        let status = if script.learn(&response) { 200 } else { 500 };
        if status == 500 {
            eprintln!("{response}");
        }
        figures.count(took, &Reply { status, units: None, body: Bytes::new() }, &[200]);
    }
    figures.took(begin.elapsed());
    figures
}
