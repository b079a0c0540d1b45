//! From matches to the resources of the page: read their members or groups, keep what the client sees, and
//! end the page before the response becomes too large.

use std::io;

use futures_util::{StreamExt, TryStreamExt, stream};
use scim::model::doc::Doc;
use table::retry::Attempts;

use super::budget::Budget;
use super::evaluate::{Evaluator, Expression, rendered};
use super::position::Position;
use super::query::{Part, Query};
use crate::error::Error;
use crate::members::read;
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::Tenant;

/// The most bytes of JSON that the resources of one page may have, so that the response fits Lambda's 6 MB.
const MAX_BYTES: usize = 4_500_000;
/// Members of all groups that are completed together, about: each takes some hundred bytes of memory.
const MEMBERS_AT_ONCE: i64 = 25_000;
/// Resources that are completed together.
const AT_ONCE: usize = 8;

/// A resource that belongs on the page.
pub(super) struct Match {
    pub(super) position: Position,
    /// `None` when it was deleted, or does not match any more, since it was found.
    pub(super) stored: Option<Stored>,
}

/// A position of the page, with the resource there unless it was deleted.
pub(super) struct Shown {
    pub(super) position: Position,
    pub(super) resource: Option<Resource>,
}

/// The page as far as it is known. Of each resource it keeps only what the client sees.
pub(super) struct Response<'a> {
    tenant: &'a Tenant,
    query: &'a Query,
    pub(super) shown: Vec<Shown>,
    bytes: usize,
    full: bool,
}

impl<'a> Response<'a> {
    pub(super) fn new(tenant: &'a Tenant, query: &'a Query) -> Self {
        Self { tenant, query, shown: Vec::new(), bytes: 0, full: false }
    }

    /// Whether the page takes no more resources although it has fewer than were asked for.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// Adds `matches`, in their order, until the response would become too large or the time is used up;
    /// at least one. Returns whether all were added.
    pub(super) async fn add(&mut self, matches: Vec<Match>, budget: &Budget) -> Result<bool, Error> {
        let (tenant, query) = (self.tenant, self.query);
        let mut left = matches;
        while !left.is_empty() && !self.full {
            let later = left.split_off(at_once(query, &left));
            let complete = left.into_iter().map(|Match { position, stored }| async move {
                let resource = match (stored, query.parts.get(position.part)) {
                    (Some(stored), Some(part)) => complete(tenant, query, part, stored).await?,
                    _ => None,
                };
                Ok::<Shown, Error>(Shown { position, resource })
            });
            let mut complete = stream::iter(complete).buffered(AT_ONCE);
            while let Some(shown) = complete.try_next().await? {
                let bytes = shown.resource.as_ref().map_or(0, |resource| json_length(&resource.doc));
                if self.bytes > 0 && self.bytes + bytes > MAX_BYTES {
                    self.full = true;
                    return Ok(false);
                }
                self.bytes += bytes;
                self.shown.push(shown);
            }
            left = later;
            self.full = budget.is_late();
        }
        Ok(left.is_empty())
    }
}

/// How many of `matches` are completed together: by what is known of groups before their members are read.
fn at_once(query: &Query, matches: &[Match]) -> usize {
    let mut members = 0;
    let together = matches.iter().take_while(|Match { position, stored }| {
        if query.parts.get(position.part).is_some_and(|part| part.wants.members) {
            members += stored.as_ref().map_or(0, |stored| stored.size);
        }
        members <= MEMBERS_AT_ONCE
    });
    together.count().max(1)
}

/// `stored` as the page shows it. A group may change while its members are read: the filter is then
/// evaluated again, and the result is `None` when it does not match any more.
async fn complete(
    tenant: &Tenant,
    query: &Query,
    part: &Part,
    mut stored: Stored,
) -> Result<Option<Resource>, Error> {
    let mut attempts = Attempts::default();
    loop {
        let matched = stored.resource.version;
        let resource = match read::complete(tenant, &part.kind, stored, part.wants).await {
            Err(Error::NotFound) => return Ok(None),
            complete => complete?,
        };
        if part.filter.is_none() || resource.version == matched {
            return Ok(Some(projected(query, part, resource)));
        }
        attempts.again().await?;
        let now = get::find(tenant, &part.kind, &resource.id).await?;
        let Some(now) = now else { return Ok(None) };
        let (kind, filter) = (&*part.kind, part.filter.as_ref());
        let mut evaluator =
            Evaluator::new(tenant, Expression { kind, filter, sort: None, base: &query.base });
        evaluator.prepare(std::iter::once(&now)).await?;
        if !evaluator.matches(&now).await? {
            return Ok(None);
        }
        stored = now;
    }
}

fn projected(query: &Query, part: &Part, mut resource: Resource) -> Resource {
    if let Some(projection) = &part.projection {
        let doc = std::mem::take(&mut resource.doc);
        resource.doc = projection.apply(&part.kind, rendered(&part.kind, &resource, doc, &query.base));
    }
    resource
}

/// The length of `doc` as JSON.
fn json_length(doc: &Doc) -> usize {
    struct Length(usize);
    impl io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    // Neither a document nor counting can fail.
    let _ = serde_json::to_writer(&mut length, doc);
    length.0
}
