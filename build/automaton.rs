//! Builds the tables of `src/rules/automaton.rs` from the keywords.

use std::collections::{BTreeMap, VecDeque};

/// The tables, owned.
pub(crate) struct Tables {
    pub(crate) classes: [u8; 256],
    pub(crate) stride: usize,
    pub(crate) next: Vec<u16>,
    pub(crate) first_match: u16,
    pub(crate) starts: Vec<u32>,
    pub(crate) list: Vec<u16>,
}

#[derive(Default, Clone)]
struct Node {
    children: BTreeMap<u8, usize>,
    fail: usize,
    depth: usize,
    ends: Vec<u16>,
}

/// UTF-8 continuation bytes share one class: a keyword beyond ASCII stands for every character with
/// its first byte, and a handful of them does not double the table.
const CONTINUATION: std::ops::RangeInclusive<u8> = 0x80..=0xBF;

/// Builds the complete automaton; keyword `i` is reported as number `i`.
pub(crate) fn build(keywords: &[String]) -> Tables {
    let mut classes = [0_u8; 256];
    let mut count = 1_u8;
    for byte in keywords.iter().flat_map(|word| word.bytes()) {
        let low = byte.to_ascii_lowercase();
        if CONTINUATION.contains(&byte) {
            if classes[usize::from(byte)] == 0 {
                CONTINUATION.for_each(|byte| classes[usize::from(byte)] = count);
                count += 1;
            }
        } else if classes[usize::from(low)] == 0 {
            classes[usize::from(low)] = count;
            classes[usize::from(low.to_ascii_uppercase())] = count;
            count += 1;
        }
    }
    let stride = usize::from(count);

    let mut nodes = vec![Node::default()];
    for (number, word) in keywords.iter().enumerate() {
        let mut at = 0;
        for byte in word.bytes() {
            let class = classes[usize::from(byte)];
            at = match nodes[at].children.get(&class) {
                Some(&child) => child,
                None => {
                    nodes.push(Node { depth: nodes[at].depth + 1, ..Node::default() });
                    let child = nodes.len() - 1;
                    nodes[at].children.insert(class, child);
                    child
                }
            };
        }
        nodes[at].ends.push(u16::try_from(number).expect("fewer than 65,536 keywords"));
    }

    // Breadth first: a node's failure is complete before its children's are asked.
    let mut table = vec![vec![0_usize; usize::from(count)]; nodes.len()];
    let mut queue = VecDeque::from([0_usize]);
    while let Some(at) = queue.pop_front() {
        let fail = nodes[at].fail;
        for class in 0..count {
            match nodes[at].children.get(&class).copied() {
                Some(child) => {
                    let child_fail = if at == 0 { 0 } else { table[fail][usize::from(class)] };
                    nodes[child].fail = child_fail;
                    let inherited = nodes[child_fail].ends.clone();
                    nodes[child].ends.extend(inherited);
                    table[at][usize::from(class)] = child;
                    queue.push_back(child);
                }
                None => table[at][usize::from(class)] = if at == 0 { 0 } else { table[fail][usize::from(class)] },
            }
        }
    }

    // Matching states go last, so that one comparison tells them apart. The shallow ones, where a walk
    // is nearly always, go side by side, so that they stay in the nearest cache.
    let mut order: Vec<usize> = (0..nodes.len()).collect();
    order.sort_by_key(|&at| (!nodes[at].ends.is_empty(), nodes[at].depth));
    let mut renamed = vec![0_u16; nodes.len()];
    for (new, &old) in order.iter().enumerate() {
        renamed[old] = u16::try_from(new).expect("fewer than 65,536 states");
    }
    let quiet = nodes.iter().filter(|node| node.ends.is_empty()).count();
    let mut next = vec![0_u16; nodes.len() * stride];
    for (old, row) in table.iter().enumerate() {
        for (class, &to) in row.iter().enumerate() {
            next[usize::from(renamed[old]) * stride + class] = renamed[to];
        }
    }
    let (mut starts, mut list) = (vec![0_u32], Vec::new());
    for &old in &order[quiet..] {
        list.extend_from_slice(&nodes[old].ends);
        starts.push(u32::try_from(list.len()).expect("a short list"));
    }
    Tables { classes, stride, next, first_match: u16::try_from(quiet).expect("fewer than 65,536 states"), starts, list }
}
