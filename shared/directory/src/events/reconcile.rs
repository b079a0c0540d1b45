//! Comparing a directory with its log, and appending what is missing.
//!
//! The log is made from the table's stream, which keeps records for 24 hours. When it was off or not
//! read for longer, changes are not in the log. A scan, in steps as those of `verify`, compares each
//! resource and each membership with its mark. What differs is looked at a second time a little
//! later: the log follows a change within a second or so. Then it is appended as an ordinary event,
//! under the condition of the log's head. Records of the stream that come later find it done.

mod compare;
mod content;
mod lists;
mod report;
mod scan;
mod step;

pub use report::{Difference, Options, Report};
pub use step::reconcile;
