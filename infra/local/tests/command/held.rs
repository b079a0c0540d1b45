//! `rollcall held`.

use std::time::{Duration, Instant};

use crate::http::send;
use crate::server::Server;
use crate::tool::say;

#[test]
fn held_changes_are_listed_approved_and_rejected() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start_quiet(dir.path(), "0", &[]);
    let settings = r#"{"hold":{"above":0,"within":"1h"}}"#;
    say(&server, dir.path(), &["directory", "change", "local", "--settings", settings]).ok();
    let wrong = r#"{"hold":{"above":"much"}}"#;
    let wrong = say(&server, dir.path(), &["directory", "change", "local", "--settings", wrong]);
    assert!(wrong.code == 1 && wrong.err.contains("`hold` must be like"), "{wrong:?}");
    let list = |args: &[&str]| say(&server, dir.path(), &[&["held", "list", "local"], args].concat()).ok();
    let ids = ["ana", "bob"].map(|name| server.create(name)["id"].as_str().unwrap().to_owned());
    for id in &ids {
        let (status, _) = send(&server.address(), &server.head("DELETE", &format!("/Users/{id}")), "");
        assert_eq!(status, 204);
    }
    let started = Instant::now();
    while list(&["--json"]).json().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(30));
        std::thread::sleep(Duration::from_millis(100));
    }
    let table = list(&[]).out;
    for word in ["Waiting", "2", "user.deleted", "held", "ana", &*ids[1]] {
        assert!(table.contains(word), "{word}: {table}");
    }
    let approve = ["held", "approve", "local", "--id", &*ids[0], "--json"];
    let approved = say(&server, dir.path(), &approve).ok().json();
    assert_eq!(approved[0]["changes"], 1);
    let rejected = say(&server, dir.path(), &["held", "reject", "local", "--json"]).ok().json();
    assert_eq!(rejected[0]["changes"], 1);
    let left = list(&["--json"]).json();
    assert!(left.len() == 1 && left[0]["id"] == *ids[1] && left[0]["state"] == "rejected", "{left:?}");
    let undo = |args: &[&str]| say(&server, dir.path(), &[&["undo", "local", "--held"], args].concat()).ok();
    let plan = undo(&[]);
    assert!(plan.out.contains("created") && plan.err.contains("nothing was written"), "{plan:?}");
    assert_eq!(server.get("/Users")["totalResults"], 0);
    assert_eq!(undo(&["--apply", "--json"]).json()[0]["outcome"], "created");
    assert_eq!(server.get("/Users")["Resources"][0]["id"], *ids[1]);
    let usage = say(&server, dir.path(), &["undo", "local", "--from", "1"]);
    assert_eq!(usage.code, 2, "{usage:?}");
    let types = ["events", "list", "local", "--json", "--type", "user.deleted"];
    assert_eq!(say(&server, dir.path(), &types).ok().json().len(), 1);
}
