//! Whether what clients saw can be, if every resource is one thing that changes at one moment
//! within each acknowledged request.
//!
//! A refused request changes nothing; one without a clear answer may have changed something, or
//! not, before it ended. The versions that a service answers are a witness of the order of
//! changes, so that a resource's history need not be searched for one: each version has one
//! content, versions never go back, and no acknowledged value is overwritten by an older one
//! (`resources`). Names have one owner at any time, and are found (`names`); who is there is
//! listed (`lists`); a membership is a switch of its own (`members`).

mod lists;
mod lives;
mod members;
mod names;
mod resources;
#[cfg(test)]
mod tests;

use self::lives::lives;
use crate::history::{End, Event, Kind, What};

/// What cannot be, in words: a few examples of it.
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

/// Statuses that nothing explains.
fn answers(events: &[Event]) -> Vec<String> {
    let odd = |event: &&Event| match event.end {
        End::Done => false,
        End::Refused(412) => !matches!(event.what, What::Change { expected: Some(_), .. }),
        End::Refused(status) => !matches!(status, 404 | 409),
        End::Unknown(status) => event.calm || status == 500,
    };
    events.iter().filter(odd).map(|event| format!("an answer that nothing explains: {event:?}")).collect()
}
