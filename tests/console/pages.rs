//! What holds of every page.

use console::route::ROUTES;
use tests::browser::Page;

use crate::world::{World, fields, path};

/// The largest page, in bytes.
const LARGEST: usize = 40 * 1024;

/// What every page has, whatever it shows.
fn check(what: &str, page: &Page) {
    let policy = page.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "style-src 'sha256-",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ] {
        assert!(policy.contains(part), "{what}: {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains("http"), "{what}: {policy}");
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
        ("cross-origin-opener-policy", "same-origin"),
    ] {
        assert_eq!(page.header(name), value, "{what}: {name}");
    }
    assert!(page.text.len() <= LARGEST, "{what}: {} bytes", page.text.len());
    for part in [r#"<html lang="en">"#, "<title>", r#"name="viewport""#, "<main>", "<h1"] {
        assert!(page.text.contains(part), "{what}: {part}: {}", page.text);
    }
    assert_eq!(page.text.matches("<h1").count(), 1, "{what}");
    for foreign in ["<script", "src=", "style=\"", " onclick", "<img", "@import", "url("] {
        assert!(!page.text.contains(foreign), "{what}: {foreign}: {}", page.text);
    }
    // Each form names its fields.
    for id in page.text.split("<label for=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.text.contains(&format!("id=\"{id}\"")), "{what}: {id}");
    }
}

#[test]
fn every_page_runs_nothing_loads_nothing_and_is_small() {
    let Some(world) = World::new() else { return };
    let mut pages = 0;
    for route in ROUTES {
        let link = world.link(&world.acme);
        let path = path(route, &world.acme, &link);
        let mut team = world.team();
        let form = world.form_token(&team);
        let (mut anonymous, mut customer) = (world.browser(), world.customer(&world.beta));
        let all = if route.changes() {
            // As it should be, without a session, of another session; of another site.
            let fields = fields(&form);
            let page = team.form(&path, &fields);
            vec![
                anonymous.post(&path, &fields),
                customer.post(&path, &fields),
                anonymous.send(page),
                team.post(&path, &fields),
            ]
        } else {
            vec![team.get(&path), anonymous.get(&path), customer.get(&path)]
        };
        for page in all.iter().filter(|page| page.status != 303) {
            check(&format!("{route:?} {}", page.status), page);
            pages += 1;
        }
        for redirect in all.iter().filter(|page| page.status == 303) {
            assert_eq!(redirect.header("cache-control"), "no-store");
            assert!(redirect.header("location").starts_with("/console"), "{redirect:?}");
        }
    }
    assert!(pages > 20, "{pages}");
}

/// What is shown once is on no other page, and in no item.
#[test]
fn secrets_are_shown_once() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let own = format!("/console/directories/{}", world.acme);
    let form = world.form_token(&team);
    let link = team.post(&format!("{own}/setup-links"), &[("form", &form)]).expect(200).value("link");
    team.post(&format!("{own}/setup/enable"), &fields(&form)).expect(303);
    let token = team.post(&format!("{own}/setup/credentials"), &fields(&form)).expect(200).value("token");
    let mut more = Vec::new();
    for (path, id, field) in [
        ("credentials", "1111111111111111", "token"),
        ("credentials/world-token/rotate", "2222222222222222", "token"),
        ("clients", "3333333333333333", "secret"),
        ("clients/world-client/secrets", "4444444444444444", "secret"),
    ] {
        let others: Vec<_> = fields(&form).into_iter().filter(|(name, _)| *name != "id").collect();
        let page = team.post(&format!("{own}/{path}"), &[&others[..], &[("id", id)]].concat());
        more.push(page.expect(200).value(field));
    }
    let mut customer = world.browser();
    customer.post(link.strip_prefix(&team.origin).unwrap(), &[]).expect(303);
    let cookies = [team.cookie.clone().unwrap(), customer.cookie.clone().unwrap()];
    let secrets: Vec<String> = cookies
        .iter()
        .map(String::as_str)
        .chain([&*link, &*token, &*world.key()])
        .chain(more.iter().map(String::as_str))
        .map(|text| text.rsplit('_').next().unwrap().chars().take(64).collect())
        .collect();
    let link = (link.strip_prefix(&team.origin).unwrap().to_owned(), String::new());
    for route in ROUTES.iter().filter(|route| !route.changes()) {
        let path = path(route, &world.acme, &link);
        for browser in [&mut team, &mut customer, &mut world.browser()] {
            let page = browser.get(&path);
            for secret in &secrets {
                assert!(!page.text.contains(secret), "{route:?}: {page:?}");
            }
        }
    }
    let stored = world.snapshot().join("\n");
    for secret in &secrets {
        assert!(!stored.contains(secret), "{secret} is stored");
    }
}
