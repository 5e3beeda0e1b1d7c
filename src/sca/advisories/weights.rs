//! How likely a flaw is used: EPSS (<https://www.first.org/epss/data_stats>, CSV, packed or not) and CISA's catalog of known
//! exploited vulnerabilities (<https://www.cisa.gov/known-exploited-vulnerabilities-catalog>, JSON or CSV), by CVE.

use std::collections::BTreeMap;
use std::io::Read;

use super::bytes::{Reader, Writer};
use super::index::Corrupt;
use crate::sca::document::{Fault, json, utf8};

/// Most bytes of an unpacked list.
const LARGEST: u64 = 256 << 20;
/// Bytes of a row: year, number, EPSS, flags.
const ROW: usize = 9;

/// A CVE: year and number.
pub(super) type Cve = (u16, u32);

/// What is known of a CVE.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// The probability that it is used within 30 days, in parts of 10,000; 0 where it is not known.
    pub epss: u16,
    /// Whether it is known to be exploited.
    pub exploited: bool,
}

/// A list that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Weights {
    /// EPSS scores.
    Epss(Vec<((u16, u32), u16)>),
    /// Known exploited vulnerabilities.
    Exploited(Vec<(u16, u32)>),
}

impl Weights {
    /// How many entries there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Epss(list) => list.len(),
            Self::Exploited(list) => list.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Reads `CVE-2021-44228`.
pub fn cve(text: &str) -> Option<(u16, u32)> {
    let rest = text.trim().trim_matches('"');
    let rest = rest.get(..4).filter(|head| head.eq_ignore_ascii_case("CVE-")).map(|_| &rest[4..])?;
    let (year, number) = rest.split_once('-')?;
    Some((year.parse().ok()?, number.parse().ok()?))
}

/// Reads a list; `None` where the file is none.
pub fn weights(bytes: &[u8]) -> Result<Option<Weights>, Fault> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = Vec::new();
        let read = flate2::read::MultiGzDecoder::new(bytes).take(LARGEST + 1).read_to_end(&mut unpacked);
        if read.is_err() || unpacked.len() as u64 > LARGEST {
            return Err(Fault::whole("is a packed file that is broken or too large"));
        }
        return of_text(&unpacked);
    }
    of_text(bytes)
}

fn of_text(bytes: &[u8]) -> Result<Option<Weights>, Fault> {
    let start = &bytes[..bytes.len().min(2000)];
    let begins = start.trim_ascii_start();
    if begins.starts_with(b"{") && memchr::memmem::find(bytes, b"\"cveID\"").is_some() {
        let root = json(bytes, false)?;
        let mut list = Vec::new();
        for one in root.list("vulnerabilities") {
            let id = one.text("cveID").and_then(cve);
            list.push(id.ok_or_else(|| Fault::at(one.line, "names a vulnerability without a CVE"))?);
        }
        return Ok(Some(Weights::Exploited(list)));
    }
    let is_list = begins.starts_with(b"#model_version") || begins.starts_with(b"cve,epss");
    let is_catalog = begins.starts_with(b"cveID,") || begins.starts_with(b"\"cveID\",");
    if !is_list && !is_catalog {
        return Ok(None);
    }
    let (mut scores, mut exploited) = (Vec::new(), Vec::new());
    for (number, line) in (1_u32..).zip(utf8(bytes)?.lines()) {
        let mut cells = line.split(',');
        let first = cells.next().unwrap_or_default();
        if is_catalog {
            // A cell may go on over several lines; each entry begins with its CVE.
            exploited.extend(cve(first));
            continue;
        }
        if line.starts_with('#') || line.starts_with("cve,") || line.trim().is_empty() {
            continue;
        }
        let score =
            cells.next().and_then(|cell| cell.trim().parse::<f64>().ok()).filter(|one| (0.0..=1.0).contains(one));
        let (Some(cve), Some(score)) = (cve(first), score) else {
            return Err(Fault::at(number, "is not a line of EPSS scores"));
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the score lies between 0 and 1")]
        scores.push((cve, (score * 10_000.0).round() as u16));
    }
    Ok(Some(if is_list { Weights::Epss(scores) } else { Weights::Exploited(exploited) }))
}

/// All weights, sorted, as they are compiled.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    rows: BTreeMap<Cve, Weight>,
}

impl Table {
    /// A list takes the place of the earlier one of its kind.
    pub(super) fn take(&mut self, weights: &Weights) {
        match weights {
            Weights::Epss(list) => {
                self.rows.values_mut().for_each(|weight| weight.epss = 0);
                for (cve, epss) in list {
                    self.rows.entry(*cve).or_default().epss = *epss;
                }
            }
            Weights::Exploited(list) => {
                self.rows.values_mut().for_each(|weight| weight.exploited = false);
                for cve in list {
                    self.rows.entry(*cve).or_default().exploited = true;
                }
            }
        }
        self.rows.retain(|_, weight| *weight != Weight::default());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Writer::default();
        for ((year, number), weight) in &self.rows {
            out.bytes.extend_from_slice(&year.to_le_bytes());
            out.u32(*number);
            out.bytes.extend_from_slice(&weight.epss.to_le_bytes());
            out.byte(u8::from(weight.exploited));
        }
        out.bytes
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Corrupt> {
        let rows = bytes.chunks_exact(ROW).map(row).collect::<Result<_, _>>()?;
        Ok(Self { rows })
    }
}

fn row(bytes: &[u8]) -> Result<(Cve, Weight), Corrupt> {
    let mut from = Reader::new(bytes);
    let mut short = || -> Result<u16, Corrupt> { Ok(u16::from(from.byte()?) | u16::from(from.byte()?) << 8) };
    let year = short()?;
    let number = u32::from(short()?) | u32::from(short()?) << 16;
    let epss = short()?;
    Ok(((year, number), Weight { epss, exploited: bytes.get(8) == Some(&1) }))
}

/// Looks a CVE up in an encoded table.
pub(super) fn find(table: &[u8], wanted: Cve) -> Result<Option<Weight>, Corrupt> {
    let (mut low, mut high) = (0, table.len() / ROW);
    while low < high {
        let middle = usize::midpoint(low, high);
        let (cve, weight) = row(table.get(middle * ROW..(middle + 1) * ROW).unwrap_or_default())?;
        match cve.cmp(&wanted) {
            std::cmp::Ordering::Equal => return Ok(Some(weight)),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_and_catalogs_are_read_and_found() {
        let text = b"#model_version:v2025.03.14,score_date:2026-11-24\ncve,epss,percentile\nCVE-2021-44228,0.94358,0.99957\nCVE-1999-0001,0.00001,0.1\n";
        let Some(scores) = weights(text).unwrap() else { panic!("no scores") };
        assert_eq!(scores, Weights::Epss(vec![((2021, 44228), 9436), ((1999, 1), 0)]));
        let catalog = br#"{"title": "KEV", "vulnerabilities": [{"cveID": "CVE-2021-44228"}, {"cveID": "CVE-2020-1"}]}"#;
        let Some(catalog) = weights(catalog).unwrap() else { panic!("no catalog") };
        assert_eq!(weights(b"cveID,vendorProject\nCVE-2020-1,\"a\nb\"\n").unwrap().map(|list| list.len()), Some(1));
        assert_eq!(weights(b"{\"id\": \"GHSA-1\"}").unwrap(), None);
        assert!(weights(b"cve,epss,percentile\nCVE-2020-1,much,1\n").is_err());
        assert!(weights(&[0x1f, 0x8b, 8, 0]).is_err());
        let mut table = Table::default();
        table.take(&scores);
        table.take(&catalog);
        let bytes = table.encode();
        assert_eq!(find(&bytes, (2021, 44228)).unwrap(), Some(Weight { epss: 9436, exploited: true }));
        assert_eq!(find(&bytes, (2020, 1)).unwrap(), Some(Weight { epss: 0, exploited: true }));
        assert_eq!(find(&bytes, (2020, 2)).unwrap(), None);
        assert_eq!(Table::decode(&bytes).unwrap().encode(), bytes);
    }
}
