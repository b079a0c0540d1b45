//! The command `rollcall`: arguments, log, stack, banner, the wait for the end.

use std::error::Error;
use std::io::{Write, stderr, stdout};
use std::process::ExitCode;

use cli::args::Command;
use mimalloc::MiMalloc;
use rollcall::args::{Args, Other};
use rollcall::signal::Stop;
use rollcall::stack::Stack;
use rollcall::{banner, log};

#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    let outcome = match Args::read() {
        Ok(args) => match args.tool() {
            Ok(command) => return carry_out(command),
            Err(args) => serve(*args).map_err(|error| error.to_string()),
        },
        Err(Other::Answer(answer)) => {
            // As in `print`: a failed write does not matter.
            let _ = answer.print();
            Ok(())
        }
        Err(Other::Wrong(line)) => Err(line),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(line) => {
            print(stderr(), &format!("rollcall: {line}\n"));
            ExitCode::from(2)
        }
    }
}

fn carry_out(command: Command) -> ExitCode {
    match cli::run(command) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            print(stderr(), &format!("rollcall: {error}\n"));
            ExitCode::from(error.code())
        }
    }
}

fn serve(args: Args) -> Result<(), Box<dyn Error>> {
    log::start();
    // The embedded DynamoDB has its own thread in addition to these.
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        // Watched from the beginning: a start that is interrupted cleans up, too.
        let mut stop = Stop::watch()?;
        let stack = tokio::select! {
            stack = Stack::start(args.options()?) => stack?,
            () = stop.wait() => return Ok(()),
        };
        print(stdout(), &banner::banner(&stack));
        stop.wait().await;
        stack.stop().await;
        Ok(())
    })
}

/// Ignores errors: the server must continue when its output is closed.
fn print(mut to: impl Write, text: &str) {
    let _ = to.write_all(text.as_bytes()).and_then(|()| to.flush());
}
