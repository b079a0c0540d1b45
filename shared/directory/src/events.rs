//! The log of what changed in a directory: read from the table's stream, appended in order.
//!
//! [`record`] turns records of the stream into events, and appends them. Each event of a directory has
//! the next sequence number, so the log has no gap and no duplicate. Next to the log are *marks*: what
//! the log says of each resource and of each membership, and the stream's record up to which it says
//! it. A record that comes again finds its mark, and is ignored.
//!
//! One transaction holds events, their marks and the new head of the log, under the condition that the
//! head is still the one that was read before the marks, and that the marks are as they were read. So
//! writers of one directory take turns, and each decides on what the others have written.
//!
//! Events of users and groups come from their items, and those of administration
//! (`administration`) from the items of the directory, its credentials and its clients. Events of
//! members come from the memberships, so none is lost when a request ends between its memberships and
//! its group. A group that gets a whole new list is compared with what the log says of its members
//! (`relist`).
//!
//! A consumer may begin with the directory as it is instead of the first event (`snapshot`).
//!
//! Disables and deletes of users may wait for a person, instead of going to the log (`guard`).

pub mod reconcile;
pub mod retention;

mod administration;
mod append;
mod brief;
mod content;
mod decide;
mod erase;
mod event;
mod fold;
mod guard;
mod hours;
mod known;
mod log;
mod mark;
mod position;
mod read;
mod record;
mod relist;
mod rules;
mod snapshot;
mod summary;

pub use append::record;
pub use brief::{Brief, briefs};
pub use decide::{Decided, Decision, Overview, Shown, decide_all, decide_some, held, release_due};
pub use erase::{Erased, erase};
pub use event::{Event, Subject};
pub use hours::{HOURS, Hours};
pub use read::{Looks, Page, SKEW, after, before, head, many, oldest, until};
pub use record::Record;
pub use rules::Rules;
pub use snapshot::{Snapshot, snapshot};
pub use summary::{Older, Summary, last_about, older, one};
