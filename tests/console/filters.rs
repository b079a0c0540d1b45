//! The filters of the provisioning log.

use directory::access::refusal::{self, Refusal};
use gateway::auth::token::Token;
use scim::error::Kind;
use serde_json::{Value, json};
use tests::admin::make_credential;
use tests::browser::{Browser, Page};
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::runtime::{block_on, within};

use crate::large::Large;
use crate::world::link;

/// A customer's administrator on the log of the directory of `scim`.
fn customer(scim: &Endpoint) -> (Browser, String) {
    let mut customer = Browser::new(scim);
    customer.post(&link(scim, &scim.directory().to_string()).0, &[]).expect(303);
    (customer, format!("/console/directories/{}/log", scim.directory()))
}

/// The rows of a page, without the head.
fn rows(page: &Page) -> usize {
    page.expect(200).text.matches("<tr>").count().saturating_sub(1)
}

fn set(name: &str, value: impl Into<Value>) -> Value {
    json!([{ "op": "replace", "path": name, "value": value.into() }])
}

/// The address of the link with this text, as the browser sends it.
fn address(page: &Page, text: &str) -> String {
    let (before, _) =
        page.text.split_once(&format!(">{text}</a>")).unwrap_or_else(|| panic!("{text}: {page:?}"));
    let address = before.rsplit_once("href=\"").unwrap().1;
    address.split('"').next().unwrap().replace("&amp;", "&")
}

#[test]
fn filters_of_changes_can_be_combined() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let other = scim.by_another_credential(None).unwrap();
    let token = Token::parse(other.token()).unwrap().credential;
    let [one, two] = [(); 2].map(|()| scim.create_user(&unique(), &json!({})));
    scim.patch_user(&one, &set("title", "Cook"));
    scim.patch_user(&one, &set("active", false));
    let group = scim.create_group(&unique(), std::slice::from_ref(&one));
    other.delete(&format!("/Users/{two}")).send().expect(204);
    let three = other.create_user(&unique(), &json!({}));
    let (mut customer, log) = customer(&scim);
    let mut page = |query: &str| customer.get(&format!("{log}?{query}"));
    assert!(within(20, || rows(&page("type=user")) == 6 && rows(&page("type=group")) == 2));
    let (past, future) = ("2020-01-31T00:00", "2120-01-31T00:00");
    for (query, count) in [
        ("action=created&type=user".to_owned(), 3),
        ("action=changed&type=user".to_owned(), 2),
        ("action=disabled".to_owned(), 1),
        ("action=enabled".to_owned(), 0),
        ("action=members".to_owned(), 1),
        ("action=deleted".to_owned(), 1),
        (format!("credential={token}"), 2),
        (format!("credential={token}&action=created"), 1),
        (format!("credential={token}&type=group"), 0),
        (format!("resource={one}"), 3),
        (format!("resource={two}"), 2),
        (format!("resource={group}"), 2),
        (format!("resource={two}&credential={token}"), 1),
        (format!("resource={one}&action=disabled"), 1),
        (format!("resource={one}&type=group"), 0),
        (format!("type=user&from={past}&until={future}"), 6),
        (format!("type=user&from={future}"), 0),
        (format!("type=user&until={past}"), 0),
        (format!("resource={one}&from={future}"), 0),
        (format!("resource={one}&until={past}"), 0),
        (
            format!(
                "type=user&action=created&credential={token}&from={past}&until={future}&resource={three}"
            ),
            1,
        ),
    ] {
        let found = page(&query);
        assert_eq!(rows(&found), count, "{query}: {found:?}");
        if count == 0 {
            found.shows("No change fits the filter.");
        }
    }
    page("type=other").shows("Directory created");
    page(&format!("credential={token}&action=deleted")).shows(&two);
    // What is wrong is not ignored.
    for wrong in [
        "resource=ana@ex.io",
        "action=x",
        "type=x",
        "from=yesterday",
        "until=2027-02-30T00:00",
        "credential=A%23b",
    ] {
        let wrong = page(wrong);
        assert_eq!(rows(&wrong), 0, "{wrong:?}");
        wrong.shows(r#"role="alert""#);
        assert!(!wrong.text.contains("ana@ex.io"), "{wrong:?}");
    }
    // Nor does a customer see the access tokens of the team.
    let secret = json!({ "label": "Token of the team", "scopes": ["events"] });
    make_credential(&scim, &scim.directory().to_string(), &secret).unwrap();
    assert!(!page("").text.contains("Token of the team"));
    let mut team = Browser::new(&scim);
    team.sign_in(scim.stack().unwrap().administrator_key());
    team.get(&log).shows("Token of the team").shows("Find the id by a name or an address");
    // The form has what is set, and a customer is not led to the pages of people.
    let page = page(&format!("type=user&credential={token}&from={past}"));
    page.shows(r#"<option value="user" selected>"#).shows(&format!(r#"<option value="{token}" selected>"#));
    page.shows(&format!(r#"value="{past}""#)).shows("<details open>");
    assert!(!page.text.contains("/people"), "{page:?}");
}

#[test]
fn filters_of_refused_requests_can_be_combined() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let (one, token) = (Large::person(1), "c2");
    for (kind, method, resource, target, credential) in [
        (Kind::Uniqueness, "POST", "User", None, "c1"),
        (Kind::InvalidValue, "PATCH", "User", Some(one.clone()), "c1"),
        (Kind::NotFound, "PATCH", "Group", Some(Large::person(2)), token),
        (Kind::InvalidFilter, "GET", "User", None, token),
    ] {
        let (method, resource) = (method.to_owned(), Some(resource.to_owned()));
        let credential = credential.parse().unwrap();
        let refusal =
            Refusal { kind, method, resource, target, user_name: None, attribute: None, credential };
        let table = scim.stack().unwrap().table();
        block_on(refusal::record(&table, &scim.directory(), &refusal, 1)).unwrap();
    }
    let (mut customer, log) = customer(&scim);
    let mut page = |query: &str| customer.get(&format!("{log}?show=refused{query}"));
    assert_eq!(rows(&page("")), 4);
    let (past, future) = ("2020-01-31T00:00", "2120-01-31T00:00");
    for (query, count) in [
        ("&action=created".to_owned(), 1),
        ("&action=changed".to_owned(), 2),
        ("&action=looked-up".to_owned(), 1),
        ("&action=deleted".to_owned(), 0),
        ("&type=user".to_owned(), 3),
        ("&type=group".to_owned(), 1),
        (format!("&credential={token}"), 2),
        (format!("&credential={token}&type=user"), 1),
        (format!("&resource={one}"), 1),
        (format!("&resource={one}&credential={token}"), 0),
        (format!("&from={past}&until={future}"), 4),
        (format!("&from={future}"), 0),
        (format!("&until={past}"), 0),
    ] {
        let found = page(&query);
        assert_eq!(rows(&found), count, "{query}: {found:?}");
    }
    // The filter stays on the way to the changes, as far as it is one of changes.
    let found = page(&format!("&action=looked-up&type=user&credential={token}"));
    assert_eq!(address(&found, "Changes"), format!("{log}?type=user&credential={token}"));
    let found = page("&action=created&type=user");
    assert_eq!(address(&found, "Changes"), format!("{log}?action=created&type=user"));
    assert_eq!(address(&found, "Without the filter"), format!("{log}?show=refused"));
}

/// The filter stays over all pages, and each page reads a bounded part of the log.
#[test]
fn a_search_continues_on_the_next_pages() {
    let Some(scim) = Endpoint::empty_directory() else { return };
    let large = Large::write(&scim, 2_000);
    let (mut customer, log) = customer(&scim);
    // The only event of this access token is the oldest one.
    let mut page = customer.get(&format!("{log}?credential=rare&type=user"));
    let mut pages = 1;
    while page.text.contains(">continue</a>") {
        assert_eq!(rows(&page), 0, "{page:?}");
        page.shows("Only a part of the log was searched");
        let next = address(&page, "continue");
        assert!(next.contains("credential=rare") && next.contains("type=user"), "{next}");
        (page, pages) = (customer.get(&next), pages + 1);
    }
    assert_eq!((rows(&page), pages), (1, 7), "{page:?}");
    // All of a type: each once.
    let (mut next, mut seen) = (format!("{log}?type=group"), Vec::new());
    loop {
        let page = customer.get(&next);
        seen.extend(
            page.text.split("?change=").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
        if !page.text.contains(">Older changes</a>") && !page.text.contains(">continue</a>") {
            break;
        }
        next = address(&page, if page.text.contains(">continue</a>") { "continue" } else { "Older changes" });
        assert!(next.contains("type=group"), "{next}");
    }
    let expected: Vec<_> = (1..=2_000).rev().filter(|at| at % 50 == 0).map(|at| at.to_string()).collect();
    assert_eq!(seen, expected);
    // A time range begins and ends where it should: about 21 minutes are between two events.
    let minute = |at| large.minute(at);
    let page = customer.get(&format!("{log}?from={}&until={}", minute(701), minute(710)));
    assert_eq!(rows(&page), 10, "{page:?}");
    page.shows("change=701\"").shows("change=710\"");
    let page = customer.get(&format!("{log}?from={}&until={}", minute(601), minute(710)));
    assert_eq!(rows(&page), 50, "{page:?}");
    let page = customer.get(&address(&page, "Older changes"));
    assert_eq!(rows(&page), 50, "{page:?}");
    let page = customer.get(&address(&page, "Older changes"));
    assert_eq!(rows(&page), 10, "{page:?}");
    assert!(!page.text.contains("Older changes") && !page.text.contains("continue"), "{page:?}");
    // One person, by the chain of events.
    let page = customer.get(&format!("{log}?resource={}", Large::person(7)));
    assert_eq!(rows(&page), 2, "{page:?}");
    page.shows("User created").shows("displayName, title");
    assert!(!page.text.contains("canary") && !page.text.contains("Canary"), "{page:?}");
}
