//! The readers of a git directory's files and of what git prints, and the event that a CI system hands over.

use std::path::Path;
use std::process::Command;

use gatehook::ci::{BaseAt, Surroundings, review};
use gatehook::git::readers;

/// A repository made by `script`, and what `take` reads of it.
fn made<T>(script: &str, take: impl Fn(&Path) -> T) -> T {
    let number = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let dir = std::env::temp_dir().join(format!("gatehook-fuzz-{}-{number}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a temporary directory");
    let status = Command::new("sh")
        .args(["-c", script])
        .current_dir(&dir)
        .env("HOME", &dir)
        .envs(
            ["GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"]
                .map(|name| (name, "a")),
        )
        .status()
        .expect("a shell");
    assert!(status.success(), "git made no repository");
    let taken = take(&dir);
    let _ = std::fs::remove_dir_all(&dir);
    taken
}

/// A history with deltas, a merge, a tag and a commit of three parents.
const HISTORY: &str = "set -e; git init -qb main .; git config pack.threads 1
    for i in 1 2 3 4 5 6; do seq $i 90 >a; mkdir -p d/e; echo $i >d/e/$i; git add .; git commit -qm \"commit $i\"; done
    git branch x HEAD~2; git branch y HEAD~3; git checkout -q x; echo x >x; git add x; git commit -qm x
    git checkout -q y; echo y >y; git add y; git commit -qm y; git checkout -q main; git merge -q x y -m octopus >/dev/null
    git tag -am 'a tag' v1; git update-ref refs/remotes/origin/main main~1; git update-ref refs/remotes/origin/b/c x";

fn of_ending(dir: &Path, ending: &str) -> Vec<u8> {
    let listed = std::fs::read_dir(dir.join(".git/objects/pack")).expect("packs");
    let file = listed.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with(ending));
    std::fs::read(file.expect("a file of that ending")).expect("it is read")
}

/// Two lengths of two bytes, an index, a pack, and an index over many packs where there is more.
fn parts(bytes: &[u8]) -> Option<[&[u8]; 3]> {
    let (lengths, rest) = bytes.split_first_chunk::<4>()?;
    let length = |at: usize| usize::from(u16::from_be_bytes([lengths[at], lengths[at + 1]]));
    let (index, rest) = rest.split_at(length(0).min(rest.len()));
    let (pack, many) = rest.split_at(length(2).min(rest.len()));
    Some([index, pack, many])
}

fn joined(index: &[u8], pack: &[u8], many: &[u8]) -> Vec<u8> {
    let length = |part: &[u8]| u16::try_from(part.len()).expect("a small part").to_be_bytes();
    [&length(index)[..], &length(pack), index, pack, many].concat()
}

/// Packs, their indexes and the index over many of them.
pub fn pack(bytes: &[u8]) {
    let Some([index, pack, many]) = parts(bytes) else { return };
    readers::pack(index, pack, Some(many).filter(|many| !many.is_empty()));
}

pub fn pack_seeds() -> Vec<Vec<u8>> {
    let repack = |args: &str| {
        made(&format!("{HISTORY}; git {args}; git multi-pack-index write 2>/dev/null"), |dir| {
            let [index, pack, many] = [".idx", ".pack", "multi-pack-index"].map(|ending| of_ending(dir, ending));
            assert!(readers::pack(&index, &pack, None) > 20 && readers::pack(&index, &pack, Some(&many)) > 20);
            [joined(&index, &pack, &many), joined(&index, &pack, b"")]
        })
    };
    ["repack -adfq", "-c repack.useDeltaBaseOffset=false repack -adfq"].iter().flat_map(|args| repack(args)).collect()
}

/// A length of one byte, a base, a delta.
pub fn delta(bytes: &[u8]) {
    let Some((&length, rest)) = bytes.split_first() else { return };
    let (base, delta) = rest.split_at(usize::from(length).min(rest.len()));
    readers::delta(base, delta);
}

pub fn delta_seeds() -> Vec<Vec<u8>> {
    vec![
        [&b"\x05hello"[..], &[5, 9, 3, b'a', b'b', b'c', 0x90, 5, 1, b'!']].concat(),
        [&b"\x05hello"[..], &[5, 2, 0x91, 3, 2]].concat(),
        [&[200][..], &[b'x'; 200], &[0xc8, 1, 0x90, 3, 0xb0, 200, 0, 0x90, 200]].concat(),
    ]
}

/// A loose object's file; as it is, and deflated, so that what lies behind the checksum is reached as well.
pub fn loose(bytes: &[u8]) {
    readers::loose(bytes);
    readers::loose(&stored(bytes));
}

/// A zlib stream of blocks that are stored as they are (RFC 1950, RFC 1951).
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut pieces = bytes.chunks(0xffff).peekable();
    if pieces.peek().is_none() {
        out.extend([1, 0, 0, 0xff, 0xff]);
    }
    while let Some(piece) = pieces.next() {
        let length = u16::try_from(piece.len()).expect("a piece");
        out.push(u8::from(pieces.peek().is_none()));
        out.extend(length.to_le_bytes());
        out.extend((!length).to_le_bytes());
        out.extend(piece);
    }
    let (mut low, mut high) = (1_u32, 0_u32);
    for byte in bytes {
        low = (low + u32::from(*byte)) % 65521;
        high = (high + low) % 65521;
    }
    out.extend(((high << 16) | low).to_be_bytes());
    out
}

pub fn loose_seeds() -> Vec<Vec<u8>> {
    let mut seeds: Vec<Vec<u8>> = ["blob 5\0hello", "tree 0\0", "commit 9\0tree 1234", "tag 18446744073709551615\0x"]
        .map(|text| text.as_bytes().to_vec())
        .into();
    seeds.extend(made(HISTORY, |dir| {
        let listed = Command::new("sh").args(["-c", "find .git/objects/?? -type f"]).current_dir(dir).output();
        let listed = String::from_utf8(listed.expect("a shell").stdout).expect("names");
        let read: Vec<Vec<u8>> = listed.lines().map(|name| std::fs::read(dir.join(name)).expect("an object")).collect();
        assert!(read.iter().all(|file| readers::loose(file)), "an object that is not read");
        read
    }));
    assert!(readers::loose(&stored(&seeds[0])));
    seeds
}

/// Commit graphs.
pub fn graph(bytes: &[u8]) {
    readers::graph(bytes);
}

pub fn graph_seeds() -> Vec<Vec<u8>> {
    made(&format!("{HISTORY}; git commit-graph write --reachable"), |dir| {
        let graph = std::fs::read(dir.join(".git/objects/info/commit-graph")).expect("a graph");
        assert!(readers::graph(&graph) > 5);
        vec![graph]
    })
}

/// `packed-refs`, `HEAD`, `shallow`, `MERGE_HEAD`.
pub fn refs(bytes: &[u8]) {
    readers::refs(bytes);
}

pub fn refs_seeds() -> Vec<Vec<u8>> {
    let mut seeds = made(&format!("{HISTORY}; git pack-refs --all; git rev-parse x y >.git/shallow"), |dir| {
        ["packed-refs", "HEAD", "shallow"]
            .map(|name| std::fs::read(dir.join(".git").join(name)).expect("a file"))
            .to_vec()
    });
    assert!(readers::refs(&seeds[0]) > 4);
    seeds.push(b"ref: refs/heads/main\n".to_vec());
    seeds
}

/// A repository's configuration.
pub fn settings(bytes: &[u8]) {
    readers::config(bytes);
}

pub fn settings_seeds() -> Vec<Vec<u8>> {
    [
        "[core]\n\trepositoryformatversion = 0\n\tbare = false\n[remote \"origin\"]\n\turl = x\n",
        "[core] repositoryformatversion = 1\r\n worktree = \"a \\\"b\\\\\" ; c\n[extensions]\nworktreeConfig\nobjectformat=sha1\n",
        "\u{feff}[core]\nbare\n[includeIf \"gitdir:x\"]path=y\\\nz\n[Remote \"ORIGIN/x\"]",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into()
}

/// What git's plumbing prints.
pub fn plumbing(bytes: &[u8]) {
    readers::plumbing(bytes);
}

pub fn plumbing_seeds() -> Vec<Vec<u8>> {
    let mut seeds = made(HISTORY, |dir| {
        [
            "git rev-list --all | git diff-tree --always --stdin -r -c --root --raw -z --no-abbrev --no-renames",
            "git ls-tree -r -z main",
            "git diff-tree -r --raw -z --no-abbrev main~2 main",
            "git cat-file commit main",
            "git cat-file tag v1",
            "git cat-file tree main^{tree}",
            "git rev-list --all | git cat-file --batch-check='%(objecttype)'",
        ]
        .map(|script| Command::new("sh").args(["-c", script]).current_dir(dir).output().expect("a shell").stdout)
        .to_vec()
    });
    assert!(seeds[1..].iter().all(|seed| readers::plumbing(seed) > 0), "an answer that is not understood");
    let id = "11".repeat(20);
    seeds.push(format!("{id} blob 5\nhello\nmark missing\n").into_bytes());
    seeds.push(format!("{id} tag 2\nhe\nmark missing\nrest").into_bytes());
    let record = format!(":000000 100644 {} {id} A\0path\0", "0".repeat(40));
    seeds.push(format!("{id}\0{record}").into_bytes());
    assert!(seeds[7..].iter().all(|seed| readers::plumbing(seed) > 0));
    seeds
}

/// Variables of a CI system in the first line, `A=b C=d`, and its event behind it.
pub fn event(bytes: &[u8]) {
    let (first, payload) = bytes.split_at(bytes.iter().position(|&byte| byte == b'\n').unwrap_or(bytes.len()));
    let first = String::from_utf8_lossy(first);
    let variable = |name: &str| {
        let value = first.split(' ').filter_map(|pair| pair.split_once('=')).find(|(own, _)| *own == name);
        value.map(|(_, value)| value.to_owned())
    };
    let Ok(review) = review(&Surroundings { variable: &variable, payload: Some(payload) }) else { return };
    for base in &review.base {
        if let BaseAt::Revision(id) | BaseAt::Branch(id) = &base.at {
            assert!(!id.trim().is_empty(), "a base without a name");
        }
    }
    assert!(review.head.iter().all(|(id, _)| !id.trim().is_empty()), "a head without a name");
}

pub fn event_seeds() -> Vec<Vec<u8>> {
    let (id, tip) = ("1".repeat(40), "2".repeat(40));
    let request = format!(
        r#"{{"pull_request":{{"base":{{"sha":"{id}","ref":"main","repo":{{"full_name":"o/r"}}}},"head":{{"sha":"{tip}","repo":{{"full_name":"x/r"}}}}}},"merge_group":{{"head_sha":"{tip}","base_sha":"{id}","base_ref":"refs/heads/m"}},"before":"{id}","after":"{tip}","deleted":false,"repository":{{"default_branch":"trunk"}}}}"#
    );
    let github = |event: &str| {
        format!("GITHUB_ACTIONS=true GITHUB_SHA={id} GITHUB_EVENT_NAME={event} GITHUB_BASE_REF=main\n{request}")
    };
    let others = [
        "GITLAB_CI=true CI_MERGE_REQUEST_IID=4 CI_MERGE_REQUEST_DIFF_BASE_SHA=",
        "CIRCLECI=true CIRCLE_COMPARE_URL=https://x/compare/a...b CIRCLE_SHA1=",
        "TRAVIS=true TRAVIS_EVENT_TYPE=push TRAVIS_COMMIT_RANGE=a...b TRAVIS_COMMIT=",
        "GATEHOOK_SHARD=1/3 BUILDKITE=true BUILDKITE_PULL_REQUEST=7 BUILDKITE_COMMIT=",
        "TF_BUILD=True SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/x BUILD_SOURCEVERSION=",
    ];
    let mut seeds: Vec<Vec<u8>> =
        ["pull_request", "push", "merge_group", "schedule"].map(|event| github(event).into_bytes()).into();
    seeds.extend(others.map(|variables| format!("{variables}{id}\n").into_bytes()));
    seeds
}
