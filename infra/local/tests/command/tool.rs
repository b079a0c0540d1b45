//! The commands that talk to a running server: what they print, and how they end.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::server::{Server, command};

/// How a command ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Its lines of JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Vec<Value> {
        self.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {self:?}")))
            .collect()
    }

    /// It ended well.
    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }
}

/// Runs a command against the server; `.rollcall` of the folder has its key.
#[track_caller]
pub(crate) fn say(server: &Server, dir: &Path, args: &[&str]) -> Said {
    said(command(dir).args(args).env("ROLLCALL_URL", format!("http://{}", server.address())))
}

fn said(command: &mut std::process::Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

#[test]
fn people_come_in_from_csv_are_verified_and_go_out() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let csv = "userName,name.givenName,\"emails[type eq \"\"work\"\"].value\",active\n\
               ana,Ana,ana@ex.io,True\nbob,Bob,bob@ex.io,False\nANA,Ana,,\n";
    fs::write(dir.path().join("people.csv"), csv).unwrap();
    let dry = say(&server, dir.path(), &["import", "people.csv", "--dry-run", "--json"]);
    assert_eq!((dry.code, dry.json().len()), (1, 3), "one is refused: {dry:?}");
    assert_eq!(server.get("/Users").get("totalResults"), Some(&0.into()), "nothing was written");
    let done = say(&server, dir.path(), &["import", "people.csv"]);
    assert_eq!(done.code, 1);
    for word in ["Created", "2", "Refused", "Line", "4", "`userName`"] {
        assert!(done.out.contains(word), "{word}: {done:?}");
    }
    assert!(!done.out.contains("ana@ex.io"), "{done:?}");
    let ana = server.get("/Users?filter=userName%20eq%20%22ana%22");
    assert_eq!(ana.pointer("/Resources/0/emails/0/value"), Some(&"ana@ex.io".into()), "{ana}");

    let verified = say(&server, dir.path(), &["verify", "local", "--json"]).ok();
    assert_eq!(
        verified.json().first().and_then(|report| report.get("findings")).cloned(),
        Some(Value::Array(Vec::new()))
    );
    assert!(say(&server, dir.path(), &["verify", "local"]).ok().out.contains("Findings"));
    let stdout = say(&server, dir.path(), &["directory", "export", "local"]).ok();
    assert_eq!(stdout.json().len(), 2);
    let file = say(&server, dir.path(), &["directory", "export", "local", "--out", "all.jsonl"]).ok();
    assert!(file.out.is_empty() && file.err.contains("2 lines"), "{file:?}");
    assert_eq!(fs::read_to_string(dir.path().join("all.jsonl")).unwrap(), stdout.out);
    // The same lines change nothing.
    let again = say(&server, dir.path(), &["import", "all.jsonl", "--json"]).ok();
    assert!(again.json().iter().all(|line| line.get("outcome") == Some(&"unchanged".into())), "{again:?}");
}

#[test]
fn each_way_to_fail_has_its_code_and_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let url = format!("http://{}", server.address());
    let run = |code: i32, args: &[&str], word: &str| {
        let said = said(command(dir.path()).args(args).env("ROLLCALL_URL", &url));
        assert_eq!(said.code, code, "{args:?}: {said:?}");
        assert!(said.err.lines().count() == 1 && said.err.contains(word), "{args:?}: {said:?}");
    };
    run(1, &["verify", "missing"], "missing");
    run(1, &["directory", "export", "missing"], "missing");
    run(2, &["directory", "erase", "local", "--confirm", "acme"], "--confirm");
    run(2, &["directory", "unknown"], "unknown");
    run(1, &["directory", "rotate-secret", "missing"], "missing");
    run(2, &["import"], "FILE");
    run(2, &["import", "none.csv"], "none.csv");
    run(2, &["directory", "change", "local"], "nothing");
    run(2, &["directory", "change", "local", "--settings", "x"], "JSON");
    run(2, &["verify", "--url", "ftp://x"], "ftp://x");
    run(2, &["verify", "--data", "elsewhere"], "administrator key");
    run(3, &["verify", "--url", "http://127.0.0.1:1"], "127.0.0.1:1");
    fs::write(dir.path().join("bad.csv"), "userName,userName\n1,2\n").unwrap();
    run(2, &["import", "bad.csv"], "twice");
    fs::write(dir.path().join("wrong-key"), "0".repeat(40)).unwrap();
    run(1, &["verify", "--administrator-key-file", "wrong-key"], "key");
    let by_environment = said(
        command(dir.path())
            .args(["verify", "local", "--data", "elsewhere"])
            .env("ROLLCALL_URL", &server.tenant_url)
            .env("ROLLCALL_ADMINISTRATOR_KEY", &server.administrator_key),
    );
    assert_eq!(by_environment.code, 0, "{by_environment:?}");
}

#[test]
fn one_line_that_is_too_large_keeps_no_other_out() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let line =
        |name: &str, title: &str| format!("{}\n", serde_json::json!({ "userName": name, "title": title }));
    let large = "x".repeat(5 * 1024 * 1024);
    let lines = [line("ana", "Dr"), line("bob", &large), line("carl", "Dr")].concat();
    fs::write(dir.path().join("people.jsonl"), lines).unwrap();
    let said = say(&server, dir.path(), &["import", "people.jsonl", "--json"]);
    let outcomes = said.json();
    let outcomes: Vec<_> = outcomes.iter().filter_map(|line| line.get("outcome")?.as_str()).collect();
    assert_eq!((said.code, &*outcomes), (1, &["created", "refused", "created"][..]), "{}", said.err);
}

#[test]
fn trouble_with_one_directory_keeps_no_other_from_being_verified() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let said = say(&server, dir.path(), &["verify", "missing", "local", "--json"]);
    assert_eq!((said.code, said.json().len()), (1, 1), "{said:?}");
    assert!(said.err.contains("missing"), "{said:?}");
}

#[test]
fn the_secret_of_a_directory_is_rotated_and_its_secret_token_stays_valid() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let rotated = say(&server, dir.path(), &["directory", "rotate-secret", "local", "--json"]).ok();
    assert!(rotated.json()[0]["previousValidUntil"].is_string(), "{rotated:?}");
    let again = say(&server, dir.path(), &["directory", "rotate-secret", "local"]);
    assert!(again.code == 1 && again.err.contains("six hours"), "{again:?}");
    let ended = say(&server, dir.path(), &["directory", "rotate-secret", "local", "--now", "--json"]).ok();
    assert_eq!(ended.json()[0]["previousValidUntil"], Value::Null);
    assert_eq!(server.get("/Users").get("totalResults"), Some(&0.into()));
}

#[test]
fn a_deployment_secret_that_is_too_short_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let with = |secret: &str| {
        said(command(dir.path()).args(["--port", "0"]).env("ROLLCALL_DEPLOYMENT_SECRET", secret))
    };
    let refused = with("short");
    assert!(refused.code == 2 && refused.err.contains("ROLLCALL_DEPLOYMENT_SECRET"), "{refused:?}");
    assert!(!dir.path().join(".rollcall/deployment-secret").exists());
}
