//! Personal data in a form in which it may be shown and stored: enough to recognize a value that one knows.

/// How much of a domain is shown, in characters.
const SHOWN: usize = 80;

/// An address or a user name: `a…o@ex.io` for `anamaria.ito@ex.io`.
#[must_use]
pub fn address(text: &str) -> String {
    let Some((local, domain)) = text.split_once('@') else { return name(text) };
    let domain: String = domain.chars().take(SHOWN).filter(|letter| !letter.is_control()).collect();
    format!("{}@{domain}", name(local))
}

/// Any other text: its first letter, and of a longer one the last.
#[must_use]
pub fn name(text: &str) -> String {
    let letters: Vec<char> = text.chars().filter(|letter| !letter.is_control()).collect();
    let last = letters.last().filter(|_| letters.len() > 3);
    letters.first().into_iter().chain(&['…']).chain(last).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_of_a_text_is_left() {
        for (text, masked) in [
            ("anamaria.ito@ex.io", "a…o@ex.io"),
            ("ana@ex.io", "a…@ex.io"),
            ("anamaria", "a…a"),
            ("a", "a…"),
            ("", "…"),
        ] {
            assert_eq!(address(text), masked, "{text}");
        }
        assert_eq!(name("Ann @ Sales"), "A…s");
    }
}
