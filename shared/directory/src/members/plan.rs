//! What the member changes of a request amount to, independent of the present members.
//! [`difference`](super::difference) compares it with these.

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

/// Members to add, or to change where they are there already, and ids to remove; no id is in both.
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

    pub(crate) fn len(&self) -> usize {
        self.adds.len() + self.removes.len()
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
                MemberChange::Replace(members) => {
                    let mut whole = BTreeMap::new();
                    put_all(&mut whole, members);
                    Self::Whole(whole)
                }
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
                put_all(&mut whole, members);
                Self::Whole(whole)
            }
            other => {
                let mut delta = other.into_delta();
                for member in members {
                    delta.removes.remove(&member.value);
                }
                put_all(&mut delta.adds, members);
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
        let delta = match self {
            Self::Whole(whole) => {
                return whole.values().filter(|m| selects(m)).map(|m| m.value.clone()).collect();
            }
            Self::Delta(delta) => delta,
            Self::Nothing => &nothing,
        };
        let mut adds = delta.adds.clone();
        let mut selected = Vec::new();
        for member in current.iter().filter(|m| !delta.removes.contains(&m.value)) {
            let mut member = member.clone();
            if let Some(sent) = adds.remove(&member.value) {
                member.update(&sent);
            }
            if selects(&member) {
                selected.push(member.value);
            }
        }
        selected.extend(adds.into_values().filter(|m| selects(m)).map(|m| m.value));
        selected
    }
}

/// Puts `members` into `list`. A member that is in it already gets what is sent of it.
fn put_all(list: &mut BTreeMap<String, Member>, members: &[Member]) {
    for member in members {
        let known = list.entry(member.value.clone()).or_insert_with(|| member.clone());
        known.update(member);
    }
}

#[cfg(test)]
#[allow(clippy::panic, reason = "tests")]
mod tests {
    use scim::filter::bound::Bound;
    use scim::filter::compile::compile;
    use scim::model::resource_type::ResourceType;

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
    fn of_a_member_that_is_sent_twice_the_last_display_counts() {
        let named = |name: &str| Member { display: Some(name.to_owned()), ..m("a") };
        let adds = |members| MemberChange::Add(members);
        let expected: BTreeMap<_, _> = [("a".to_owned(), named("New"))].into();
        let plan = Plan::new(&[adds(vec![named("Old")]), adds(vec![named("New"), m("a")])], None);
        assert_eq!(plan, Plan::Delta(Delta { adds: expected.clone(), removes: BTreeSet::new() }));
        let plan = Plan::new(&[MemberChange::Replace(vec![named("Old")]), adds(vec![named("New")])], None);
        assert_eq!(plan, Plan::Whole(expected));
    }

    #[test]
    fn a_filter_selects_by_what_the_request_has_changed_before() {
        let named = |name: &str| Member { display: Some(name.to_owned()), ..m("a") };
        let filter = compile("members[display eq \"Old\"]", &ResourceType::group());
        let Ok(Bound::Element { filter, .. }) = filter else { panic!("{filter:?}") };
        let changes = [MemberChange::Add(vec![named("New")]), MemberChange::RemoveWhere(*filter)];
        let plan = Plan::new(&changes, Some(&[named("Old")]));
        assert_eq!(
            plan,
            Plan::Delta(Delta { adds: [("a".to_owned(), named("New"))].into(), ..Delta::default() })
        );
    }

    #[test]
    fn nothing_comes_to_nothing() {
        assert_eq!(Plan::new(&[], None), Plan::Nothing);
    }
}
