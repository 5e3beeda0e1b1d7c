//! What patches of all kinds come to.

use super::*;
use crate::change::{Content, Entry, Kind};

/// One line a change (`KIND PATH: added|added`), then one a fault.
fn told(text: &str) -> Vec<String> {
    let found = patch(text.as_bytes());
    let mut told: Vec<String> = found
        .changes
        .iter()
        .map(|change| {
            let kind = match (change.kind, change.entry) {
                (_, Entry::Message) => "T",
                (Kind::Added, _) => "A",
                (Kind::Modified, _) => "M",
                (Kind::Deleted, _) => "D",
            };
            let added: Vec<String> = match &change.content {
                Content::Fragments(fragments) => fragments
                    .iter()
                    .flat_map(|one| one.added.iter().map(|range| one.text[range.clone()].to_vec()))
                    .map(|added| String::from_utf8_lossy(&added).trim_end().replace('\n', "/"))
                    .collect(),
                Content::Blobs { new: Some(crate::change::Blob::Text(text)), .. } => {
                    vec![String::from_utf8_lossy(text).trim_end().replace('\n', "/")]
                }
                Content::Blobs { .. } => vec!["?".to_owned()],
            };
            format!("{kind} {}: {}", change.path, added.join("|"))
        })
        .collect();
    told.extend(found.faults.iter().map(|fault| format!("! {}:{:?}", fault.line, fault.lack)));
    told
}

const ID: &str = "0123456789abcdef0123456789abcdef01234567";

#[test]
fn git_diffs_of_every_kind() {
    assert_eq!(told("diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"), ["M x: b"]);
    assert_eq!(
        told(
            "diff --git a/x b/x\nnew file mode 120000\nindex 0..2\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+t\n\\ No newline at end of file\n"
        ),
        ["A x: t"]
    );
    assert_eq!(
        told("diff --git a/x b/x\ndeleted file mode 100644\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n"),
        ["D x: "]
    );
    assert_eq!(told("diff --git a/x b/x\nold mode 100644\nnew mode 100755\n"), ["M x: "]);
    assert_eq!(told("diff --git a/x b/x\nnew file mode 100644\nindex 0..e69de29\n"), ["A x: "]);
    assert_eq!(
        told(
            "diff --git a/old name b/new\nsimilarity index 90%\nrename from old name\nrename to new\nindex 1..2 100644\n--- a/old name\t\n+++ b/new\n@@ -1 +1,2 @@\n a\n+b\n"
        ),
        ["M new: b"]
    );
    assert_eq!(
        told(
            "diff --git \"a/\\303\\244\" \"b/\\303\\244\"\n--- \"a/\\303\\244\"\n+++ \"b/\\303\\244\"\n@@ -0,0 +1 @@\n+b\n"
        ),
        ["M ä: b"]
    );
    assert_eq!(told("diff --git src/x src/x\n--- src/x\n+++ src/x\n@@ -0,0 +1 @@\n+b\n"), ["M src/x: b"]);
    assert_eq!(told("diff --git i/x w/x\n--- i/x\n+++ w/x\n@@ -0,0 +1 @@\n+b\n"), ["M x: b"]);
    let cc = "diff --cc a/x\nindex 1,2..3\nmode 100644,100644..100755\n--- a/a/x\n+++ b/a/x\n@@@ -1,1 -1,2 +1,2 @@@\n- a\n -b\n++c\n+ b\n";
    assert_eq!(told(cc), ["M a/x: c"]);
}

#[test]
fn what_a_patch_does_not_hold_is_told() {
    assert_eq!(told("diff --git a/x b/x\nindex 1..2\nBinary files a/x and b/x differ\n"), ["M x: ", "! 3:Binary"]);
    let literal = "diff --git a/x b/x\nnew file mode 100644\nindex 0..2\nGIT binary patch\nliteral 3\nKcmZQzU|?VY\n\nliteral 0\nHcmV?d00001\n\n";
    assert_eq!(
        told(&format!("{literal}diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -0,0 +1 @@\n+b\n")),
        ["A x: ", "M y: b", "! 4:Binary"]
    );
    assert_eq!(
        told("diff --git a/x b/x\ndeleted file mode 100644\nBinary files a/x and /dev/null differ\n"),
        ["D x: "]
    );
    assert_eq!(told("--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n a\n+b\n"), ["M x: b", "! 3:ShortHunk"]);
    assert_eq!(
        told("--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n a\n+b\n+c\n"),
        ["M x: b", "T text of the patch: +c", "! 6:LongHunk"]
    );
    assert_eq!(told("--- a/x\n+++ b/x\n@@ -1 +x @@\n+b\n"), ["M x: ", "T text of the patch: +b", "! 3:BadHunk"]);
    assert_eq!(told("--- a/x\n+++ b/x\n"), ["M x: ", "! 1:NoHunk"]);
    assert_eq!(told("@@ -0,0 +1 @@\n+b\n"), ["M a file without a name: b"]);
    let context = told("*** a/x\t1\n--- b/x\t2\n***************\n*** 1 ****\n--- 1,2 ----\n  a\n+ b\n");
    assert_eq!(context.last().map(String::as_str), Some("! 1:OtherFormat"));
    assert_eq!(told("Only in new: x.bin\nFiles a/y and b/y differ\n").len(), 4);
}

#[test]
fn plain_diffs() {
    let svn = "Index: src/x\n=====\n--- src/x\t(revision 1)\n+++ src/x\t(working copy)\n@@ -1 +1 @@\n-a\n+b\n";
    assert_eq!(told(svn), ["T text of the patch: Index: src/x/=====", "M src/x: b"]);
    let two = "diff -ru old/x new/x\n--- old/x\t2026-01-01\n+++ new/x\t2026-01-01\n@@ -1 +1 @@\n-a\n+b\n--- old/y\t1\n+++ new/y\t2\n@@ -1 +1 @@\n-a\n+c\n";
    assert_eq!(told(two)[1..], ["M x: b", "M y: c"]);
    assert_eq!(told("--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n"), ["M x: b"]);
    assert_eq!(told("--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+--- y\n"), ["A x: --- y"]);
}

#[test]
fn commits_and_mails_are_told_with_their_messages() {
    let log = format!(
        "commit {ID} (HEAD -> main)\nMerge: 1 2\nAuthor: A <a@b>\nDate:   now\n\n    Subject\n    \n    diff --git a/no b/no\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n\ncommit {ID}\nMerge: 1 2\nAuthor: A <a@b>\n\n    Two\n"
    );
    let found = patch(log.as_bytes());
    assert_eq!((found.commits, found.files), (2, 1));
    let commit = found.changes[1].commit.as_ref().unwrap();
    assert_eq!((&commit.author[..], &commit.subject[..]), (&b"A <a@b>"[..], &b"Subject"[..]));
    assert_eq!(
        told(&log),
        [
            "T commit 0123456789ab message: Subject//diff --git a/no b/no",
            "M x: b",
            "T commit 0123456789ab message: Two",
            "! 16:Merge"
        ]
    );
    let mail = format!(
        "From {ID} Mon Sep 17 00:00:00 2001\nFrom: A <a@b>\nDate: now\nSubject: [PATCH] Fix\n it\n\nBody\n---\n x | 1 +\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+b\n-- \n2.47.3\n\nFrom {ID} Mon Sep 17 00:00:00 2001\nContent-Transfer-Encoding: base64\n\nZGlmZg==\n"
    );
    assert_eq!(
        told(&mail),
        [
            "T commit 0123456789ab message: [PATCH] Fix/ it//Body/---/ x | 1 +",
            "M x: b",
            "T commit 0123456789ab message: -- /2.47.3",
            "T commit 0123456789ab message: /ZGlmZg==",
            "! 19:Encoded"
        ]
    );
    assert!(patch(b"commit abc1234\nAuthor: A\n\n    m\n").changes[0].path.to_string().contains("abc1234"));
}

#[test]
fn what_is_no_patch_has_no_file() {
    for text in ["", "hello\n", "commit message\n", "From here on\n", "--- a\n", "+a\n-b\n"] {
        let found = patch(text.as_bytes());
        assert_eq!((found.files, found.commits), (0, 0), "{text}");
    }
}

#[test]
fn any_bytes_are_taken() {
    let seed: Vec<&[u8]> = vec![
        b"diff --git a/x b/x\n",
        b"--- a/x\n",
        b"+++ b/x\n",
        b"@@ -1,2 +1,3 @@\n",
        b"@@@ -1 -1 +1 @@@\n",
        b" a\n",
        b"+b\n",
        b"-c\n",
        b"\\ No\n",
        b"\n",
        b"\r\n",
        b"commit 0123456789abcdef0123456789abcdef01234567\n",
        b"    m\n",
        b"\"",
        b"@@",
        b"\xff\0",
        b"GIT binary patch\n",
        b"literal 1\n",
        b"diff --cc \n",
        b"rename to \"\\3\n",
        b"index \n",
        b"mode ..\n",
        b"From ",
        b"diff --git \"\n",
        b"@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@ -1 +1 @@\n",
        b"Binary files  differ\n",
        b"*** \n",
        b"+++ ",
    ];
    let mut state = 7_u64;
    for _ in 0..3000 {
        let mut text = Vec::new();
        for _ in 0..20 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            text.extend_from_slice(seed[usize::try_from(state >> 33).unwrap() % seed.len()]);
        }
        patch(&text);
    }
}
