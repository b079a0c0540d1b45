//! Deleting a resource (RFC 7644 §3.6), and what it is a member of.

use futures_util::future::join;
use scim::model::resource_type::ResourceType;

use super::of_user::Leaving;
use crate::error::Error;
use crate::id::is_resource_id;
use crate::resource::delete;
use crate::resource::update::ChangeOptions;
use crate::tenant::Tenant;

/// Memberships that a user's delete removes before it returns. A job removes the rest.
const AT_ONCE: usize = 1000;

/// Deletes the resource `id`.
///
/// The members of a group cannot be reached from then on. Up to 1,000 memberships of a user are
/// removed before this returns, as far as `member-index` has them.
///
/// # Errors
/// [`Error::NotFound`], [`Error::PreconditionFailed`], [`Error::Excluded`], [`Error::Busy`],
/// [`Error::Throttled`], [`Error::Unavailable`].
pub(crate) async fn delete(
    tenant: &Tenant,
    kind: &ResourceType,
    id: &str,
    options: ChangeOptions,
) -> Result<(), Error> {
    // An id that Rollcall did not issue may not fit a key.
    if kind.has_members() || !is_resource_id(id) {
        return delete::delete(tenant, kind, id, options).await;
    }
    // A membership that is added meanwhile is left to the job.
    let memberships = Leaving::read(tenant, id, AT_ONCE);
    let (deleted, memberships) = join(delete::delete(tenant, kind, id, options), memberships).await;
    deleted?;
    let left = async { memberships?.remove().await };
    // The user is deleted already; a job removes what fails here.
    if let Err(error) = left.await {
        tracing::warn!(error = &error as &dyn std::error::Error, "memberships are left to their job");
    }
    Ok(())
}
