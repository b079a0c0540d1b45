//! Starts the binary and ends it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

/// A serving process. Killed when dropped.
pub(crate) struct Server {
    child: Child,
    stdout: BufReader<ChildStdout>,
    stderr: Option<ChildStderr>,
    pub(crate) tenant_url: String,
    pub(crate) token: String,
    pub(crate) administrator_key: String,
    pub(crate) dynamodb: String,
}

/// The binary, in `dir`, with its temporary files there as well.
pub(crate) fn command(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollcall"));
    command.current_dir(dir).env("TMPDIR", dir).env_remove("RUST_LOG").stdin(Stdio::null());
    command
}

/// Runs the binary to its end.
pub(crate) fn run(dir: &Path, args: &[impl AsRef<OsStr>]) -> Output {
    command(dir).args(args).output().unwrap()
}

impl Server {
    /// Starts it on any free port and reads the labelled lines, each of which
    /// must be there, in this order, alone on its line.
    #[track_caller]
    pub(crate) fn start(dir: &Path, args: &[&str]) -> Self {
        Self::spawn(command(dir), "0", args)
    }

    /// As [`Server::start`], with these variables in its environment.
    #[track_caller]
    pub(crate) fn start_with(dir: &Path, environment: &[(&str, &Path)], args: &[&str]) -> Self {
        let mut command = command(dir);
        command.envs(environment.iter().copied());
        Self::spawn(command, "0", args)
    }

    /// Sends `signal` (`STOP`, `CONT`).
    pub(crate) fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
    }

    /// As [`Server::start`], on this port, and without a log, which is not read while the server
    /// runs, and a full pipe would stop a busy one.
    #[track_caller]
    pub(crate) fn start_quiet(dir: &Path, port: &str, args: &[&str]) -> Self {
        let mut command = command(dir);
        command.env("RUST_LOG", "error");
        Self::spawn(command, port, args)
    }

    #[track_caller]
    fn spawn(mut command: Command, port: &str, args: &[&str]) -> Self {
        command.args(["--port", port]).args(args).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut stderr = child.stderr.take();
        let mut labelled = |label: &str| {
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let value = line.strip_prefix(label).and_then(|rest| rest.strip_suffix('\n'));
            value.map(str::to_owned).unwrap_or_else(|| {
                let mut errors = String::new();
                stderr.as_mut().unwrap().read_to_string(&mut errors).unwrap();
                panic!("no `{label}` but {line:?}; stderr: {errors}")
            })
        };
        let (tenant_url, token) = (labelled("Tenant URL: "), labelled("Secret Token: "));
        let (administrator_key, dynamodb) = (labelled("Administrator Key: "), labelled("DynamoDB: "));
        Self { child, stdout, stderr, tenant_url, token, administrator_key, dynamodb }
    }

    /// What follows the labelled lines.
    pub(crate) fn rest_of_banner(&mut self) -> String {
        let mut text = String::new();
        while !text.contains("Ctrl-C") {
            assert_ne!(self.stdout.read_line(&mut text).unwrap(), 0, "{text}");
        }
        text
    }

    /// Sends `signal` (`INT`, `TERM`, `KILL`) and waits; how it ended, how
    /// long that took, and all it wrote to stderr.
    pub(crate) fn end(mut self, signal: &str) -> (ExitStatus, Duration, String) {
        let started = Instant::now();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &pid]).status().unwrap().success());
        let mut log = String::new();
        self.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let status = self.child.wait().unwrap();
        (status, started.elapsed(), log)
    }

    /// Where the server listens, as `host:port`.
    pub(crate) fn address(&self) -> String {
        let rest = self.tenant_url.strip_prefix("http://").unwrap();
        rest.strip_suffix("/scim/v2").unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
