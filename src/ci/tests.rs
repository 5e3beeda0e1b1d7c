//! Each system's environment, as it is documented, and the base that is taken from it.

use std::collections::HashMap;

use super::*;
use crate::finding::Shard;

const ID: &str = "1111111111111111111111111111111111111111";
const TIP: &str = "2222222222222222222222222222222222222222";
const NULL: &str = "0000000000000000000000000000000000000000";

/// Variables as `A=b C=d`, `ID`, `TIP` and `NULL` standing for commits.
fn told(variables: &str, payload: Option<&str>) -> Review {
    let put = |text: &str| text.replace("ID!", ID).replace("TIP!", TIP).replace("NULL!", NULL);
    let variables: HashMap<String, String> = variables
        .split_whitespace()
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_owned(), put(value)))
        .collect();
    let payload = payload.map(put);
    let variable = |name: &str| variables.get(name).cloned();
    let around = Surroundings { variable: &variable, payload: payload.as_deref().map(str::as_bytes) };
    review(&around).unwrap()
}

/// A review in one line: event; head; bases in order, `?` behind a guess, `+NAME` for what else is known.
fn line(review: &Review) -> String {
    let short = |id: &str| id.replace(ID, "ID").replace(TIP, "TIP");
    let base = |base: &Base| {
        let at = match &base.at {
            BaseAt::Revision(id) => short(id),
            BaseAt::Branch(name) => format!("branch {name}"),
            BaseAt::DefaultBranch => "default".to_owned(),
            BaseAt::FirstParent => "parent".to_owned(),
            BaseAt::ParentOfMerge => "merge".to_owned(),
        };
        let also = base.also.as_ref().map(|name| format!("+{name}")).unwrap_or_default();
        format!("{at}{also}{}", if base.guessed { "?" } else { "" })
    };
    let heads: Vec<String> = review.head.iter().map(|(id, _)| short(id)).collect();
    let bases: Vec<String> = review.base.iter().map(base).collect();
    format!("{:?}; {}; {}", review.event, heads.join(", "), bases.join(", "))
}

const REQUEST: &str = r#"{"pull_request":{"base":{"sha":"ID!","ref":"main","repo":{"full_name":"o/r"}},
    "head":{"sha":"TIP!","repo":{"full_name":"o/r"}}}}"#;

#[test]
fn every_system_tells_its_change() {
    let fork = REQUEST.replacen(r#"{"full_name":"o/r"}}}}"#, r#"{"full_name":"x/r"}}}}"#, 1);
    let gone = REQUEST.replacen(r#","repo":{"full_name":"o/r"}}}}"#, r#","repo":null}}}"#, 1);
    let github = |event: &str| format!("GITHUB_ACTIONS=true GITHUB_SHA=ID! GITHUB_EVENT_NAME={event}");
    let push = r#"{"before":"ID!","after":"TIP!","repository":{"default_branch":"trunk"}}"#;
    for (variables, payload, expected) in [
        (
            github("pull_request") + " GITHUB_BASE_REF=main",
            Some(REQUEST),
            "Request { fork: Some(false) }; TIP; ID+main, merge, branch main",
        ),
        (github("pull_request"), Some(&fork[..]), "Request { fork: Some(true) }; TIP; ID+main, merge, branch main"),
        (github("pull_request"), Some(&gone[..]), "Request { fork: Some(true) }; TIP; ID+main, merge, branch main"),
        // The base is what is checked out: neither its merge nor itself is the head.
        (github("pull_request_target"), Some(&fork[..]), "Request { fork: Some(true) }; TIP; ID+main, branch main"),
        (
            github("pull_request") + " GITHUB_BASE_REF=main",
            Some("{broken"),
            "Request { fork: None }; ; merge, branch main",
        ),
        (
            github("merge_group"),
            Some(r#"{"merge_group":{"base_sha":"ID!","head_sha":"TIP!","base_ref":"refs/heads/main"}}"#),
            "Queue; TIP, ID; ID, branch main",
        ),
        (github("push"), Some(push), "Push; TIP, ID; ID, branch trunk?"),
        (github("push"), Some(&push.replace("ID!", "NULL!")[..]), "Push; TIP, ID; branch trunk?"),
        (github("push"), Some(&push.replace("TIP!", "NULL!")[..]), "Deletion; ; "),
        (github("push"), None, "Push; ID; default?"),
        (github("schedule"), Some("{}"), "Whole; ID; "),
        (github("workflow_dispatch"), None, "Whole; ID; "),
        (
            "GITLAB_CI=true CI_MERGE_REQUEST_IID=4 CI_COMMIT_SHA=ID! CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=TIP! \
             CI_MERGE_REQUEST_DIFF_BASE_SHA=ID! CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main CI_COMMIT_BEFORE_SHA=NULL! \
             CI_MERGE_REQUEST_PROJECT_ID=1 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=2 CI_DEFAULT_BRANCH=main"
                .to_owned(),
            None,
            "Request { fork: Some(true) }; TIP, ID; ID+main, branch main, branch main?",
        ),
        (
            "GITLAB_CI=true CI_MERGE_REQUEST_IID=4 CI_COMMIT_SHA=TIP! CI_MERGE_REQUEST_SOURCE_BRANCH_SHA= \
             CI_MERGE_REQUEST_DIFF_BASE_SHA=ID! CI_MERGE_REQUEST_TARGET_BRANCH_SHA=ID! \
             CI_MERGE_REQUEST_PROJECT_ID=1 CI_MERGE_REQUEST_SOURCE_PROJECT_ID=1"
                .to_owned(),
            None,
            "Request { fork: Some(false) }; TIP; ID, ID, default?",
        ),
        (
            "GITLAB_CI=true CI_COMMIT_SHA=TIP! CI_COMMIT_BEFORE_SHA=ID! CI_DEFAULT_BRANCH=main".to_owned(),
            None,
            "Push; TIP; ID, branch main?",
        ),
        (
            "GITLAB_CI=true CI_COMMIT_SHA=TIP! CI_COMMIT_BEFORE_SHA=NULL! CI_DEFAULT_BRANCH=main CI_COMMIT_BRANCH=x \
             CI_PIPELINE_SOURCE=web"
                .to_owned(),
            None,
            "Push; TIP; branch main?",
        ),
        (
            "GITLAB_CI=true CI_COMMIT_SHA=TIP! CI_COMMIT_BEFORE_SHA=NULL! CI_DEFAULT_BRANCH=main CI_COMMIT_BRANCH=main \
             CI_PIPELINE_SOURCE=schedule"
                .to_owned(),
            None,
            "Whole; TIP; ",
        ),
        ("CIRCLECI=true CIRCLE_SHA1=TIP!".to_owned(), None, "Push; TIP; default?"),
        ("CIRCLECI=true CIRCLE_SHA1=TIP! GATEHOOK_BASE_HINT=ID!".to_owned(), None, "Push; TIP; ID, default?"),
        ("CIRCLECI=true CIRCLE_SHA1=TIP! GATEHOOK_BASE_HINT=NULL!".to_owned(), None, "Push; TIP; default?"),
        (
            "CIRCLECI=true CIRCLE_SHA1=TIP! CIRCLE_PULL_REQUEST=https://github.com/o/r/pull/4 CIRCLE_PR_NUMBER=4 \
             CIRCLE_COMPARE_URL=https://github.com/o/r/compare/ID!...TIP!"
                .to_owned(),
            None,
            "Request { fork: Some(true) }; TIP; ID, default?",
        ),
        (
            "CIRCLECI=true CIRCLE_SHA1=TIP! CIRCLE_PULL_REQUEST=https://github.com/o/r/pull/4 GATEHOOK_BASE=ID!".to_owned(),
            None,
            "Request { fork: Some(false) }; TIP; ID",
        ),
        (
            "JENKINS_URL=https://ci/ GIT_COMMIT=TIP! CHANGE_TARGET=main CHANGE_FORK=stranger".to_owned(),
            None,
            "Request { fork: Some(true) }; TIP; branch main",
        ),
        (
            "JENKINS_URL=https://ci/ GIT_COMMIT=TIP! GIT_PREVIOUS_COMMIT=TIP! GIT_PREVIOUS_SUCCESSFUL_COMMIT=ID!".to_owned(),
            None,
            "Push; TIP; ID, TIP, default?",
        ),
        ("JENKINS_URL=https://ci/ GIT_COMMIT=TIP!".to_owned(), None, "Push; TIP; default?"),
        (
            "TF_BUILD=True SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main SYSTEM_PULLREQUEST_SOURCECOMMITID=TIP! \
             BUILD_SOURCEVERSION=ID! SYSTEM_PULLREQUEST_ISFORK=False"
                .to_owned(),
            None,
            "Request { fork: Some(false) }; TIP, ID; branch main",
        ),
        ("BUILD_BUILDID=4 BUILD_SOURCEVERSION=TIP!".to_owned(), None, "Push; TIP; default?, parent?"),
        ("TF_BUILD=True BUILD_REASON=Schedule BUILD_SOURCEVERSION=TIP!".to_owned(), None, "Whole; TIP; "),
        (
            "BITBUCKET_BUILD_NUMBER=4 BITBUCKET_COMMIT=TIP! BITBUCKET_PR_ID=4 BITBUCKET_PR_DESTINATION_BRANCH=main \
             BITBUCKET_PR_DESTINATION_COMMIT=111111111111"
                .to_owned(),
            None,
            "Request { fork: None }; TIP; 111111111111+main, branch main",
        ),
        ("BITBUCKET_BUILD_NUMBER=4 BITBUCKET_COMMIT=TIP!".to_owned(), None, "Push; TIP; default?"),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=TIP! BUILDKITE_PULL_REQUEST=4 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main \
             BUILDKITE_REPO=git@github.com:o/r.git BUILDKITE_PULL_REQUEST_REPO=https://github.com/O/r"
                .to_owned(),
            None,
            "Request { fork: Some(false) }; TIP; branch main",
        ),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=TIP! BUILDKITE_PULL_REQUEST=4 BUILDKITE_PULL_REQUEST_BASE_BRANCH=main \
             BUILDKITE_REPO=git@github.com:o/r.git BUILDKITE_PULL_REQUEST_REPO=git://github.com/x/r.git"
                .to_owned(),
            None,
            "Request { fork: Some(true) }; TIP; branch main",
        ),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=HEAD BUILDKITE_PULL_REQUEST=false BUILDKITE_PIPELINE_DEFAULT_BRANCH=main".to_owned(),
            None,
            "Push; ; branch main?",
        ),
        (
            "BUILDKITE=true BUILDKITE_COMMIT=TIP! BUILDKITE_MERGE_QUEUE_BASE_COMMIT=ID!".to_owned(),
            None,
            "Queue; TIP; ID",
        ),
        (
            "TRAVIS=true TRAVIS_COMMIT=ID! TRAVIS_PULL_REQUEST=4 TRAVIS_PULL_REQUEST_SHA=TIP! TRAVIS_BRANCH=main \
             TRAVIS_REPO_SLUG=o/r TRAVIS_PULL_REQUEST_SLUG=o/r"
                .to_owned(),
            None,
            "Request { fork: Some(false) }; TIP, ID; branch main",
        ),
        (
            "TRAVIS=true TRAVIS_COMMIT=TIP! TRAVIS_PULL_REQUEST=false TRAVIS_COMMIT_RANGE=ID!...TIP!".to_owned(),
            None,
            "Push; TIP; ID, default?",
        ),
        ("TRAVIS=true TRAVIS_COMMIT=TIP! TRAVIS_COMMIT_RANGE= ".to_owned(), None, "Push; TIP; default?"),
        (
            "DRONE=true DRONE_COMMIT_SHA=TIP! DRONE_BUILD_EVENT=pull_request DRONE_TARGET_BRANCH=main".to_owned(),
            None,
            "Request { fork: None }; TIP; branch main",
        ),
        (
            "DRONE=true DRONE_COMMIT_SHA=TIP! DRONE_BUILD_EVENT=push DRONE_COMMIT_BEFORE=ID!".to_owned(),
            None,
            "Push; TIP; ID, default?",
        ),
        ("CI=true".to_owned(), None, "Unknown; ; default?"),
        ("GITHUB_ACTIONS=false".to_owned(), None, "Unknown; ; default?"),
        ("GATEHOOK_BASE=main GATEHOOK_HEAD=topic".to_owned(), None, "Push; topic; main"),
    ] {
        assert_eq!(line(&told(&variables, payload)), expected, "{variables}\n{payload:?}");
    }
}

#[test]
fn an_event_that_cannot_be_read_is_told() {
    let review = told("GITHUB_ACTIONS=true GITHUB_EVENT_NAME=push", Some("[1]"));
    assert!(review.notes[0].contains("not a JSON object"), "{:?}", review.notes);
}

#[test]
fn a_shard_counts_from_one_whoever_counts() {
    for (variables, expected) in [
        ("GATEHOOK_SHARD=2/4", Some((2, 4))),
        ("CI_NODE_INDEX=1 CI_NODE_TOTAL=3", Some((1, 3))),
        ("CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=3", Some((1, 3))),
        ("CIRCLE_NODE_INDEX=0 CIRCLE_NODE_TOTAL=1", None),
        ("BUILDKITE_PARALLEL_JOB=2 BUILDKITE_PARALLEL_JOB_COUNT=3", Some((3, 3))),
        ("BITBUCKET_PARALLEL_STEP=1 BITBUCKET_PARALLEL_STEP_COUNT=2", Some((2, 2))),
        ("SYSTEM_JOBPOSITIONINPHASE=2 SYSTEM_TOTALJOBSINPHASE=2", Some((2, 2))),
        ("", None),
    ] {
        assert_eq!(told(variables, None).shard.map(|shard| (shard.index, shard.count)), expected, "{variables}");
    }
    for bad in ["GATEHOOK_SHARD=0/4", "GATEHOOK_SHARD=5/4", "GATEHOOK_SHARD=x", "CI_NODE_INDEX=4 CI_NODE_TOTAL=3"] {
        let (name, value) = bad.split_once('=').unwrap();
        let rest: HashMap<&str, &str> = value.split_once(" CI_NODE_TOTAL=").map_or_else(
            || HashMap::from([(name, value)]),
            |(index, total)| HashMap::from([(name, index), ("CI_NODE_TOTAL", total)]),
        );
        let variable = |name: &str| rest.get(name).map(|value| (*value).to_owned());
        assert!(review(&Surroundings { variable: &variable, payload: None }).is_err(), "{bad}");
    }
}

#[test]
fn shards_share_all_work_and_take_nothing_twice() {
    let shards: Vec<Shard> = (1..=3).map(|index| Shard { index, count: 3 }).collect();
    let mut counts = [0_usize; 3];
    for number in 0..3000_u32 {
        let takers: Vec<usize> = (0..3).filter(|&at| shards[at].takes(&number.to_le_bytes())).collect();
        assert_eq!(takers.len(), 1);
        counts[takers[0]] += 1;
    }
    assert!(counts.iter().all(|&count| count > 850), "{counts:?}");
}
