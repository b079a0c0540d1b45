//! Filters over HTTP (RFC 7644 §3.4.2.2; the filters that clients send).

use serde_json::json;
use tests::endpoint::Endpoint;
use tests::names::unique;
use tests::people::ENTERPRISE;

/// One user whose values contain a suffix of its own; `#` in a filter stands for the suffix.
struct Ana {
    id: String,
    suffix: String,
}

fn ana() -> Ana {
    let suffix = unique();
    let id = Endpoint::shared().create_user(
        &format!("Ana-{suffix}@Ex.io"),
        &json!({
            "externalId": format!("Ext-{suffix}"), "displayName": format!("Ana O'Malley {suffix}"), "active": false,
            "title": suffix, "name": { "familyName": format!("Ito {suffix}") },
            "emails": [
                { "type": "work", "value": format!("W-{suffix}@ex.io"), "primary": true },
                { "type": "home", "value": format!("h+{suffix}@ex.io") },
            ],
            ENTERPRISE: { "department": format!("R&D {suffix}"), "manager": { "value": format!("m-{suffix}") } },
        }),
    );
    Ana { id, suffix }
}

impl Ana {
    #[track_caller]
    fn found(&self, filter: &str) {
        let filter = filter.replace('#', &self.suffix);
        assert_eq!(Endpoint::shared().users_where(&filter), [self.id.as_str()], "{filter}");
    }

    #[track_caller]
    fn not_found(&self, filter: &str) {
        let filter = filter.replace('#', &self.suffix);
        let none: [&str; 0] = [];
        assert_eq!(Endpoint::shared().users_where(&filter), none, "{filter}");
    }
}

#[test]
fn every_matching_attribute_finds_its_user() {
    let ana = ana();
    for filter in [
        "userName eq \"ana-#@ex.io\"",
        "userName eq \"ANA-#@EX.IO\"",
        "externalId eq \"Ext-#\"",
        "emails[type eq \"work\"].value eq \"w-#@ex.io\"",
        "emails[type eq \"work\" and value eq \"w-#@ex.io\"]",
        "emails.value eq \"H+#@EX.IO\"",
        "emails eq \"w-#@ex.io\"",
        "emails[type eq \"work\"] eq \"w-#@ex.io\"",
        "displayName eq \"ana o'malley #\"",
        "title eq \"#\"",
        "name.familyName eq \"ito #\"",
    ] {
        ana.found(filter);
    }
    ana.found(&format!("{ENTERPRISE}:department eq \"r&d #\""));
    ana.found(&format!("{ENTERPRISE}:manager eq \"m-#\""));
    ana.found(&format!("{ENTERPRISE}:manager.value eq \"m-#\""));
    ana.found("urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"ana-#@ex.io\"");
    ana.found(&format!("id eq \"{}\"", ana.id));
}

#[test]
fn an_exact_attribute_is_compared_exactly() {
    let ana = ana();
    ana.not_found("externalId eq \"EXT-#\"");
    ana.not_found("externalId eq \"ext-#\"");
    ana.not_found(&format!("id eq \"{}\" and externalId eq \"ext-#\"", ana.id));
}

#[test]
fn operators_and_names_may_be_written_in_any_case() {
    let ana = ana();
    for filter in [
        "username EQ \"ana-#@ex.io\"",
        "USERNAME Eq \"ana-#@ex.io\"",
        "title eq \"#\" AND userName SW \"ana\"",
        "Title PR and title eq \"#\"",
        "NOT (title ne \"#\")",
        "Emails[TYPE eq \"WORK\" And Value Co \"#\"]",
    ] {
        ana.found(filter);
    }
}

#[test]
fn every_operator_compares_text() {
    let ana = ana();
    for filter in [
        "userName sw \"ana-#\"",
        "userName ew \"#@EX.IO\"",
        "userName co \"#@\"",
        "title ge \"#\" and title le \"#\"",
        "title eq \"#\" and userName ne \"x\"",
        "title eq \"#\" and userName gt \"ana\"",
        "title eq \"#\" and userName lt \"anb\"",
        "title eq \"#\" and emails pr",
    ] {
        ana.found(filter);
    }
    for filter in [
        "userName sw \"na-#\"",
        "userName ew \"#@ex\"",
        "title gt \"#\" and title lt \"#\"",
        "title eq \"#\" and nickName pr",
        "title eq \"#\" and userName gt \"b\"",
    ] {
        ana.not_found(filter);
    }
}

#[test]
fn logic_has_its_precedence() {
    let ana = ana();
    ana.found("title eq \"#\" or userName eq \"unknown-#\" and userName eq \"no one-#\"");
    ana.not_found("(title eq \"#\" or userName eq \"unknown-#\") and userName eq \"no one-#\"");
    ana.found("title eq \"#\" and not (userName eq \"unknown\" or displayName eq \"x\")");
    ana.not_found("title eq \"#\" and not (title eq \"#\")");
    ana.found("title eq \"#\" and not(userName eq \"unknown\")");
}

#[test]
fn a_value_path_matches_within_one_element() {
    let ana = ana();
    ana.found("emails[type eq \"home\" and value sw \"h+#\"]");
    ana.not_found("emails[type eq \"home\" and value sw \"w-#\"]");
    ana.not_found("emails[type eq \"home\"].value eq \"w-#@ex.io\"");
    ana.found("title eq \"#\" and emails.type eq \"home\" and emails.value sw \"w-\"");
    ana.found("title eq \"#\" and emails[primary eq true and type eq \"work\"]");
    ana.not_found("title eq \"#\" and emails[not (type eq \"work\" or type eq \"home\")]");
}

#[test]
fn bare_words_and_booleans_as_text_are_understood() {
    let ana = ana();
    ana.found("externalId eq Ext-#");
    ana.found("title eq # and active eq false");
    for filter in [
        "title eq \"#\" and active eq \"False\"",
        "title eq \"#\" and active eq False",
        "title eq \"#\" and active ne true",
        "title eq \"#\" and emails[primary eq \"True\"]",
    ] {
        ana.found(filter);
    }
    ana.not_found("title eq \"#\" and active eq \"True\"");
}

#[test]
fn dates_are_compared_as_instants() {
    let ana = ana();
    for filter in [
        "meta.lastModified gt \"2011-05-13T04:42:34Z\"",
        "meta.created ge \"2011-05-13T06:42:34+02:00\"",
        "meta.created lt \"2999-01-01T00:00:00Z\"",
        "meta.lastModified le \"2999-01-01T00:00:00.000Z\"",
        "meta.resourceType eq \"User\"",
    ] {
        ana.found(&format!("title eq \"#\" and {filter}"));
    }
    ana.not_found("title eq \"#\" and meta.created lt \"2011-05-13T04:42:34Z\"");
    let created =
        Endpoint::shared().get(&format!("/Users/{}", ana.id)).send().json()["meta"]["created"].clone();
    ana.found(&format!("title eq \"#\" and meta.created eq {created}"));
}

#[test]
fn null_and_absent_are_one() {
    let ana = ana();
    ana.found("title eq \"#\" and nickName eq null");
    ana.found("title eq \"#\" and userName ne null");
    ana.found("title eq \"#\" and not (nickName pr)");
    ana.not_found("title eq \"#\" and userName eq null");
    ana.found("title eq \"#\" and nickName ne \"x\"");
}

#[test]
fn schemas_can_be_asked_for() {
    let ana = ana();
    ana.found(&format!("title eq \"#\" and schemas eq \"{ENTERPRISE}\""));
    ana.not_found("title eq \"#\" and schemas eq \"urn:ex:none\"");
}

#[test]
fn the_wire_may_write_blanks_as_plus_or_percent() {
    let (scim, ana) = (Endpoint::shared(), ana());
    let suffix = &ana.suffix;
    for query in [
        format!("filter=externalId+eq+%22Ext-{suffix}%22"),
        format!("filter=externalId%20eq%20%22Ext-{suffix}%22"),
        format!("filter=externalId%20eq%20%22Ext-{suffix}%22&"),
        format!("&filter=externalId+eq+%22Ext-{suffix}%22&aadOptscim062020"),
        format!("aadOptscim062020&filter=externalId+eq+\"Ext-{suffix}\""),
        format!("filter=emails.value+eq+%22h%2B{suffix}%40ex.io%22"),
        format!("filter=displayName+eq+%22ana+o%27malley+{suffix}%22"),
        format!("filter=externalId+eq+%22\\u0045xt-{suffix}%22"),
    ] {
        assert_eq!(scim.get(&format!("/Users?{query}")).send().ids(), [ana.id.as_str()], "{query}");
    }
    // A plus sign that is not encoded is a blank.
    assert_eq!(
        scim.get(&format!("/Users?filter=emails.value+eq+%22h+{suffix}%40ex.io%22")).send().total(),
        0
    );
}

#[test]
fn values_with_special_characters_are_found() {
    let scim = Endpoint::shared();
    for special in [
        "!@#$%^&*()_+=-{}][\\\":;'/.,?\\1",
        "a\"b",
        "a\\b",
        "it's",
        "a and b",
        "a or (b)",
        "x\ty",
        "ünï-日本-😀",
        "50% off+more&x=y",
        "\u{7f}\u{1}",
    ] {
        let name = format!("{special}{}", unique());
        // A user name has no control characters.
        let user_name = name.replace(char::is_control, "");
        let id = scim.create_user(&user_name, &json!({ "displayName": name, "externalId": name }));
        for (attribute, value) in [("userName", &user_name), ("displayName", &name), ("externalId", &name)] {
            let filter = format!("{attribute} eq {}", json!(value));
            assert_eq!(scim.users_where(&filter), [id.as_str()], "{filter}");
        }
    }
}

#[test]
fn a_manager_reference_can_be_checked() {
    let (scim, ana) = (Endpoint::shared(), ana());
    let ask = |manager: &str| {
        let filter = format!("id eq \"{}\" and manager eq \"{manager}\"", ana.id);
        scim.get("/Users?attributes=id").filter(&filter).send()
    };
    let hit = ask(&format!("m-{}", ana.suffix));
    assert_eq!(hit.ids(), [ana.id.as_str()]);
    hit.holds(&json!({ "Resources": [{ "userName": "<absent>" }] }));
    assert_eq!(ask("someone else").total(), 0);
}

#[test]
fn what_was_changed_is_found_by_what_it_is_now() {
    let (scim, ana) = (Endpoint::shared(), ana());
    let suffix = &ana.suffix;
    scim.patch_user(&ana.id, &json!([
        { "op": "replace", "path": "userName", "value": format!("bea-{suffix}") },
        { "op": "replace", "path": "externalId", "value": format!("New-{suffix}") },
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": format!("new-{suffix}@ex.io") },
        { "op": "replace", "path": "title", "value": format!("new {suffix}") },
    ]));
    for filter in [
        "userName eq \"bea-#\"",
        "externalId eq \"New-#\"",
        "emails.value eq \"new-#@ex.io\"",
        "emails.value eq \"h+#@ex.io\"",
        "title eq \"new #\"",
        "userName sw \"bea-#\"",
    ] {
        ana.found(filter);
    }
    for filter in [
        "userName eq \"ana-#@ex.io\"",
        "externalId eq \"Ext-#\"",
        "emails.value eq \"w-#@ex.io\"",
        "title eq \"#\"",
        "userName sw \"ana-#\"",
    ] {
        ana.not_found(filter);
    }
}
