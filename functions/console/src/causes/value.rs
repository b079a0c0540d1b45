//! Requests whose values were refused.

use super::Cause;

pub(super) static MISSING: Cause = Cause::new(
    "A required value is missing",
    "The attribute is required, and the person or group in your identity provider has no value for it.",
    "Fill in the value there, or map the attribute to one that everyone has.",
)
.entra("Provisioning, Attribute mapping: open the attribute and choose a source that everyone has, or set a default value.")
.okta("Provisioning, To App, Attribute Mappings: choose a source that everyone has.");

pub(super) static INVALID: Cause = Cause::new(
    "A value is not accepted",
    "The value of the attribute has the wrong type, is not among the accepted ones, is too long, or has \
     characters that cannot be shown.",
    "Correct the value at the person or group, or the mapping of the attribute. The response in the log of your \
     identity provider says which values are accepted.",
)
.entra("Provisioning, Attribute mapping: open the attribute and change its source or its expression.")
.okta("Provisioning, To App, Attribute Mappings: change the expression of the attribute.");

pub(super) static TAKEN: Cause = Cause::new(
    "Someone else has this value already",
    "The value must be unique, and another user or group of this directory has it. Often that is the same person, \
     who was created by hand or by another identity provider.",
    "If it is the same person, ask the team of this service to link the accounts or to remove the old one. If it is \
     another person, change the value of one of them in your identity provider.",
)
.entra("Provisioning, Provision on demand shows by which attribute the person was looked up: it must be the one that is taken.")
.okta("Applications, your app, Import: confirm the match of the existing user.");

pub(super) static FIXED: Cause = Cause::new(
    "The attribute cannot be changed",
    "The attribute is read-only here, is required, or keeps its first value.",
    "Remove the attribute from the mapping, or send it only when the person is created.",
)
.entra("Provisioning, Attribute mapping: open the attribute and set Apply this mapping to Only during object creation, or delete it.")
.okta("Provisioning, To App, Attribute Mappings: set the attribute to Create only, or remove it.");

pub(super) static PATH: Cause = Cause::new(
    "The attribute does not exist here",
    "The identity provider changed an attribute that this service does not have, or whose name is misspelled.",
    "Remove the attribute from the mapping, or correct its name. Names of extensions begin with urn:.",
)
.entra("Provisioning, Attribute mapping, Show advanced options, Edit attribute list: compare the names.")
.okta("Directory, Profile Editor, your app: compare External name and External namespace.");

pub(super) static TARGET: Cause = Cause::new(
    "The value to change is not there",
    "The request changed one value of a list, such as the work e-mail address, and the person has no such value.",
    "Provision the person again. Your identity provider then sends all values.",
)
.entra("Provisioning, Provision on demand: choose the person.")
.okta("Applications, your app, Assignments: open the person and save.");

pub(super) static FILTER: Cause = Cause::new(
    "The look-up is not possible",
    "The identity provider looked for a person or group by an attribute that cannot be searched, or with a search \
     that is not valid.",
    "Match users by userName or externalId, and groups by displayName.",
)
.entra("Provisioning, Attribute mapping: only userName has Match objects using this attribute set to Yes.")
.okta("Provisioning, Integration, Edit: Unique identifier field for users is userName.");
