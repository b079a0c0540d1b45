//! From what was found to what is answered.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::evaluate::Sight;
use super::execute::Hit;
use super::position::Place;
use super::{Part, Query};
use crate::error::Error;
use crate::members::read::complete;
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::tenant::Tenant;
use table::retry::Attempts;

/// Bytes of JSON that one page may hold before it ends early, inside Lambda's 6 MB.
pub(super) const BYTES: usize = 4_500_000;
/// About how many of them the server adds to a resource.
pub(super) const EXTRA: usize = 400;
/// About how many bytes an element of `members` or `groups` takes.
const EACH: usize = 170;
/// Resources of a page that are completed at the same time.
const FAN_OUT: usize = 8;

/// A place of the page, and the resource there unless it is gone.
pub(super) type Shown = (Place, Option<Resource>);

impl Tenant {
    /// `hits` with members and groups where they are wanted, shortened when they would
    /// outgrow a response; never to nothing.
    pub(super) async fn complete_page(&self, query: &Query, hits: Vec<Hit>) -> Result<Vec<Shown>, Error> {
        let hits = fitting(query, hits);
        let complete = hits.into_iter().map(|Hit { place, stored }| async move {
            let stored_bytes = stored.as_ref().map_or(0, |stored| stored.bytes);
            let resource = match (stored, query.parts.get(place.part)) {
                // Or deleted since it was read.
                (Some(stored), Some(part)) => self.as_matched(query, part, stored).await?,
                _ => None,
            };
            let bytes = resource.as_ref().map_or(0, |resource| stored_bytes + added(resource));
            Ok::<(usize, Shown), Error>((bytes, (place, resource)))
        });
        let mut complete = stream::iter(complete).buffered(FAN_OUT);
        let (mut page, mut so_far): (Vec<Shown>, usize) = (Vec::new(), 0);
        while let Some((bytes, shown)) = complete.try_next().await? {
            if so_far > 0 && so_far + bytes > BYTES {
                break;
            }
            so_far += bytes;
            page.push(shown);
        }
        Ok(page)
    }

    /// What was found, completed. While its members are read a group may become another: then
    /// the filter is asked again, and `None` when it does not match any more.
    async fn as_matched(
        &self,
        query: &Query,
        part: &Part,
        mut stored: Stored,
    ) -> Result<Option<Resource>, Error> {
        let mut attempts = Attempts::default();
        loop {
            let matched = stored.resource.version;
            let resource = match complete(self, &part.kind, stored, part.wants).await {
                Err(Error::NotFound) => return Ok(None),
                complete => complete?,
            };
            if part.filter.is_none() || resource.version == matched {
                return Ok(Some(resource));
            }
            attempts.again().await?;
            let now = get::find(self, &part.kind, &resource.id).await?;
            let Some(now) = now else { return Ok(None) };
            let mut sight = Sight::new(self, &part.kind, part.filter.as_ref(), None, &query.base);
            sight.prepare(&[&now]).await?;
            if !sight.matches(&now).await? {
                return Ok(None);
            }
            stored = now;
        }
    }
}

/// As much of `hits` as fits an answer, by what is known of groups before their members
/// are read; at least one.
fn fitting(query: &Query, mut hits: Vec<Hit>) -> Vec<Hit> {
    let mut bytes = 0;
    let fits = hits.iter().take_while(|hit| {
        let Some(stored) = &hit.stored else { return true };
        let wanted = query.parts.get(hit.place.part).is_some_and(|part| part.wants.members);
        let size = if wanted { usize::try_from(stored.size).unwrap_or(0) } else { 0 };
        bytes += stored.bytes + EXTRA + EACH * size;
        bytes <= BYTES
    });
    let fits = fits.count().max(1);
    hits.truncate(fits);
    hits
}

/// About how many bytes an answer adds to what is stored of `resource`.
fn added(resource: &Resource) -> usize {
    let elements =
        ["members", "groups"].into_iter().filter_map(|name| resource.doc.get(name)?.as_array()).flatten();
    let display = |element: &serde_json::Value| element.get("display")?.as_str().map(str::len);
    EXTRA + elements.map(|element| EACH + display(element).unwrap_or(0)).sum::<usize>()
}
