//! The readers of configuration: any text as a document of each technology. None may panic, overflow or find what has
//! no place.

use gatehook::iac::{RuleSet, Source, Technology, check, read};

/// `bytes` as a document of every technology.
pub fn documents(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for technology in Technology::ALL {
        let path = if technology == Technology::Terraform { "a.tf" } else { "a.yml" };
        let sources = [Source { path, text }];
        let model = read(technology, &sources);
        let rules = RuleSet::of(technology).expect("the built-in rules are right");
        let lines = text.lines().count().max(1);
        for found in check(&rules, &model, &sources) {
            assert!(found.spot.0 as usize <= lines + 1, "a place behind the end");
        }
    }
}

/// Documents to begin with.
pub fn seeds() -> Vec<Vec<u8>> {
    let all = [
        "resource \"aws_s3_bucket\" \"a\" {\n acl = var.a\n policy = jsonencode({ a = [1, local.b] })\n}\n",
        "Resources:\n  A:\n    Type: AWS::S3::Bucket\n    Properties: {AccessControl: !Sub 'a${B}'}\n",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: a, env: [{name: A, value: b}]}]}\n---\na: &a [*a]\n",
        "FROM a AS b\nARG X=1\nRUN <<EOF\necho $X\nEOF\nCOPY --from=b a \\\n b\n",
        "services:\n  a: &a {image: b, environment: {A: b}}\n  c: {<<: *a, extends: a}\n",
        "on: [push]\njobs:\n  a: {runs-on: b, steps: [{run: 'echo ${{ github.head_ref }}'}]}\n",
    ];
    all.iter().map(|text| text.as_bytes().to_vec()).collect()
}
