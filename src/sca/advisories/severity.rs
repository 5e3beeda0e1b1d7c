//! CVSS vectors to scores: version 2, 3 and 4, by the `cvss` crate, which FIRST's published vectors hold.

/// The score of a vector in tenths; `None` where it cannot be read.
pub fn score(vector: &str) -> Option<u8> {
    let text = vector.trim().trim_start_matches('(').trim_end_matches(')');
    let score = if text.starts_with("CVSS:4") {
        text.parse::<cvss::v4::Vector>().ok()?.score().value()
    } else if text.starts_with("CVSS:3") {
        text.parse::<cvss::v3::Vector>().ok()?.score().value()
    } else {
        text.parse::<cvss::v2::Vector>().ok()?.score().value()
    };
    // Scores have one digit behind the point and are at most 10.
    (0..=100_u8).find(|tenths| (f64::from(*tenths) / 10.0 - score).abs() < 0.05)
}
