//! People and groups: found by exact values, masked until they are shown.

use http::Request;
use serde_json::{Value, json};
use tests::browser::{Browser, Page};
use tests::deployment::DEPLOYMENT_SECRET;
use tests::directories;
use tests::endpoint::Endpoint;
use tests::instance::Instance;
use tests::log::Log;
use tests::names::unique;
use tests::people::member_values;
use tests::runtime::within;

use crate::sign_in::{CURRENT, signed_in};
use crate::world::{PERSON, World, name};

/// The team in a new directory.
struct Team {
    scim: Endpoint,
    browser: Browser,
    /// The path of the directory.
    own: String,
    form: String,
}

impl Team {
    fn new(profile: &str) -> Option<Self> {
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
    fn both(&mut self, path: &str) -> (Page, Page) {
        let path = format!("{}/{path}", self.own);
        let masked = self.browser.get(&path);
        let shown = self.browser.post(&path, &[("form", &self.form), ("after", "")]);
        masked.expect(200);
        shown.expect(200);
        (masked, shown)
    }
}

fn email(address: &str, kind: &str) -> Value {
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
fn a_person_is_masked_until_the_names_are_shown() {
    let Some(mut team) = Team::new("standard") else { return };
    let canary = |what: &str| format!("canary{what}{}", unique());
    let (user_name, display, given, family) = (canary("a"), canary("b"), canary("c"), canary("d"));
    let (external, address, title) = (canary("e"), canary("f"), canary("g"));
    let (group_name, login) = (canary("h"), canary("i"));
    let id = team.scim.create_user(
        &format!("{user_name}@ex.io"),
        &json!({ "displayName": display, "name": { "givenName": given, "familyName": family }, "externalId": external,
            "emails": [email(&format!("{address}@ex.io"), "work")], "title": title, "active": false }),
    );
    // One without a display name is called by the user name.
    let plain = team.scim.create_user(&format!("{login}@ex.io"), &json!({}));
    let group = team.scim.create_group(&group_name, &[id.clone(), plain.clone()]);
    let person = format!("people/{id}");
    assert!(within(20, || {
        let page = team.browser.get(&format!("{}/{person}", team.own));
        page.text.contains("User created") && page.text.contains(&group)
    }));
    let (masked, shown) = team.both(&person);
    masked.shows("not active").shows("Show names and addresses").shows("@ex.io").shows("c…");
    for value in [&user_name, &display, &given, &family, &external, &address, &group_name] {
        assert!(!masked.text.contains(value.as_str()), "{value}: {masked:?}");
        shown.shows(value);
    }
    assert!(!shown.text.contains(&title), "only names and addresses are shown: {shown:?}");
    shown.shows("The audit log says so");
    let (masked, shown) = team.both(&format!("groups/{group}"));
    masked.shows("about 2").shows(&format!("{}/{person}", team.own)).shows("Group created");
    for value in [&group_name, &display, &login] {
        assert!(!masked.text.contains(value.as_str()), "{value}: {masked:?}");
        shown.shows(value);
    }
    let again = team.browser.get(&format!("{}/{person}", team.own));
    assert!(!again.text.contains("canary"), "{again:?}");
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

#[test]
fn who_sees_personal_data_is_in_the_audit_log_which_has_none() {
    let Some(world) = World::new() else { return };
    let instance = Instance::new(&world.scim, DEPLOYMENT_SECRET, CURRENT).unwrap();
    let log = Log::default();
    let guard = tracing::subscriber::set_default(log.subscriber());
    let cookie = signed_in(&instance);
    let send = |request: http::request::Builder, body: String| {
        let request = request.header("x-forwarded-proto", "https").header("host", "example.com");
        let request = request.header("origin", "https://example.com").header("cookie", &cookie);
        instance.send(request, body)
    };
    let own = format!("/console/directories/{}", world.acme);
    let page = format!("{own}/people/{PERSON}");
    let shown = |log: &Log| -> Vec<Value> {
        let lines =
            log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Value>>();
        lines.into_iter().filter(|line| line["message"] == "personal data was shown").collect()
    };
    let (_, masked) = send(Request::get(&page), String::new());
    let form = masked.split_once(r#"name="form" value=""#).unwrap().1.split_once('"').unwrap().0.to_owned();
    let look_up = format!("form={form}&type=User&by=userName&value={}%40ex.io", world.acme);
    let (parts, _) = send(Request::post(format!("{own}/people")), look_up);
    assert_eq!((parts.status.as_u16(), parts.headers["location"].to_str().unwrap()), (303, &*page));
    assert_eq!(shown(&log).len(), 0, "nothing was shown");
    let (_, text) = send(Request::post(&page), format!("form={form}"));
    drop(guard);
    assert!(text.contains(&name(&world.acme)) && !masked.contains(&name(&world.acme)), "{text}");
    let lines = shown(&log);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert_eq!((&lines[0]["audit"], &lines[0]["resource"]), (&json!(true), &json!(PERSON)));
    assert_eq!(lines[0]["directory"], json!(world.acme));
    assert!(lines[0]["actor"].as_str().unwrap().starts_with("administrator:"), "{lines:?}");
    for personal in [name(&world.acme), format!("{}@ex.io", world.acme), format!("{}%40ex.io", world.acme)] {
        assert!(!log.text().contains(&personal), "{personal}: {}", log.text());
    }
}

/// The two people have the same id.
#[test]
fn nothing_of_another_directory_is_on_a_page() {
    let Some(world) = World::new() else { return };
    let mut team = world.team();
    let form = world.form_token(&team);
    for (own, other) in [(&world.acme, &world.beta), (&world.beta, &world.acme)] {
        let path = format!("/console/directories/{own}/people/{PERSON}");
        let page = team.post(&path, &[("form", &form)]);
        page.expect(200).shows(&name(own)).shows(&format!("Group of {own}"));
        assert!(!page.text.contains(other.as_str()), "{page:?}");
        let fields =
            [("form", &*form), ("type", "User"), ("by", "userName"), ("value", &format!("{other}@ex.io"))];
        team.post(&format!("/console/directories/{own}/people"), &fields).expect(200).shows("No person");
    }
}
