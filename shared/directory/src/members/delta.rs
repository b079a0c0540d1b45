//! Adding and removing single members, alone or together with attributes.
//!
//! *Members alone*: the memberships are written, then the members' version of the group is bumped
//! under the condition that the group still uses the list they were written to. That is the moment
//! at which the change happens. When the list was replaced, by a new one or in place, the change is
//! made again. A membership that another request may have seen is never removed again: adding a member who
//! is one already writes nothing, unless the request sends another `type` or `display`.
//!
//! *Members and attributes, or members under a precondition*: one transaction, when it fits.
//! Otherwise the attributes are written first, under every condition; after that only a fault can
//! stop the members, and the client's retry completes them.

use std::collections::BTreeMap;

use scim::model::member::Member;
use scim::patch::apply::Patched;
use table::condition::{Condition, absent, differs, equals};
use table::name::{MEMBER_LIST, MEMBERS_VERSION, REPLACEMENTS, SIZE, WRITE};
use table::retry::Attempts;
use table::write::Update;

use super::difference::Difference;
use super::list::MemberList;
use super::plan::Delta;
use super::read::{Changed, SMALL, set_members};
use super::seen::{Seen, are_shown};
use crate::error::Error;
use crate::resource::attributes::{self, Draft};
use crate::resource::get;
use crate::resource::stored::{Resource, Stored};
use crate::resource::transaction::{MOST_ENTRIES, Outcome, Refusal, commit_update};
use crate::resource::update::Request;

/// Changes `stored` to the attributes of `patched`, and its members by `delta`. What it has to know of them may
/// have been `seen`.
///
/// # Errors
/// Those of [`attributes::change`]; [`Error::NotFound`].
pub(super) async fn change(
    request: &mut Request<'_>,
    mut stored: Stored,
    patched: Patched,
    delta: Delta,
    seen: Option<Seen>,
) -> Outcome<Changed> {
    let list = MemberList::open(&stored).ok_or_else(|| Error::corrupt(MEMBER_LIST))?;
    let (mut present, all) = match seen.and_then(|seen| seen.of(&stored, &delta, request.wants)) {
        Some(seen) => seen,
        None => present(request, &stored, &list, &delta).await?,
    };
    let open = Difference::of(delta, &present);
    if open.is_empty() && !patched.changed {
        if all {
            // No write makes sure of the list here: it may have been replaced, and removed, while it
            // was read.
            if let Err(refusal) = check_used(request, &list).await? {
                return Ok(Err(refusal));
            }
            show(&mut stored.resource, &present);
        }
        return Ok(Ok(Changed { stored, complete: all, members: None }));
    }
    if open.is_empty() {
        return Ok(attributes::change(request, stored, patched).await?.map(Changed::from));
    }
    if patched.changed || !request.preconditions.is_empty() {
        let changed = with_attributes(request, stored, &list, patched, &open).await?;
        return Ok(changed.map(Changed::from));
    }
    let before = stored.resource.version.members;
    let mut now = match members_alone(request, stored, &list, &open).await? {
        Ok(now) => now,
        Err(refusal) => return Ok(Err(refusal)),
    };
    // A change that another request made between reading and bumping would be missing.
    let complete = all && now.resource.version.members == before.map(|before| before + 1);
    if complete {
        present.retain(|id, _| !open.removes.contains(id));
        present.extend(open.puts);
        show(&mut now.resource, &present);
    }
    Ok(Ok(Changed { stored: now, complete, members: None }))
}

/// Those members that `delta` names; or all (`true`) of a small group, when the response shows them.
async fn present(
    request: &Request<'_>,
    stored: &Stored,
    list: &MemberList,
    delta: &Delta,
) -> Result<(BTreeMap<String, Member>, bool), Error> {
    if are_shown(request.wants, stored.size, delta)
        && let Some(members) = list.members(request.tenant, SMALL).await?
    {
        return Ok((members.into_iter().map(|m| (m.value.clone(), m)).collect(), true));
    }
    Ok((list.contains(request.tenant, delta.ids()).await?, false))
}

/// Whether the group still uses `list`.
async fn check_used(request: &Request<'_>, list: &MemberList) -> Outcome<()> {
    let item = request.tenant.table().get(&request.tenant.key(request.kind, &list.group)).await?;
    Ok(match item {
        None => Err(Refusal::Gone),
        Some(item) if list.is_of(&item) => Ok(()),
        Some(item) => Err(Refusal::ListReplaced(item)),
    })
}

/// Members alone.
async fn members_alone(
    request: &Request<'_>,
    stored: Stored,
    list: &MemberList,
    open: &Difference,
) -> Outcome<Stored> {
    let tenant = request.tenant;
    list.apply(tenant, open).await?;
    let in_place = not_replaced_since(&stored);
    let mut draft = Draft::without_attributes(request, stored);
    // It counts: once, however often the call is repeated.
    let once = differs(WRITE, request.write.token());
    draft.update = bump_version(draft.update, open.growth).when(once).when(in_place);
    let (change, after) = draft.into_change(request)?;
    let outcome = commit_update(tenant, request.kind, change.on_list(&list.version), after, &request.write);
    let outcome = outcome.await?;
    if let Err(Refusal::Gone) = outcome {
        // The members are gone with the group: a job removes what was written.
        list.abandon(tenant, open.puts.values()).await;
    }
    Ok(outcome)
}

/// Members and attributes, or members under a precondition.
async fn with_attributes(
    request: &mut Request<'_>,
    stored: Stored,
    list: &MemberList,
    patched: Patched,
    open: &Difference,
) -> Outcome<Stored> {
    let mut draft = Draft::new(request, &stored, patched)?;
    let fits = open.len() + draft.added.len() + draft.removed.len() <= MOST_ENTRIES;
    draft.update = bump_version(draft.update, if fits { open.growth } else { 0 });
    draft.update = draft.update.when(not_replaced_since(&stored));
    let (change, after) = draft.into_change(request)?;
    let mut change = change.on_list(&list.version);
    if fits {
        change = change.with(list.writes(&request.tenant.directory, open));
    }
    let mut group = match commit_update(request.tenant, request.kind, change, after, &request.write).await? {
        Ok(group) if !fits => group,
        outcome => return Ok(outcome),
    };
    // The attributes are written and the precondition held: only a fault or a delete of the group
    // can stop the members now.
    let mut attempts = Attempts::default();
    loop {
        request.write.advance();
        let list = MemberList::open(&group).ok_or_else(|| Error::corrupt(MEMBER_LIST))?;
        group = match members_alone(request, group, &list, open).await? {
            Ok(group) => return Ok(Ok(group)),
            Err(refusal) => refusal.current()?,
        };
        if !attempts.at_once().await? {
            group = get::read(request.tenant, request.kind, &list.group).await?;
        }
    }
}

/// No request has replaced the list in place since `group` was read.
fn not_replaced_since(group: &Stored) -> Condition {
    match group.replacements {
        0 => absent(REPLACEMENTS),
        replacements => equals(REPLACEMENTS, replacements),
    }
}

/// Counts a change of members that makes the group larger by `growth`.
fn bump_version(group: Update, growth: i64) -> Update {
    group.add(MEMBERS_VERSION, 1).add(SIZE, growth)
}

/// Puts `members` into `group`, unless there are more than the response to a change shows.
pub(super) fn show(group: &mut Resource, members: &BTreeMap<String, Member>) {
    group.members_omitted = members.len() > SMALL;
    if !group.members_omitted {
        set_members(group, members.values());
    }
}
