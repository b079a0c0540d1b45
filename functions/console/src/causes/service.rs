//! Requests that were right, but not possible at the time.

use super::Cause;

pub(super) static RATE: Cause = Cause::new(
    "Too many requests at once",
    "The directory has a number of requests per second, and the identity provider sent more.",
    "Nothing, as long as provisioning makes progress: identity providers wait and repeat the request. If it lasts for \
     days, ask the team of this service for a higher rate.",
);

pub(super) static UNAVAILABLE: Cause = Cause::new(
    "The service was busy",
    "The service could not do the request at that moment. Nothing was changed.",
    "Nothing: the identity provider repeats the request. If it lasts for hours, tell the team of this service.",
);

pub(super) static FAULT: Cause = Cause::new(
    "The service has failed",
    "This is a fault of this service, and not of the request.",
    "Tell the team of this service when it happened. It is alerted, too.",
);
