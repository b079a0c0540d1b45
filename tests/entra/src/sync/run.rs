//! A whole run: test connection, cycles, verification.

use std::sync::Mutex;
use std::sync::atomic::AtomicU64;

use super::engine::{Engine, Tally};
use super::failure::Failure;
use super::log::Log;
use super::object::question;
use super::plan::complete;
use super::progress::Progress;
use super::report::Report;
use super::state::{Entry, Store};
use super::{Error, Options, Restart, Source};
use crate::mapping::Kind;
use crate::source::{Directory, change, file, generate};
use crate::wire::client::Client;

/// Provisions, and returns the report.
///
/// # Errors
/// [`Error`]: the run could not start, or its files cannot be written. Faults of the endpoint are
/// in the report.
pub async fn run(options: Options) -> Result<Report, Error> {
    let (client, flagged) = Client::new(&options.url, "", options.timeout).map_err(Error::Url)?;
    let client = client.with(options.tokens.clone());
    let begin = Entry::Begin {
        url: client.base().to_owned(),
        mapping: options.mapping.name.clone(),
        source: match &options.source {
            Source::File(path) => path.display().to_string(),
            Source::Generated { users, groups, seed } => {
                format!("{users} users, {groups} groups, seed {seed}")
            }
            Source::Fixed(_) => "fixed".to_owned(),
        },
    };
    let path = options.state.clone();
    let state_error = |reason| Error::State { path: path.clone().unwrap_or_default(), reason };
    let store = Store::open(options.state.as_deref(), begin).map_err(&state_error)?;
    store.forget(|state| match options.restart {
        None => {}
        Some(Restart::Watermark) => state.seen.clear(),
        Some(Restart::Full) => {
            state.seen.clear();
            state.users.clear();
            state.groups.clear();
            state.escrows.clear();
        }
    });
    store.save().map_err(&state_error)?;
    let log = Log::open(options.log.as_deref()).map_err(|error| Error::Log {
        path: options.log.clone().unwrap_or_default(),
        reason: error.to_string(),
    })?;
    let engine = Engine {
        client,
        dialect: options.dialect.or(flagged).unwrap_or_default(),
        store,
        log,
        progress: Progress::new(options.progress, options.observer.clone()),
        requests: AtomicU64::new(0),
        tally: Mutex::new(Tally::default()),
        options,
    };
    engine.provision_all(state_error).await
}

impl Engine {
    async fn provision_all(&self, state_error: impl Fn(String) -> Error) -> Result<Report, Error> {
        let mut report = Report::default();
        if let Err(failure) = self.test_connection().await {
            report.quarantine = Some(format!("the connection test failed: {}", failure.message));
            return Ok(report);
        }
        let completed = self.store.with(|state| state.completed);
        let (first, last) = match completed {
            None => (0, self.options.cycles),
            Some(completed) => (completed + 1, completed + self.options.cycles),
        };
        let mut directory = self.source(first.min(last))?;
        for number in first..=last {
            if number > first {
                self.advance(&mut directory, number)?;
            }
            report.cycles.push(self.cycle(number, &directory).await.map_err(&state_error)?);
            report.quarantine = self.tally().quarantine.clone();
            if report.quarantine.is_some() {
                break;
            }
        }
        // Failed objects are retried in the next cycle, even if nothing else changed.
        for _ in 0..self.options.settle {
            if report.quarantine.is_some() || self.store.with(|state| state.escrows.is_empty()) {
                break;
            }
            report.cycles.push(self.cycle(last, &directory).await.map_err(&state_error)?);
            report.quarantine = self.tally().quarantine.clone();
        }
        let name = |((kind, id), escrow): (&(Kind, String), &super::state::Escrow)| {
            format!("{} {id}: {} after {} attempts", kind.name(), escrow.code, escrow.attempts)
        };
        report.escrows = self.store.with(|state| state.escrows.iter().map(name).collect());
        if self.options.verify && report.quarantine.is_none() {
            report.verification = Some(self.verify(&directory).await);
        }
        Ok(report)
    }

    /// Queries for objects that cannot exist, like Entra's connection test.
    async fn test_connection(&self) -> Result<(), Failure> {
        for kind in [Kind::User, Kind::Group] {
            let Some(rows) = self.options.mapping.of(kind) else { continue };
            for row in rows.matching() {
                let guid = uuid::Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid();
                let request = question(kind, row.target.text(), &guid.to_string());
                self.call(&request, &[200]).await?;
            }
        }
        Ok(())
    }

    /// The source at a cycle.
    fn source(&self, cycle: u32) -> Result<Directory, Error> {
        let mut directory = match &self.options.source {
            Source::File(path) => file::read(path).map_err(Error::Source)?,
            Source::Generated { users, groups, seed } => {
                let mut directory = generate::directory(*seed, *users, *groups);
                for cycle in 1..=cycle {
                    change::next(&mut directory, *seed, cycle);
                }
                directory
            }
            Source::Fixed(directory) => directory.as_ref().clone(),
        };
        self.store.with(|state| complete(&mut directory, state));
        Ok(directory)
    }

    /// The changes since the last cycle.
    fn advance(&self, directory: &mut Directory, cycle: u32) -> Result<(), Error> {
        match &self.options.source {
            Source::Generated { seed, .. } => {
                change::next(directory, *seed, cycle);
            }
            Source::File(_) => *directory = self.source(cycle)?,
            Source::Fixed(_) => {}
        }
        Ok(())
    }
}
