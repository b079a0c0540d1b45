//! Checks whether what clients saw is possible, if every resource changes at one moment within each
//! acknowledged request.
//!
//! A refused request changes nothing; one without a clear response may have changed something, or
//! not, before it ended. The versions in responses are evidence for the order of changes, so the
//! checker need not search for one: each version has one content, versions never decrease, and no
//! acknowledged value is overwritten by an older one (`resources`). Names have one owner at any
//! time, and are found (`names`); existing resources are listed (`lists`); each membership is added
//! and removed on its own (`members`).

mod lists;
mod lives;
mod members;
mod names;
mod resources;
#[cfg(test)]
mod tests;

use self::lives::lives;
use crate::history::{End, Event, Kind, What};

/// The violations as text, with a few examples of each.
pub(crate) fn check(events: &[Event]) -> Vec<String> {
    let mut wrong = answers(events);
    let users: Vec<&Event> = events.iter().filter(|event| event.kind == Kind::User).collect();
    let groups: Vec<&Event> = events.iter().filter(|event| event.kind == Kind::Group).collect();
    for events in [&users, &groups] {
        let lives = lives(events, &mut wrong);
        resources::check(&lives, &mut wrong);
        names::check(&lives, events, &mut wrong);
        lists::check(&lives, events, &mut wrong);
    }
    members::check(&lives(&groups, &mut Vec::new()), &groups, &users, &mut wrong);
    wrong
}

/// Responses whose status has no explanation.
fn answers(events: &[Event]) -> Vec<String> {
    let odd = |event: &&Event| match event.end {
        End::Done => false,
        End::Refused(412) => !matches!(event.what, What::Change { expected: Some(_), .. }),
        End::Refused(status) => !matches!(status, 404 | 409),
        End::Unknown(status) => event.calm || status == 500,
    };
    events.iter().filter(odd).map(|event| format!("an answer that nothing explains: {event:?}")).collect()
}
