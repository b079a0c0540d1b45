//! People and groups: found by exact values, with their history.

use serde_json::{Value, json};
use tests::browser::{Browser, Page};
use tests::directories;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::member_values;
use tests::runtime::within;

/// The team in a new directory.
pub(crate) struct Team {
    pub(crate) scim: Endpoint,
    pub(crate) browser: Browser,
    /// The path of the directory.
    pub(crate) own: String,
    form: String,
}

impl Team {
    pub(crate) fn new(profile: &str) -> Option<Self> {
        Self::of(Endpoint::empty_directory_of(profile)?)
    }

    fn of(scim: Endpoint) -> Option<Self> {
        let mut browser = Browser::new(&scim);
        browser.sign_in(scim.stack().unwrap().administrator_key());
        let own = format!("/console/directories/{}", scim.directory());
        let form = browser.get(&own).expect(200).field("form");
        Some(Self { scim, browser, own, form })
    }

    fn look_up(&mut self, kind: &str, by: &str, value: &str) -> Page {
        let fields = [("form", &*self.form), ("type", kind), ("by", by), ("value", value)];
        let page = self.browser.post(&format!("{}/people", self.own), &fields);
        assert!(value.len() < 8 || !page.text.contains(value), "a value is shown again: {page:?}");
        page
    }

    /// The page of a person or group, and the same page with names.
    pub(crate) fn both(&mut self, path: &str) -> (Page, Page) {
        let path = format!("{}/{path}", self.own);
        let masked = self.browser.get(&path);
        let shown = self.browser.post(&path, &[("form", &self.form), ("after", "")]);
        masked.expect(200);
        shown.expect(200);
        (masked, shown)
    }
}

pub(crate) fn email(address: &str, kind: &str) -> Value {
    json!({ "value": address, "type": kind })
}

#[test]
fn each_value_finds_its_person_or_group() {
    let Some(mut team) = Team::new("standard") else { return };
    let (one, other, tail) = (unique(), unique(), unique());
    let work = format!("{one}@work.example");
    let person = team.scim.create_user(
        &format!("{one}@ex.io"),
        &json!({ "externalId": format!("Ext-{one}"), "emails": [email(&work, "work")] }),
    );
    let group = team.scim.create_group(&format!("Sales {one}"), &[]);
    let set = json!([{ "op": "add", "path": "externalId", "value": format!("Ext-{other}") }]);
    team.scim.patch(&format!("/Groups/{group}"), &set).send().expect(200);
    let path = |id: &str| format!("{}/people/{id}", team.own);
    let (person_page, group_page) = (path(&person), format!("{}/groups/{group}", team.own));
    for (kind, by, value, page) in [
        ("User", "userName", format!("{one}@ex.io"), &person_page),
        ("User", "userName", format!(" {}@EX.IO ", one.to_uppercase()), &person_page),
        ("User", "externalId", format!("Ext-{one}"), &person_page),
        ("User", "emails.value", work, &person_page),
        ("User", "id", person.clone(), &person_page),
        ("Group", "displayName", format!("sales {one}"), &group_page),
        ("Group", "externalId", format!("Ext-{other}"), &group_page),
        ("Group", "id", group.clone(), &group_page),
    ] {
        let found = team.look_up(kind, by, &value);
        assert_eq!(found.expect(303).header("location"), page, "{kind} {by} {value}");
        team.browser.get(page).expect(200).shows(page.rsplit('/').next().unwrap());
    }
    // Exact values only, of this type and this directory.
    let elsewhere = Endpoint::empty_directory().unwrap();
    let foreign = elsewhere.create_user(&format!("{tail}@ex.io"), &json!({}));
    for (kind, by, value) in [
        ("User", "userName", one.clone()),
        ("User", "userName", format!("{tail}@ex.io")),
        ("User", "externalId", format!("ext-{one}")),
        ("User", "emails.value", format!("{one}@ex.io")),
        ("User", "id", group.clone()),
        ("User", "id", foreign),
        ("User", "id", format!("{one}\" or id pr")),
        ("User", "userName", "x\" or userName pr or userName eq \"".to_owned()),
        ("User", "userName", String::new()),
        ("Group", "displayName", "x".repeat(5_000)),
        ("Group", "id", "y".repeat(5_000)),
    ] {
        team.look_up(kind, by, &value)
            .expect(200)
            .shows(r#"role="alert""#)
            .shows(" of this directory has this ");
    }
    for (kind, by) in [("User", "title"), ("Group", "userName"), ("", "")] {
        team.look_up(kind, by, "Cook").expect(409);
    }
}

#[test]
fn a_value_of_several_people_leads_to_each() {
    let Some(mut team) = Team::new("standard") else { return };
    let shared = format!("shared-{}@ex.io", unique());
    let more = json!({ "emails": [email(&shared, "work")], "displayName": "Canary" });
    let ids: Vec<String> = (0..3).map(|_| team.scim.create_user(&unique(), &more)).collect();
    let page = team.look_up("User", "emails.value", &shared);
    page.expect(200).shows("3 have this e-mail address");
    for id in &ids {
        page.shows(&format!(r#"href="{}/people/{id}""#, team.own));
    }
    assert!(!page.text.contains("Canary"), "{page:?}");
}

/// Otherwise all resources would be read.
#[test]
fn what_has_no_index_is_not_searched() {
    let Some(mut team) = Team::new("kintone") else { return };
    team.scim.create_user(&unique(), &json!({}));
    team.look_up("Group", "displayName", "Sales")
        .expect(200)
        .shows("Groups of this directory cannot be looked up");
    let page = team.look_up("User", "emails.value", "ana@ex.io");
    page.expect(200).shows("People of this directory cannot be looked up by e-mail address");
    // An index that is being filled does not have all.
    let stack = Endpoint::shared().stack().unwrap();
    let mut record = directories::record(&stack.profiles().get("standard").unwrap());
    record.indexed =
        record.indexed.map(|all| all.into_iter().filter(|one| !one.contains("emails")).collect());
    let token = directories::put(&stack.table(), &record);
    let mut team = Team::of(Endpoint::shared().with_token(&token)).unwrap();
    let page = team.look_up("User", "emails.value", "ana@ex.io");
    page.expect(200).shows("People of this directory cannot be looked up by e-mail address");
    team.look_up("User", "externalId", "canary-7").expect(200).shows("No person of this directory");
}

#[test]
fn a_deleted_person_has_a_history() {
    let Some(mut team) = Team::new("standard") else { return };
    let name = format!("canary{}", unique());
    let id = team.scim.create_user(&name, &json!({ "title": "Cook" }));
    let path = format!("/Users/{id}");
    let replace = |value: &str| json!([{ "op": "replace", "path": "title", "value": value }]);
    team.scim.patch(&path, &replace("Baker")).send().expect(200);
    let page = format!("{}/people/{id}", team.own);
    let refused = json!([{ "op": "replace", "path": "active", "value": "maybe" }]);
    // A slow write of a refused request is dropped.
    assert!(within(20, || {
        team.scim.patch(&path, &refused).send().error(400, "invalidValue");
        team.browser.get(&page).text.contains("A value is not accepted")
    }));
    team.scim.delete(&path).send().expect(204);
    let complete = |text: &str| {
        ["User deleted", "User updated", "User created", "A value is not accepted"]
            .iter()
            .all(|part| text.contains(part))
    };
    assert!(within(20, || complete(&team.browser.get(&page).text)), "{:?}", team.browser.get(&page));
    let (masked, shown) = team.both(&format!("people/{id}"));
    for page in [&masked, &shown] {
        page.shows("deleted").shows("title").shows("Change a user");
        let order: Vec<_> =
            ["User deleted", "User updated", "User created"].map(|what| page.text.find(what)).into();
        assert!(order.is_sorted(), "the newest first: {page:?}");
        assert!(!page.text.contains(&name) && !page.text.contains("Show names"), "{page:?}");
    }
    // By its id only.
    assert_eq!(team.look_up("User", "id", &id).expect(303).header("location"), page);
    team.look_up("User", "userName", &name).expect(200).shows("found by the id only");
    for unknown in ["0190c0de-0000-7000-8000-00000000ffff", "ana@ex.io", "x"] {
        for folder in ["people", "groups"] {
            team.browser.get(&format!("{}/{folder}/{unknown}", team.own)).expect(404);
        }
    }
    team.browser.get(&format!("{}/groups/{id}", team.own)).expect(404);
}

/// Groups and members that one page shows are few; the next page begins after them.
#[test]
fn many_groups_and_members_are_on_pages() {
    let Some(mut team) = Team::new("standard") else { return };
    let ids: Vec<String> = (0..60).map(|_| team.scim.create_user(&unique(), &json!({}))).collect();
    let groups: Vec<String> = (0..25).map(|_| team.scim.create_group(&unique(), &ids[..1])).collect();
    let members = json!([{ "op": "add", "path": "members", "value": member_values(&ids) }]);
    team.scim
        .patch(&format!("/Groups/{}?excludedAttributes=members", groups[0]), &members)
        .send()
        .expect(200);
    let mut pages = |path: String, more: &str| {
        let first = team.browser.get(&path);
        let link = first.text.split_once("?after=").unwrap_or_else(|| panic!("{first:?}")).1;
        let second = team.browser.get(&format!("{path}?after={}", link.split_once('"').unwrap().0));
        assert!(first.text.contains(more) && !second.text.contains(more), "{second:?}");
        [first.text, second.text]
    };
    let own = team.own.clone();
    let count = |pages: &[String; 2], of: &[String], folder: &str| {
        let link = |id: &String| format!(r#"{own}/{folder}/{id}""#);
        pages.each_ref().map(|page| of.iter().filter(|id| page.contains(&link(id))).count())
    };
    let of_group = pages(format!("{own}/groups/{}", groups[0]), "More members");
    assert_eq!(count(&of_group, &ids, "people"), [50, 10]);
    let of_person = pages(format!("{own}/people/{}", ids[0]), "More groups");
    assert_eq!(count(&of_person, &groups, "groups"), [20, 5]);
    // The page that was masked is the one that is shown.
    let after = of_group[0].split_once("?after=").unwrap().1.split_once('"').unwrap().0;
    let path = format!("{own}/groups/{}", groups[0]);
    let shown = team.browser.post(&path, &[("form", &team.form), ("after", after)]).expect(200).text.clone();
    assert!(shown.contains(ids.last().unwrap()) && !shown.contains(&ids[0]), "{shown}");
}
