//! The end of a credential or an OAuth client before its time.

use crate::keys::{Key, n, s};
use crate::store::Change;
use crate::time::{now, seconds};
use table::name;

/// The attribute with the time of it.
pub(crate) const REVOKED: &str = "revoked";
/// How long people still see what was revoked, in seconds.
const VISIBLE: i64 = 90 * 86_400;

/// Revokes what is at `key`, once: a second time changes nothing. Refused when there is nothing.
pub(crate) fn revocation(key: Key) -> Change {
    Change::update(
        key,
        "SET #revoked = if_not_exists(#revoked, :now), #expires = if_not_exists(#expires, :expires)",
    )
    .only_if("attribute_exists(#pk)")
    .name("#pk", name::PK)
    .name("#revoked", REVOKED)
    .name("#expires", name::EXPIRES)
    .value(":now", s(now()))
    .value(":expires", n(seconds() + VISIBLE))
}
