//! `entra check`

use std::path::PathBuf;

use clap::Args;
use entra::check::{Options, report, run};

use super::{Endpoint, say};

/// Checks an endpoint as Microsoft's validators do, and reports what to change
///
/// Runs the connection test, the 25 cases that Microsoft publishes for its gallery, and the
/// additional cases of the older validator. Removes at the end what the cases created. Exit code 1
/// when a case failed; warnings do not count, as with Microsoft.
#[derive(Args, Debug)]
pub(crate) struct Check {
    #[command(flatten)]
    endpoint: Endpoint,

    /// Run only the cases whose names contain this text (`entra cases` lists them); may be
    /// repeated
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,

    /// Write all results, with every request and answer, to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,

    /// No progress bar
    #[arg(long, short)]
    quiet: bool,
}

impl Check {
    /// Whether no case failed.
    pub(crate) async fn run(self) -> Result<bool, String> {
        let options = Options {
            credentials: self.endpoint.credentials()?,
            only: self.only,
            timeout: self.endpoint.timeout()?,
            progress: !self.quiet,
            tokens: self.endpoint.tokens()?,
            ..Options::new(&self.endpoint.url, "", self.endpoint.mapping()?)
        };
        let outcomes = run(&options).await?;
        if outcomes.is_empty() {
            return Err("no case has such a name; `entra cases` lists them".to_owned());
        }
        say(&report::text(&outcomes));
        if let Some(path) = self.json {
            let text = format!("{:#}\n", report::json(&outcomes));
            std::fs::write(&path, text)
                .map_err(|error| format!("cannot write `{}`: {error}", path.display()))?;
        }
        Ok(report::is_good(&outcomes))
    }
}
