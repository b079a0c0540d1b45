//! Names that no other test uses, so that tests can share a server and run in any order.

/// Twelve random hexadecimal digits: a suffix for names.
#[must_use]
pub fn unique() -> String {
    let digits = uuid::Uuid::new_v4().simple().to_string();
    digits.chars().take(12).collect()
}

/// A random GUID, as identity providers send to test a connection.
#[must_use]
pub fn guid() -> String {
    uuid::Uuid::new_v4().to_string()
}
