//! Every session on every route of every directory. The routes are read from the console, so a new one
//! is covered at once.

use console::route::{Access, ROUTES, Route};
use tests::browser::{Browser, Page};
use tests::deployment::deployment;

use crate::world::{World, fields, name, path};

/// Whose session a browser has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// No valid session: none, ended, expired, or a cookie that was not issued.
    Stranger(&'static str),
    Team,
    Acme,
    Beta,
}

impl Whose {
    fn may(self, route: &Route, world: &World, directory: &str) -> bool {
        let exists = [&world.acme, &world.beta].iter().any(|id| *id == directory);
        let there = exists || !route.path.contains("{directory}");
        there
            && match (route.access, self) {
                (Access::Anyone, _) | (_, Self::Team) => true,
                (_, Self::Stranger(_)) => false,
                (Access::SignedIn, _) => true,
                (Access::Team, _) => false,
                (Access::Directory, Self::Acme) => directory == world.acme,
                (Access::Directory, Self::Beta) => directory == world.beta,
            }
    }
}

/// Browsers of every kind.
fn browsers(world: &World) -> Vec<(Whose, Browser)> {
    let with = |cookie: String| world.browser().with_cookie(Some(cookie));
    let text = |browser: &Browser| browser.cookie.clone().unwrap();
    let mut ended = world.customer(&world.acme);
    let cookie = text(&ended);
    let form = world.form_token(&ended);
    ended.post("/console/sign-out", &[("form", &form)]).expect(303);
    assert_eq!(ended.cookie, None);
    let idle = world.customer(&world.acme);
    world.age("session#", "seen", 31 * 60);
    let old = world.customer(&world.acme);
    world.age("session#", "start", 12 * 3600 + 1);
    let acme = world.customer(&world.acme);
    // Names another directory, and the team, with checksums that are right.
    let signed = |text: &str| deployment().with_checksum(&text[..text.len() - 8]);
    let renamed = signed(&text(&acme).replace(&world.acme, &world.beta).replace("rollcall=", ""));
    let promoted = signed(&format!("rt_{}", text(&acme).rsplit('_').next().unwrap()));
    vec![
        (Whose::Stranger("none"), world.browser()),
        (Whose::Stranger("ended"), with(cookie)),
        (Whose::Stranger("idle"), idle),
        (Whose::Stranger("old"), old),
        (Whose::Stranger("invented"), with("rollcall=rt_0".to_owned())),
        (Whose::Stranger("of another directory"), with(format!("rollcall={renamed}"))),
        (Whose::Stranger("of the team"), with(format!("rollcall={promoted}"))),
        (Whose::Team, world.team()),
        (Whose::Beta, world.customer(&world.beta)),
        (Whose::Acme, acme),
    ]
}

fn ask(browser: &Browser, route: &Route, path: &str, form: &str) -> Page {
    let mut browser = browser.clone();
    if route.changes() { browser.post(path, &fields(form)) } else { browser.get(path) }
}

#[test]
fn no_session_sees_or_changes_what_is_not_its_own() {
    let Some(world) = World::new() else { return };
    let browsers = browsers(&world);
    let forms: Vec<String> = browsers.iter().map(|(_, browser)| world.form_token(browser)).collect();
    let link = world.link(&world.acme);
    let directories = [&*world.acme, &world.beta, "unknown", "UNKNOWN"];
    let cells: Vec<_> = ROUTES
        .iter()
        .flat_map(|route| directories.map(|directory| (route, directory)))
        .flat_map(|(route, directory)| (0..browsers.len()).map(move |at| (route, directory, at)))
        .collect();
    let before = world.snapshot();
    let mut refused = 0;
    for (route, directory, at) in &cells {
        let (whose, browser) = &browsers[*at];
        if whose.may(route, &world, directory) {
            continue;
        }
        let page = ask(browser, route, &path(route, directory, &link), &forms[*at]);
        let what = format!("{whose:?} {route:?} {directory}: {page:?}");
        match whose {
            Whose::Stranger(_) if route.changes() => assert_eq!(page.status, 403, "{what}"),
            Whose::Stranger(_) => {
                assert_eq!((page.status, page.header("location")), (303, "/console"), "{what}")
            }
            _ => assert_eq!(page.status, 404, "{what}"),
        }
        for id in [&world.acme, &world.beta] {
            assert!(!page.text.contains(&name(id)), "{what}");
        }
        refused += 1;
    }
    assert!(refused > 200, "{refused}");
    assert_eq!(world.snapshot(), before, "something was changed");
    // Each cell that is allowed is: with browsers of its own, because some end their session.
    for (route, directory, at) in cells {
        let whose = browsers[at].0;
        if !whose.may(route, &world, directory) || matches!(route.access, Access::Anyone) {
            continue;
        }
        let browser = match whose {
            Whose::Team => world.team(),
            Whose::Acme => world.customer(&world.acme),
            Whose::Beta => world.customer(&world.beta),
            Whose::Stranger(_) => unreachable!("it may nothing"),
        };
        let form = world.form_token(&browser);
        let page = ask(
            &browser,
            route,
            &path(route, directory, &world.link(directory_of(&world, directory))),
            &form,
        );
        // Another cell may have created the credential, or used the link up.
        assert!(matches!(page.status, 200 | 303 | 409), "{whose:?} {route:?} {directory}: {page:?}");
        assert_ne!(page.header("location"), if route.path.ends_with("sign-out") { "" } else { "/console" });
    }
}

fn directory_of<'a>(world: &'a World, directory: &'a str) -> &'a str {
    if directory.starts_with("beta") { &world.beta } else { &world.acme }
}
