//! Turns the word list into a table of letter trigrams: how much likelier each is in a word than in
//! letters drawn at random.

/// Letters and the word boundary.
const SYMBOLS: usize = 27;

/// One cell a trigram: `16 * log2(probability of the third letter after the first two * 26)`,
/// shifted by 128. A boundary stands before and behind each word.
pub(crate) fn table(words: &str) -> Vec<u8> {
    let mut triples = vec![0_u32; SYMBOLS * SYMBOLS * SYMBOLS];
    let mut pairs = vec![0_u32; SYMBOLS * SYMBOLS];
    for word in words.lines() {
        let mut symbols = vec![SYMBOLS - 1];
        symbols.extend(word.bytes().map(|byte| usize::from(byte - b'a')));
        symbols.push(SYMBOLS - 1);
        for three in symbols.windows(3) {
            triples[(three[0] * SYMBOLS + three[1]) * SYMBOLS + three[2]] += 1;
            pairs[three[0] * SYMBOLS + three[1]] += 1;
        }
    }
    // Additive smoothing by 0.3, so that an unseen trigram is unlikely and not impossible.
    let cell = |at: usize| {
        let likely = (f64::from(triples[at]) + 0.3) / (f64::from(pairs[at / SYMBOLS]) + 0.3 * SYMBOLS as f64);
        ((likely * 26.0).log2() * 16.0 + 128.0).round().clamp(0.0, 255.0) as u8
    };
    (0..triples.len()).map(cell).collect()
}
