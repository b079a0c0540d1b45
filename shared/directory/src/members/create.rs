//! Creating a resource (RFC 7644 §3.3), a group with its first members.

use futures_util::future::try_join;
use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;

use super::exist;
use super::list::MemberList;
use super::membership::from_body;
use crate::clock::now;
use crate::error::Error;
use crate::id::{NewId, WriteId};
use crate::recent::RecentList;
use crate::resource::content::Content;
use crate::resource::create::{self, Created};
use crate::resource::index::check_free;
use crate::resource::stored::{Resource, Version};
use crate::tenant::Tenant;

/// Members that are written together with their new group. Each costs a unit more there, and the way in steps
/// costs four: for the check of the unique values, and for the job.
const TOGETHER: usize = 4;

/// Creates the resource `id` from `doc`, a body in its normal form ([`scim::read`]), and returns it
/// with its `members` as they were sent.
///
/// The resource, its index entries and its count are one transaction, with a few members of a group. More
/// members are written before, where nothing reads them yet.
///
/// # Errors
/// [`Error::Taken`] when another resource has a unique value; `invalidValue` or
/// [`Error::TooLarge`] when it does not fit; [`Error::Busy`], [`Error::Throttled`],
/// [`Error::Unavailable`].
pub(crate) async fn create(
    tenant: &Tenant,
    kind: &ResourceType,
    id: NewId,
    mut doc: Doc,
) -> Result<Resource, Error> {
    let sent = doc.shift_remove("members");
    let content = Content::new(kind, &doc, 0)?;
    let (id, write, created) = (id.into_text(), WriteId::new(), now());
    let at = Created { created: &created, last_modified: &created, write: &write };
    let mut item = create::item(tenant, kind, &id, &content, &at);
    let members = from_body(sent.as_ref());
    let list = kind.has_members().then(|| MemberList::mint(&id));
    let mut memberships = Vec::new();
    if let Some(list) = &list {
        item = list.assign_to_new(item, members.len());
        let exist = exist::check(tenant, members.iter().map(|member| &*member.value));
        if members.len() <= TOGETHER {
            exist.await?;
            memberships = list.additions(&tenant.directory, &members);
        } else {
            try_join(exist, check_free(tenant, kind, &content.entries, &id)).await?;
            list.replace_with(tenant, &members).await?;
        }
    }
    if let Err(refusal) = create::create(tenant, kind, &id, item, &content, memberships, &write).await? {
        if let Some(list) = list.filter(|_| members.len() > TOGETHER) {
            list.abandon(tenant, &members).await;
        }
        return Err(refusal.into_error());
    }
    if let Some(list) = &list {
        let list = RecentList { version: list.version.clone(), changes: 1, size: members.len() as i64 };
        tenant.remember(&id, list);
    }
    if let Some(members) = sent {
        doc.insert("members".to_owned(), members);
    }
    Ok(Resource {
        id,
        doc,
        last_modified: created.clone(),
        created,
        version: Version { attributes: 1, members: list.map(|_| 1) },
        members_omitted: false,
    })
}
