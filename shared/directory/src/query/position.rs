//! Positions in a list.

/// The position of one resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Position {
    /// The part of the query that the resource belongs to.
    pub(super) part: usize,
    /// A text that sorts as the list, or the list of this part, does.
    pub(super) key: String,
}

impl Position {
    pub(super) fn new(part: usize, key: impl Into<String>) -> Self {
        Self { part, key: key.into() }
    }

    /// A text that sorts as positions do where one part follows another.
    pub(super) fn text(&self) -> String {
        format!("{:03}{}", self.part, self.key)
    }

    /// Reads what [`text`](Self::text) wrote.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (part, key) = text.split_at_checked(3)?;
        Some(Self::new(part.parse().ok()?, key))
    }
}

/// Where a page begins, and in which direction it is read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Start {
    /// The page begins after this position, or before it when read backwards; `None` for an end of the list.
    pub(super) position: Option<Position>,
    /// Towards the beginning of the list.
    pub(super) backwards: bool,
    /// Matches to skip before the page.
    pub(super) skip: u64,
}

impl Start {
    /// Whether keys are read from high to low, in a list that is `descending` or not.
    pub(super) fn reads_downwards(&self, descending: bool) -> bool {
        descending != self.backwards
    }
}
