//! Others read what the release gate writes: `securesystemslib` checks the envelope, and its signature is checked here.

use std::process::Command;

use super::Shop;
use super::signed::{keys, public};
use crate::support::{root, tool};

#[test]
fn securesystemslib_verifies_the_envelope_and_we_verify_its_signature() {
    let Some(python) = tool("python", "release") else { return };
    let shop = Shop::new();
    keys(&shop);
    shop.put("good", &shop.good);
    let script = root().join("tests/it/release/foreign.py");
    let foreign = |task: &str, args: &[&str]| {
        let mut command = Command::new(&python);
        command.current_dir(shop.world.path()).arg(&script).arg(task).args(args);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said + &String::from_utf8_lossy(&output.stderr))
    };
    let release = ["gate", "release", "--evidence", "../good", "--commit", "HEAD", "-o", "../e.json"];
    let (code, said) = shop.gatehook(&[&release[..], &["--key", "../private0.pem"]].concat());
    assert_eq!(code, 0, "{said}");
    let (ok, said) = foreign("verify", &["e.json", "public0.pem", &shop.commit]);
    assert!(ok && said.contains("verified"), "{said}");
    let (ok, said) = foreign("verify", &["e.json", "public1.pem", &shop.commit]);
    assert!(!ok, "another key: {said}");
    // The other way: a signer of somebody else's.
    let line = format!("{} {} sign ../private0.pem", python.display(), script.display());
    let (code, said) = shop.gatehook(&[&release[..], &["--signer", &line, "--signer-key", "../public0.pem"]].concat());
    assert!(code == 0 && said.contains("PASSED, signed"), "{said}");
    assert!(public(0).contains("PUBLIC"));
    let (ok, said) = foreign("verify", &["e.json", "public0.pem", &shop.commit]);
    assert!(ok && said.contains("verified"), "{said}");
}
