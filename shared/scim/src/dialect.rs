//! What clients send beyond the RFCs: each quirk is one pure function, normalised here and nowhere else.
//!
//! | quirk | function | shown by (`tests/corpus/…`) |
//! |---|---|---|
//! | a single value in a list of one | [`value::only_element`] | `patch/entra-array-wrapped-scalar.json` |
//! | a simple value in an object `{"value": …}` | [`value::value_of_object`] | `patch/entra-array-wrapped-scalar.json` |
//! | a boolean as text, `"False"` | [`value::boolean`] | `patch/entra-disable-boolean-as-string.json` |
//! | a number as text, `"7"` | [`value::number`] | unit test in `value/simple.rs` |
//! | a list as its only element | [`value::elements`] | `patch/multi-valued-as-single-object.json` |
//! | a complex value as the text of its `value` | [`value::bare_value`] | `patch/entra-manager-string.json`, `patch/multi-valued-of-strings.json` |
//! | `displayName` for an element's `display` | [`value::display_name`] | `patch/entra-role-display-name.json` |
//! | a role as JSON text | [`value::role_json`] | `patch/entra-role-json-text.json` |
//! | a reference by `$ref` alone | [`value::value_of_reference`] | `patch/manager-by-reference-only.json` |
//! | a PUT without `active` | [`read::active`](crate::read::active) | `clients/okta/put-without-active.json` |
//! | an extension that `schemas` does not list | [`body::extension_object`] | `clients/entra/create-extension-not-in-schemas.json` |
//! | an operation's name in any letter case | [`patch::op`] | `patch/entra-default-dialect.json` |
//! | a value path that selects nothing creates the element | [`patch::described`] | `patch/entra-value-path-creates.json`, `patch/entra-role-primary-path.json` |
//! | a text instead of an element | [`patch::is_bare_text`] | `patch/value-path-without-sub-attribute.json` |
//! | a remove that lists what to remove in `value` | [`patch::listed`] | `patch/entra-group-remove-listed-members.json`, `patch/entra-remove-listed-elements.json` |
//! | read-only attributes sent back in a value without a path | [`patch::is_sent_back`] | `patch/okta-group-rename-with-id.json`, `patch/okta-resource-sent-back.json` |
//!
//! Quirks of filter texts (values without quotes, a sub-attribute or an implied `value`
//! after `]`) are part of the grammar that [`filter::parse`](crate::filter::parse) reads.

pub mod body;
pub mod patch;
pub mod value;
