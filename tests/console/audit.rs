//! Who did what: each form of a session is an item, and the team sees it on a page.

use std::time::Duration;

use directory::Table;
use directory::access::audit::{Action, list, store};
use http::Request;
use serde_json::json;
use tests::admin::admin;
use tests::browser::Page;
use tests::deployment::DEPLOYMENT_SECRET;
use tests::instance::Instance;
use tests::log::Log;
use tests::misbehave::{Hostility, Misbehaving};
use tests::runtime::block_on;

use crate::world::{CONDITIONS, World};

const KEY: &str = "current-key-of-32-characters-and-more";

/// The rows of a page, without tags.
fn rows(page: &Page) -> Vec<String> {
    let rows = page.expect(200).text.split("<tbody>").nth(1).unwrap_or_default().split("<tr>").skip(1);
    let plain = |row: &str| {
        let cells = row.split("</tr>").next().unwrap().split("<td>").skip(1);
        cells.map(|cell| cell.replace("</td>", "")).collect::<Vec<_>>().join(" | ")
    };
    rows.map(plain).collect()
}

#[test]
fn each_form_of_a_session_is_listed_with_who_sent_it() {
    let Some(world) = World::new() else { return };
    let (link, id) = world.link(&world.acme);
    let (mut team, mut customer) = (world.team(), world.browser());
    let own = format!("/console/directories/{}", world.acme);
    customer.post(&link, &[]).expect(303);
    let form = world.form_token(&customer);
    customer.post(&format!("{own}/setup/enable"), &[("form", &form)]).expect(400);
    let accepted: Vec<_> = CONDITIONS.iter().map(|one| ("condition", *one)).collect();
    customer.post(&format!("{own}/setup/enable"), &[&[("form", &*form)], &accepted[..]].concat()).expect(303);
    let made = customer.post(&format!("{own}/setup/credentials"), &[("form", &form), ("id", "0a1b")]);
    let token = made.expect(200).value("token");
    let of_team = world.form_token(&team);
    let pause = [("form", &*of_team), ("state", "paused")];
    team.post(&format!("{own}/settings/state"), &pause).expect(303);
    team.post(&format!("{own}/held"), &[("form", &of_team), ("decision", "reject"), ("id", "0190-x")])
        .expect(303);
    team.post(&format!("{own}/credentials/world-token/revoke"), &[("form", &of_team)]).expect(303);
    customer.post("/console/sign-out", &[("form", &form)]).expect(303);
    // What is refused because of its sender is not listed.
    team.post(&format!("{own}/settings/state"), &[("form", "wrong")]).expect(403);
    world.browser().post(&format!("{own}/settings/state"), &pause).expect(403);
    world.customer(&world.beta).post(&format!("{own}/setup/finish"), &[("form", &form)]).expect(404);
    let page = team.get(&format!("{own}/audit"));
    let rows_of_acme = rows(&page);
    let expected = [
        ("setup-link:", "Signed out | – | done"),
        ("administrator:", "Revoked a credential | world-token | done"),
        ("administrator:", "Decided about held changes: reject | 0190-x | done"),
        ("administrator:", "Changed the state: paused | – | done"),
        ("setup-link:", "Created credentials on the set-up page | 0a1b | done"),
        ("setup-link:", "Accepted the conditions and enabled user provisioning | – | done"),
        ("setup-link:", "Accepted the conditions and enabled user provisioning | – | refused (400)"),
        ("setup-link:", "Opened a set-up link | – | done"),
    ];
    assert_eq!(rows_of_acme.len(), expected.len(), "{rows_of_acme:#?}");
    for (row, (who, what)) in rows_of_acme.iter().zip(expected) {
        assert!(row.starts_with("20") && row.contains(&format!(" UTC | {who}")), "{row}");
        assert!(row.ends_with(what), "{row}: {what}");
    }
    assert!(rows_of_acme[7].contains(&format!("setup-link:{id}")), "{}", rows_of_acme[7]);
    for secret in [&link, &token, &form, &of_team] {
        let secret = secret.rsplit('_').next().unwrap();
        assert!(!page.text.split("<main>").nth(1).unwrap().contains(secret), "{secret}: {page:?}");
    }
    assert!(rows(&team.get(&format!("/console/directories/{}/audit", world.beta))).len() == 1);
}

#[test]
fn sign_ins_of_the_team_are_listed() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let form = world.form_token(&team);
    team.post("/console/sign-out", &[("form", &form)]).expect(303);
    world.browser().post("/console/sign-in", &[("key", "wrong")]).expect(403);
    let made = admin(&world.scim, "POST", "/admin/console-links").unwrap().json(&json!({})).send();
    let url = made.expect(201).json()["url"].as_str().unwrap().to_owned();
    team.post(url.strip_prefix(&team.origin).unwrap(), &[]).expect(303);
    let found = rows(&team.get("/console/audit"));
    let expected = [
        "Signed in with a link | – | done",
        "Signed out | – | done",
        "Signed in with the administrator key | – | done",
    ];
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (row, expected) in found.iter().zip(expected) {
        assert!(row.contains("| administrator:") && row.ends_with(expected), "{row}");
    }
}

#[test]
fn older_actions_are_on_further_pages() {
    let Some(world) = World::new() else { return };
    let (table, acme) = (world.scim.stack().unwrap().table(), world.acme.parse().unwrap());
    for at in 0..120 {
        let action = Action {
            by: "test".into(),
            what: "/x".into(),
            target: Some(at.to_string()),
            choice: None,
            status: 200,
        };
        block_on(store(&table, Some(&acme), &action)).unwrap();
        // Two of one millisecond have no order.
        std::thread::sleep(Duration::from_millis(2));
    }
    let mut team = world.team();
    let mut path = Some(format!("/console/directories/{}/audit", world.acme));
    let mut seen = Vec::new();
    while let Some(next) = path {
        let page = team.get(&next);
        assert!(page.text.len() <= 40 * 1024);
        seen.extend(rows(&page).iter().map(|row| row.split(" | ").nth(3).unwrap().parse::<u32>().unwrap()));
        let more =
            page.text.split_once("audit?before=").map(|(_, rest)| rest.split('"').next().unwrap().to_owned());
        path = more.map(|more| format!("/console/directories/{}/audit?before={more}", world.acme));
    }
    assert_eq!(seen, (0..120).rev().collect::<Vec<_>>());
    team.get(&format!("/console/directories/{}/audit?before={}", world.acme, "9".repeat(2000))).expect(404);
    // After a year DynamoDB removes them, a few days late.
    assert!(
        world
            .snapshot()
            .iter()
            .filter(|item| item.contains("audit#"))
            .all(|item| item.contains("\"expires\""))
    );
}

#[test]
fn an_action_that_cannot_be_listed_is_done_and_logged() {
    let Some(world) = World::new() else { return };
    let stack = world.scim.stack().unwrap();
    let misbehaving = Misbehaving::start(stack.dynamodb_url(), 1, Duration::ZERO, None);
    misbehaving.calm_down();
    let table = Table::new(misbehaving.client(), world.scim.table());
    let instance = Instance::on(&world.scim, table, DEPLOYMENT_SECRET, KEY).unwrap();
    let send = |request: http::request::Builder, body: String| {
        let request = request.header("x-forwarded-proto", "https").header("host", "example.com");
        instance.send(request.header("origin", "https://example.com"), body)
    };
    let (parts, _) = send(Request::post("/console/sign-in"), format!("key={KEY}"));
    let cookie = parts.headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let path = format!("/console/directories/{}/credentials/world-token/revoke", world.acme);
    let (_, page) = send(Request::get(&path).header("cookie", &cookie), String::new());
    let form = page.split_once(r#"name="form" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    misbehaving.refuse(Some(Hostility::Throttled("TransactWriteItems")));
    let (parts, _) = send(Request::post(&path).header("cookie", &cookie), format!("form={form}"));
    drop(guard);
    assert_eq!(parts.status, 303);
    assert!(misbehaving.refused() > 0, "nothing was refused");
    assert!(log.text().contains("is not in its audit"), "{}", log.text());
    let credential = format!("/admin/directories/{}/credentials/world-token", world.acme);
    let revoked = admin(&world.scim, "GET", &credential).unwrap().send().expect(200).json();
    assert!(revoked["revoked"].is_string(), "{revoked}");
    let acme = world.acme.parse().unwrap();
    assert!(block_on(list(&stack.table(), Some(&acme), None, 9)).unwrap().0.is_empty());
}
