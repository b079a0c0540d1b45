//! Forms: only a page of this service, and of the same session, may send one. The routes are read from
//! the console.

use console::route::{Access, ROUTES};

use crate::world::{World, fields, path};

#[test]
fn no_form_of_another_page_or_session_changes_anything() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let own = world.form_token(&team);
    let other = world.form_token(&world.team());
    assert_ne!(own, other);
    let link = world.link(&world.acme);
    let before = world.snapshot();
    let mut refused = 0;
    for route in ROUTES.iter().filter(|route| route.changes()) {
        let path = path(route, &world.acme, &link);
        let (origin, longer) = (team.origin.clone(), format!("{}.evil.example", team.origin));
        let headers: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "null")],
            &[("origin", "https://evil.example")],
            &[("origin", &longer)],
            &[("sec-fetch-site", "cross-site"), ("origin", &origin)],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
        ];
        for headers in headers {
            let form = headers.iter().fold(team.form(&path, &fields(&own)), |request, (name, value)| {
                request.header(*name, *value)
            });
            let page = team.send(form);
            assert_eq!(page.status, 403, "{route:?} {headers:?}: {page:?}");
            refused += 1;
        }
        if route.access == Access::Anyone {
            continue;
        }
        for token in ["", "0", &other, &own[1..], &own.to_uppercase()] {
            let page = team.post(&path, &fields(token));
            assert_eq!(page.status, 403, "{route:?} {token}: {page:?}");
            refused += 1;
        }
    }
    assert!(refused > 80, "{refused}");
    assert_eq!(world.snapshot(), before, "something was changed");
    // As browsers send them.
    let form = team.form(&format!("/console/directories/{}/setup/enable", world.acme), &fields(&own));
    team.send(form.header("sec-fetch-site", "same-origin")).expect(303);
}

#[test]
fn a_form_that_is_too_large_is_refused() {
    let Some(world) = World::new() else { return };
    let mut browser = world.browser();
    browser.post("/console/sign-in", &[("key", &"x".repeat(140_000))]).expect(413);
}
