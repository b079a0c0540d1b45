//! How much one request may ask for: elements are compared with each other and with
//! filters, so that work grows by their product.

use serde_json::Value;

use super::path::PatchTarget;
use crate::error::{Error, Kind};
use crate::filter::bound::Bound;

/// As many values as the lists of one request may hold, members included; each
/// comparison in a path's filter counts as one.
pub const MAX_VALUES: usize = 5_000;

/// What a request asked for so far.
#[derive(Debug, Default)]
pub struct Tally(usize);

impl Tally {
    /// Counts what is `sent` to, or listed for removal from, a list.
    ///
    /// # Errors
    /// [`Kind::PayloadTooLarge`] when that is more than [`MAX_VALUES`] in all.
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
        let detail = format!("a PATCH lists at most {MAX_VALUES} values: send the rest in another");
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
