//! What every attempt at a change of a resource needs.

use scim::error::Error as ScimError;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;
use scim::patch::apply::Patched;
use table::name::{BY, LAST_MODIFIED, WRITE};
use table::write::Update;

use super::precondition::Preconditions;
use super::prefetch::PrefetchedResource;
use crate::id::WriteId;
use crate::tenant::{Tenant, Wants};

/// What a change makes of the attributes that it finds. It is called again when the resource has
/// changed meanwhile. A reference, because a future that holds a closure of its own type is not
/// known to be `Send`.
pub(crate) type Apply<'a> = &'a (dyn Fn(&Doc) -> Result<Patched, ScimError> + Sync);

/// How a resource is changed.
#[derive(Debug, Default)]
pub struct ChangeOptions {
    /// What is demanded of the version that the change finds.
    pub preconditions: Preconditions,
    /// What the response shows.
    pub wants: Wants,
    /// The resource, when it has just been read: spares a read.
    pub prefetched: Option<PrefetchedResource>,
}

/// One request to change a resource.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) tenant: &'a Tenant,
    pub(crate) kind: &'a ResourceType,
    pub(crate) preconditions: &'a Preconditions,
    /// What the response shows.
    pub(crate) wants: Wants,
    /// Whether it takes over an imported user ([`existing`](super::existing)).
    pub(crate) links: bool,
    pub(crate) write: WriteId,
}

impl Request<'_> {
    /// An update of the resource `id` that sets when (`modified`), by whom and by which write it is
    /// changed.
    pub(crate) fn update(&self, id: &str, modified: &str) -> Update {
        Update::of(self.tenant.key(self.kind, id))
            .set(LAST_MODIFIED, modified)
            .set(BY, self.tenant.by.to_string())
            .set(WRITE, self.write.token())
    }
}
