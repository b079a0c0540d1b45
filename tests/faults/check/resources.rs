//! One resource: its versions, its values, its end.

use std::collections::HashMap;

use super::lives::{Life, Lives};
use crate::history::{ATTRIBUTES, End, Event, NAME, Seen, What};

pub(super) fn check(lives: &Lives<'_>, wrong: &mut Vec<String>) {
    for (token, life) in lives {
        match life.create {
            None => {
                wrong.push(format!("a resource that was never created: {token}, {:?}", life.seen.first()))
            }
            Some(create) if !create.may_have_happened() && !life.seen.is_empty() => {
                wrong.push(format!("its create was refused, and it is there: {create:?}"));
            }
            Some(_) => {}
        }
        versions(life, wrong);
        end(life, wrong);
        for attribute in 0..ATTRIBUTES.len() {
            values(life, attribute, wrong);
        }
        preconditions(life, wrong);
    }
}

/// Each version has one content, and versions never decrease.
fn versions(life: &Life<'_>, wrong: &mut Vec<String>) {
    let mut contents: HashMap<u64, (&Event, &Seen)> = HashMap::new();
    for (event, seen) in &life.seen {
        let (first, before) = contents.entry(seen.version.0).or_insert((event, seen));
        if before.values != seen.values {
            wrong.push(format!("one version, two contents: {first:?} and {event:?}"));
        }
    }
    let mut by_end = life.seen.clone();
    by_end.sort_by_key(|(event, _)| event.ended);
    let mut by_begin = life.seen.clone();
    by_begin.sort_by_key(|(event, _)| event.began);
    let mut ended = by_end.into_iter().peekable();
    let (mut newest, mut by) = ((0, 0), None);
    for (event, seen) in by_begin {
        while let Some((before, old)) = ended.next_if(|(before, _)| before.is_before(event)) {
            if old.version.0 > newest.0 || old.version.1 > newest.1 {
                by = Some(before);
            }
            newest = (newest.0.max(old.version.0), newest.1.max(old.version.1));
        }
        if seen.version.0 < newest.0 || seen.version.1 < newest.1 {
            wrong.push(format!("a version went back from {newest:?}, seen by {by:?}, to {event:?}"));
        }
    }
}

/// After a response that it is deleted it is not seen again, and only a delete removes it.
fn end(life: &Life<'_>, wrong: &mut Vec<String>) {
    let deleted: Vec<&&Event> = life.deletes.iter().filter(|delete| delete.is_done()).collect();
    if deleted.len() > 1 {
        wrong.push(format!("deleted twice: {deleted:?}"));
    }
    let Some(begun) = life.begins() else { return };
    let missing = life.missing.iter().filter(|missing| missing.began > begun);
    let gone = missing.clone().chain(deleted.iter().copied()).min_by_key(|event| event.ended);
    if let Some(gone) = gone {
        for (event, _) in life.seen.iter().filter(|(event, _)| gone.is_before(event)) {
            wrong.push(format!("it was gone, {gone:?}, and is there again, {event:?}"));
        }
    }
    for missing in missing {
        let mut deletes = life.deletes.iter().filter(|delete| delete.may_have_happened());
        if !deletes.any(|delete| delete.began < missing.ended) {
            wrong.push(format!("it was never deleted, and it is gone: {missing:?}"));
        }
    }
}

/// The value that `event` writes to `attribute`.
fn written(event: &Event, attribute: usize) -> Option<&str> {
    match &event.what {
        What::Create { name, .. } => (attribute == NAME).then_some(name),
        What::Change { sets, .. } => {
            sets.iter().find(|(set, _)| *set == attribute).map(|(_, value)| &**value)
        }
        _ => None,
    }
}

/// Every value that is seen was written to this resource, not later than it was seen, and not
/// before another value that is acknowledged at this version.
fn values(life: &Life<'_>, attribute: usize, wrong: &mut Vec<String>) {
    let all = life.create.iter().chain(&life.changes);
    let writers: HashMap<&str, &Event> =
        all.filter_map(|event| Some((written(event, attribute)?, *event))).collect();
    let mut acknowledged: Vec<(u64, &Event)> = writers
        .values()
        .filter(|writer| writer.is_done())
        .filter_map(|writer| Some((writer.seen.first()?.version.0, *writer)))
        .collect();
    acknowledged.sort_by_key(|(version, _)| *version);
    // At each version, the acknowledged change that started last so far.
    let mut latest: Vec<(u64, &Event)> = Vec::with_capacity(acknowledged.len());
    for (version, writer) in acknowledged {
        let later = latest.last().is_none_or(|(_, last)| last.began < writer.began);
        latest.push((version, if later { writer } else { latest.last().expect("one").1 }));
    }
    for (event, seen) in &life.seen {
        let writer = match &seen.values[attribute] {
            Some(value) => writers.get(&**value).copied(),
            None => life.create,
        };
        let Some(writer) = writer else {
            wrong.push(format!("a value of `{}` that was never written: {event:?}", ATTRIBUTES[attribute]));
            continue;
        };
        if writer.began > event.ended {
            wrong.push(format!("seen before it was written: {event:?}, {writer:?}"));
        }
        if !writer.may_have_happened() && !overtaken(life, writer) {
            wrong.push(format!("it was refused, {writer:?}, and is there, {event:?}"));
        }
        let upto = latest.partition_point(|(version, _)| *version <= seen.version.0);
        if let Some((_, last)) = upto.checked_sub(1).map(|at| latest[at])
            && writer.is_before(last)
        {
            wrong
                .push(format!("lost: {last:?}, overwritten by what was before it, {writer:?}, in {event:?}"));
        }
    }
}

/// A change whose own response was lost is recognised by the id of the last write. When another
/// request has written or deleted the resource since, it is not recognised, and gets 412 or 404
/// although it was applied. So a refused change must not be the last write.
fn overtaken(life: &Life<'_>, writer: &Event) -> bool {
    let What::Change { expected, .. } = &writer.what else { return false };
    match (writer.end, expected) {
        (End::Refused(404), _) => true,
        (End::Refused(412), Some(expected)) => {
            let still =
                |(event, seen): &(&Event, &Seen)| seen.version.0 <= expected.0 + 1 && writer.is_before(event);
            !life.seen.iter().any(still)
        }
        _ => false,
    }
}

/// A change was refused because the version had changed: check that it had.
fn preconditions(life: &Life<'_>, wrong: &mut Vec<String>) {
    for change in &life.changes {
        let What::Change { expected: Some(expected), .. } = &change.what else { continue };
        let still = |(event, seen): &&(&Event, &Seen)| seen.version == *expected && change.is_before(event);
        if change.end == End::Refused(412)
            && let Some((event, _)) = life.seen.iter().find(still)
        {
            wrong.push(format!("refused for its version, {change:?}, which it still had later, {event:?}"));
        }
    }
}
