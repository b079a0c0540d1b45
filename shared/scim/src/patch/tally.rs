//! The limit of the values in one request: elements are compared with each other and with
//! filters, so the work grows with their product.

use serde_json::Value;

use super::path::PatchTarget;
use crate::error::{Error, Kind};
use crate::filter::bound::Bound;

/// The most values in the lists of one request, members included. Each comparison in a
/// path's filter counts as one.
pub const MAX_VALUES: usize = 5_000;

/// The values of a request so far.
#[derive(Debug, Default)]
pub struct Tally(usize);

impl Tally {
    /// Counts the values that are `sent` to a list, or listed for removal.
    ///
    /// # Errors
    /// [`Kind::PayloadTooLarge`] for more than [`MAX_VALUES`] in all.
    pub fn count(&mut self, target: &PatchTarget<'_>, sent: Option<&Value>) -> Result<(), Error> {
        if !target.row.multi_valued {
            return Ok(());
        }
        let values = sent.map_or(0, |sent| sent.as_array().map_or(1, Vec::len));
        let comparisons = target.selection.as_ref().map_or(0, comparisons);
        self.0 = self.0.saturating_add(values).saturating_add(comparisons);
        if self.0 <= MAX_VALUES {
            return Ok(());
        }
        let detail = format!("a PATCH may list {MAX_VALUES} values: send the rest in another one");
        Err(Error::new(Kind::PayloadTooLarge, detail))
    }
}

fn comparisons(filter: &Bound) -> usize {
    match filter {
        Bound::And(parts) | Bound::Or(parts) => parts.iter().map(comparisons).sum(),
        Bound::Not(part) | Bound::Element { filter: part, .. } => comparisons(part),
        Bound::Compare(_) | Bound::Present(_) => 1,
    }
}
