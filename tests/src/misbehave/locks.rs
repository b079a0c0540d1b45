//! The keys that running calls hold. In DynamoDB plain writes of one item wait for each other, and
//! a call that conflicts with a transaction is refused.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;

use super::call::Key;

/// The held keys and the running calls.
#[derive(Debug, Default)]
pub(super) struct Locks {
    table: Mutex<Table>,
    released: Notify,
    ended: Notify,
}

#[derive(Debug, Default)]
struct Table {
    /// Each key, and whether a transaction holds it.
    held: HashMap<Key, bool>,
    begun: u64,
    under_way: BTreeSet<u64>,
}

/// Keys that are held until this is dropped.
#[derive(Debug)]
pub(super) struct Held<'a> {
    locks: &'a Locks,
    keys: Vec<Key>,
}

impl Locks {
    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a call, which may wait for keys. Returns its number.
    pub(super) fn begin(&self) -> u64 {
        let mut table = self.table();
        table.begun += 1;
        let call = table.begun;
        table.under_way.insert(call);
        call
    }

    /// The call with this number has ended.
    pub(super) fn end(&self, call: u64) {
        self.table().under_way.remove(&call);
        self.ended.notify_waiters();
    }

    /// Holds `keys` for one call.
    ///
    /// # Errors
    /// For each key, whether it conflicts: a transaction holds it, or a transaction wants it
    /// while it is held.
    pub(super) async fn hold(&self, keys: &[Key], transaction: bool) -> Result<Held<'_>, Vec<bool>> {
        loop {
            let freed = self.released.notified();
            tokio::pin!(freed);
            // Notifications count from now on.
            freed.as_mut().enable();
            {
                let mut table = self.table();
                let by = |key: &Key| table.held.get(key).copied();
                let conflicts: Vec<bool> =
                    keys.iter().map(|key| by(key).is_some_and(|other| transaction || other)).collect();
                if conflicts.contains(&true) {
                    return Err(conflicts);
                }
                if !keys.iter().any(|key| table.held.contains_key(key)) {
                    table.held.extend(keys.iter().map(|key| (key.clone(), transaction)));
                    return Ok(Held { locks: self, keys: keys.to_vec() });
                }
            }
            freed.await;
        }
    }

    /// Waits for all calls that are running now.
    pub(super) async fn settle(&self) {
        let newest = self.table().begun;
        loop {
            let ended = self.ended.notified();
            tokio::pin!(ended);
            ended.as_mut().enable();
            if self.table().under_way.first().is_none_or(|oldest| *oldest > newest) {
                return;
            }
            ended.await;
        }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        let mut table = self.locks.table();
        for key in &self.keys {
            table.held.remove(key);
        }
        drop(table);
        self.locks.released.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::Locks;

    #[test]
    fn a_call_that_has_no_keys_yet_is_waited_for() {
        let locks = Locks::default();
        let call = locks.begin();
        assert!(locks.settle().now_or_never().is_none());
        locks.end(call);
        assert!(locks.settle().now_or_never().is_some());
    }
}
