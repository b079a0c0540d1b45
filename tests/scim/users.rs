//! `/Users`.

mod create;
mod cursor;
mod delete;
mod etag;
mod filter;
mod filter_refused;
mod get;
mod list;
mod page;
mod patch;
mod patch_refused;
mod project;
mod replace;
mod search;
mod sort;
mod unicode;
