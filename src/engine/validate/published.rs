//! Values that everybody has: the samples of standards and documentation, and the keys that packages publish for their
//! tests. They open nothing. The tables hold digests, so that no value stands there as it leaks.

/// The first eight bytes of the BLAKE3 of samples, in hex, a line each, sorted.
static SAMPLES: &str = include_str!("../../../rules/secrets/published-samples.txt");
/// The same of private keys, made by `rules/model/train.py --keys`.
static KEYS: &str = include_str!("../../../rules/secrets/published-keys.txt");

/// What the tables hold of a value or of a key's body: of its beginning.
pub(in crate::engine) fn digest(value: &[u8]) -> String {
    let hash = blake3::hash(&value[..value.len().min(200)]);
    hash.as_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `value` is a sample that standards or documentation give.
pub(in crate::engine) fn is_sample(value: &[u8]) -> bool {
    value.len() >= 6 && holds(SAMPLES, &digest(value))
}

/// Whether `body` is a private key that packages publish.
pub(in crate::engine) fn is_key(body: &[u8]) -> bool {
    let digest = digest(body);
    holds(KEYS, &digest) || holds(SAMPLES, &digest)
}

/// Binary search over lines of sixteen digits.
fn holds(table: &str, digest: &str) -> bool {
    let line = |at: usize| &table[at * 17..at * 17 + 16];
    let (mut low, mut high) = (0, table.len() / 17);
    while low < high {
        let middle = usize::midpoint(low, high);
        match line(middle).cmp(digest) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted_and_searched() {
        for table in [SAMPLES, KEYS] {
            let lines: Vec<&str> = table.lines().collect();
            assert!(lines.is_sorted() && lines.iter().all(|line| line.len() == 16));
            assert_eq!(lines.len() * 17, table.len());
            assert!(lines.iter().all(|line| holds(table, line)) && !holds(table, "0000000000000000"));
        }
        assert!(!is_sample(b"q9Xv2LmT7rKp4WzB8nYd"));
    }
}
