//! The four readers: lines, and what they refuse.

use std::fmt::Write;

use super::*;

#[test]
fn every_node_knows_its_line() {
    let node = json(b"{\n \"a\": [1,\n  {\"b\": \"x\\u00e9\"}]\n}", false).unwrap();
    let inner = &node.list("a")[1];
    assert_eq!((inner.line, inner.text("b")), (3, Some("x\u{e9}")));
    let node = toml(b"# head\n[[package]]\nname = \"a\"\n\n[[package]]\nname = \"b\"\n").unwrap();
    assert_eq!(node.list("package").iter().map(|one| one.line).collect::<Vec<_>>(), [2, 5]);
    let nodes = yaml(b"a:\n  - b: 1\n  - b: 'x'\n").unwrap();
    assert_eq!(nodes[0].list("a")[1].line, 3);
    let root = xml(b"<a>\n <b c='1'/>\n <d>x &amp; y</d></a>").unwrap();
    assert_eq!((root.children[0].line, root.text_of("d")), (2, Some("x & y")));
}

#[test]
fn what_is_broken_or_hostile_is_refused() {
    for broken in ["", "{", "{\"a\":}", "[1,]", "{\"a\" 1}", "nul", "\"a", "[1] 2", "{\"a\":1,}", "[\"\n\"]"] {
        assert!(json(broken.as_bytes(), false).is_err(), "{broken}");
    }
    assert!(json(b"{\"a\":1, // x\n}", true).is_ok());
    assert!(json("[".repeat(100_000).as_bytes(), false).is_err());
    assert!(xml(b"<a><b></a>").is_err());
    assert!(xml(b"<!DOCTYPE a [<!ENTITY x \"y\">]><a>&x;</a>").is_err());
    assert!(toml(b"a = ").is_err());
    let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let list = vec![format!("*a{}", level - 1); 10].join(",");
        writeln!(bomb, "a{level}: &a{level} [{list}]").unwrap();
    }
    assert!(yaml(bomb.as_bytes()).unwrap_err().reason.contains("aliases"));
    assert_eq!(conflict(b"a\n<<<<<<< HEAD\n"), Some(2));
}
