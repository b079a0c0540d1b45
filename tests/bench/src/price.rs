//! The prices of capacity units, used by the whole benchmark.

/// Region and date of these prices; AWS's price list has those of other regions.
pub(crate) const OF: &str = "DynamoDB on demand, us-east-1, US dollars, since November 2024";
/// A million read units.
const READ: f64 = 0.125;
/// A million write units.
const WRITE: f64 = 0.625;

/// US dollars for a million requests that each use these units.
pub(crate) fn million((read, write): (f64, f64)) -> f64 {
    read * READ + write * WRITE
}
