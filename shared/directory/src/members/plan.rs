//! What the member changes of a request amount to, independent of the present members.

use std::collections::{BTreeMap, BTreeSet};

use scim::model::member::Member;
use scim::patch::members::MemberChange;

use super::membership::element;

/// The effect of a request on a member list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Plan {
    /// The members stay as they are.
    Nothing,
    /// Some are added and some removed; all others stay.
    Delta(Delta),
    /// Exactly these are members afterwards.
    Whole(BTreeMap<String, Member>),
}

/// Members to add and ids to remove; no id is in both.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Delta {
    pub(crate) adds: BTreeMap<String, Member>,
    pub(crate) removes: BTreeSet<String>,
}

impl Delta {
    /// Every id named.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &String> {
        self.adds.keys().chain(&self.removes)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.adds.is_empty() && self.removes.is_empty()
    }

    pub(crate) fn len(&self) -> usize {
        self.adds.len() + self.removes.len()
    }

    /// By how many members it makes a list longer in which none of it is done yet.
    pub(crate) fn growth(&self) -> i64 {
        self.adds.len() as i64 - self.removes.len() as i64
    }
}

impl Plan {
    /// Combines `changes`, in order. `current` are the members as they are now, needed only when a
    /// change selects members by a filter.
    pub(crate) fn new(changes: &[MemberChange], current: Option<&[Member]>) -> Self {
        let mut plan = Self::Nothing;
        for change in changes {
            plan = match change {
                MemberChange::Add(members) => plan.add(members),
                MemberChange::Remove(ids) => plan.remove(ids),
                MemberChange::Replace(members) => Self::Whole(by_id(members)),
                MemberChange::RemoveWhere(filter) => {
                    let ids = plan.present(current.unwrap_or_default(), |member| {
                        scim::filter::eval::element_matches(filter, &element(member))
                    });
                    plan.remove(&ids)
                }
            };
        }
        plan
    }

    /// The ids of those who are added, or make up a whole new list.
    pub(crate) fn added(&self) -> impl Iterator<Item = &str> {
        let added = match self {
            Self::Nothing => None,
            Self::Delta(delta) => Some(&delta.adds),
            Self::Whole(whole) => Some(whole),
        };
        added.into_iter().flat_map(BTreeMap::keys).map(String::as_str)
    }

    fn add(self, members: &[Member]) -> Self {
        match self {
            Self::Whole(mut whole) => {
                for (id, member) in by_id(members) {
                    whole.entry(id).or_insert(member);
                }
                Self::Whole(whole)
            }
            other => {
                let mut delta = other.into_delta();
                for (id, member) in by_id(members) {
                    delta.removes.remove(&id);
                    delta.adds.entry(id).or_insert(member);
                }
                Self::Delta(delta)
            }
        }
    }

    fn remove(self, ids: &[String]) -> Self {
        match self {
            Self::Whole(mut whole) => {
                whole.retain(|id, _| !ids.contains(id));
                Self::Whole(whole)
            }
            other => {
                let mut delta = other.into_delta();
                for id in ids {
                    delta.adds.remove(id);
                    delta.removes.insert(id.clone());
                }
                Self::Delta(delta)
            }
        }
    }

    fn into_delta(self) -> Delta {
        match self {
            Self::Delta(delta) => delta,
            Self::Nothing | Self::Whole(_) => Delta::default(),
        }
    }

    /// The ids that would be members after this plan and that `selects` selects.
    fn present(&self, current: &[Member], selects: impl Fn(&Member) -> bool) -> Vec<String> {
        let nothing = Delta::default();
        let (base, delta) = match self {
            Self::Whole(whole) => {
                return whole.values().filter(|m| selects(m)).map(|m| m.value.clone()).collect();
            }
            Self::Delta(delta) => (current, delta),
            Self::Nothing => (current, &nothing),
        };
        let kept = base.iter().filter(|m| !delta.removes.contains(&m.value));
        kept.chain(delta.adds.values()).filter(|m| selects(m)).map(|m| m.value.clone()).collect()
    }
}

/// Of several members with one id, the first.
fn by_id(members: &[Member]) -> BTreeMap<String, Member> {
    let mut by_id = BTreeMap::new();
    for member in members {
        by_id.entry(member.value.clone()).or_insert_with(|| member.clone());
    }
    by_id
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(id: &str) -> Member {
        Member { value: id.to_owned(), kind: None, display: None }
    }

    #[test]
    fn the_last_word_about_a_member_counts() {
        let plan = Plan::new(
            &[
                MemberChange::Add(vec![m("a"), m("b")]),
                MemberChange::Remove(vec!["a".to_owned(), "c".to_owned()]),
                MemberChange::Add(vec![m("c")]),
            ],
            None,
        );
        let adds = [("b".to_owned(), m("b")), ("c".to_owned(), m("c"))].into();
        assert_eq!(plan, Plan::Delta(Delta { adds, removes: ["a".to_owned()].into() }));
    }

    #[test]
    fn what_follows_a_replacement_changes_the_new_list() {
        let plan = Plan::new(
            &[
                MemberChange::Add(vec![m("x")]),
                MemberChange::Replace(vec![m("a"), m("a"), m("b")]),
                MemberChange::Remove(vec!["a".to_owned()]),
                MemberChange::Add(vec![m("c")]),
            ],
            None,
        );
        assert_eq!(plan, Plan::Whole([("b".to_owned(), m("b")), ("c".to_owned(), m("c"))].into()));
    }

    #[test]
    fn nothing_comes_to_nothing() {
        assert_eq!(Plan::new(&[], None), Plan::Nothing);
    }
}
