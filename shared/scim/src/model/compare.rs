//! How texts are compared: by the row's `caseExact` (RFC 7643 §2.2, §7).

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;

/// The form in which two texts that differ in letter case only are equal: Unicode canonical
/// caseless matching (Unicode 3.13, D145), composed so that it stays short.
///
/// Filters and the keys of index entries both use it, so a lookup and the check of its
/// result cannot disagree.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    text.nfd().default_case_fold().nfd().nfc().collect()
}

/// `text` as it is compared under `case_exact`.
#[must_use]
pub fn comparable(text: &str, case_exact: bool) -> std::borrow::Cow<'_, str> {
    if case_exact { text.into() } else { fold(text).into() }
}
