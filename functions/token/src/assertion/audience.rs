//! The forms in which one audience is written.

/// All ways to write `audience`: what Entra's portal shows as `api://<application>` or
/// `api://<application>/.default` appears in its assertions as the bare id, or the other way
/// round. Only ids (GUIDs) are rewritten; any other audience is only itself.
pub(super) fn forms(audience: &str) -> Vec<String> {
    let bare = audience.strip_prefix("api://").unwrap_or(audience);
    let bare = bare.strip_suffix("/.default").unwrap_or(bare);
    let mut forms = vec![audience.to_owned()];
    if is_guid(bare) {
        for id in [bare.to_owned(), bare.to_ascii_lowercase()] {
            forms.extend([format!("api://{id}"), format!("api://{id}/.default"), id]);
        }
    }
    forms
}

fn is_guid(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
        && parts.iter().all(|part| part.chars().all(|c| c.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::forms;

    const ID: &str = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";

    #[test]
    fn an_id_is_known_in_all_of_its_forms() {
        let all = [ID.to_owned(), format!("api://{ID}"), format!("api://{ID}/.default")];
        for written in &all {
            for form in &all {
                assert!(forms(written).contains(form), "{written} {form}");
            }
        }
        assert!(forms(&ID.to_uppercase()).contains(&ID.to_owned()));
    }

    #[test]
    fn anything_else_is_only_itself() {
        for other in ["https://scim.example.com", "api://scim.example.com", "api://x/.default", "8adf8e6e"] {
            assert_eq!(forms(other), [other]);
        }
    }
}
