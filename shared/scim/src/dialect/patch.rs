//! Quirks of PATCH operations. File names are those of `tests/corpus/patch`.

use serde_json::Value;

use super::value::only_element;
use crate::filter::ast::CompareOp;
use crate::filter::bound::{Bound, Comparison};
use crate::model::doc::Doc;
use crate::patch::operation::Op;
use crate::patch::path::{Access, PatchTarget};
use crate::value::shape::is_empty;

/// An operation's name in any letter case: Entra sends `Add`, `Replace`, `Remove`
/// (`entra-default-dialect.json`).
#[must_use]
pub fn op(name: &str) -> Option<Op> {
    [Op::Add, Op::Remove, Op::Replace].into_iter().find(|op| op.name().eq_ignore_ascii_case(name))
}

/// The element that a filter describes, if it consists of `eq` joined by `and`:
/// `type eq "work"` describes `{"type": "work"}`, `primary eq "True"` `{"primary": true}`
/// (`entra-value-path-creates.json`, `entra-role-primary-path.json`).
///
/// Entra addresses elements that do not exist yet. `noTarget`, which RFC 7644 §3.5.2.3
/// requires, would stop it.
#[must_use]
pub fn described(selection: &Bound) -> Option<Doc> {
    let mut element = Doc::new();
    describe(selection, &mut element).then_some(element)
}

fn describe(selection: &Bound, element: &mut Doc) -> bool {
    match selection {
        Bound::And(parts) => parts.iter().all(|part| describe(part, element)),
        Bound::Compare(Comparison { path, op: CompareOp::Eq, value }) => {
            let value = value.json();
            if !is_empty(&value) {
                element.insert(path.attribute.clone(), value);
            }
            true
        }
        _ => false,
    }
}

/// A text instead of an element: `emails[type eq "work"]` with `"x"` means its `value`
/// (`value-path-without-sub-attribute.json`).
#[must_use]
pub fn is_bare_text(sent: &Value) -> bool {
    only_element(sent).is_string()
}

/// The values that a remove lists in `value`. The RFC ignores a `value` there and removes all,
/// which has emptied groups (`entra-group-remove-listed-members.json`,
/// `entra-remove-listed-elements.json`). A null lists nothing in particular, so all values are
/// removed; an empty list removes none (`entra-group-remove-empty-list.json`).
#[must_use]
pub fn listed(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// Whether an attribute in a value without a path is ignored: Okta sends back the `id` that
/// it read (`okta-group-rename-with-id.json`), others the whole resource
/// (`okta-resource-sent-back.json`).
#[must_use]
pub fn is_sent_back(target: &PatchTarget<'_>) -> bool {
    target.access() != Access::Write
}
