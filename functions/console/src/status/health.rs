//! How a directory is: one word, a sentence, and what to do next.

use directory::registry::state::State;
use gateway::administration::end::DAY;

use super::forecast::{Counts, Forecast, Rejected};

const HOUR: i64 = 3600;
/// Access tokens that end sooner are reported, in seconds.
pub(super) const ENDING: i64 = 30 * DAY;
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
    /// How long the token is valid that an OAuth client got then, in seconds: its use is not noted.
    pub(crate) lifetime: i64,
    /// When the token ends that was used last, or was revoked.
    pub(crate) ends: Option<i64>,
    /// Whether the identity provider is Microsoft Entra ID.
    pub(crate) is_entra: bool,
    /// Changes there ever were.
    pub(crate) changes: u64,
    /// What this hour and the one before brought.
    pub(crate) recent: Counts,
    /// Whether Entra is about to stop.
    pub(crate) forecast: Option<Forecast>,
    /// Changes that wait for a person.
    pub(crate) held: u64,
}

/// What ends a quarantine.
const RESTART: &str =
    "Then the customer opens Provisioning in Microsoft Entra ID and presses Restart provisioning.";

/// How a directory is, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    NotEnabled,
    Paused,
    QuarantineLikely(Forecast),
    Failing,
    Held(u64),
    Ended,
    Ending(i64),
    NeverConnected,
    Quiet(i64),
    Testing,
    Healthy,
}

/// The health of a directory with these numbers.
pub(crate) fn health(of: &Numbers) -> Health {
    let silent = of.used.map(|used| of.now - used);
    let patience = of.lifetime + if of.is_entra { SILENT_ENTRA } else { SILENT };
    let left = of.ends.map(|end| end - of.now);
    let failed = of.recent.all_failed();
    match (of.state, of.forecast) {
        (State::Disabled, _) => Health::NotEnabled,
        (State::Paused | State::Erasing, _) => Health::Paused,
        (State::Enabled, Some(forecast)) => Health::QuarantineLikely(forecast),
        (State::Enabled, None) if failed >= SOME && failed > of.recent.done => Health::Failing,
        (State::Enabled, None) if of.held > 0 => Health::Held(of.held),
        (State::Enabled, None) => match (left, silent) {
            (_, None) => Health::NeverConnected,
            (Some(left), _) if left <= 0 => Health::Ended,
            (Some(left), _) if left < ENDING => Health::Ending(left / DAY),
            (_, Some(silent)) if silent > patience => Health::Quiet(silent / HOUR),
            _ if of.changes == 0 => Health::Testing,
            _ => Health::Healthy,
        },
    }
}

/// What to do before a restart helps.
fn next(forecast: Forecast) -> &'static str {
    match forecast {
        Forecast::Rejected(Rejected::Token) => {
            "The secret token is refused. Send a set-up link: the customer creates credentials and enters the new secret token."
        }
        Forecast::Rejected(Rejected::Scope) => {
            "The secret token does not allow what is sent. Send a set-up link: the customer creates credentials and enters \
             the new secret token."
        }
        Forecast::Rejected(Rejected::Closed) => {
            "The directory was not open when the last requests came. Compare the Tenant URL with that of the set-up page."
        }
        Forecast::Rejected(Rejected::Address) => {
            "There is nothing at the address that is asked for. The customer copies the Tenant URL from the set-up page \
             again, or stops provisioning groups where only users are provisioned."
        }
        Forecast::Coming(_) | Forecast::Due(_) => {
            "Most changes fail. The most frequent cause is below: make the change that it names."
        }
    }
}

impl Health {
    /// One or two words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::NotEnabled => "Not enabled",
            Self::Paused => "Paused",
            Self::QuarantineLikely(_) => "Quarantine likely",
            Self::Failing => "Failing",
            Self::Held(_) => "Changes are held",
            Self::Ended => "Access token has ended",
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
            Self::QuarantineLikely(forecast) => format!("{} {RESTART}", next(forecast)),
            Self::Failing => "More requests are refused than changes made. Open the refused requests: they say what to change.".to_owned(),
            Self::Held(1) => "1 change waits for a person. Approve or reject it.".to_owned(),
            Self::Held(count) => format!("{count} changes wait for a person. Approve or reject them."),
            Self::Ended => "The access token that was used last has ended or was revoked. Send a set-up link: the customer creates a new one and enters it in the identity provider.".to_owned(),
            Self::Ending(0) => "The access token in use ends today. Send a set-up link, so that the customer creates a new one.".to_owned(),
            Self::Ending(1) => "The access token in use ends tomorrow. Send a set-up link, so that the customer creates a new one.".to_owned(),
            Self::Ending(days) => format!("The access token in use ends in {days} days. Send a set-up link, so that the customer creates a new one."),
            Self::NeverConnected => "No access token was used yet. The set-up page has the guide for the identity provider.".to_owned(),
            Self::Quiet(hours) => format!("The identity provider was last seen {hours} hours ago. Ask the customer whether provisioning is still started."),
            Self::Testing => "The identity provider has connected, and has changed nothing yet. The customer starts provisioning next.".to_owned(),
            Self::Healthy => "The identity provider comes regularly, and its changes succeed. There is nothing to do.".to_owned(),
        }
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_good(self) -> bool {
        matches!(self, Self::Testing | Self::Healthy)
    }

    /// Whether someone has to do something.
    pub(crate) fn is_bad(self) -> bool {
        matches!(
            self,
            Self::QuarantineLikely(_)
                | Self::Failing
                | Self::Held(_)
                | Self::Ended
                | Self::Ending(_)
                | Self::Quiet(_)
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
            lifetime: 0,
            ends: Some(NOW + 300 * DAY),
            is_entra: true,
            changes: 10,
            recent: Counts { done: 2, failed: 1, references: 0 },
            forecast: None,
            held: 0,
        }
    }

    #[test]
    fn each_state_has_its_numbers() {
        let of = healthy;
        let failing = |failed| Counts { failed, ..of().recent };
        let rejected = Forecast::Rejected(Rejected::Token);
        for (numbers, expected) in [
            (of(), Health::Healthy),
            (Numbers { state: State::Disabled, ..of() }, Health::NotEnabled),
            (Numbers { state: State::Paused, held: 3, ..of() }, Health::Paused),
            (Numbers { forecast: Some(rejected), used: None, ..of() }, Health::QuarantineLikely(rejected)),
            (Numbers { recent: failing(10), held: 3, ..of() }, Health::Failing),
            (Numbers { recent: failing(9), ..of() }, Health::Healthy),
            (Numbers { held: 3, ..of() }, Health::Held(3)),
            (Numbers { used: None, ends: None, ..of() }, Health::NeverConnected),
            (Numbers { ends: Some(NOW + 30 * DAY - 1), ..of() }, Health::Ending(29)),
            (Numbers { ends: Some(NOW - 1), ..of() }, Health::Ended),
            (Numbers { used: Some(NOW - 3 * HOUR), ..of() }, Health::Healthy),
            (Numbers { used: Some(NOW - 3 * HOUR - 1), ..of() }, Health::Quiet(3)),
            (Numbers { used: Some(NOW - 4 * HOUR), lifetime: HOUR, ..of() }, Health::Healthy),
            (Numbers { used: Some(NOW - 4 * HOUR - 1), lifetime: HOUR, ..of() }, Health::Quiet(4)),
            (Numbers { used: Some(NOW - 25 * HOUR), is_entra: false, ..of() }, Health::Healthy),
            (Numbers { used: Some(NOW - 26 * HOUR), is_entra: false, ..of() }, Health::Quiet(26)),
            (Numbers { changes: 0, ..of() }, Health::Testing),
        ] {
            assert_eq!(health(&numbers), expected, "{numbers:?}");
            assert!(expected.sentence().ends_with('.') && !expected.name().is_empty());
        }
    }
}
