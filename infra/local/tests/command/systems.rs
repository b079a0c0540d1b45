//! From the command line alone: a directory for each of the systems, its credential, and a
//! provisioning service with exactly what was shown.

use entra::mapping::Mapping;
use entra::sync::{Options, Source, run};
use entra::wire::Dialect;
use serde_json::Value;

use crate::server::Server;
use crate::tool::say;

/// A field of the one object that a command showed.
#[track_caller]
fn shown(said: &crate::tool::Said, field: &str) -> String {
    let value = said.json().first().and_then(|object| object.get(field)?.as_str().map(str::to_owned));
    value.unwrap_or_else(|| panic!("no `{field}` in {said:?}"))
}

#[test]
fn a_directory_of_each_system_is_provisioned_with_what_was_shown() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let say = |args: &[&str]| say(&server, dir.path(), args);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    for (profile, dialect) in [
        ("chatwork", Dialect::Default),
        ("workgrid", Dialect::Flag),
        ("kintone", Dialect::Default),
        ("clarizen-one", Dialect::Flag),
    ] {
        let id = format!("{profile}-customer");
        say(&["directory", "create", &id, "--name", "A customer", "--profile", profile]).ok();
        let made = say(&["credential", "create", &id, "--label", "Entra", "--expires", "90", "--json"]).ok();
        let (url, token) = (shown(&made, "tenantUrl"), shown(&made, "token"));
        assert!(url.ends_with("/scim/v2") && token.starts_with(&format!("rc_{id}_")), "{made:?}");
        let mapping = Mapping::builtin(profile).unwrap();
        let source = Source::Generated { users: 20, groups: 3, seed: 5 };
        let options = Options {
            cycles: 2,
            dialect: Some(dialect),
            verify: true,
            ..Options::new(&url, &token, mapping, source)
        };
        let report = runtime.block_on(run(options)).unwrap();
        assert!(report.is_good(), "{profile}: {}", report.summary());

        // The token is never shown again; that it was used is, a moment later.
        let listed = say(&["credential", "list", &id]).ok();
        assert!(listed.out.contains("Entra") && !listed.out.contains(&token), "{listed:?}");
        let credential = shown(&made, "id");
        let one = say(&["credential", "show", &id, &credential, "--json"]).ok();
        assert!(!one.out.contains(&token), "{one:?}");
        assert_eq!(say(&["verify", &id, "--json"]).ok().json().len(), 1);
    }
    let directories = say(&["directory", "list", "--json"]).ok().json();
    assert_eq!(directories.len(), 5, "and the first one: {directories:?}");
}

#[test]
fn a_directory_is_paused_changed_and_erased_and_a_credential_revoked() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let say = |args: &[&str]| say(&server, dir.path(), args);
    say(&["directory", "create", "acme", "--disabled", "--region", "eu"]).ok();
    let twice = say(&["directory", "create", "acme"]);
    assert_eq!(twice.code, 1, "{twice:?}");
    let state = |said: crate::tool::Said| shown(&said.ok(), "state");
    assert_eq!(state(say(&["directory", "show", "acme", "--json"])), "disabled");
    assert_eq!(state(say(&["directory", "enable", "acme", "--json"])), "enabled");
    assert_eq!(state(say(&["directory", "pause", "acme", "--json"])), "paused");
    let changed = say(&[
        "directory",
        "change",
        "acme",
        "--name",
        "Acme Ltd",
        "--settings",
        r#"{"adopt":{"by":["userName"]}}"#,
        "--json",
    ])
    .ok();
    assert_eq!(shown(&changed, "name"), "Acme Ltd");
    let settings =
        changed.json().first().and_then(|directory| directory.pointer("/settings/adopt/by/0").cloned());
    assert_eq!(settings, Some(Value::from("userName")));
    let wrong = say(&["directory", "change", "acme", "--settings", r#"{"adopt":true}"#]);
    assert_eq!(wrong.code, 1, "{wrong:?}");

    let made = say(&[
        "credential",
        "create",
        "acme",
        "--label",
        "x",
        "--scope",
        "read",
        "--scope",
        "users",
        "--json",
    ])
    .ok();
    say(&["credential", "revoke", "acme", &shown(&made, "id")]).ok();
    let table = say(&["credential", "create", "acme", "--label", "y"]).ok();
    assert!(table.out.lines().last().is_some_and(|line| line.starts_with("rc_acme_")), "{table:?}");

    let receipt = say(&["directory", "erase", "acme", "--confirm", "acme", "--json"]).ok();
    let listed = say(&["directory", "receipts", &shown(&receipt, "id"), "--json"]).ok();
    assert_eq!(shown(&listed, "directory"), "acme");
    assert_eq!(say(&["directory", "enable", "acme"]).code, 1, "there is no way back");
}

#[test]
fn an_oauth_client_gets_a_token_with_what_was_shown_and_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let say = |args: &[&str]| say(&server, dir.path(), args);
    let made = say(&["client", "create", "local", "--label", "Entra", "--scope", "read", "--json"]).ok();
    let secret = made
        .json()
        .first()
        .and_then(|made| made.pointer("/secret/clientSecret")?.as_str().map(str::to_owned));
    let (client, secret) = (shown(&made, "clientId"), secret.unwrap());
    let body = format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
    let head = "POST /oauth/token HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded";
    let (status, answer) = crate::http::send(&server.address(), head, &body);
    assert_eq!(status, 200, "{answer}");
    let id = shown(&made, "id");
    let table = say(&["client", "create", "local", "--label", "two"]).ok();
    assert!(table.out.contains("Client secret, shown this once"), "{table:?}");
    let more = say(&["client", "add-secret", "local", &id]).ok();
    assert!(more.out.contains("Client secret") && !more.out.contains(&secret), "{more:?}");
    let listed = say(&["client", "list", "local"]).ok();
    assert!(listed.out.contains(&client) && !listed.out.contains(&secret), "{listed:?}");
    let federated = say(&[
        "client",
        "create",
        "local",
        "--label",
        "wif",
        "--tenant",
        "acme",
        "--subject",
        "s",
        "--audience",
        "a",
        "--json",
    ])
    .ok();
    assert!(
        federated.out.contains("login.microsoftonline.com/acme") && !federated.out.contains("clientSecret")
    );
    say(&["client", "change", "local", &id, "--settings", r#"{"label":"renamed"}"#]).ok();
    assert_eq!(shown(&say(&["client", "show", "local", &id, "--json"]).ok(), "label"), "renamed");
    say(&["client", "delete", "local", &id]).ok();
    let (status, _) = crate::http::send(&server.address(), head, &body);
    assert_eq!(status, 401);
}
