//! Names with which people sign in: two different names must not look the same.

use crate::error::{Error, Kind};

/// `text` without blanks at its edges.
#[must_use]
pub fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() && !c.is_control())
}

/// Reads `text`, sent for the attribute at the path `at`, and trims it.
///
/// # Errors
/// [`Kind::InvalidValue`] if it contains a control character, or a character that changes the
/// direction of writing and so the displayed name.
pub fn read<'t>(text: &'t str, at: &str) -> Result<&'t str, Error> {
    let Some(c) = text.chars().find(|c| c.is_control() || is_bidirectional(*c)) else {
        return Ok(trimmed(text));
    };
    let what =
        if c.is_control() { "control character" } else { "character that changes the direction of writing" };
    let detail = format!("`{at}` contains the {what} U+{:04X}: send it without", u32::from(c));
    Err(Error::new(Kind::InvalidValue, detail))
}

/// Embeddings, overrides and isolates (Unicode Standard Annex 9, §2).
fn is_bidirectional(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn blanks_at_the_edges_are_trimmed_and_those_inside_stay() {
        assert_eq!(read(" \u{a0}ana  ito\u{3000}", "x").unwrap(), "ana  ito");
        assert_eq!(read("   ", "x").unwrap(), "");
        assert_eq!(
            read("\u{200f}דנה\u{200f}", "x").unwrap(),
            "\u{200f}דנה\u{200f}",
            "a mark changes nothing else"
        );
    }

    #[test]
    fn control_characters_and_overrides_are_named() {
        for (text, code) in [
            ("ana\n", "U+000A"),
            ("\tana", "U+0009"),
            ("a\u{0}b", "U+0000"),
            ("a\u{85}", "U+0085"),
            ("\u{202e}ana", "U+202E"),
            ("a\u{2066}b", "U+2066"),
        ] {
            let error = read(text, "userName").unwrap_err();
            assert_eq!(error.kind, Kind::InvalidValue);
            assert!(error.detail.contains(code) && error.detail.contains("`userName`"), "{}", error.detail);
        }
    }
}
