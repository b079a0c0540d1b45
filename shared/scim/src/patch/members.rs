//! Changes of a group's members (RFC 7644 §3.5.2). Members are not part of the stored group,
//! so the operations become changes that the store makes.

use serde_json::Value;

use super::path::PatchTarget;
use crate::error::{Error, Kind};
use crate::filter::ast::CompareOp;
use crate::filter::bound::{Bound, Comparison};
use crate::model::member::Member;
use crate::read::members;

/// One change of a group's members.
#[derive(Debug, Clone, PartialEq)]
pub enum MemberChange {
    /// Adds these members, or changes `type` and `display` of those that are in the group already.
    /// Never empty.
    Add(Vec<Member>),
    /// Removes the members with these ids. Never empty.
    Remove(Vec<String>),
    /// Removes the members that the filter matches.
    RemoveWhere(Bound),
    /// Makes these the only members; an empty list empties the group.
    Replace(Vec<Member>),
}

/// The changes of one request, in order.
#[derive(Debug, Default)]
pub struct Members {
    changes: Vec<MemberChange>,
}

impl Members {
    /// The changes.
    #[must_use]
    pub fn into_changes(self) -> Vec<MemberChange> {
        self.changes
    }

    /// Adds the members that `sent` lists (RFC 7644 §3.5.2.1).
    ///
    /// # Errors
    /// `InvalidValue` if `sent` is not a list, or for a member without a valid id;
    /// `Mutability` if `target` is a part of a member.
    pub fn add(&mut self, target: &PatchTarget<'_>, sent: &Value) -> Result<(), Error> {
        if target.selection.is_some() || !is_id_or_whole(target) {
            return Err(fixed());
        }
        let added = listed_members(target, sent)?;
        if !added.is_empty() {
            self.changes.push(MemberChange::Add(added));
        }
        Ok(())
    }

    /// Makes the members that `sent` lists the only ones (RFC 7644 §3.5.2.3).
    ///
    /// # Errors
    /// As [`Members::add`].
    pub fn replace(&mut self, target: &PatchTarget<'_>, sent: &Value) -> Result<(), Error> {
        if target.selection.is_some() || target.sub.is_some() {
            return Err(fixed());
        }
        let members = members::read(sent)?;
        self.changes.push(MemberChange::Replace(members));
        Ok(())
    }

    /// Removes the members that the filter selects (RFC 7644 §3.5.2.2); without a filter those
    /// that are `listed` (Entra's default dialect,
    /// `entra-group-remove-listed-members.json`); without both, all.
    ///
    /// # Errors
    /// As [`Members::add`].
    pub fn remove(&mut self, target: &PatchTarget<'_>, listed: Option<&Value>) -> Result<(), Error> {
        if !is_id_or_whole(target) {
            return Err(fixed());
        }
        let ids = match (&target.selection, listed) {
            (Some(selection), _) => {
                let mut ids = Vec::new();
                if !ids_of(selection, &mut ids) {
                    self.changes.push(MemberChange::RemoveWhere(selection.clone()));
                    return Ok(());
                }
                ids
            }
            (None, Some(listed)) => ids_in(listed_members(target, listed)?),
            (None, None) if target.sub.is_some() => return Err(fixed()),
            (None, None) => {
                self.changes.push(MemberChange::Replace(Vec::new()));
                return Ok(());
            }
        };
        if !ids.is_empty() {
            self.changes.push(MemberChange::Remove(ids));
        }
        Ok(())
    }
}

/// The members in `sent`: a list, or at `members.value` also a single id.
fn listed_members(target: &PatchTarget<'_>, sent: &Value) -> Result<Vec<Member>, Error> {
    match sent {
        Value::String(_) if target.sub.is_some() => members::of(std::slice::from_ref(sent)),
        _ => members::read(sent),
    }
}

fn ids_in(members: Vec<Member>) -> Vec<String> {
    members.into_iter().map(|member| member.value).collect()
}

/// Whether `target` is the members, or their `value`, which stands for them.
fn is_id_or_whole(target: &PatchTarget<'_>) -> bool {
    target.sub.is_none() || target.sub == target.row.value_sub()
}

/// Whether `selection` consists of ids only, which are added to `ids`: `value eq "x" or value
/// eq "y"`. Texts that cannot be an id match no member and are left out.
fn ids_of(selection: &Bound, ids: &mut Vec<String>) -> bool {
    match selection {
        Bound::Or(parts) => parts.iter().all(|part| ids_of(part, ids)),
        Bound::Compare(Comparison { path, op: CompareOp::Eq, value }) if path.is("value", None) => {
            let id = value.text().filter(|id| members::check_id(id).is_ok());
            ids.extend(id.filter(|id| !ids.iter().any(|there| there == id)).map(str::to_owned));
            true
        }
        _ => false,
    }
}

fn fixed() -> Error {
    let detail = "a part of a member cannot be changed by its path: add the member again with its new `display` or `type`";
    Error::new(Kind::Mutability, detail)
}
