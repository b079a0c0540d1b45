//! The cases, in order. First comes the connection test; then the 25 cases that Microsoft publishes
//! for its gallery, under Microsoft's names; then the additional cases of the older validator.

use std::pin::Pin;

use super::talk::Talk;
use super::{
    active_cases, auth, connection, group_cases, manager_cases, member_cases, null_case, pages, refusals,
    user_cases,
};
use crate::mapping::Kind;

/// A case.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// A failure is only a warning.
    pub(crate) optional: bool,
    pub(crate) needs: &'static [Need],
    pub(crate) run: Run,
}

/// What a case needs to apply.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Need {
    Active,
    Manager,
    Groups,
    Secret,
    Assertion,
}

/// Returns `None` early after a finding.
type Run = for<'t, 'w> fn(&'t mut Talk<'w>) -> Pin<Box<dyn Future<Output = Option<()>> + Send + 't>>;

macro_rules! optional {
    () => {
        false
    };
    (optional) => {
        true
    };
}

macro_rules! cases {
    ($($name:ident $(($optional:ident))? $([$($need:ident),+])? $about:literal => $run:expr;)*) => {
        /// All cases.
        pub(crate) const CASES: &[Case] = &[$(Case {
            name: stringify!($name),
            about: $about,
            optional: optional!($($optional)?),
            needs: &[$($(Need::$need),+)?],
            run: $run,
        }),*];
    };
}

cases! {
    Test_Connection "random values match no user"
        => |talk| Box::pin(connection::test(talk));

    Create_User_Test "a user is matched, made and found"
        => |talk| Box::pin(user_cases::create(talk));
    Update_User_Test "mapped attributes change, in both dialects"
        => |talk| Box::pin(user_cases::update(talk));
    Disable_User_Test [Active] "`active` becomes false, in both dialects, and the user stays visible"
        => |talk| Box::pin(active_cases::disable(talk));
    Delete_User_Test (optional) "a deleted user is gone"
        => |talk| Box::pin(refusals::delete(talk, Kind::User));
    User_Update_Manager_Test [Manager] "a manager is set, changed and removed, in both dialects"
        => |talk| Box::pin(manager_cases::manager(talk));
    Restore_User_Test [Active] "a user who comes back is found, and active again"
        => |talk| Box::pin(active_cases::restore(talk));
    POD_User_Test "provision on demand: one user at once"
        => |talk| Box::pin(user_cases::create(talk));

    Create_Group_Test [Groups] "a group is matched, made and found"
        => |talk| Box::pin(group_cases::create(talk));
    Update_Group_Test [Groups] "a group is renamed, in both dialects"
        => |talk| Box::pin(group_cases::update(talk));
    Delete_Group_Test (optional) [Groups] "a deleted group is gone"
        => |talk| Box::pin(refusals::delete(talk, Kind::Group));
    Group_Update_Add_Member_Test [Groups] "members are added, several at once, in both dialects"
        => |talk| Box::pin(member_cases::add(talk));
    Group_Update_Remove_Member_Test [Groups] "only the named member goes, in both dialects"
        => |talk| Box::pin(member_cases::remove(talk));
    POD_Group_Test [Groups] "provision on demand: a group and five members at once"
        => |talk| Box::pin(member_cases::on_demand(talk));
    Restore_Group_Test (optional) [Groups] "a deleted group is made again under its name"
        => |talk| Box::pin(group_cases::restore(talk));

    Schema_Discoverability_Test "every mapped attribute is found in /Schemas"
        => |talk| Box::pin(connection::schemas(talk));
    SCIM_Null_Update_Test "optional attributes are cleared by empty texts and nulls"
        => |talk| Box::pin(null_case::clear(talk));
    SCIM_User_Create_Test "POST /Users"
        => |talk| Box::pin(user_cases::post(talk));
    SCIM_User_Update_Test "PATCH of every eligible user attribute"
        => |talk| Box::pin(user_cases::patch(talk));
    SCIM_Group_Create_Test [Groups] "POST /Groups"
        => |talk| Box::pin(group_cases::post(talk));
    SCIM_Group_Update_Test [Groups] "PATCH of every eligible group attribute"
        => |talk| Box::pin(group_cases::patch(talk));
    Validate_Credentials_Test [Secret] "a token for client id and secret, and a request with it"
        => |talk| Box::pin(auth::secret(talk));
    Federated_Identity_Test [Assertion] "a token for a signed assertion, and a request with it"
        => |talk| Box::pin(auth::assertion(talk));
    SCIM_User_Pagination_Test "pages of users"
        => |talk| Box::pin(pages::walk(talk, Kind::User));
    SCIM_Group_Pagination_Test (optional) [Groups] "pages of groups"
        => |talk| Box::pin(pages::walk(talk, Kind::Group));
    SCIM_Update_Manager_Test [Manager] "PATCH of manager: add, replace, replace by nothing"
        => |talk| Box::pin(manager_cases::manager_patch(talk));

    Create_Duplicate_User_Test "the same userName is refused, in any letter case"
        => |talk| Box::pin(refusals::duplicate(talk, Kind::User));
    Filter_User_Different_Case_Test "a user is found in any letter case"
        => |talk| Box::pin(refusals::other_case(talk, Kind::User));
    Filter_Special_Characters_Test "names with quotes, plus signs and blanks are found"
        => |talk| Box::pin(user_cases::special(talk));
    Add_Attributes_Test "attributes are added to a user who has only the necessary ones"
        => |talk| Box::pin(user_cases::add(talk));
    Update_UserName_Test "a user is renamed and found by the new name only"
        => |talk| Box::pin(user_cases::rename(talk));
    Several_Operations_Test (optional) "several operations on one attribute, in order"
        => |talk| Box::pin(user_cases::several(talk));
    Unknown_User_Test "an unknown id is answered 404, as SCIM"
        => |talk| Box::pin(refusals::unknown(talk, Kind::User));
    Delete_User_Twice_Test (optional) "a second DELETE is answered 404"
        => |talk| Box::pin(refusals::delete_twice(talk, Kind::User));
    Create_Duplicate_Group_Test [Groups] "the same displayName is refused"
        => |talk| Box::pin(refusals::duplicate(talk, Kind::Group));
    Filter_Group_Different_Case_Test [Groups] "a group is found in any letter case"
        => |talk| Box::pin(refusals::other_case(talk, Kind::Group));
    Get_Group_Excluding_Members_Test [Groups] "a group without its members, and with them"
        => |talk| Box::pin(member_cases::excluded(talk));
    Replace_Group_Members_Test [Groups] "members are replaced"
        => |talk| Box::pin(member_cases::replace(talk));
    Several_Member_Operations_Test (optional) [Groups] "members are added and removed in one request"
        => |talk| Box::pin(member_cases::several(talk));
    Unknown_Group_Test [Groups] "an unknown id is answered 404, as SCIM"
        => |talk| Box::pin(refusals::unknown(talk, Kind::Group));
    Delete_Group_Twice_Test (optional) [Groups] "a second DELETE is answered 404"
        => |talk| Box::pin(refusals::delete_twice(talk, Kind::Group));
    Wrong_Token_Test "a wrong token is answered 401, as SCIM"
        => |talk| Box::pin(connection::wrong_token(talk));
}
