//! Listing and filtering (RFC 7644 §3.4.2).
//!
//! A filter becomes an access path (`plan`): a key, a unique entry, a range of index
//! entries, memberships, or a walk of the directory. Whatever the path, every candidate
//! is read strongly consistent and the whole filter is asked of it: a filter is never
//! ignored, and what was just created is always found.

mod anchor;
mod few;
mod plan;
mod sight;
mod source;
mod walk;

use scim::filter::bind::Bound;
use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::resource::Resource;
use crate::retry::Attempts;
use crate::scope::{Scope, Wants};
use plan::Access;

/// What is asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Which resources; `None` for all.
    pub filter: Option<Bound>,
    /// The first of them, from 1.
    pub start_index: u64,
    /// At most so many.
    pub count: u64,
    /// What else to read of each.
    pub wants: Wants,
    /// The URL up to and with `/scim/v2`, for filters on `meta.location` and `$ref`.
    pub base: String,
}

/// One page of an answer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// How many resources match in all.
    pub total: u64,
    /// Those of this page: fewer than `count` at the end, or when more would outgrow a
    /// response.
    pub resources: Vec<Resource>,
}

impl Scope {
    /// The page of the resources of `kind` that `query` asks for, in a stable order.
    ///
    /// # Errors
    /// [`Error::TooMany`] when it would take a walk of more than 200,000 resources or
    /// 20 s; the table's own.
    pub async fn list(&self, kind: &ResourceType, query: &Query) -> Result<Page, Error> {
        let access = query.filter.as_ref().map_or(Access::Walk, |filter| plan::access(kind, filter));
        let mut attempts = Attempts::default();
        loop {
            let page = match &access {
                Access::Few(lookups) => self.list_few(kind, query, lookups).await?,
                _ => self.list_walk(kind, query, &access).await?,
            };
            match page {
                Some(page) => return Ok(page),
                None => attempts.again().await?,
            }
        }
    }
}
