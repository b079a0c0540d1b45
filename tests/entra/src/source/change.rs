//! What happens in a tenant between two cycles.

use std::collections::{BTreeMap, BTreeSet};

use fastrand::Rng;
use serde_json::{Value, json};

use super::generate::{MOVABLE, group, person, pick, rename, value};
use super::{Directory, Person};

/// The kinds of change, as [`next`] counts them.
pub const KINDS: [&str; 15] = [
    "joiners",
    "movers",
    "renames",
    "letter-case renames",
    "manager changes",
    "unassigned",
    "soft-deleted",
    "disabled",
    "restored",
    "purged",
    "members added",
    "members removed",
    "groups renamed",
    "groups created",
    "groups deleted",
];

/// Makes the changes before this cycle; 1 is the first incremental one. Seed and cycle decide
/// everything. Returns how often each change happened.
pub fn next(directory: &mut Directory, seed: u64, cycle: u32) -> BTreeMap<&'static str, usize> {
    let mut rng = Rng::with_seed(seed ^ (u64::from(cycle) << 32) ^ 0x005e_ed0f_c4a6_3e55);
    let mut counts = BTreeMap::new();
    let mut count = |name: &'static str, by: usize| *counts.entry(name).or_insert(0) += by;
    let total = directory.people.len();
    // At least one of each, and a few per cent.
    let share = |percent: usize| 1 + total * percent / 100;

    // Purged, whether unassigned before or not; references to a purged person are removed with
    // it.
    let purged = some(&mut rng, directory, share(1) / 2 + 1, |person| person.soft_deleted && !person.purged);
    for id in &purged {
        if let Some(person) = directory.people.get_mut(id) {
            person.purged = true;
        }
        for group in directory.groups.values_mut() {
            group.members.remove(id);
        }
        directory
            .people
            .values_mut()
            .filter(|p| p.manager.as_ref() == Some(id))
            .for_each(|p| p.manager = None);
    }
    count("purged", purged.len());

    let restored = some(&mut rng, directory, share(1), |person| person.is_soft_deleted() && !person.purged);
    // At least one stays in the recycle bin, to be purged later.
    let bin = directory
        .people
        .values()
        .filter(|p| p.soft_deleted && !p.purged && !restored.contains(&p.id))
        .count();
    for id in restored.iter().skip(usize::from(bin == 0 && restored.len() > 1)) {
        if let Some(person) = directory.people.get_mut(id) {
            (person.assigned, person.enabled, person.soft_deleted) = (true, true, false);
            count("restored", 1);
        }
    }

    let busy: BTreeSet<String> = restored.into_iter().collect();
    let active = |person: &Person| !person.is_soft_deleted() && !busy.contains(&person.id);
    let leavers: Vec<String> = some(&mut rng, directory, 4 * share(1), active);
    for (at, id) in leavers.iter().enumerate() {
        let Some(person) = directory.people.get_mut(id) else { continue };
        match at % 4 {
            0 => person.assigned = false,
            1 => person.enabled = false,
            _ => person.soft_deleted = true,
        }
        count(["unassigned", "disabled", "soft-deleted", "soft-deleted"].get(at % 4).unwrap_or(&""), 1);
    }

    for id in some(&mut rng, directory, share(5), |person| !person.is_soft_deleted()) {
        if let Some(person) = directory.people.get_mut(&id) {
            for name in rng.choose_multiple(MOVABLE, 4) {
                person.attributes.insert(name.to_owned(), value(&mut rng, name));
            }
            count("movers", 1);
        }
    }

    for (at, id) in some(&mut rng, directory, 1 + share(2), |p| !p.is_soft_deleted()).iter().enumerate() {
        let Some(person) = directory.people.get_mut(id) else { continue };
        if at == 0 {
            recase(person);
            count("letter-case renames", 1);
        } else {
            // A unique number makes the name unique.
            let number = 1_000_000 * cycle as usize + total + at;
            rename(&mut rng, person, number);
            count("renames", 1);
        }
    }

    for number in 0..share(2) {
        let mut person = person(&mut rng, total + number);
        let bosses = some(&mut rng, directory, 1, |person| !person.is_soft_deleted());
        person.manager = bosses.into_iter().next();
        directory.people.insert(person.id.clone(), person);
        count("joiners", 1);
    }

    for id in some(&mut rng, directory, share(3), |person| !person.is_soft_deleted()) {
        let boss = if rng.u8(..) < 50 { None } else { one_but(&mut rng, directory, &id) };
        if let Some(person) = directory.people.get_mut(&id)
            && person.manager != boss
        {
            person.manager = boss;
            count("manager changes", 1);
        }
    }
    groups(directory, &mut rng, cycle, &mut count);
    counts
}

fn groups(directory: &mut Directory, rng: &mut Rng, cycle: u32, count: &mut impl FnMut(&'static str, usize)) {
    let living = |directory: &Directory| -> Vec<String> {
        directory.groups.values().filter(|group| !group.gone).map(|group| group.id.clone()).collect()
    };
    if directory.groups.is_empty() {
        return;
    }
    let total = directory.groups.len();
    let active: Vec<String> = directory
        .people
        .values()
        .filter(|person| !person.is_soft_deleted())
        .map(|person| person.id.clone())
        .collect();
    let ids = living(directory);
    for id in pick(rng, &ids, ids.len().div_ceil(3)) {
        let Some(group) = directory.groups.get_mut(&id) else { continue };
        let members: Vec<String> = group.members.iter().filter(|id| active.contains(id)).cloned().collect();
        let leaving = rng.usize(0..=members.len().min(8));
        for member in pick(rng, &members, leaving) {
            group.members.remove(&member);
            count("members removed", 1);
        }
        for member in pick(rng, &active, 6) {
            if group.members.insert(member) {
                count("members added", 1);
            }
        }
    }
    for (at, id) in pick(rng, &ids, 1 + ids.len() / 25).into_iter().enumerate() {
        if let Some(group) = directory.groups.get_mut(&id) {
            group
                .attributes
                .insert("displayName".to_owned(), json!(format!("Renamed \"{cycle}\" & {at}/{total}")));
            count("groups renamed", 1);
        }
    }
    if ids.len() > 3 {
        for id in pick(rng, &ids, 1 + ids.len() / 50) {
            if let Some(group) = directory.groups.get_mut(&id) {
                group.gone = true;
                count("groups deleted", 1);
            }
        }
    }
    for number in 0..(1 + total / 50) {
        let mut group = group(rng, 1000 * cycle as usize + total + number);
        group.members = pick(rng, &active, 5);
        directory.groups.insert(group.id.clone(), group);
        count("groups created", 1);
    }
}

/// The same name in other letter case.
fn recase(person: &mut Person) {
    if let Some(Value::String(name)) = person.attributes.get_mut("userPrincipalName") {
        let upper = name.to_ascii_uppercase();
        *name = if *name == upper { name.to_ascii_lowercase() } else { upper };
    }
}

/// Picks this many people who fulfil the condition.
fn some(rng: &mut Rng, directory: &Directory, count: usize, of: impl Fn(&Person) -> bool) -> Vec<String> {
    let ids: Vec<String> = directory.people.values().filter(|p| of(p)).map(|p| p.id.clone()).collect();
    rng.choose_multiple(ids, count)
}

/// An active person other than this one.
fn one_but(rng: &mut Rng, directory: &Directory, id: &str) -> Option<String> {
    some(rng, directory, 1, |person| !person.is_soft_deleted() && person.id != id).into_iter().next()
}
