//! Creating a resource (RFC 7644 §3.3).

use std::collections::HashMap;

use scim::model::doc::Doc;
use scim::model::resource_type::ResourceType;

use crate::error::Error;
use crate::id::{NewId, WriteId, resource_id};
use crate::keys::{n, s};
use crate::members::taken_from;
use crate::resource::index::{check_count, entries, user_name_key};
use crate::resource::stored::{Resource, Version};
use crate::resource::update::checked_text;
use crate::store::{Change, Written};
use crate::tenant::Tenant;
use crate::time::now;
use table::name;

impl Tenant {
    /// Creates the resource `id` from `doc`, a body in its normal form ([`scim::read`]),
    /// and answers it, `members` included as they were sent.
    ///
    /// The resource, its index entries and the count are one transaction. A group's
    /// members are written before it, where nobody can see them yet.
    ///
    /// # Errors
    /// [`Error::Taken`] when a unique value is another's; `invalidValue` or
    /// [`Error::TooLarge`] when it does not fit; the table's own.
    pub async fn create(&self, kind: &ResourceType, id: NewId, mut doc: Doc) -> Result<Resource, Error> {
        let sent = doc.shift_remove("members");
        let text = checked_text(&doc)?;
        let entries = entries(kind, &doc);
        check_count(0, &entries)?;
        let (id, write, created) = (id.into_text(), WriteId::new(), now());
        let mut item = HashMap::from([
            (name::DOC.to_owned(), s(text)),
            (name::VERSION.to_owned(), n(1)),
            (name::CREATED.to_owned(), s(&*created)),
            (name::LAST_MODIFIED.to_owned(), s(&*created)),
            (name::BY.to_owned(), s(self.by.to_string())),
            (name::WRITE.to_owned(), s(write.token())),
        ]);
        if let Some(key) = user_name_key(&entries) {
            item.insert(name::USER_NAME_KEY.to_owned(), s(key));
        }
        let members = taken_from(sent.as_ref());
        let epoch = kind.has_members().then(resource_id);
        if let Some(epoch) = &epoch {
            item.insert(name::MEMBERS_VERSION.to_owned(), n(1));
            item.insert(name::EPOCH.to_owned(), s(&**epoch));
            item.insert(name::SIZE.to_owned(), n(members.len()));
            if !members.is_empty() {
                self.check_exist(members.iter().map(|member| &*member.value)).await?;
                self.check_free(kind, entries.iter(), &id).await?;
                self.intend(&id, epoch).await?;
                self.put_members(&id, epoch, &members).await?;
            }
        }

        let put =
            Change::put(self.key(kind, &id), item).only_if("attribute_not_exists(#pk)").name("#pk", name::PK);
        let mut changes = vec![put];
        changes.extend(entries.iter().map(|entry| self.add_entry(kind, entry, &id)));
        changes.push(self.count(kind, 1));
        if let Written::Refused(refused) = self.store.write(&changes, &write.token()).await?
            // The id is new: an item under it can only be our own, written by an
            // attempt whose answer was lost.
            && !refused.iter().any(|(change, _)| *change == 0)
        {
            if let Some(epoch) = &epoch {
                self.abandon_members(&id, epoch, &members).await;
            }
            return Err(taken(
                refused.first().and_then(|(change, _)| entries.iter().nth(change.checked_sub(1)?)),
            ));
        }
        if let Some(members) = sent {
            doc.insert("members".to_owned(), members);
        }
        Ok(Resource {
            id,
            doc,
            last_modified: created.clone(),
            created,
            version: Version { attributes: 1, members: epoch.map(|_| 1) },
            members_omitted: false,
        })
    }
}

/// A refused transaction whose resource was not the reason: a unique value has an owner.
pub(crate) fn taken(entry: Option<&crate::resource::index::Entry>) -> Error {
    match entry {
        Some(entry) => Error::Taken { attribute: entry.attribute.clone() },
        None => Error::Busy,
    }
}
