//! From changes to what undoes them: for each resource what it was before. Pure.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What undoes the changes of one resource.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Inverse {
    /// Each attribute that changed: the value that the changes left, and the one before them. Null
    /// stands for an attribute that is not there.
    pub(super) attributes: BTreeMap<String, (Value, Value)>,
    /// The resource before it was deleted.
    pub(super) deleted: Option<Map<String, Value>>,
    /// Whether each of these is to be a member.
    pub(super) members: BTreeMap<String, bool>,
    /// Why nothing can be undone.
    pub(super) impossible: Option<&'static str>,
}

/// What undoes some changes.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// By type and id.
    pub(super) inverses: BTreeMap<(String, String), Inverse>,
}

impl Plan {
    /// Adds the change of a resource that `event` reports. It is older than those that were added before.
    pub(super) fn add(&mut self, event: &Value) {
        let text = |at: &str| event.pointer(at).and_then(Value::as_str).unwrap_or_default();
        let (Some((_, what)), kind, id) =
            (text("/type").split_once('.'), text("/resource/type"), text("/resource/id"))
        else {
            return;
        };
        let data = event.get("data").unwrap_or(&Value::Null);
        let previous = event.get("previous").and_then(Value::as_object);
        let inverse = self.inverses.entry((kind.to_owned(), id.to_owned())).or_default();
        match what {
            "updated" | "disabled" | "enabled" if previous.is_some() => inverse.update(data, previous),
            "deleted" if previous.is_some() => {
                *inverse = Inverse { deleted: previous.cloned(), ..Inverse::default() };
            }
            "created" => *inverse = Inverse { impossible: Some(CREATED), ..Inverse::default() },
            "members_changed" => inverse.members(data),
            "members_replaced" => inverse.impossible = Some(REPLACED),
            _ => inverse.impossible = Some(UNKNOWN),
        }
    }
}

const CREATED: &str = "it was created then: delete it if it is not wanted";
const REPLACED: &str = "the log does not have its members of before";
const UNKNOWN: &str = "the log does not have what changed";

impl Inverse {
    fn update(&mut self, data: &Value, previous: Option<&Map<String, Value>>) {
        for (name, before) in previous.into_iter().flatten() {
            if let Some(deleted) = &mut self.deleted {
                deleted.insert(name.clone(), before.clone());
                continue;
            }
            let left = data.get(name).cloned().unwrap_or_default();
            let (_, restored) = self.attributes.entry(name.clone()).or_insert((left, Value::Null));
            restored.clone_from(before);
        }
    }

    fn members(&mut self, data: &Value) {
        for (list, is_member) in [("added", false), ("removed", true)] {
            let ids = data.get(list).and_then(Value::as_array).into_iter().flatten();
            self.members.extend(ids.filter_map(|id| Some((id.as_str()?.to_owned(), is_member))));
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
mod tests {
    use serde_json::json;

    use super::*;

    fn plan(kind: &str, newest_first: &[Value]) -> Inverse {
        let mut plan = Plan::default();
        for event in newest_first {
            let mut event = event.clone();
            event["resource"] = json!({ "type": kind, "id": "1" });
            plan.add(&event);
        }
        plan.inverses.remove(&(kind.to_owned(), "1".to_owned())).unwrap()
    }

    #[test]
    fn the_oldest_value_is_restored_and_the_newest_is_expected() {
        let inverse = plan(
            "User",
            &[
                json!({ "type": "user.updated", "data": { "title": "C" }, "previous": { "title": "B", "nickName": "x" } }),
                json!({ "type": "user.disabled", "data": { "title": "B", "active": false }, "previous": { "title": null, "active": true } }),
            ],
        );
        let change = |left: Value, before: Value| (left, before);
        assert_eq!(inverse.attributes["title"], change(json!("C"), Value::Null));
        assert_eq!(inverse.attributes["nickName"], change(Value::Null, json!("x")));
        assert_eq!(inverse.attributes["active"], change(json!(false), json!(true)));
    }

    #[test]
    fn a_deleted_resource_is_created_as_it_was_before_all_changes() {
        let inverse = plan(
            "User",
            &[
                json!({ "type": "user.deleted", "previous": { "userName": "a", "active": false } }),
                json!({ "type": "user.disabled", "data": { "active": false }, "previous": { "active": true } }),
            ],
        );
        assert_eq!(Value::from(inverse.deleted.unwrap()), json!({ "userName": "a", "active": true }));
        assert!(inverse.attributes.is_empty());
    }

    #[test]
    fn members_are_as_before_the_oldest_change() {
        let changed = |added: &[&str], removed: &[&str]| json!({ "type": "group.members_changed", "data": { "added": added, "removed": removed } });
        let inverse = plan("Group", &[changed(&["a"], &["b"]), changed(&["b", "c"], &["a"])]);
        let expected = [("a", true), ("b", false), ("c", false)].map(|(id, is)| (id.to_owned(), is));
        assert_eq!(inverse.members, BTreeMap::from(expected));
    }

    /// Of an erased person, or of a resource that is too large for it.
    #[test]
    fn without_what_was_before_nothing_is_undone() {
        for kind in ["user.updated", "user.disabled", "user.deleted"] {
            let inverse = plan("User", &[json!({ "type": kind, "data": { "title": "B" } })]);
            assert_eq!(inverse.impossible, Some(UNKNOWN), "{kind}");
            assert!(inverse.deleted.is_none() && inverse.attributes.is_empty(), "{kind}");
        }
    }

    #[test]
    fn what_was_created_is_left() {
        let events = [
            json!({ "type": "user.updated", "data": { "title": "B" }, "previous": { "title": "A" } }),
            json!({ "type": "user.created", "data": { "title": "A" } }),
        ];
        let inverse = plan("User", &events);
        assert!(inverse.impossible.is_some() && inverse.attributes.is_empty());
    }
}
