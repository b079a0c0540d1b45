//! A generated tenant: the same seed gives the same people.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use super::names::{DEPARTMENTS, FAMILY, GIVEN, LANGUAGES, PLACES, STREETS, TEAMS, TITLES};
use super::{Directory, Group, Person};

/// Generates a tenant with this many people and groups.
#[must_use]
pub fn directory(seed: u64, users: usize, groups: usize) -> Directory {
    let mut rng = Rng::with_seed(seed);
    let mut directory = Directory::default();
    let mut ids: Vec<String> = Vec::with_capacity(users);
    for number in 0..users {
        let mut person = person(&mut rng, number);
        // A tree: everyone but the first reports to an earlier person.
        if number > 0 && rng.u8(..) > 20 {
            person.manager = ids.get(rng.usize(0..ids.len().min(1 + number / 4))).cloned();
        }
        // Disabled before they were ever provisioned: they must never appear at the target.
        person.enabled = number < 10 || rng.u8(..) > 3;
        ids.push(person.id.clone());
        directory.people.insert(person.id.clone(), person);
    }
    let active: Vec<String> = ids.into_iter().filter(|id| reachable(&directory, id)).collect();
    for number in 0..groups {
        let mut group = group(&mut rng, number);
        let size = match number {
            // The first group has all people, the second one has none.
            0 => active.len(),
            1 => 0,
            _ => rng.usize(0..=active.len().min(60.max(active.len() / 60))),
        };
        group.members = pick(&mut rng, &active, size);
        directory.groups.insert(group.id.clone(), group);
    }
    directory
}

/// Picks this many of the ids.
pub(super) fn pick(rng: &mut Rng, ids: &[String], count: usize) -> BTreeSet<String> {
    rng.choose_multiple(ids.iter().cloned(), count).into_iter().collect()
}

pub(super) fn reachable(directory: &Directory, id: &str) -> bool {
    directory.people.get(id).is_some_and(|person| !person.is_soft_deleted())
}

pub(super) fn guid(rng: &mut Rng) -> String {
    uuid::Builder::from_random_bytes(rng.u128(..).to_be_bytes()).into_uuid().to_string()
}

fn one<'a>(rng: &mut Rng, of: &[&'a str]) -> &'a str {
    rng.choice(of.iter().copied()).unwrap_or_default()
}

/// The letters of a name that an e-mail address may contain.
fn plain(name: &str, or: &str) -> String {
    let kept: String =
        name.to_ascii_lowercase().chars().filter(|c| c.is_ascii_alphabetic() || *c == '\'').collect();
    if kept.is_empty() { or.to_owned() } else { kept }
}

/// Name and addresses, unique for each person.
pub(super) fn rename(rng: &mut Rng, person: &mut Person, number: usize) {
    let (given, family) = (one(rng, &GIVEN), one(rng, &FAMILY));
    let local = format!("{}.{}.{number}", plain(given, "user"), plain(family, "person"));
    let guest = number % 29 == 28;
    let upn = if guest { format!("{local}_ex.org#EXT#@ex.io") } else { format!("{local}@ex.io") };
    let mail = if number % 7 == 3 { format!("{local}+rollcall@ex.io") } else { format!("{local}@ex.io") };
    let mut set = |name: &str, value: Value| person.attributes.insert(name.to_owned(), value);
    set("givenName", json!(given));
    set("surname", json!(family));
    set(
        "displayName",
        json!(if number.is_multiple_of(3) {
            format!("{family} {given}")
        } else {
            format!("{given} {family}")
        }),
    );
    set("userPrincipalName", json!(upn));
    set("mail", json!(mail));
    set("proxyAddresses", json!([format!("{local}@mail.ex.io"), mail]));
}

pub(super) fn person(rng: &mut Rng, number: usize) -> Person {
    let mut person = Person {
        id: guid(rng),
        attributes: BTreeMap::new(),
        manager: None,
        assigned: true,
        enabled: true,
        soft_deleted: false,
        purged: false,
    };
    rename(rng, &mut person, number);
    let role = json!([{ "id": guid(rng), "value": "User", "displayName": "User" }]);
    let mut set = |name: &str, value: Value| person.attributes.insert(name.to_owned(), value);
    set("mailNickname", json!(format!("p{number}-{:04x}", rng.u16(..))));
    set("employeeId", json!(format!("{:06}", 100_000 + number)));
    set("appRoleAssignments", role);
    for name in MOVABLE.iter().chain(&LASTING) {
        // Each person lacks some attributes.
        if rng.u8(..) > 25 {
            set(name, value(rng, name));
        }
    }
    person
}

/// Changes the attributes that differ after a move.
pub(super) const MOVABLE: [&str; 17] = [
    "jobTitle",
    "department",
    "companyName",
    "costCenter",
    "division",
    "employeeType",
    "telephoneNumber",
    "mobile",
    "facsimileTelephoneNumber",
    "streetAddress",
    "city",
    "state",
    "postalCode",
    "country",
    "physicalDeliveryOfficeName",
    "preferredLanguage",
    "extensionAttribute3",
];

const LASTING: [&str; 8] = [
    "otherMails",
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
];

/// A typical value for this attribute.
pub(super) fn value(rng: &mut Rng, name: &str) -> Value {
    let place = rng.choice(PLACES).unwrap_or(("Osaka", "Osaka", "530-0001", "JP"));
    let language = rng.choice(LANGUAGES).unwrap_or(("en-US", "en_US", "America/Los_Angeles"));
    match name {
        "jobTitle" => json!(one(rng, &TITLES)),
        "department" => json!(one(rng, &DEPARTMENTS)),
        "companyName" => json!(one(rng, &["Ex & Söhne GmbH", "Ex, Inc.", "エックス株式会社", "L'Ex SA"])),
        "costCenter" => json!(format!("CC-{:03}/{}", rng.u16(..999), rng.u8(..9))),
        "division" => json!(one(rng, &["North", "South", "Übersee", "A+B", "\"X\""])),
        "employeeType" => json!(one(rng, &["Employee", "Contractor", "Intern"])),
        "city" => json!(place.0),
        "state" => json!(place.1),
        "postalCode" => json!(place.2),
        "country" => json!(place.3),
        "streetAddress" => json!(one(rng, &STREETS)),
        "physicalDeliveryOfficeName" => json!(format!("Building {} / {}", rng.u8(1..40), rng.u16(100..999))),
        "preferredLanguage" => json!(language.0),
        "extensionAttribute8" => json!(language.1),
        "extensionAttribute3" => json!(language.2),
        "extensionAttribute1" => json!(one(rng, &["Dr.", "Mx.", "Prof.", "Frau"])),
        "extensionAttribute2" => json!(one(rng, &["Jr.", "III", "M.D."])),
        "extensionAttribute7" => json!(one(rng, &["Ace", "Lulu", "ちゃん", "\"Doc\""])),
        "otherMails" => json!([format!("home.{}@mail.ex.org", rng.u32(..))]),
        // Phone numbers: +49 …, with the blanks that people type.
        _ => json!(format!(
            "+{} ({}) {:03} {:04}",
            rng.u8(1..99),
            rng.u16(20..999),
            rng.u16(..999),
            rng.u16(..9999)
        )),
    }
}

pub(super) fn group(rng: &mut Rng, number: usize) -> Group {
    let mut group =
        Group { id: guid(rng), attributes: BTreeMap::new(), members: BTreeSet::new(), gone: false };
    let name = format!("{} {number}", one(rng, &TEAMS));
    group.attributes.insert("displayName".to_owned(), json!(name));
    group.attributes.insert("mailNickname".to_owned(), json!(format!("g{number}")));
    group
}

#[cfg(test)]
mod tests {
    use super::super::change;
    use super::*;

    #[test]
    fn the_same_seed_makes_the_same_tenant() {
        let mut tenants = [1, 1, 2].map(|seed| directory(seed, 60, 8));
        assert_eq!(tenants[0], tenants[1]);
        assert_ne!(tenants[0], tenants[2]);
        for cycle in 1..4 {
            let changes = [0, 1].map(|at| change::next(&mut tenants[at], 1, cycle));
            assert_eq!(changes[0], changes[1]);
            assert_eq!(tenants[0], tenants[1], "cycle {cycle}");
        }
    }

    #[test]
    fn names_are_unique_in_any_letter_case_through_all_changes() {
        let mut tenant = directory(7, 200, 20);
        for cycle in 1..6 {
            change::next(&mut tenant, 7, cycle);
            let people = tenant.people.values().filter(|person| !person.purged);
            let names: Vec<String> = people.map(|person| person.name().to_lowercase()).collect();
            assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
            let groups: Vec<String> =
                tenant.groups.values().map(|group| group.name().to_lowercase()).collect();
            assert_eq!(groups.iter().collect::<BTreeSet<_>>().len(), groups.len());
        }
    }

    #[test]
    fn the_name_of_a_guest_is_sent_without_its_mark() {
        let tenant = directory(1, 30, 0);
        let guest = tenant.people.values().find(|person| person.name().contains("#EXT#")).unwrap();
        let sent = guest.attribute("userPrincipalName").unwrap();
        assert!(!sent.as_str().unwrap().contains('#'), "{sent}");
    }

    #[test]
    fn every_kind_of_change_happens() {
        let mut tenant = directory(3, 40, 6);
        let all: BTreeMap<&str, usize> = (1..4).fold(BTreeMap::new(), |mut all, cycle| {
            for (name, count) in change::next(&mut tenant, 3, cycle) {
                *all.entry(name).or_default() += count;
            }
            all
        });
        for name in change::KINDS {
            assert!(all.get(name).is_some_and(|count| *count > 0), "{name}: {all:?}");
        }
    }
}
