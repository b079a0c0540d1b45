//! Requests that were not let in.

use super::Cause;

pub(super) static TOKEN: Cause = Cause::new(
    "The secret token is not valid any more",
    "The request came with a secret token of this directory that has expired, was revoked, or was replaced.",
    "Create new credentials on the set-up page and enter the new secret token in your identity provider.",
)
.entra("Enterprise applications, your app, Provisioning, Admin credentials: paste it as Secret token and press Test connection.")
.okta("Applications, your app, Provisioning, Integration, Edit: paste it after Bearer and press Test Connector Configuration.");

pub(super) static SCOPE: Cause = Cause::new(
    "The secret token does not allow this",
    "The token was made for something else: for reading only, for users without groups, or for events.",
    "Enter a token that may read and change users and groups. The set-up page creates such tokens.",
)
.entra("Enterprise applications, your app, Provisioning, Admin credentials: replace the Secret token.")
.okta("Applications, your app, Provisioning, Integration, Edit: replace the token.");

pub(super) static CLOSED: Cause = Cause::new(
    "User provisioning was not enabled",
    "The token is valid, and the directory was not enabled yet, or it was paused, or it is served at another address.",
    "If the set-up page shows conditions, accept them and press Enable user provisioning. If it says that \
     provisioning is paused, ask the team of this service to resume it. If it is enabled, check that your identity \
     provider has the Tenant URL of the set-up page.",
);

pub(super) static ENDPOINT: Cause = Cause::new(
    "There is nothing at this address",
    "The identity provider asked for something that this directory does not have: groups where only users are \
     provisioned, or an address that is not made from the Tenant URL.",
    "If the resource is a group, stop provisioning groups. Otherwise copy the Tenant URL from the set-up page again, \
     without anything after it.",
)
.entra("Provisioning, Attribute mapping, Provision Microsoft Entra ID Groups: set Enabled to No. Or Admin credentials: Tenant URL.")
.okta("Provisioning, Integration: untick Push Groups. Or correct SCIM connector base URL.");

pub(super) static FORBIDDEN: Cause = Cause::new(
    "This request is not allowed",
    "The identity provider asked for something that no token allows, such as a filter on the list of schemas.",
    "Remove the setting of your identity provider that sends it. Its own log shows the request.",
);
