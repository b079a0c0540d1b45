//! Routes and statuses in words.

/// What each form does.
const WORDS: &[(&str, &str)] = &[
    ("/console/sign-in", "Signed in with the administrator key"),
    ("/console/sign-in/{token}", "Signed in with a link"),
    ("/console/oidc/callback", "Signed in with OpenID Connect"),
    ("/console/sign-out", "Signed out"),
    ("/console/directories/{directory}/setup-links", "Created a set-up link"),
    ("/console/directories/{directory}/setup-links/{link}", "Withdrew a set-up link, or ended its session"),
    (
        "/console/directories/{directory}/setup/enable",
        "Accepted the conditions and enabled user provisioning",
    ),
    ("/console/directories/{directory}/setup/credentials", "Created credentials on the set-up page"),
    ("/console/directories/{directory}/setup/test", "Tested a secret token"),
    ("/console/directories/{directory}/setup/finish", "Finished the set-up"),
    ("/console/directories/{directory}/held", "Decided about held changes"),
    ("/console/directories/{directory}/subscriptions/{subscription}", "Changed a subscription"),
    ("/console/directories/{directory}/subscriptions/{subscription}/test", "Sent a test event"),
    ("/console/directories/{directory}/subscriptions/{subscription}/resend", "Sent dead letters again"),
    ("/console/directories/{directory}/subscriptions/{subscription}/recover", "Set a subscription back"),
    (
        "/console/directories/{directory}/subscriptions/{subscription}/rotate",
        "Replaced the secret of a subscription",
    ),
    ("/console/directories/{directory}/credentials", "Created a credential"),
    (
        "/console/directories/{directory}/credentials/{credential}/rotate",
        "Created the next token of a credential",
    ),
    ("/console/directories/{directory}/credentials/{credential}/revoke", "Revoked a credential"),
    ("/console/directories/{directory}/clients", "Created an OAuth client"),
    ("/console/directories/{directory}/clients/{client}/revoke", "Revoked an OAuth client"),
    ("/console/directories/{directory}/clients/{client}/secrets", "Added a client secret"),
    ("/console/directories/{directory}/clients/{client}/secrets/{secret}", "Removed a client secret"),
    ("/console/directories/{directory}/settings", "Changed a setting"),
    ("/console/directories/{directory}/settings/state", "Changed the state"),
    ("/console/directories/{directory}/people", "Looked up a person or a group"),
    ("/console/directories/{directory}/people/{user}", "Showed the names of a person"),
    ("/console/directories/{directory}/groups/{group}", "Showed the names of a group"),
    ("/setup/{token}", "Opened a set-up link"),
];

/// What a form of `route` does; the route itself, when it is of another version of Rollcall.
pub(super) fn words(route: &str) -> &str {
    WORDS.iter().find(|(known, _)| *known == route).map_or(route, |(_, words)| words)
}

/// What came of it.
pub(super) fn outcome(status: u16) -> String {
    match status {
        ..400 => "done".to_owned(),
        400..500 => format!("refused ({status})"),
        _ => format!("failed ({status})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::route::ROUTES;

    #[test]
    fn every_form_has_its_words() {
        for route in ROUTES.iter().filter(|route| route.changes()) {
            assert_ne!(words(route.path), route.path, "add it to WORDS");
        }
    }
}
