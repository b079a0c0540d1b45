//! How a directory is: one word, a sentence, and what to do next.

use directory::registry::state::State;

use super::forecast::Forecast;

const DAY: i64 = 86_400;
const HOUR: i64 = 3600;
/// Access tokens that end sooner are reported, in seconds.
const ENDING: i64 = 30 * DAY;
/// How long an identity provider may be silent, in seconds. Entra comes every 40 minutes, others once a day.
const SILENT_ENTRA: i64 = 3 * HOUR;
const SILENT: i64 = 25 * HOUR;

/// Refused requests below which a directory does not count as failing.
const SOME: u64 = 10;

/// What is known of a directory.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    pub(crate) state: State,
    pub(crate) now: i64,
    /// When a token was last used, in seconds since 1970.
    pub(crate) used: Option<i64>,
    /// When the token ends that was used last.
    pub(crate) ends: Option<i64>,
    /// Whether the identity provider is Microsoft Entra ID.
    pub(crate) is_entra: bool,
    /// Events there ever were.
    pub(crate) events: u64,
    /// Changes in this hour and the one before.
    pub(crate) done: u64,
    /// Refused requests in this hour and the one before.
    pub(crate) failed: u64,
    pub(crate) forecast: Forecast,
    /// Changes that wait for a person.
    pub(crate) held: u64,
}

/// How a directory is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    NotEnabled,
    Paused,
    QuarantineLikely,
    Failing,
    Held(u64),
    Ending(i64),
    NeverConnected,
    Quiet(i64),
    Testing,
    Healthy,
}

/// The health of a directory with these numbers.
pub(crate) fn health(of: &Numbers) -> Health {
    let silent = of.used.map(|used| of.now - used);
    let patience = if of.is_entra { SILENT_ENTRA } else { SILENT };
    let left = of.ends.map(|end| end - of.now);
    match of.state {
        State::Disabled => Health::NotEnabled,
        State::Paused | State::Erasing => Health::Paused,
        State::Enabled if of.forecast != Forecast::Fine => Health::QuarantineLikely,
        State::Enabled if of.failed >= SOME && of.failed > of.done => Health::Failing,
        State::Enabled if of.held > 0 => Health::Held(of.held),
        State::Enabled => match (left, silent) {
            (_, None) => Health::NeverConnected,
            (Some(left), _) if left < ENDING => Health::Ending(left.max(0) / DAY),
            (_, Some(silent)) if silent > patience => Health::Quiet(silent / HOUR),
            _ if of.events == 0 => Health::Testing,
            _ => Health::Healthy,
        },
    }
}

impl Health {
    /// One or two words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotEnabled => "Not enabled",
            Self::Paused => "Paused",
            Self::QuarantineLikely => "Quarantine likely",
            Self::Failing => "Failing",
            Self::Held(_) => "Changes are held",
            Self::Ending(_) => "Access token ends soon",
            Self::NeverConnected => "Never connected",
            Self::Quiet(_) => "Quiet",
            Self::Testing => "Testing",
            Self::Healthy => "Healthy",
        }
    }

    /// What that means, and what to do next.
    pub(crate) fn sentence(self) -> String {
        match self {
            Self::NotEnabled => "The customer's administrator has not enabled provisioning yet. Send a set-up link.".to_owned(),
            Self::Paused => "No request is let in. Resume the directory when the reason is gone.".to_owned(),
            Self::QuarantineLikely => "Most requests fail. Open the refused requests: they say what to change.".to_owned(),
            Self::Failing => "More requests are refused than changes made. Open the refused requests: they say what to change.".to_owned(),
            Self::Held(count) => format!("{count} changes wait for a person. Approve or reject them."),
            Self::Ending(days) => format!("The access token in use ends in {days} days. Send a set-up link, so that the customer creates a new one."),
            Self::NeverConnected => "No access token was used yet. The set-up page has the guide for the identity provider.".to_owned(),
            Self::Quiet(hours) => format!("The last request came {hours} hours ago. Ask the customer whether provisioning is still started."),
            Self::Testing => "The identity provider has connected, and has changed nothing yet. The customer starts provisioning next.".to_owned(),
            Self::Healthy => "The identity provider comes regularly, and its changes succeed. There is nothing to do.".to_owned(),
        }
    }

    /// Whether someone has to do something.
    pub(crate) fn is_bad(self) -> bool {
        matches!(
            self,
            Self::QuarantineLikely | Self::Failing | Self::Held(_) | Self::Ending(_) | Self::Quiet(_)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000;

    fn healthy() -> Numbers {
        Numbers {
            state: State::Enabled,
            now: NOW,
            used: Some(NOW - HOUR),
            ends: Some(NOW + 300 * DAY),
            is_entra: true,
            events: 10,
            done: 2,
            failed: 1,
            forecast: Forecast::Fine,
            held: 0,
        }
    }

    #[test]
    fn each_state_has_its_numbers() {
        let of = healthy;
        for (numbers, expected) in [
            (of(), Health::Healthy),
            (Numbers { state: State::Disabled, ..of() }, Health::NotEnabled),
            (Numbers { state: State::Paused, held: 3, ..of() }, Health::Paused),
            (Numbers { forecast: Forecast::Rejected, used: None, ..of() }, Health::QuarantineLikely),
            (Numbers { failed: 10, held: 3, ..of() }, Health::Failing),
            (Numbers { failed: 9, ..of() }, Health::Healthy),
            (Numbers { held: 3, ..of() }, Health::Held(3)),
            (Numbers { used: None, ends: None, ..of() }, Health::NeverConnected),
            (Numbers { ends: Some(NOW + 30 * DAY - 1), ..of() }, Health::Ending(29)),
            (Numbers { ends: Some(NOW - 1), ..of() }, Health::Ending(0)),
            (Numbers { used: Some(NOW - 3 * HOUR), ..of() }, Health::Healthy),
            (Numbers { used: Some(NOW - 3 * HOUR - 1), ..of() }, Health::Quiet(3)),
            (Numbers { used: Some(NOW - 25 * HOUR), is_entra: false, ..of() }, Health::Healthy),
            (Numbers { used: Some(NOW - 26 * HOUR), is_entra: false, ..of() }, Health::Quiet(26)),
            (Numbers { events: 0, ..of() }, Health::Testing),
        ] {
            assert_eq!(health(&numbers), expected, "{numbers:?}");
            assert!(expected.sentence().ends_with('.') && !expected.name().is_empty());
        }
    }
}
