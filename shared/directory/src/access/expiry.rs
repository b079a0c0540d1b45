//! Warnings before a credential or a client's secret expires.

/// How many days before the end a warning begins.
pub const WARNINGS: [i64; 3] = [7, 30, 60];

const DAY: i64 = 86_400;

/// The smallest of [`WARNINGS`] within which `end` comes, at `now`, both in seconds since 1970; `None`
/// when `end` is further away or has passed.
pub(crate) fn warning(end: i64, now: i64) -> Option<i64> {
    let left = end.checked_sub(now).filter(|left| *left > 0)?;
    WARNINGS.iter().find(|days| left <= **days * DAY).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_begin_sixty_thirty_and_seven_days_before_the_end() {
        for (left, expected) in [
            (61, None),
            (60, Some(60)),
            (31, Some(60)),
            (30, Some(30)),
            (7, Some(7)),
            (1, Some(7)),
            (0, None),
            (-1, None),
        ] {
            assert_eq!(warning(1000 + left * DAY, 1000), expected, "{left} days");
        }
    }
}
