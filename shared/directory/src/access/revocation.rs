//! Revocation of a credential or an OAuth client.

use table::condition::exists;
use table::item::Key;
use table::name::{EXPIRES, PK, REVOKED};
use table::write::Update;

use crate::clock::{now, seconds};

/// How long administrators still see what was revoked, in seconds: 90 days.
const VISIBLE: i64 = 90 * 86_400;

/// Revokes the item at `key`. A second revocation changes nothing. Refused when there is no item.
pub(crate) fn revocation(key: Key) -> Update {
    Update::of(key).set_once(REVOKED, now()).set_once(EXPIRES, seconds() + VISIBLE).when(exists(PK))
}
