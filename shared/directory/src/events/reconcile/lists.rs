//! Groups that have another list of members than the one the log follows.

use std::time::Instant;

use table::retry::Attempts;

use super::compare::Log;
use crate::error::Error;
use crate::events::fold::Relist;
use crate::events::log::Appended;
use crate::events::relist::step;

impl Log<'_> {
    /// Compares the lists of `relists` with what the log says until `end`. Returns whether all are done:
    /// the marks store how far a comparison has come.
    pub(super) async fn relist(&self, relists: Vec<Relist>, end: Instant) -> Result<bool, Error> {
        for relist in relists {
            let mut attempts = Attempts::default();
            loop {
                match step(self.table, self.directory, &relist).await? {
                    (Appended::Done(_), true) => break,
                    (Appended::Done(_), false) => attempts = Attempts::default(),
                    (Appended::Moved, _) => attempts.again().await?,
                    (Appended::Closed, _) => return Err(Error::NotFound),
                }
                if Instant::now() >= end {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}
