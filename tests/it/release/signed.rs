//! The envelope: signed, checked before a deploy, and refused in every way in which it can be wrong.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gatehook::release::{Envelope, SigningKey};
use serde_json::Value;

use super::{Shop, moment};

/// The first two key pairs of RFC 8032, 7.1: known to everybody.
pub(super) const PAIRS: [[&str; 2]; 2] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ],
];

/// A key in PEM: the DER in front of an Ed25519 key is always the same.
fn pem(kind: &str, der: &str, key: &str) -> String {
    let hex = format!("{der}{key}");
    let bytes: Vec<u8> =
        (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
    format!("-----BEGIN {kind} KEY-----\n{}\n-----END {kind} KEY-----\n", STANDARD.encode(bytes))
}

pub(super) fn private(pair: usize) -> String {
    pem("PRIVATE", "302e020100300506032b657004220420", PAIRS[pair][0])
}

pub(super) fn public(pair: usize) -> String {
    pem("PUBLIC", "302a300506032b6570032100", PAIRS[pair][1])
}

/// Writes both pairs beside the repository.
pub(super) fn keys(shop: &Shop) {
    for pair in 0..2 {
        std::fs::write(shop.world.path().join(format!("private{pair}.pem")), private(pair)).unwrap();
        std::fs::write(shop.world.path().join(format!("public{pair}.pem")), public(pair)).unwrap();
    }
}

fn statement(envelope: &str) -> Value {
    serde_json::from_slice(Envelope::read(envelope.as_bytes()).unwrap().payload()).unwrap()
}

fn signed(statement: &Value) -> String {
    let mut envelope = Envelope::new(statement.to_string().into_bytes());
    envelope.sign(&SigningKey::from_pem(private(0).as_bytes()).unwrap());
    envelope.to_json()
}

#[test]
fn an_envelope_is_believed_by_its_key_and_for_its_commit_only() {
    let shop = Shop::new();
    keys(&shop);
    shop.put("good", &shop.good);
    let release = ["gate", "release", "--evidence", "../good", "--commit", "HEAD", "-o", "../e.json"];
    let (code, said) = shop.gatehook(&[&release[..], &["--key", "../private0.pem"]].concat());
    assert!(code == 0 && said.contains("PASSED, signed"), "{said}");
    let good = std::fs::read_to_string(shop.world.path().join("e.json")).unwrap();
    let (code, said) = shop.gatehook(&release);
    assert!(code == 0 && said.contains("PASSED, NOT signed"), "{said}");
    let unsigned = std::fs::read_to_string(shop.world.path().join("e.json")).unwrap();

    let verify = |envelope: &str, flags: &[&str]| {
        std::fs::write(shop.world.path().join("v.json"), envelope).unwrap();
        let mut args = vec!["gate", "verify", "../v.json"];
        args.extend_from_slice(flags);
        for (flag, value) in [("--key", "../public0.pem"), ("--commit", &shop.commit)] {
            if !flags.contains(&flag) {
                args.extend([flag, value]);
            }
        }
        shop.gatehook(&args)
    };
    let (code, said) = verify(&good, &["--evidence", "../good", "--max-age", "1h"]);
    assert!(code == 0 && said.starts_with("PASSED: commit "), "{said}");

    let other_commit = "1".repeat(40);
    let of_other_commit = ["--commit", other_commit.as_str()];
    let with = |edit: &dyn Fn(&mut Value)| {
        let mut changed = statement(&good);
        edit(&mut changed);
        signed(&changed)
    };
    let payload = |edit: &dyn Fn(&mut Value)| {
        let mut changed = statement(&good);
        edit(&mut changed);
        let mut envelope: Value = serde_json::from_str(&good).unwrap();
        envelope["payload"] = STANDARD.encode(changed.to_string()).into();
        envelope.to_string()
    };
    let mut typed: Value = serde_json::from_str(&good).unwrap();
    typed["payloadType"] = "application/json".into();
    let mut damaged: Value = serde_json::from_str(&good).unwrap();
    damaged["signatures"][0]["sig"] = STANDARD.encode([0; 64]).into();
    let cases: Vec<(&str, String, &[&str], &str, i32)> = vec![
        ("no envelope", "passed".to_owned(), &[], "unreadable", 3),
        ("cut off", good[..good.len() / 2].to_owned(), &[], "unreadable", 3),
        ("no signature", unsigned, &[], "unsigned", 3),
        ("another key", good.clone(), &["--key", "../public1.pem"], "bad-signature", 3),
        ("a signature of zeros", damaged.to_string(), &[], "bad-signature", 3),
        ("another type", typed.to_string(), &[], "bad-signature", 3),
        (
            "a changed verdict",
            payload(&|s| s["predicate"]["verificationResult"] = "FAILED".into()),
            &[],
            "bad-signature",
            3,
        ),
        (
            "a changed commit",
            payload(&|s| s["subject"][0]["digest"]["gitCommit"] = "1".into()),
            &[],
            "bad-signature",
            3,
        ),
        ("another commit", good.clone(), &of_other_commit, "other-commit", 3),
        ("another policy", good.clone(), &["--policy", "00"], "other-policy", 3),
        ("too old", with(&|s| s["predicate"]["timeVerified"] = moment(-7200).into()), &["--max-age", "1h"], "stale", 3),
        ("from the future", with(&|s| s["predicate"]["timeVerified"] = moment(7200).into()), &[], "future", 3),
        ("a time that is none", with(&|s| s["predicate"]["timeVerified"] = "now".into()), &[], "other-statement", 3),
        (
            "another predicate",
            with(&|s| s["predicateType"] = "https://slsa.dev/provenance/v1".into()),
            &[],
            "other-statement",
            3,
        ),
        (
            "another verifier",
            with(&|s| s["predicate"]["verifier"]["id"] = "https://example.org".into()),
            &[],
            "other-statement",
            3,
        ),
        ("no subject", with(&|s| s["subject"] = serde_json::json!([])), &[], "other-statement", 3),
        (
            "two subjects",
            with(&|s| {
                let one = s["subject"][0].clone();
                s["subject"].as_array_mut().unwrap().push(one);
            }),
            &[],
            "other-statement",
            3,
        ),
        ("a signed no", with(&|s| s["predicate"]["verificationResult"] = "FAILED".into()), &[], "failed", 1),
        (
            "a signed verdict of nobody's",
            with(&|s| s["predicate"]["verificationResult"] = "passed".into()),
            &[],
            "failed",
            1,
        ),
    ];
    for (name, envelope, flags, word, exit) in cases {
        let (code, said) = verify(&envelope, flags);
        assert_eq!(code, exit, "{name}: {said}");
        assert!(said.starts_with(&format!("error: {word}: ")) && said.contains("\nhint: "), "{name}: {said}");
    }
    let (code, said) = verify(&good, &["--commit", &shop.commit[..12]]);
    assert!(code == 2 && said.contains("no whole id"), "{said}");
    let (code, said) = verify(&good, &["--key", "../private0.pem"]);
    assert!(code == 2 && said.contains("no Ed25519 public key"), "{said}");
    std::fs::write(shop.world.path().join("good/insecure.json"), "{}").unwrap();
    let (code, said) = verify(&good, &["--evidence", "../good"]);
    assert!(code == 3 && said.contains("error: tampered: `insecure.json`"), "{said}");
}

#[test]
fn a_signer_that_does_not_sign_leaves_nothing() {
    let shop = Shop::new();
    keys(&shop);
    shop.put("good", &shop.good);
    let release = |flags: &[&str]| {
        let args = ["gate", "release", "--evidence", "../good", "--commit", "HEAD", "-o", "../s.json"];
        let (code, said) = shop.gatehook(&[&args, flags].concat());
        (code, said, shop.world.path().join("s.json").exists())
    };
    let zeros = "head -c 64 /dev/zero";
    for (flags, exit, word) in [
        (["--signer", "false", "--signer-key", "../public0.pem"], 3, "the signer failed"),
        (["--signer", "echo hello", "--signer-key", "../public0.pem"], 3, "neither 64 bytes nor their base64"),
        (["--signer", zeros, "--signer-key", "../public0.pem"], 3, "no signature by the key"),
        (["--signer", "true", "--signer-key", "../private0.pem"], 2, "no Ed25519 public key"),
    ] {
        let (code, said, written) = release(&flags);
        assert!(code == exit && said.contains(word) && !written, "{flags:?}: {code} {said}");
    }
    let (code, said, written) = release(&["--key", "../public0.pem"]);
    assert!(code == 2 && said.contains("no Ed25519 private key") && !written, "{said}");
}
