//! A line of receipts: bytes in base64, with a tag over them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::store::seal::{Seal, TAG};

/// A keyed hash, cut short: 128 bits tell nodes apart, and forging is the tag's business.
pub(super) type Hash = [u8; 16];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReceiptKind {
    /// Changes that a gate let through.
    Changes = 0,
    /// Something until then was not kept.
    Lost = 2,
    /// Commits that the push gate looked at.
    Looked = 3,
}

/// A node whose added lines were looked at, and what they were added to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) new: Hash,
    /// At least one, at most 255, ascending. Of a commit: those that it leans on, if any.
    pub(super) old: Vec<Hash>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ReceiptLine {
    pub(super) kind: ReceiptKind,
    /// Seconds since 1970.
    pub(super) time: u64,
    /// Under which nothing was found; at most 255.
    pub(super) terms: Vec<Hash>,
    pub(super) steps: Vec<Step>,
    /// Names the result that holds what was found in the commits; `None` where nothing was.
    pub(super) found: Option<[u8; 32]>,
}

const PURPOSE: &str = "receipt line";

impl ReceiptLine {
    /// Appends the line, without its end.
    pub(super) fn write(&self, seal: &Seal, out: &mut Vec<u8>) {
        let mut bytes = Vec::with_capacity(TAG + 43 + 16 * (self.terms.len() + 3 * self.steps.len()));
        bytes.extend_from_slice(&[0; TAG]);
        bytes.push(self.kind as u8);
        bytes.extend_from_slice(&self.time.to_le_bytes());
        let small = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        bytes.push(small(self.terms.len()));
        self.terms.iter().take(255).for_each(|term| bytes.extend_from_slice(term));
        if self.kind == ReceiptKind::Looked {
            bytes.push(u8::from(self.found.is_some()));
            self.found.iter().for_each(|found| bytes.extend_from_slice(found));
        }
        for step in &self.steps {
            bytes.extend_from_slice(&step.new);
            bytes.push(small(step.old.len()));
            step.old.iter().take(255).for_each(|old| bytes.extend_from_slice(old));
        }
        let tag = seal.tag(PURPOSE, &[&bytes[TAG..]]);
        bytes[..TAG].copy_from_slice(tag.as_bytes());
        out.extend_from_slice(STANDARD_NO_PAD.encode(bytes).as_bytes());
    }

    /// `None` where `text` is no line that this key has tagged.
    pub(super) fn read(seal: &Seal, text: &[u8]) -> Option<Self> {
        if text.is_empty() {
            return None;
        }
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let (tag, content) = bytes.split_at_checked(TAG)?;
        if seal.tag(PURPOSE, &[content]) != <[u8; TAG]>::try_from(tag).ok()? {
            return None;
        }
        Self::parse(content)
    }

    /// The content, behind its tag.
    fn parse(content: &[u8]) -> Option<Self> {
        let mut rest = content;
        let mut take = |count: usize| {
            let (taken, behind) = rest.split_at_checked(count)?;
            rest = behind;
            Some(taken)
        };
        let kind = match take(1)?[0] {
            0 => ReceiptKind::Changes,
            2 => ReceiptKind::Lost,
            3 => ReceiptKind::Looked,
            _ => return None,
        };
        let time = u64::from_le_bytes(take(8)?.try_into().ok()?);
        let count = usize::from(take(1)?[0]);
        let terms = hashes(take(16 * count)?);
        let (mut steps, mut found) = (Vec::new(), None);
        if kind == ReceiptKind::Looked && take(1)?[0] != 0 {
            found = Some(take(32)?.try_into().ok()?);
        }
        while let Some(new) = take(16) {
            let count = usize::from(take(1)?[0]);
            steps.push(Step { new: new.try_into().ok()?, old: hashes(take(16 * count)?) });
        }
        Some(Self { kind, time, terms, steps, found })
    }
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks_exact(16).filter_map(|hash| hash.try_into().ok()).collect()
}
