//! What a search for a page found.

use super::complete::Shown;
use super::position::Position;

/// How far to continue after the page to count matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counting {
    No,
    /// As long as it is cheap.
    IfCheap,
    All,
}

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// The page, in the order in which it was read.
    pub(super) shown: Vec<Shown>,
    /// Matches from the start: before the page, on it, and those counted after it.
    pub(super) seen: u64,
    /// Whether there is a match after the page.
    pub(super) more: bool,
    /// Whether all candidates were evaluated, so that there are no more matches than `seen`.
    pub(super) complete: bool,
    /// The number of all matches, if all candidates were evaluated anyway.
    pub(super) total: Option<u64>,
    /// About how many matches there are, if that is known in another way.
    pub(super) estimate: Option<u64>,
    /// Where the search stopped because the request had used up its budget.
    pub(super) stopped: Option<Position>,
}

/// How one attempt to find a page ended.
pub(super) enum Outcome {
    Found(Found),
    /// A member list was replaced while it was evaluated.
    Changed,
    /// The access path does not have the order of the list everywhere.
    Inexact,
}
