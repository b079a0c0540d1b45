//! The inconsistencies of a directory, as `directory::verify` finds them.

use std::time::Duration;

use directory::Table;
use directory::id::DirectoryId;
use directory::verify::{Finding, Options, check};
use scim::profile::Profiles;

/// Checks all of `directory`. Waits for the work that follows a delete, because other tests keep
/// the stream busy, too.
pub async fn findings(table: &Table, profiles: &Profiles, directory: &DirectoryId) -> Vec<Finding> {
    let options = Options { patience: Duration::from_secs(180), ..Options::default() };
    let (mut after, mut findings) = (None::<String>, Vec::new());
    loop {
        let report = check(table, directory, profiles, after.as_deref(), &options).await.expect("a step");
        assert!(report.uncounted.is_empty(), "nothing goes on meanwhile");
        findings.extend(report.findings);
        after = report.next;
        if after.is_none() {
            return findings;
        }
    }
}
