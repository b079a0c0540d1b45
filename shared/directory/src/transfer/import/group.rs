//! Groups with members: a member list may be longer than a transaction, and than a line.

use scim::patch::members::MemberChange;
use table::item::optional_text;
use table::name::ID;

use super::outcome::{Done, Options, Outcome};
use super::pack::item;
use super::record::{List, Record};
use super::write::{is_same, refused};
use crate::error::Error;
use crate::id::WriteId;
use crate::members::change::change_members;
use crate::members::list::MemberList;
use crate::resource::content::Content;
use crate::resource::index::{check_free, entry_key};
use crate::resource::transaction::{Change, Refusal, commit};
use crate::tenant::Tenant;

/// A line of a group: its number, the record, and what is stored of it when it is the group itself.
pub(super) type Line = (usize, Record, Option<Content>);

/// The lines of one group, one after the other.
pub(super) async fn write_lists(
    tenant: &Tenant,
    lines: Vec<Line>,
    options: Options,
) -> Result<Vec<(usize, Outcome)>, Error> {
    let mut outcomes = Vec::new();
    for (number, record, content) in lines {
        let outcome = match (record.list, content) {
            (List::Begins, Some(content)) => create_group(tenant, &record, &content, options).await?,
            _ if options.dry_run => Outcome::new(Done::MembersAdded, &record.kind.name, &record.id),
            (List::Again, _) => {
                change_group(tenant, &record, MemberChange::Replace(record.members.clone())).await?
            }
            _ => add_members(tenant, &record).await?,
        };
        outcomes.push((number, outcome));
    }
    Ok(outcomes)
}

async fn create_group(
    tenant: &Tenant,
    record: &Record,
    content: &Content,
    options: Options,
) -> Result<Outcome, Error> {
    let (kind, id) = (&record.kind, &*record.id);
    if let Some(item) = tenant.table().get(&tenant.key(kind, id)).await? {
        if !is_same(&item, record) || options.dry_run {
            return refused(tenant, record, Refusal::Exists(item)).await;
        }
        return add_members(tenant, record).await;
    }
    match check_free(tenant, kind, &content.entries, id).await {
        Ok(()) => {}
        Err(Error::Taken { attribute }) => {
            let refusal = taken(tenant, record, content, &attribute).await?;
            let outcome = refused(tenant, record, refusal).await?;
            return if options.dry_run { Ok(outcome) } else { add_to_same(tenant, record, outcome).await };
        }
        Err(error) => return Err(error),
    }
    if options.dry_run {
        return Ok(Outcome::new(Done::Created, &kind.name, id));
    }
    let (list, write) = (MemberList::mint(id), WriteId::new());
    list.replace_with(tenant, &record.members).await?;
    let item = list.assign_to_new(item(tenant, record, content, &write), record.members.len());
    let change = Change::create(tenant, kind, id, item, &content.entries);
    match commit(tenant, change, &write).await? {
        Ok(_) => Ok(Outcome::new(Done::Created, &kind.name, id)),
        Err(refusal) => {
            list.abandon(tenant, &record.members).await;
            let outcome = refused(tenant, record, refusal).await?;
            add_to_same(tenant, record, outcome).await
        }
    }
}

/// Which resource has the unique value of `attribute`.
async fn taken(
    tenant: &Tenant,
    record: &Record,
    content: &Content,
    attribute: &str,
) -> Result<Refusal, Error> {
    let entry = content.entries.iter().find(|entry| entry.attribute == attribute && entry.unique);
    let entry = entry.ok_or_else(|| Error::corrupt(attribute))?;
    let found = tenant.table().get(&entry_key(tenant, &record.kind, entry, &record.id)).await?;
    let owner = found.as_ref().and_then(|found| optional_text(found, ID)).map(str::to_owned);
    Ok(Refusal::ValueTaken { entry: entry.clone(), owner })
}

/// When an equal group exists, it gets the line's members in addition to its own.
async fn add_to_same(tenant: &Tenant, record: &Record, outcome: Outcome) -> Result<Outcome, Error> {
    match (&outcome.outcome, &outcome.id) {
        (Done::Unchanged, Some(id)) => {
            add_members(tenant, &Record { id: id.clone(), ..record.clone() }).await
        }
        _ => Ok(outcome),
    }
}

async fn add_members(tenant: &Tenant, record: &Record) -> Result<Outcome, Error> {
    change_group(tenant, record, MemberChange::Add(record.members.clone())).await
}

async fn change_group(tenant: &Tenant, record: &Record, change: MemberChange) -> Result<Outcome, Error> {
    match change_members(tenant, &record.kind, &record.id, &change).await {
        Ok(_) => Ok(Outcome::new(Done::MembersAdded, &record.kind.name, &record.id)),
        Err(Error::NotFound) => {
            Ok(Outcome::refused(Some(record), "the group does not exist: import its first line before"))
        }
        Err(error) => Err(error),
    }
}
