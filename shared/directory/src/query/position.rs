//! Places in a list.

use scim::sort::Order;

use super::Query;
use super::execute::Plan;

/// A place: that of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// The part that the resource belongs to.
    pub(super) part: usize,
    /// A text that sorts as the list, or the list of this part, does.
    pub(super) key: String,
}

impl Place {
    pub(super) fn new(part: usize, key: impl Into<String>) -> Self {
        Self { part, key: key.into() }
    }

    /// A text that sorts as places do where parts follow each other.
    pub(super) fn text(&self) -> String {
        format!("{:03}{}", self.part, self.key)
    }

    /// Reads what [`text`](Self::text) wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (part, key) = text.split_at_checked(3)?;
        Some(Self::new(part.parse().ok()?, key))
    }
}

/// Where a page begins, and which way it is read from there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Start {
    /// Behind this place, or before it when read backwards; `None` for an end of the list.
    pub(super) place: Option<Place>,
    /// Away from the list's end.
    pub(super) backwards: bool,
    /// So many matches come in between.
    pub(super) skip: u64,
}

impl Start {
    /// Whether keys are read from high to low.
    pub(super) fn falling(&self, query: &Query) -> bool {
        falling(query) != self.backwards
    }
}

/// Whether the list itself goes from high to low.
pub(super) fn falling(query: &Query) -> bool {
    query.order == Some(Order::Descending)
}

/// What stands for a query where only its identity counts. The debug form of a filter
/// names everything that it is made of; it is only hashed.
///
/// The way to the candidates is a part of it: a place says nothing on another way, and a
/// directory may change what it indexes while somebody walks.
pub(super) fn described(query: &Query) -> String {
    let parts =
        query.parts.iter().map(|part| format!("{} {:?} {:?}", part.kind.name, part.sort, part.filter));
    let plan = Plan::of(query);
    let ways = plan.asked.iter().map(|asked| format!("{} {:?}", asked.number, asked.access));
    let lines = parts.chain(ways).collect::<Vec<_>>().join("\n");
    format!("3 {:?} {} {lines}", query.order, plan.in_order)
}
