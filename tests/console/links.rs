//! Set-up links: opened once, by a form, while they last.

use directory::access::setup_link;
use directory::clock::seconds;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tests::admin::admin;
use tests::deployment::deployment;
use tests::runtime::block_on;

use crate::world::{World, name};

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
    let answers = tests::runtime::at_once(8, sent);
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
