//! Mutations: bytes, blocks, repeats, splices of two inputs, numbers at their limits.

/// Longest input.
const LONGEST: usize = 64 * 1024;

/// Makes inputs from seeds, without end.
pub struct Mutator {
    state: u64,
    pool: Vec<Vec<u8>>,
}

impl Mutator {
    /// From `seeds`; the same `seed` gives the same inputs.
    pub fn new(seed: u64, seeds: Vec<Vec<u8>>) -> Self {
        Self { state: seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1, pool: seeds }
    }

    fn random(&mut self, below: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        (self.state >> 11) as usize % below.max(1)
    }

    /// The next input.
    pub fn next(&mut self) -> Vec<u8> {
        let at = self.random(self.pool.len());
        let mut input = self.pool[at].clone();
        for _ in 0..=self.random(8) {
            self.mutate(&mut input);
        }
        input.truncate(LONGEST);
        // Now and then a mutant becomes a seed, so that mutations add up.
        if self.random(64) == 0 && self.pool.len() < 4096 {
            self.pool.push(input.clone());
        }
        input
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        const TOKENS: &[&[u8]] = &[
            b"\n",
            b"\r\n",
            b"\0",
            b"\xff\xfe",
            b"\"",
            b"'",
            b"`",
            b"/*",
            b"*/",
            b"#",
            b"//",
            b"=",
            b":",
            b"://",
            b"@",
            b"password=",
            b"secret: ",
            b"\\x41",
            b"\\u0041",
            b"%41",
            b"-----BEGIN ",
            b"QUtJQQ==",
            b"AKIA",
            b"{",
            b"}",
            b"<!--",
            b"'''",
            b"@@ -1,1 +1,1 @@\n",
            b"--- a\n+++ b\n",
            b"diff --git a/a b/a\n",
            b"TREE",
            b"DIRC",
            b"[[allow]]\n",
            b"gatehook:allow ",
            b"Authorization: Basic ",
            b"eyJ",
            b"\xe2\x80\xae",
            b"\xf0\x9f\x92\xa9",
        ];
        let length = input.len();
        let at = self.random(length + 1);
        match self.random(9) {
            0 if length > 0 => input[at.min(length - 1)] = self.random(256) as u8,
            1 if length > 0 => input[at.min(length - 1)] ^= 1 << self.random(8),
            2 => {
                let end = (at + self.random(32)).min(length);
                input.drain(at..end);
            }
            3 => {
                let token = TOKENS[self.random(TOKENS.len())];
                input.splice(at..at, token.iter().copied());
            }
            4 => {
                let end = (at + 1 + self.random(48)).min(length);
                let block = input[at..end].to_vec();
                for _ in 0..self.random(200) {
                    if input.len() > LONGEST {
                        break;
                    }
                    input.splice(at..at, block.iter().copied());
                }
            }
            5 => {
                let other = self.random(self.pool.len());
                let other = self.pool[other].clone();
                let from = self.random(other.len() + 1);
                input.truncate(at);
                input.extend_from_slice(&other[from..]);
            }
            6 if length >= 4 => {
                let number: u32 = [0, 1, 0x7fff_ffff, 0x8000_0000, u32::MAX, 0xffff][self.random(6)];
                let at = at.min(length - 4);
                input[at..at + 4].copy_from_slice(&number.to_be_bytes());
            }
            7 => input.truncate(at),
            _ => {
                for _ in 0..self.random(24) {
                    let byte = self.random(256) as u8;
                    input.push(byte);
                }
            }
        }
    }
}
