//! Data of the servers that tests start. A test binary ends without dropping shared state, so the
//! next one that starts removes what is left.

use std::fs::{File, remove_dir_all};
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::time::Duration;

use crate::names::unique;

/// The age of data after which it may be removed, if no process holds its lock.
const OLD: Duration = Duration::from_secs(3600);

/// A new data directory for one server.
#[must_use]
pub fn directory() -> PathBuf {
    static SWEPT: Once = Once::new();
    let root = std::env::temp_dir().join("rollcall-tests");
    SWEPT.call_once(|| sweep(&root));
    root.join(unique())
}

/// Removes what ended processes left: the operating system has released their locks.
fn sweep(root: &Path) {
    for path in std::fs::read_dir(root).into_iter().flatten().flatten().map(|entry| entry.path()) {
        let left = match File::open(path.join("lock")) {
            Ok(lock) => lock.try_lock().is_ok(),
            // Not locked yet, or never: on another DynamoDB it contains only a token.
            Err(_) => age(&path).is_some_and(|age| age > OLD),
        };
        if left {
            let _ = remove_dir_all(path);
        }
    }
}

fn age(path: &Path) -> Option<Duration> {
    path.metadata().ok()?.modified().ok()?.elapsed().ok()
}
