//! `/Groups`.

mod create;
mod delete;
mod etag;
mod filter;
mod get;
mod members;
mod patch;
mod replace;
