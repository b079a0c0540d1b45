//! The local server as a child process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::client::Target;

/// A running server; killed when dropped without [`Server::stop`].
pub(crate) struct Server {
    child: Child,
    pub(crate) target: Target,
}

impl Server {
    /// Starts `rollcall` on the data directory `data`, or on a temporary one, and reads the URL
    /// and token that it prints.
    pub(crate) async fn start(data: Option<&Path>, dynamodb_url: Option<&str>, flags: &[&str]) -> Self {
        let program = sibling("rollcall");
        let mut command = Command::new(&program);
        command.args(["--port", "0"]).args(flags);
        match data {
            Some(data) => command.arg("--data").arg(data),
            None => command.arg("--ephemeral"),
        };
        if let Some(url) = dynamodb_url {
            command.arg("--dynamodb-url").arg(url);
        }
        let mut child = command
            .stdout(Stdio::piped())
            // The log is written, so that its cost is measured, too.
            .stderr(tempfile::tempfile().expect("a file"))
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{}: {error}; build it with `cargo build --release -p rollcall`", program.display())
            });
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let (mut url, mut token) = (None, None);
        while url.is_none() || token.is_none() {
            let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line());
            let line = line.await.expect("the server starts").expect("its output").expect("a Tenant URL");
            if let Some(value) = line.trim().strip_prefix("Tenant URL:") {
                url = Some(value.trim().to_owned());
            } else if let Some(value) = line.trim().strip_prefix("Secret Token:") {
                token = Some(value.trim().to_owned());
            }
        }
        // Drain its log, so that the pipe never fills up.
        tokio::spawn(async move { while lines.next_line().await.is_ok_and(|line| line.is_some()) {} });
        Self { child, target: Target { url: url.expect("a URL"), token: token.expect("a token") } }
    }

    /// Stops it as Ctrl-C would, so that it removes its temporary directory.
    pub(crate) async fn stop(mut self) {
        let asked = Command::new("kill").arg(self.pid().to_string()).status().await;
        if asked.is_ok_and(|status| status.success()) {
            let _ = tokio::time::timeout(Duration::from_secs(10), self.child.wait()).await;
        }
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("it runs")
    }
}

/// A program from the same build folder as this one.
pub(crate) fn sibling(name: &str) -> PathBuf {
    std::env::current_exe().expect("this program").with_file_name(name)
}
