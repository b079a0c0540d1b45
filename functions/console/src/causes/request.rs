//! Requests that do not fit what is there.

use super::Cause;

pub(super) static GONE: Cause = Cause::new(
    "The person or group does not exist here any more",
    "The identity provider remembers an id that this directory does not have: the user or group was deleted here, or \
     the identity provider was connected to another directory before.",
    "Start the provisioning again, so that your identity provider looks everyone up.",
)
.entra("Provisioning, Overview: press Restart provisioning.")
.okta("Applications, your app, Assignments: remove the person and assign them again.");

pub(super) static LARGE: Cause = Cause::new(
    "The request or its answer is too large",
    "The request has more members or values than one request may have, or the answer would be larger than 6 MB.",
    "Let your identity provider send fewer members at once. If a person has a very long value, such as a photo, \
     remove it from the mapping.",
);

pub(super) static VERSION: Cause = Cause::new(
    "The resource has changed in between",
    "The request was for a version of the resource that is not the newest one.",
    "Nothing: the identity provider reads the resource again and repeats the request.",
);

pub(super) static BODY: Cause = Cause::new(
    "The request cannot be read",
    "The body is not the JSON that SCIM 2.0 describes.",
    "Check that your identity provider speaks SCIM 2.0 and not SCIM 1.1, and that the mapping has no attribute twice.",
)
.okta("Applications, your app, General, App Settings: Provisioning is SCIM, with version 2.0.");

pub(super) static PAGE: Cause = Cause::new(
    "The list was read in a way that is not possible",
    "The request asked for a page of a list with a cursor or a size that is not valid any more.",
    "Nothing, if it happens once: the identity provider reads the list from its beginning. Otherwise tell its vendor.",
);

pub(super) static UNKNOWN: Cause = Cause::new(
    "This service does not do that",
    "The request is one that SCIM 2.0 does not have, or that this service does not offer.",
    "Remove the setting of your identity provider that sends it. The connector may be made for another service.",
);
