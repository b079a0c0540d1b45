//! Set-up links: opened once, by a form, while they last.

use aws_sdk_dynamodb::types::AttributeValue;
use directory::access::setup_link;
use directory::clock::seconds;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::browser::Browser;
use tests::deployment::deployment;
use tests::runtime::{at_once, block_on};

use crate::world::{World, fields, name};

#[test]
fn programs_that_open_links_do_not_use_one_up() {
    let Some(world) = World::new() else { return };
    let (link, _) = world.link(&world.acme);
    let before = world.snapshot();
    let mut scanner = world.browser();
    for at in 0..100 {
        let request = scanner.request(if at % 10 == 0 { "HEAD" } else { "GET" }, &link);
        let request = if at % 3 == 0 { request.header("sec-purpose", "prefetch") } else { request };
        let page = scanner.send(request);
        assert_eq!((page.status, page.header("set-cookie")), (200, ""), "{page:?}");
    }
    assert_eq!(world.snapshot(), before, "opening a link changes nothing");
    let mut customer = world.browser();
    customer.get(&link).expect(200).shows(&name(&world.acme));
    let begun = customer.post(&link, &[]);
    assert_eq!(begun.expect(303).header("location"), format!("/console/directories/{}/setup", world.acme));
    customer.get(begun.header("location")).expect(200).shows(&name(&world.acme));
}

#[test]
fn a_link_works_once() {
    let Some(world) = World::new() else { return };
    let (link, _) = world.link(&world.acme);
    let sent: Vec<_> = (0..8)
        .map(|_| {
            let browser = world.browser();
            browser.form(&link, &[]).header("origin", &browser.origin).send()
        })
        .collect();
    let answers = at_once(8, sent);
    let opened = answers.iter().filter(|answer| answer.as_ref().unwrap().status() == 303).count();
    assert_eq!(opened, 1);
    let mut late = world.browser();
    late.post(&link, &[]).expect(410).shows("opened already");
    late.get(&link).expect(410).shows("opened already");
    assert_eq!(late.cookie, None);
}

#[test]
fn revoked_replaced_expired_and_altered_links_open_nothing() {
    let Some(world) = World::new() else { return };
    let path = format!("/admin/directories/{}/setup-links", world.acme);
    let (replaced, _) = world.link(&world.acme);
    let (revoked, id) = world.link(&world.acme);
    admin(&world.scim, "DELETE", &format!("{path}/{id}")).unwrap().send().expect(204);
    let (table, acme) = (world.scim.stack().unwrap().table(), world.acme.parse().unwrap());
    let (deployment, past) = (deployment(), seconds() - 1);
    let made = setup_link::create(&table, &acme, &deployment, "test", past);
    let (expired, _) = block_on(made).unwrap();
    let expired = format!("/setup/{}", expired.expose_secret());
    let (good, _) = world.link(&world.acme);
    let altered = good.replace(&world.acme, &world.beta);
    let resigned = deployment.with_checksum(&altered[..altered.len() - 8].replace("/setup/", ""));
    let mut browser = world.browser();
    for (link, status) in [
        (&replaced, 410),
        (&revoked, 410),
        (&expired, 410),
        (&altered, 404),
        (&format!("/setup/{resigned}"), 404),
        (&good[..good.len() - 1].to_owned(), 404),
        (&"/setup/x".to_owned(), 404),
    ] {
        for page in [browser.get(link), browser.post(link, &[])] {
            assert_eq!((page.status, page.header("set-cookie")), (status, ""), "{link}: {page:?}");
            assert!(
                !page.text.contains(&name(&world.acme)) && !page.text.contains(&name(&world.beta)),
                "{page:?}"
            );
        }
    }
    let listed = admin(&world.scim, "GET", &path).unwrap().send().expect(200).json();
    let states: Vec<&Value> = listed["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["revoked", "revoked", "expired", "open"]);
    assert!(!listed.to_string().contains("hash") && !listed.to_string().contains("rl_"), "{listed}");
    browser.post(&good, &[]).expect(303);
    admin(&world.scim, "DELETE", &format!("{path}/unknown")).unwrap().send().error(404, "");
}

#[test]
fn a_link_lasts_thirty_days_at_most() {
    let Some(world) = World::new() else { return };
    let path = format!("/admin/directories/{}/setup-links", world.acme);
    let make = |body: Value| admin(&world.scim, "POST", &path).unwrap().json(&body).send();
    for days in [0, 31, -1] {
        make(json!({ "days": days })).error(400, "invalidValue");
    }
    assert_eq!(make(json!({ "days": 1 })).expect(201).json()["state"], "open");
    let unknown = "/admin/directories/unknown/setup-links";
    admin(&world.scim, "POST", unknown).unwrap().json(&json!({})).send().error(404, "");
}

#[test]
fn a_directory_that_is_being_erased_has_no_links_and_no_sessions() {
    let Some(world) = World::new() else { return };
    let mut customer = world.customer(&world.acme);
    let (link, _) = world.link(&world.acme);
    let own = format!("/console/directories/{}/setup", world.acme);
    customer.get(&own).expect(200);
    admin(&world.scim, "DELETE", &format!("/admin/directories/{}", world.acme)).unwrap().send().expect(202);
    customer.get(&own).expect(404);
    customer.get(&link).expect(404);
    customer.post(&link, &[]).expect(404);
}

/// The states of the links of `directory`, as the administration API lists them.
fn states(world: &World, directory: &str) -> Vec<String> {
    let path = format!("/admin/directories/{directory}/setup-links");
    let listed = admin(&world.scim, "GET", &path).unwrap().send().expect(200).json();
    let links = listed["items"].as_array().unwrap();
    links.iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn of_links_that_are_created_at_once_one_can_be_opened() {
    let Some(world) = World::new() else { return };
    let team = world.team();
    let form = world.form_token(&team);
    let path = format!("/console/directories/{}/setup-links", world.acme);
    let sent: Vec<_> = (0..4)
        .map(|_| {
            let request = team.form(&path, &[("form", &form)]).header("origin", &team.origin);
            async move { request.send().await.unwrap().text().await.unwrap() }
        })
        .collect();
    let links: Vec<String> = at_once(4, sent)
        .iter()
        .map(|page| {
            let (_, rest) = page.split_once(&format!("{}/setup/", team.origin)).expect("a link");
            format!("/setup/{}", rest.split_once('"').unwrap().0)
        })
        .collect();
    let found = states(&world, &world.acme);
    assert_eq!(found.iter().filter(|state| *state == "open").count(), 1, "{found:?}");
    let opened: Vec<u16> = links.iter().map(|link| world.browser().post(link, &[]).status).collect();
    assert_eq!(opened.iter().filter(|status| **status == 303).count(), 1, "{opened:?}");
    assert_eq!(opened.iter().filter(|status| **status == 410).count(), 3, "{opened:?}");
}

#[test]
fn a_link_that_was_replaced_cannot_be_opened_although_it_is_not_revoked() {
    let Some(world) = World::new() else { return };
    let (replaced, id) = world.link(&world.acme);
    let (newest, _) = world.link(&world.acme);
    // As if the service had stopped before it revoked the link.
    let client = world.scim.stack().unwrap().client();
    let update = client
        .update_item()
        .table_name(world.scim.table())
        .key("PK", AttributeValue::S(format!("D#{}", world.acme)))
        .key("SK", AttributeValue::S(format!("setup-link#{id}")))
        .update_expression("REMOVE #r")
        .expression_attribute_names("#r", "revoked");
    block_on(update.send()).unwrap();
    assert_eq!(states(&world, &world.acme), ["open", "open"]);
    world.browser().post(&replaced, &[]).expect(410).shows("opened or replaced");
    world.browser().post(&newest, &[]).expect(303);
}

/// Whether the browser's session goes on. Each of its pages and forms is refused after its end.
fn goes_on(world: &World, browser: &Browser, form: &str) -> bool {
    let mut browser = browser.clone();
    let own = format!("/console/directories/{}", world.acme);
    let page = browser.get(&format!("{own}/setup"));
    if page.status == 200 {
        return true;
    }
    for page in ["/setup", "/log", "/credentials", "/clients"] {
        assert_eq!(browser.get(&format!("{own}{page}")).expect(303).header("location"), "/console");
    }
    for path in ["/setup/enable", "/setup/credentials", "/credentials", "/clients", "/setup/finish"] {
        browser.post(&format!("{own}{path}"), &fields(form)).expect(403).shows("session is over");
    }
    false
}

#[test]
fn the_team_ends_the_session_of_a_link() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let own = format!("/console/directories/{}", world.acme);
    let ((link, id), mut customer) = (world.link(&world.acme), world.browser());
    team.get(&own).shows("Withdraw</button>");
    customer.post(&link, &[]).expect(303);
    let (other, form) = (world.customer(&world.acme), world.form_token(&customer));
    let form_of_other = world.form_token(&other);
    assert_eq!(team.get(&own).text.matches("End the session</button>").count(), 2);
    assert!(goes_on(&world, &customer, &form));
    let of_team = world.form_token(&team);
    let ended = team.post(&format!("{own}/setup-links/{id}"), &[("form", &of_team)]);
    assert_eq!(ended.expect(303).header("location"), own);
    let before = world.snapshot();
    assert!(!goes_on(&world, &customer, &form));
    assert_eq!(world.snapshot(), before, "something was changed");
    assert!(goes_on(&world, &other, &form_of_other), "the session of another link goes on");
    let page = team.get(&own);
    assert_eq!(page.shows("session ended").text.matches("End the session</button>").count(), 1);
    // The command does the same. A new link begins a new session.
    let (link, id) = world.link(&world.acme);
    customer.post(&link, &[]).expect(303);
    let form = world.form_token(&customer);
    assert!(goes_on(&world, &customer, &form));
    let path = format!("/admin/directories/{}/setup-links/{id}", world.acme);
    admin(&world.scim, "DELETE", &path).unwrap().send().expect(204);
    assert!(!goes_on(&world, &customer, &form));
}

#[test]
fn finish_ends_the_sessions_of_all_links() {
    let Some(world) = World::new() else { return };
    for who in ["customer", "team"] {
        let (mut one, other) = (world.customer(&world.acme), world.customer(&world.acme));
        let form = world.form_token(&other);
        let mut finisher = if who == "team" { world.team() } else { one.clone() };
        let own_form = world.form_token(&finisher);
        let finish = format!("/console/directories/{}/setup/finish", world.acme);
        let finished = finisher.post(&finish, &[("form", &own_form)]);
        assert!(matches!(finished.status, 200 | 303), "{finished:?}");
        assert!(!goes_on(&world, &other, &form), "{who}");
        one.get(&format!("/console/directories/{}/setup", world.acme)).expect(303);
    }
}
