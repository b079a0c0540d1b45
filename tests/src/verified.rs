//! What disagrees in a directory, by its own walk (`directory::verify`).

use std::time::Duration;

use directory::id::DirectoryId;
use directory::store::Store;
use directory::verify::{Finding, Options};
use scim::profile::Profiles;

/// Walks all of `directory`. What is behind a delete is waited for: other tests keep the
/// stream busy, too.
pub async fn findings(store: &Store, profiles: &Profiles, directory: &DirectoryId) -> Vec<Finding> {
    let options = Options { patience: Duration::from_secs(180), ..Options::default() };
    let (mut after, mut findings) = (None::<String>, Vec::new());
    loop {
        let report = store.verify(directory, profiles, after.as_deref(), &options).await.expect("a walk");
        assert!(report.uncounted.is_empty(), "nothing goes on meanwhile");
        findings.extend(report.findings);
        after = report.next;
        if after.is_none() {
            return findings;
        }
    }
}
