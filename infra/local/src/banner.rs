//! What the command prints when it serves. Scripts read the labelled lines,
//! people the rest.

use std::fmt::Write;

use crate::stack::Stack;

/// A user to try things with.
const USER: &str = "ada@example.com";

/// The whole text.
#[must_use]
pub fn banner(stack: &Stack) -> String {
    let mut served = stack.directories();
    let profile = served.next().map_or("", |first| &first.profile);
    let others: Vec<_> = served.map(|one| (one.id.to_string(), &*one.profile, one.token())).collect();
    let key = stack.administrator_key();
    text(stack.tenant_url(), stack.token(), key, stack.dynamodb_url(), profile, &others)
}

/// `others` are further directories: name, profile, token.
fn text(
    url: &str,
    token: &str,
    key: &str,
    dynamodb: &str,
    profile: &str,
    others: &[(String, &str, &str)],
) -> String {
    let curl = format!("curl -s -H {}", quoted(&format!("Authorization: Bearer {token}")));
    let users = quoted(&format!("{url}/Users"));
    let json = quoted("Content-Type: application/scim+json");
    let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
    let user = quoted(&format!(r#"{{"schemas":["{schema}"],"userName":"{USER}"}}"#));
    let filter = quoted(&format!(r#"filter=userName eq "{USER}""#));
    let console = format!("{}/console", url.trim_end_matches("/scim/v2"));
    let mut out = String::new();
    // Writing into a String cannot fail.
    let _ = write!(
        out,
        "Tenant URL: {url}\n\
         Secret Token: {token}\n\
         Administrator Key: {key}\n\
         DynamoDB: {dynamodb}\n\
         Profile: {profile}\n\
         Console: {console}\n"
    );
    for (name, profile, token) in others {
        let _ = write!(
            out,
            "\nDirectory {name}, profile {profile}, at the same URL:\nSecret Token of {name}: {token}\n"
        );
    }
    let _ = write!(
        out,
        "\n\
         List all users, create one, find one:\n\
         \n  {curl} {users}\n\
         \n  {curl} -H {json} -d {user} {users}\n\
         \n  {curl} -G --data-urlencode {filter} {users}\n\
         \n\
         Ctrl-C stops the server.\n"
    );
    out
}

/// `text` as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use std::process::Command;

    use super::{quoted, text};

    #[test]
    fn labelled_lines_come_first_and_alone() {
        let others = [("acme".to_owned(), "okta", "rc_acme")];
        let text =
            text("http://127.0.0.1:1/scim/v2", "it's", "key", "http://127.0.0.1:2", "standard", &others);
        assert!(
            text.contains(
                "\nDirectory acme, profile okta, at the same URL:\nSecret Token of acme: rc_acme\n"
            ),
            "{text}"
        );
        let lines: Vec<&str> = text.lines().take(4).collect();
        let expected = [
            "Tenant URL: http://127.0.0.1:1/scim/v2",
            "Secret Token: it's",
            "Administrator Key: key",
            "DynamoDB: http://127.0.0.1:2",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    #[cfg(unix)]
    fn a_shell_reads_back_what_was_quoted() {
        let nasty = r#"it's $HOME `id` "\n" \ ! *"#;
        let output =
            Command::new("sh").arg("-c").arg(format!("printf %s {}", quoted(nasty))).output().unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), nasty);
    }
}
