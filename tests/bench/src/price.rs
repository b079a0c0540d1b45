//! What units cost: the one price list of the benchmark.

/// Where and since when these prices hold; AWS's price list has those of other regions.
pub(crate) const OF: &str = "DynamoDB on demand, us-east-1, US dollars, since November 2024";
/// A million read units.
const READ: f64 = 0.125;
/// A million write units.
const WRITE: f64 = 0.625;

/// US dollars for a million requests that take so many units each.
pub(crate) fn million((read, write): (f64, f64)) -> f64 {
    read * READ + write * WRITE
}
