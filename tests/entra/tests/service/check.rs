//! The real server passes every case.

use entra::check::report::Verdict;
use entra::check::{Options, run};
use entra::mapping::PROFILES;

use crate::local::{block_on, directory, mapping};

#[test]
fn every_case_passes_with_every_mapping() {
    for profile in PROFILES {
        let endpoint = directory(profile);
        let mapping = mapping(profile);
        let groups = mapping.groups.is_some();
        let outcomes = block_on(run(&Options::new(&endpoint.url, &endpoint.token, mapping))).unwrap();
        let of = |verdict| {
            outcomes.iter().filter(|it| it.verdict == verdict).map(|it| it.name).collect::<Vec<_>>()
        };
        assert!(of(Verdict::Failed).is_empty(), "{profile}: {}", entra::check::report::text(&outcomes));
        assert!(of(Verdict::Warning).is_empty(), "{profile}: {}", entra::check::report::text(&outcomes));
        let skipped = of(Verdict::NotApplicable);
        assert_eq!(skipped.iter().any(|name| name.contains("Group")), !groups, "{profile}: {skipped:?}");
        assert!(outcomes.iter().all(|it| it.findings.is_empty()), "{profile}");
    }
}

#[test]
fn the_published_cases_are_there_by_name() {
    let names: Vec<&str> = entra::check::names().map(|(name, _)| name).collect();
    let published = [
        "Create_User_Test",
        "Update_User_Test",
        "Disable_User_Test",
        "Delete_User_Test",
        "User_Update_Manager_Test",
        "Restore_User_Test",
        "POD_User_Test",
        "Create_Group_Test",
        "Update_Group_Test",
        "Delete_Group_Test",
        "Group_Update_Add_Member_Test",
        "Group_Update_Remove_Member_Test",
        "POD_Group_Test",
        "Restore_Group_Test",
        "Schema_Discoverability_Test",
        "SCIM_Null_Update_Test",
        "SCIM_User_Create_Test",
        "SCIM_User_Update_Test",
        "SCIM_Group_Create_Test",
        "SCIM_Group_Update_Test",
        "Validate_Credentials_Test",
        "Federated_Identity_Test",
        "SCIM_User_Pagination_Test",
        "SCIM_Group_Pagination_Test",
        "SCIM_Update_Manager_Test",
    ];
    assert_eq!(names[1..26], published);
}
