//! A stack for tests that read the whole table again and again: theirs is small.

use std::sync::LazyLock;

use scim::profile::STANDARD;
use tests::endpoint::Endpoint;

static OWN: LazyLock<Option<Endpoint>> =
    LazyLock::new(|| Endpoint::shared().stack().map(|_| Endpoint::start()));

/// Its endpoint; `None` with a note where the server is not in this process.
pub(crate) fn endpoint() -> Option<&'static Endpoint> {
    OWN.as_ref()
}

/// A new directory of it.
pub(crate) fn empty_directory() -> Option<Endpoint> {
    endpoint()?.new_directory(STANDARD)
}
