//! The connections for pages, which only read.
//!
//! A page of a scan takes a hundred times as long as a single item. In DynamoDB other calls do not wait for
//! it. SQLite lets several connections read while one writes, and each sees all that was committed before.
//! dynoxide remembers what tables there are on each connection: a table must not change once it was read.

use std::path::Path;
use std::sync::Arc;

use dynoxide::Database;
use futures_util::future::select_all;
use tokio::sync::{Mutex, MutexGuard};

use super::file;
use super::turn::Turn;
use crate::error::StartError;

/// How many: more than the queries of one directory that may scan at a time.
const CONNECTIONS: usize = 4;

/// All of them.
#[derive(Clone)]
pub(super) struct Readers(Arc<[Turn]>);

impl Readers {
    /// Opens them on the database at `path`, which is open.
    pub(super) fn open(path: &Path) -> Result<Self, StartError> {
        let turn = |_| file::again(path).map(|database| Arc::new(Mutex::new(Some(database))));
        Ok(Self((0..CONNECTIONS).map(turn).collect::<Result<_, _>>()?))
    }

    /// The first that is free; `None` in it once it is closed.
    pub(super) async fn next(&self) -> MutexGuard<'_, Option<Database>> {
        select_all(self.0.iter().map(|turn| Box::pin(turn.lock()))).await.0
    }

    /// Closes them, each when its call has ended.
    pub(super) async fn close(&self) {
        for turn in &*self.0 {
            turn.lock().await.take();
        }
    }
}
