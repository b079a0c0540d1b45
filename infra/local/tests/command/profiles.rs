//! `--profile` and `--directory`: what the directories offer.

use std::fs;

use serde_json::{Value, json};

use crate::http::send;
use crate::refusals::refused;
use crate::server::{Server, run};

/// A team's own profile, which finds users by `displayName`.
fn own(unique: bool) -> String {
    let name = json!({ "path": "displayName", "indexed": true, "unique": unique });
    let user = json!({ "name": "User", "attributes": ["userName", "active", name] });
    json!({ "name": "own", "description": "ours", "signIn": ["token"], "resourceTypes": [user] }).to_string()
}

fn total(server: &Server, path: &str) -> Option<u64> {
    server.get(path).get("totalResults").and_then(Value::as_u64)
}

#[test]
fn each_directory_has_its_profile_token_and_users() {
    let dir = tempfile::tempdir().unwrap();
    let args = ["--profile", "kintone", "--directory", "acme=okta", "--directory", "cw=chatwork"];
    let mut server = Server::start(dir.path(), &args);
    let banner = server.rest_of_banner();
    assert!(banner.contains("Profile: kintone\n"), "{banner}");
    assert!(banner.contains("Directory acme, profile okta"), "{banner}");
    let token = |name: &str| {
        let label = format!("Secret Token of {name}: ");
        banner
            .lines()
            .find_map(|line| line.strip_prefix(&label))
            .unwrap_or_else(|| panic!("{label}{banner}"))
            .to_owned()
    };
    server.create("ana");
    let kintone = server.token.clone();
    let mut of = |token: &str, path: &str| {
        token.clone_into(&mut server.token);
        send(&server.address(), &server.head("GET", path), "")
    };
    assert_eq!(of(&token("acme"), "/Groups").0, 200);
    assert!(of(&token("acme"), "/Users").1.contains("\"totalResults\":0"));
    assert_eq!(of(&token("cw"), "/Groups").0, 404);
    assert_eq!(of(&kintone, "/Groups").0, 404);
    assert!(of(&kintone, "/Users").1.contains("\"totalResults\":1"));

    // A restart keeps tokens and profiles; without the flags the first directory is alone.
    let acme = token("acme");
    server.end("INT");
    let mut again = Server::start(dir.path(), &args);
    assert!(again.rest_of_banner().contains(&acme));
    again.end("INT");
    let mut alone = Server::start(dir.path(), &[]);
    let banner = alone.rest_of_banner();
    assert!(banner.contains("Profile: kintone\n") && !banner.contains("acme"), "{banner}");
    assert_eq!(total(&alone, "/Users"), Some(1));
}

#[test]
fn another_profile_at_the_next_start_indexes_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.json"), own(true)).unwrap();
    let server = Server::start(dir.path(), &["--profile", "standard"]);
    let schema = "urn:ietf:params:scim:schemas:core:2.0:User";
    let create = |name: &str, display: &str| {
        let user = json!({ "schemas": [schema], "userName": name, "displayName": display }).to_string();
        let (status, body) = send(&server.address(), &server.head("POST", "/Users"), &user);
        assert_eq!(status, 201, "{body}");
        let user: Value = serde_json::from_str(&body).unwrap();
        user.get("id").and_then(Value::as_str).unwrap().to_owned()
    };
    let (ana, twin) = (create("ana", "Ana"), create("twin", "ANA"));
    server.end("INT");

    let line = "rollcall: the directory `local` cannot change to the profile `own`";
    refused(dir.path(), &["--port", "0", "--profile", "own.json"], &[line, &ana, &twin, "`displayName`"]);

    // It continues as before; once the values are corrected, the change succeeds.
    let server = Server::start(dir.path(), &[]);
    let (status, _) = send(&server.address(), &server.head("DELETE", &format!("/Users/{twin}")), "");
    assert_eq!(status, 204);
    server.end("INT");
    let mut server = Server::start(dir.path(), &["--profile", "own.json"]);
    assert!(server.rest_of_banner().contains("Profile: own\n"));
    assert_eq!(total(&server, "/Users?filter=displayName+eq+%22ana%22"), Some(1));
    server.end("INT");
    refused(dir.path(), &["--port", "0"], &["there is no profile `own`", "`standard`"]);
}

#[test]
fn an_edited_file_indexes_what_is_there_and_refuses_what_is_not_unique() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("own.json");
    let plain = own(false).replace("\"indexed\":true", "\"indexed\":false");
    fs::write(&file, &plain).unwrap();
    let args = ["--profile", "own.json"];
    let server = Server::start(dir.path(), &args);
    for name in ["ana", "twin"] {
        let user = json!({ "userName": name, "displayName": "Ana" }).to_string();
        assert_eq!(send(&server.address(), &server.head("POST", "/Users"), &user).0, 201);
    }
    server.end("INT");

    fs::write(&file, own(true)).unwrap();
    refused(dir.path(), &["--port", "0", "--profile", "own.json"], &["`own`", "have the same `displayName`"]);
    fs::write(&file, own(false)).unwrap();
    let server = Server::start(dir.path(), &args);
    assert_eq!(total(&server, "/Users?filter=displayName+eq+%22ana%22"), Some(2));
}

#[test]
fn a_wrong_profile_or_directory_is_refused_at_the_start() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.json"), own(false).replace("\"active\"", "\n\"activ\"")).unwrap();
    fs::write(dir.path().join("other.json"), own(false)).unwrap();
    for (args, words) in [
        (["--profile", "none"], ["there is no profile `none`", "`kintone`"]),
        (["--profile", "own.json"], ["`own.json` is not valid at line 2", "`activ`"]),
        (["--profile", "other.json"], ["`other.json` is not valid", "must be called `own.json`"]),
        (["--profile", "missing.json"], ["cannot read the profile `missing.json`", "No such file"]),
        (["--directory", "acme"], ["`--directory acme`", "NAME=PROFILE"]),
        (["--directory", "Acme=okta"], ["`--directory Acme=okta`", "a-z"]),
        (["--directory", "local=okta"], ["first directory", "`--profile`"]),
        (["--directory", "acme=none"], ["there is no profile `none`", "`okta`"]),
    ] {
        let args: Vec<&str> = ["--port", "0", "--ephemeral"].into_iter().chain(args).collect();
        refused(dir.path(), &args, &words);
    }
    let twice = ["--port", "0", "--directory", "a=okta", "--directory", "a=kintone"];
    refused(dir.path(), &twice, &["a=kintone", "twice"]);
}

#[test]
fn the_help_names_every_profile() {
    let dir = tempfile::tempdir().unwrap();
    let help = String::from_utf8(run(dir.path(), &["--help"]).stdout).unwrap();
    for name in scim::profile::Profiles::built_in().names() {
        assert!(help.contains(name), "{name}");
    }
}

#[test]
fn a_directory_whose_profile_is_not_given_again_is_named_and_the_others_are_served() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("own.json"), own(false)).unwrap();
    Server::start(dir.path(), &["--directory", "acme=own.json"]).end("INT");
    let token = fs::read_to_string(dir.path().join(".rollcall/token-acme")).unwrap();
    let mut server = Server::start(dir.path(), &[]);
    server.create("ana");
    token.trim().clone_into(&mut server.token);
    let (status, body) = send(&server.address(), &server.head("GET", "/Users"), "");
    assert!(status == 503 && body.contains("`own`"), "{status} {body}");
    let (_, _, log) = server.end("INT");
    let warned =
        log.lines().any(|line| line.contains("WARN") && line.contains("acme") && line.contains("`own`"));
    assert!(warned, "{log}");
}
