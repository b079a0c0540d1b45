//! What has to be written to turn the present member list into the wanted one.

use std::collections::{BTreeMap, BTreeSet};

use scim::model::member::Member;

use super::plan::Delta;

/// Memberships to write and to remove.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Difference {
    /// Members that are new, or that get another `type` or `display`: as they will be, by id.
    pub(super) puts: BTreeMap<String, Member>,
    /// Ids of members that leave.
    pub(super) removes: BTreeSet<String>,
    /// By how many members the list becomes longer.
    pub(super) growth: i64,
}

impl Difference {
    /// What `delta` changes. `present` are the members that it names, as far as they are in the list; there
    /// may be others.
    pub(super) fn of(delta: Delta, present: &BTreeMap<String, Member>) -> Self {
        let mut difference = Self::default();
        for (id, sent) in delta.adds {
            let Some(known) = present.get(&id) else {
                difference.growth += 1;
                difference.puts.insert(id, sent);
                continue;
            };
            let mut member = known.clone();
            member.update(&sent);
            if member != *known {
                difference.puts.insert(id, member);
            }
        }
        for id in delta.removes.into_iter().filter(|id| present.contains_key(id)) {
            difference.growth -= 1;
            difference.removes.insert(id);
        }
        difference
    }

    /// What makes exactly `wanted` of `present`, a whole list.
    pub(super) fn between(present: &[Member], wanted: &BTreeMap<String, Member>) -> Self {
        let mut puts = wanted.clone();
        let mut removes = BTreeSet::new();
        for member in present {
            match wanted.get(&member.value) {
                None => _ = removes.insert(member.value.clone()),
                Some(same) if same == member => _ = puts.remove(&member.value),
                Some(_) => {}
            }
        }
        Self { puts, removes, growth: wanted.len() as i64 - present.len() as i64 }
    }

    /// How many memberships are written or removed.
    pub(super) fn len(&self) -> usize {
        self.puts.len() + self.removes.len()
    }

    /// Whether the list is as it should be.
    pub(super) fn is_empty(&self) -> bool {
        self.puts.is_empty() && self.removes.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn m(id: &str, display: Option<&str>) -> Member {
        Member { value: id.to_owned(), kind: None, display: display.map(str::to_owned) }
    }

    fn by_id(members: &[Member]) -> BTreeMap<String, Member> {
        members.iter().map(|member| (member.value.clone(), member.clone())).collect()
    }

    #[test]
    fn an_add_writes_new_members_and_those_of_whom_something_else_is_sent() {
        let present =
            by_id(&[m("equal", Some("E")), m("silent", Some("S")), m("other", Some("O")), m("gone", None)]);
        let adds = [m("equal", Some("E")), m("silent", None), m("other", Some("P")), m("new", None)];
        let removes = ["gone", "never"].map(str::to_owned).into();
        let difference = Difference::of(Delta { adds: by_id(&adds), removes }, &present);
        assert_eq!(difference.puts, by_id(&[m("other", Some("P")), m("new", None)]));
        assert_eq!(difference.removes, ["gone".to_owned()].into());
        assert_eq!(difference.growth, 0);
    }

    #[test]
    fn a_whole_list_is_taken_as_it_is_sent() {
        let present = [m("equal", Some("E")), m("silent", Some("S")), m("gone", None)];
        let wanted = by_id(&[m("equal", Some("E")), m("silent", None), m("new", None), m("newer", None)]);
        let difference = Difference::between(&present, &wanted);
        assert_eq!(difference.puts, by_id(&[m("silent", None), m("new", None), m("newer", None)]));
        assert_eq!(difference.removes, ["gone".to_owned()].into());
        assert_eq!((difference.growth, difference.len()), (1, 4));
    }
}
