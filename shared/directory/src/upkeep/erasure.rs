//! A directory is erased with everything in it, after the request was answered.
//!
//! 1. The record says so, and a receipt is written in the same transaction. From then on no request
//!    is admitted. Requests that were admitted before end within a
//!    [minute](crate::upkeep::slice::SETTLE).
//! 2. A job continues the work, some seconds at a time. It removes member lists, resources with
//!    all memberships that the index of members knows, index entries, counters, page anchors, jobs,
//!    credentials and everything else in the directory's partition. Each run removes what it
//!    finds, so an interrupted run needs no position to continue at.
//! 3. The record and its entry in the list of directories go last, in the transaction that completes
//!    the receipt. The receipt says when, and how many items of which kind, and holds no personal data.
//!
//! One run at a time works: it holds the [lease](crate::upkeep::lease) of the directory. Afterwards a
//! new directory may have the same id. A run that was slow has lost the lease, and removes nothing of
//! the new directory.

mod advance;
mod begin;
mod receipt;
mod removal;
pub(super) mod state;

pub use advance::advance;
pub use begin::begin;
pub use receipt::{Receipt, ReceiptId, Receipts, list, read};
