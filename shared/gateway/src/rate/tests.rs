#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on has failed")]

use super::*;

/// Instances that are asked so much in each second; what each admits in each second.
fn simulated(rate: u64, seconds: u64, asked: &[u64]) -> Vec<Vec<u64>> {
    let directory: DirectoryId = "acme".parse().unwrap();
    let instances: Vec<Rates> = asked.iter().map(|_| Rates::default()).collect();
    let (mut told, mut admitted) = (Told::new(), Vec::new());
    for second in 1_000..1_000 + seconds {
        let mut all = Vec::new();
        for (instance, asked) in instances.iter().zip(asked) {
            let mut count = 0;
            for _ in 0..*asked {
                let (admitted, report) = instance.count(&directory, rate, second);
                count += u64::from(admitted);
                if let Some(report) = report {
                    let sum = told.entry(report.second).or_default();
                    sum.asked += report.requests.asked;
                    sum.admitted += report.requests.admitted;
                    told.retain(|second, _| second + 10 >= report.second);
                    instance.learn(&directory, rate, report.second, report.requests, told.clone());
                }
            }
            all.push(count);
        }
        admitted.push(all);
    }
    admitted
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
    let (rates, told) = (Rates::default(), Told::from([(9, Requests { asked: 50, admitted: 50 })]));
    rates.count(&directory, 100, 10);
    rates.learn(&directory, 100, 10, Requests { asked: 50, admitted: 50 }, told);
    let admitted = (0..300).filter(|_| rates.count(&directory, 100, 10).0).count();
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
fn little_is_not_told() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Rates::default();
    for second in 1..=5 {
        assert_eq!(rates.count(&directory, 100, second), (true, None), "{second}");
    }
    for _ in 0..2 {
        assert_eq!(rates.count(&directory, 100, 6).1, None, "not in the second that it is told of");
    }
    let report = rates.count(&directory, 100, 7).1.unwrap();
    assert_eq!(report.requests, Requests { asked: 7, admitted: 7 });
    assert_eq!(rates.count(&directory, 100, 7).1, None, "once in a second");
}

#[test]
fn where_nothing_is_learned_each_has_the_whole_rate() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Rates::default();
    for second in 1..=3 {
        let admitted = (0..300).filter(|_| rates.count(&directory, 100, second).0).count();
        assert_eq!(admitted, 100);
    }
}

#[test]
fn operations_of_bulk_are_paid_for_later() {
    let directory: DirectoryId = "acme".parse().unwrap();
    let rates = Rates::default();
    assert!(rates.count(&directory, 100, 1).0);
    rates.charge(&directory, 1_000);
    assert!(!rates.count(&directory, 100, 1).0);
    let report = rates.count(&directory, 100, 2).1.unwrap();
    assert_eq!(report.requests, Requests { asked: 1_002, admitted: 1_001 });
}
