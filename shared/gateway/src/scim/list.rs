//! GET on a collection (RFC 7644 §3.4.2, RFC 9865), and what every query has in common.

use std::slice::from_ref;
use std::sync::Arc;

use axum::response::Response;
use directory::Directory;
use directory::error::Error as StoreError;
use directory::query::cursor::Cursors;
use directory::query::{Allowance, MAX_CANDIDATES, PageStart, Part, Query};
use directory::secret::seals::Seals;
use http::StatusCode;
use scim::error::{Error, Kind};
use scim::filter::multi_type::compile_multi_type;
use scim::message::{self, Position};
use scim::model::resource_type::ResourceType;
use scim::project::Projection;
use scim::sort::{Order, sort_by_multi_type};

use super::call::{Call, wants};
use crate::http::error::Failure;
use crate::http::query::{From, Parameters};
use crate::http::reply;

/// Characters of a parameter that an error repeats.
const SHOWN: usize = 200;

/// One page of the resources that match `filter`.
pub async fn list(call: Call) -> Result<Response, Failure> {
    Listing::of(&call).answer(&call.parameters).await
}

/// A query about resources of one type or several.
#[derive(Debug)]
pub struct Listing<'a> {
    /// The types, in the order in which they are listed.
    pub kinds: &'a [Arc<ResourceType>],
    /// The directory, on behalf of the credential.
    pub scope: &'a Directory,
    /// The directory's seals.
    pub seals: &'a Seals,
    /// The URL up to and with `/scim/v2`, as the client reaches it.
    pub base: &'a str,
    /// Whether it may evaluate many resources now.
    pub allowance: Allowance,
}

impl<'a> Listing<'a> {
    /// A query about the resources of the type that `call` is about.
    #[must_use]
    pub fn of(call: &'a Call) -> Self {
        let (kinds, allowance) = (from_ref(&call.kind), call.allowance);
        Self { kinds, scope: &call.scope, seals: &call.seals, base: &call.base, allowance }
    }

    /// The page that `parameters` ask for.
    ///
    /// # Errors
    /// A parameter that is not what it should be; [`Directory::list`]'s.
    pub async fn answer(&self, parameters: &Parameters) -> Result<Response, Failure> {
        let query = self.query(parameters)?;
        let page = self.scope.list(&query).await.map_err(|e| self.failure(parameters, e))?;
        let resources = page.resources.into_iter().map(|(_, resource)| resource.doc).collect();
        let position = match query.start {
            PageStart::Index(start) => Position::Index(start),
            PageStart::Cursor { .. } => Position::Cursors { previous: page.previous, next: page.next },
        };
        let mut response = reply::json(StatusCode::OK, &message::page(page.total, position, resources));
        response.extensions_mut().insert(reply::ReadOnly);
        Ok(response)
    }

    fn projections(&self, parameters: &Parameters) -> Result<Vec<Projection>, Error> {
        let (only, except) = (parameters.attributes.as_deref(), parameters.excluded_attributes.as_deref());
        self.kinds.iter().map(|kind| Projection::parse(kind, only, except)).collect()
    }

    fn query(&self, parameters: &Parameters) -> Result<Query, Failure> {
        let projections = self.projections(parameters)?;
        let (from, count) = parameters.page()?;
        let filters = parameters.filter.as_deref().map(|text| compile_multi_type(text, self.kinds));
        let mut filters = filters.transpose().map_err(Error::from)?.unwrap_or_default().into_iter();
        let sorts = parameters.sort_by.as_deref().map(|text| {
            let order = parameters.sort_order.as_deref().map(Order::parse).transpose()?;
            Ok::<_, Error>((
                order.unwrap_or_default(),
                sort_by_multi_type(text, self.kinds.iter().map(|kind| &**kind))?,
            ))
        });
        let (order, sorts) = sorts.transpose()?.map_or((None, Vec::new()), |(order, by)| (Some(order), by));
        let mut sorts = sorts.into_iter();
        let parts = self.kinds.iter().zip(projections).map(|(kind, projection)| Part {
            kind: Arc::clone(kind),
            filter: filters.next(),
            sort: sorts.next().flatten(),
            wants: wants(&projection, true),
            projection: Some(projection),
        });
        let parts = parts.collect();
        let start = match from {
            From::Index(start) => PageStart::Index(start),
            From::Cursor(sent) => PageStart::Cursor { sent, cursors: Cursors::new(self.seals.clone()) },
        };
        let (base, max_candidates) = (self.base.to_owned(), MAX_CANDIDATES);
        let allowance = self.allowance;
        Ok(Query { parts, order, start, count, base, max_candidates, allowance })
    }

    fn failure(&self, parameters: &Parameters, error: StoreError) -> Failure {
        if let StoreError::Costly { detail, after_seconds } = error {
            let asked = match (&parameters.filter, &parameters.sort_by) {
                (Some(filter), _) => format!("the filter `{}`", shown(filter)),
                (None, Some(sort)) => format!("`sortBy` with `{}`", shown(sort)),
                (None, None) => "this `startIndex`".to_owned(),
            };
            return Failure::later(Kind::TooManyRequests, format!("{asked} {detail}"), after_seconds);
        }
        let noun = match self.kinds {
            [only] => only.name.to_lowercase(),
            _ => "resource".to_owned(),
        };
        Failure::table(&noun, error)
    }
}

/// As much of a parameter as an error repeats.
fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
