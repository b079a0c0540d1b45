//! Finding the resources of a page, in as many attempts as it takes.

use table::retry::Attempts;

use super::budget::Budget;
use super::found::{Counting, Found, Outcome};
use super::plan::Plan;
use super::position::{Position, Start};
use super::query::Query;
use super::{sort_key, sorted, stream};
use crate::error::Error;
use crate::tenant::Tenant;
use crate::value_key::EXACT;

/// The page that begins at `start`; `counting` continues after it.
///
/// # Errors
/// [`Error::TooMany`] when the request used up its budget without finding a page; [`Error::Costly`] when
/// the directory's queries may not read so much now; [`Error::Busy`] when member lists changed in every
/// attempt; the table's own.
pub(super) async fn execute(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    start: &Start,
    counting: Counting,
) -> Result<Found, Error> {
    let mut budget = Budget::new(tenant, query);
    let found = search(tenant, query, plan, start, counting, &mut budget).await;
    budget.end().await;
    found
}

async fn search(
    tenant: &Tenant,
    query: &Query,
    plan: &Plan<'_>,
    start: &Start,
    counting: Counting,
    budget: &mut Budget,
) -> Result<Found, Error> {
    let truncated = |position: &Position| sort_key::split(&position.key).0.len() >= EXACT;
    let truncated = query.order.is_some() && start.position.as_ref().is_some_and(truncated);
    let mut in_order = plan.in_order && !truncated;
    let mut attempts = Attempts::default();
    loop {
        let outcome = if in_order {
            stream::page(tenant, query, plan, start, counting, budget).await?
        } else {
            sorted::page(tenant, query, plan, start, budget).await?
        };
        budget.next_attempt();
        match outcome {
            Outcome::Found(found) => return Ok(found),
            Outcome::Changed => attempts.again().await?,
            Outcome::Inexact => in_order = false,
        }
    }
}
