//! The counters of a type against the number of its resources. Both change while they are read. They
//! are compared when the counters are the same before and after a scan, and reported when two scans
//! in a row find the same difference.

use scim::model::resource_type::ResourceType;

use super::count::Outcome;
use super::finding::{Finding, What};
use super::repair::correct_counter;
use super::step::{Position, Step};
use crate::error::Error;
use crate::keys;

/// Scans that are tried while the counters change.
const SCANS: u8 = 4;

/// One page of a scan that only counts. It is needed when the scan before it found a difference.
///
/// # Errors
/// The table's own.
pub(super) async fn page(step: &mut Step<'_>, kind: &ResourceType, scan: &mut Position) -> Result<(), Error> {
    let Some(mut count) = scan.data.count.take() else {
        scan.next_stage();
        return Ok(());
    };
    let before = count.last.clone();
    if scan.after.is_none() {
        if before == Some(Outcome::Agrees) {
            scan.next_stage();
            return Ok(());
        }
        count = count.again(&step.tenant, kind).await?;
    }
    let partition = keys::resources(&step.tenant.directory, &kind.name);
    let page = scan.page(step.table(), &partition, None).await?;
    count.seen += page.items.len() as i64;
    if !page.last {
        scan.finish(&page)?;
        scan.data.count = Some(count);
        return Ok(());
    }
    count.end(&step.tenant, kind).await?;
    match &count.last {
        Some(Outcome::Agrees) => {}
        Some(Outcome::Differs(excess)) if before == count.last => {
            let repaired = step.options.repair && correct_counter(&step.tenant, kind, *excess).await?;
            let finding = Finding { excess: Some(*excess), ..Finding::new(What::Counter, &kind.name) };
            step.findings.push(finding.repaired(repaired));
        }
        _ if count.scans >= SCANS => step.uncounted.push(kind.name.clone()),
        _ => {
            // Once more.
            scan.after = None;
            scan.data.count = Some(count);
            return Ok(());
        }
    }
    scan.next_stage();
    Ok(())
}
