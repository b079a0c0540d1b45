#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use super::*;

/// How many requests each instance admits in each second, when they receive `asked` a second.
fn simulated(rate: u64, seconds: u64, asked: &[u64]) -> Vec<Vec<u64>> {
    let directory: DirectoryId = "acme".parse().unwrap();
    let instances: Vec<Accounts> = asked.iter().map(|_| Accounts::default()).collect();
    let (mut reported, mut admitted) = (Reported::new(), Vec::new());
    for second in 1_000..1_000 + seconds {
        let mut all = Vec::new();
        for (instance, asked) in instances.iter().zip(asked) {
            let mut count = 0;
            for _ in 0..*asked {
                let (counted, report) = instance.count(&directory, rate, false, second);
                count += u64::from(counted == Counted::Admitted);
                deliver(&mut reported, instance, rate, report);
            }
            all.push(count);
        }
        admitted.push(all);
    }
    admitted
}

/// Reports to the table what `instance` counted.
fn deliver(reported: &mut Reported, instance: &Accounts, rate: u64, report: Option<Report>) {
    let Some(report) = report else { return };
    let sum = reported.entry(report.second).or_default();
    sum.asked += report.requests.asked;
    sum.admitted += report.requests.admitted;
    reported.retain(|second, _| second + 10 >= report.second);
    instance.learn(&"acme".parse().unwrap(), rate, report.second, report.requests, reported.clone());
}

/// Operations carried out for `clients`, each with its own instance. Each client sends bulk requests
/// of `of` operations, one after another. An answer takes `duration` seconds, a refusal one.
fn operations(rate: u64, seconds: u64, clients: usize, of: u64, duration: u64) -> u64 {
    let directory: DirectoryId = "acme".parse().unwrap();
    let mut clients: Vec<_> = (0..clients).map(|_| (Accounts::default(), 0)).collect();
    let (mut reported, mut done) = (Reported::new(), 0);
    for second in 1_000..1_000 + seconds {
        for (instance, next) in clients.iter_mut().filter(|(_, next)| *next <= second) {
            let (counted, report) = instance.count(&directory, rate, true, second);
            deliver(&mut reported, instance, rate, report);
            *next = second + 1;
            if counted == Counted::Admitted {
                done += of;
                let report = instance.charge(&directory, rate, of - 1, second);
                deliver(&mut reported, instance, rate, report);
                *next = second + duration;
            }
        }
    }
    done
}

fn total(admitted: &[Vec<u64>]) -> u64 {
    admitted.iter().flatten().sum()
}

#[test]
fn one_that_stays_below_is_never_refused() {
    for asked in [&[100][..], &[50, 50], &[1, 2, 90], &[10; 10], &[97]] {
        let admitted = simulated(100, 60, asked);
        assert!(admitted.iter().all(|second| second == asked), "{asked:?}: {admitted:?}");
    }
}

#[test]
fn a_second_of_twice_the_rate_is_a_burst() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let (rates, reported) =
        (Accounts::default(), Reported::from([(9, Requests { asked: 50, admitted: 50 })]));
    rates.count(&directory, 100, false, 10);
    rates.learn(&directory, 100, 10, Requests { asked: 50, admitted: 50 }, reported);
    let admitted =
        (0..300).filter(|_| rates.count(&directory, 100, false, 10).0 == Counted::Admitted).count();
    assert_eq!(admitted, 199);
}

#[test]
fn a_storm_comes_to_the_rate_however_many_instances_it_meets() {
    for instances in [1, 2, 4, 16] {
        let asked = vec![300; instances];
        let admitted = simulated(100, 60, &asked);
        let late = total(&admitted[30..]);
        assert!((2_700..=3_300).contains(&late), "{instances} instances: {late} in 30 s");
        // It begins with what each has before it knows of the others, and pays for it.
        let all = total(&admitted);
        assert!(all <= 6_000 + 100 * instances as u64 + 600, "{instances} instances: {all} in 60 s");
    }
}

#[test]
fn a_storm_at_one_instance_leaves_something_to_the_others() {
    let admitted = simulated(100, 60, &[1_000, 20]);
    let of_the_other: u64 = admitted[10..].iter().map(|second| second[1]).sum();
    assert!(of_the_other >= 50, "{of_the_other} in 50 s");
}

#[test]
fn little_is_not_reported() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Accounts::default();
    for second in 1..=5 {
        assert_eq!(rates.count(&directory, 100, false, second), (Counted::Admitted, None), "{second}");
    }
    for _ in 0..2 {
        assert_eq!(rates.count(&directory, 100, false, 6).1, None, "not in the second that it is about");
    }
    let report = rates.count(&directory, 100, false, 7).1.unwrap();
    assert_eq!(report.requests, Requests { asked: 7, admitted: 7 });
    assert_eq!(rates.count(&directory, 100, false, 7).1, None, "once in a second");
}

#[test]
fn where_nothing_is_learned_each_has_the_whole_rate() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Accounts::default();
    for second in 1..=3 {
        let admitted =
            (0..300).filter(|_| rates.count(&directory, 100, false, second).0 == Counted::Admitted).count();
        assert_eq!(admitted, 100);
    }
}

#[test]
fn operations_of_bulk_are_reported_at_once_and_paid_for_later() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Accounts::default();
    let count = |bulk, second| rates.count(&directory, 100, bulk, second);
    assert_eq!(count(true, 1), (Counted::Admitted, None));
    // Its body took a second.
    let report = rates.charge(&directory, 100, 1_000, 2).unwrap();
    assert_eq!((report.second, report.requests), (2, Requests { asked: 1_001, admitted: 1_001 }));
    assert_eq!(rates.charge(&directory, 100, 0, 2), None, "once in a second");
    assert_eq!(count(false, 2), (Counted::Refused, None));
    assert_eq!(count(true, 2).0, Counted::Owing(10), "1,000 of 100 a second");
    assert_eq!(count(true, 11).0, Counted::Owing(1));
    assert_eq!(count(false, 11).0, Counted::Admitted, "single requests go on");
    assert_eq!(count(true, 12).0, Counted::Admitted);
}

#[test]
fn a_request_costs_what_it_uses_beyond_what_was_counted() {
    let units = |read, write| Units { read, write };
    for (units, counted, more) in [
        // A page of 100 users with their groups, a new user, one who leaves five groups.
        (units(62.0, 1.0), 1, 0),
        (units(2.0, 13.0), 1, 0),
        (units(2.0, 21.0), 1, 0),
        // A scan of 30,000 users, a group of 5,000 members.
        (units(2_993.0, 0.0), 1, 58),
        (units(5_000.0, 10_002.0), 1, 299),
        // A bulk request of 1,000 creates.
        (units(2_000.0, 13_000.0), 1_000, 0),
    ] {
        assert_eq!(excess(units, counted), more, "{units:?}");
    }
}

#[test]
fn what_requests_cost_holds_up_scans_until_it_is_paid_and_leaves_a_quarter_to_others() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Accounts::default();
    assert_eq!(rates.owing(&directory, 100, 1), None);
    let mut reported = Reported::new();
    for second in 1..=4 {
        let (_, report) = rates.count(&directory, 100, false, second);
        deliver(&mut reported, &rates, 100, report);
        deliver(&mut reported, &rates, 100, rates.charge(&directory, 100, 350, second));
    }
    assert_eq!(rates.owing(&directory, 100, 4), Some(11));
    assert_eq!(rates.owing(&directory, 100, 14), Some(1));
    assert_eq!(rates.owing(&directory, 100, 15), None);
    let mut admitted = 0;
    for _ in 0..100 {
        let (counted, report) = rates.count(&directory, 100, false, 5);
        admitted += u64::from(counted == Counted::Admitted);
        deliver(&mut reported, &rates, 100, report);
    }
    assert!(admitted >= 25, "{admitted}");
}

#[test]
fn bulk_requests_in_a_row_come_to_the_rate() {
    for (of, duration) in [(1_000, 1), (1_000, 5), (1_000, 20), (150, 1), (10, 1)] {
        let done = operations(100, 600, 1, of, duration);
        let wanted = 60_000.min(of * 600 / duration);
        assert!((wanted * 9 / 10..=wanted * 11 / 10).contains(&done), "{of} in {duration} s: {done}");
    }
}

#[test]
fn many_instances_with_bulk_requests_share_the_rate_as_far_as_they_know_of_each_other() {
    for (clients, times) in [(2, 2), (10, 2), (50, 3)] {
        let done = operations(100, 600, clients, 1_000, 5);
        let most = 60_000 * times + 1_000 * clients as u64;
        assert!(done <= most, "{clients} clients: {done} in 600 s");
    }
}
