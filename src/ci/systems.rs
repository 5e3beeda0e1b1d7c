//! One function a CI system: its variables and its payload to a [`Review`]. The table of those that are
//! known stands on top; the traps stand where they are avoided.

use super::event::{Base, BaseAt, Event, Review, System};
use super::payload::Payload;
use super::{Surroundings, is_null};

type ReviewOf = fn(&Surroundings<'_>, &Payload) -> Review;

/// The variable that tells that a system runs the job, the system, and how it is read. The first one
/// that is set counts: some of them also set what another one is known by.
const SYSTEMS: [(&str, ReviewOf); 10] = [
    ("GITHUB_ACTIONS", github),
    ("GITLAB_CI", gitlab),
    ("CIRCLECI", circleci),
    ("BITBUCKET_BUILD_NUMBER", bitbucket),
    ("BUILDKITE", buildkite),
    ("TRAVIS", travis),
    ("DRONE", drone),
    ("TF_BUILD", azure),
    ("BUILD_BUILDID", azure),
    ("JENKINS_URL", jenkins),
];

pub(super) fn review(around: &Surroundings<'_>, payload: &Payload) -> Review {
    let found = SYSTEMS.iter().find(|(variable, _)| around.says(variable));
    found.map_or_else(|| blank(System::Other), |(_, read)| read(around, payload))
}

/// A review of which nothing is known but the branch that most work goes to.
fn blank(system: System) -> Review {
    Review {
        system,
        event: Event::Unknown,
        head: Vec::new(),
        base: vec![default_branch()],
        unknown: None,
        actor: None,
        shard: None,
        notes: Vec::new(),
    }
}

const fn default_branch() -> Base {
    Base::guess(BaseAt::DefaultBranch, "the remote's default branch")
}

fn heads(candidates: [(Option<String>, &'static str); 2]) -> Vec<(String, &'static str)> {
    candidates.into_iter().filter_map(|(id, how)| Some((id?, how))).collect()
}

fn branch(name: &str) -> BaseAt {
    BaseAt::Branch(name.strip_prefix("refs/heads/").filter(|rest| !rest.is_empty()).unwrap_or(name).to_owned())
}

/// <https://docs.github.com/en/actions/reference/workflows-and-actions/variables> and
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads>.
fn github(around: &Surroundings<'_>, payload: &Payload) -> Review {
    let mut review = blank(System::GitHub);
    review.actor = around.get("GITHUB_ACTOR");
    let event = around.get("GITHUB_EVENT_NAME").unwrap_or_default();
    let of_job = (around.commit("GITHUB_SHA"), "GITHUB_SHA");
    match &event[..] {
        "pull_request" | "pull_request_target" | "pull_request_review" | "pull_request_review_comment" => {
            let (ours, theirs) =
                (payload.text("/pull_request/base/repo/full_name"), payload.text("/pull_request/head/repo/full_name"));
            // The fork may be gone by now: then it was one.
            let fork = payload.has("/pull_request").then(|| ours.is_none() || ours != theirs);
            review.event = Event::Request { fork };
            // What is checked out is a merge into the base, or (pull_request_target) the base itself:
            // never what is to be looked at.
            review.head = heads([(payload.commit("/pull_request/head/sha"), "pull_request.head.sha"), (None, "")]);
            if event == "pull_request_target" && review.head.is_empty() {
                review.unknown = Some(
                    "the event does not tell the head of the pull request, and what is checked out is \
                                       its base"
                        .to_owned(),
                );
            }
            let onto = around.get("GITHUB_BASE_REF").or_else(|| payload.text("/pull_request/base/ref"));
            review.base.clear();
            if let Some(id) = payload.commit("/pull_request/base/sha") {
                review
                    .base
                    .push(Base { also: onto.clone(), ..Base::named(BaseAt::Revision(id), "pull_request.base.sha") });
            }
            if event == "pull_request" {
                review.base.push(Base::named(BaseAt::ParentOfMerge, "first parent of the merge that is checked out"));
            }
            review.base.extend(onto.map(|name| Base::named(branch(&name), "GITHUB_BASE_REF")));
        }
        "merge_group" => {
            review.event = Event::Queue;
            review.head = heads([(payload.commit("/merge_group/head_sha"), "merge_group.head_sha"), of_job]);
            let base = payload.commit("/merge_group/base_sha");
            review.base =
                base.map(|id| Base::named(BaseAt::Revision(id), "merge_group.base_sha")).into_iter().collect();
            let onto = payload.text("/merge_group/base_ref");
            review.base.extend(onto.map(|name| Base::named(branch(&name), "merge_group.base_ref")));
        }
        "push" if payload.is_true("/deleted") || payload.text("/after").is_some_and(|id| is_null(&id)) => {
            review.event = Event::Deletion;
            review.base.clear();
        }
        "push" => {
            review.event = Event::Push;
            review.head = heads([(payload.commit("/after"), "after of the push"), of_job]);
            // After a force push it may be reachable no more; a new branch has none.
            let before = payload.commit("/before");
            review.base =
                before.map(|id| Base::named(BaseAt::Revision(id), "before of the push")).into_iter().collect();
            review.base.push(match payload.text("/repository/default_branch") {
                Some(name) => Base::guess(branch(&name), "repository.default_branch"),
                None => default_branch(),
            });
        }
        "" => {}
        _ => {
            review.event = Event::Whole;
            review.base.clear();
            review.head = heads([of_job, (None, "")]);
        }
    }
    review
}

/// <https://docs.gitlab.com/ci/variables/predefined_variables/>.
fn gitlab(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::GitLab);
    review.actor = around.get("GITLAB_USER_LOGIN");
    let of_job = (around.commit("CI_COMMIT_SHA"), "CI_COMMIT_SHA");
    let fallback = match around.get("CI_DEFAULT_BRANCH") {
        Some(name) => Base::guess(branch(&name), "CI_DEFAULT_BRANCH"),
        None => default_branch(),
    };
    if around.get("CI_MERGE_REQUEST_IID").is_some() {
        let (ours, theirs) =
            (around.get("CI_MERGE_REQUEST_PROJECT_ID"), around.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"));
        review.event = Event::Request { fork: ours.zip(theirs).map(|(ours, theirs)| ours != theirs) };
        // Of a merged result CI_COMMIT_SHA is a merge that no one wrote.
        let source = around.commit("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA");
        review.head = heads([(source, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), of_job]);
        let onto = around.get("CI_MERGE_REQUEST_TARGET_BRANCH_NAME");
        review.base.clear();
        for name in ["CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA"] {
            // Both go stale when the target moves on or is changed: the branch itself is asked as well.
            review.base.extend(
                around.commit(name).map(|id| Base { also: onto.clone(), ..Base::named(BaseAt::Revision(id), name) }),
            );
        }
        review.base.extend(onto.map(|name| Base::named(branch(&name), "CI_MERGE_REQUEST_TARGET_BRANCH_NAME")));
        review.base.push(fallback);
        return review;
    }
    review.head = heads([of_job, (None, "")]);
    // All zeros for the first pipeline of a branch, for a manual and for a scheduled one.
    let before = around.commit("CI_COMMIT_BEFORE_SHA");
    let source = around.get("CI_PIPELINE_SOURCE").unwrap_or_default();
    let asked_for = matches!(&source[..], "schedule" | "web" | "api" | "trigger" | "pipeline" | "chat");
    let on_default = around.get("CI_COMMIT_BRANCH").is_some_and(|name| around.get("CI_DEFAULT_BRANCH") == Some(name));
    if asked_for && on_default && before.is_none() {
        review.event = Event::Whole;
        review.base.clear();
        return review;
    }
    review.event = Event::Push;
    review.base = before.map(|id| Base::named(BaseAt::Revision(id), "CI_COMMIT_BEFORE_SHA")).into_iter().collect();
    review.base.push(fallback);
    review
}

/// <https://circleci.com/docs/variables/>. Of base and target it tells nothing: `GATEHOOK_BASE_HINT` is
/// to be set from a pipeline value, as `hooks/ci/circleci.yml` does.
fn circleci(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::CircleCi);
    review.actor = around.get("CIRCLE_USERNAME").or_else(|| around.get("CIRCLE_PR_USERNAME"));
    review.head = heads([(around.commit("CIRCLE_SHA1"), "CIRCLE_SHA1"), (None, "")]);
    let is_request = around.get("CIRCLE_PULL_REQUEST").is_some() || around.get("CIRCLE_PR_NUMBER").is_some();
    review.event = if is_request {
        // Set for requests from forks only.
        Event::Request { fork: Some(around.get("CIRCLE_PR_NUMBER").is_some()) }
    } else {
        Event::Push
    };
    if let Some((base, _)) = around.get("CIRCLE_COMPARE_URL").as_deref().and_then(compared) {
        review.base.insert(0, Base::named(BaseAt::Revision(base), "CIRCLE_COMPARE_URL"));
    }
    review
}

/// <https://www.jenkins.io/doc/book/pipeline/multibranch/> and the git plugin's variables.
fn jenkins(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Jenkins);
    review.actor = around.get("CHANGE_AUTHOR");
    review.head = heads([(around.commit("GIT_COMMIT"), "GIT_COMMIT"), (None, "")]);
    if let Some(onto) = around.get("CHANGE_TARGET") {
        review.event = Event::Request { fork: Some(around.get("CHANGE_FORK").is_some()) };
        review.base = vec![Base::named(branch(&onto), "CHANGE_TARGET")];
        return review;
    }
    review.event = Event::Push;
    // Both are missing in the first build of a branch.
    let previous = ["GIT_PREVIOUS_SUCCESSFUL_COMMIT", "GIT_PREVIOUS_COMMIT"];
    let previous = previous.into_iter().filter_map(|name| Some((around.commit(name)?, name)));
    let named: Vec<Base> = previous.map(|(id, how)| Base::named(BaseAt::Revision(id), how)).collect();
    review.base.splice(0..0, named);
    review
}

/// <https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables>.
fn azure(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Azure);
    review.actor = around.get("BUILD_REQUESTEDFOREMAIL").or_else(|| around.get("BUILD_REQUESTEDFOR"));
    let of_job = (around.commit("BUILD_SOURCEVERSION"), "BUILD_SOURCEVERSION");
    if let Some(onto) = around.get("SYSTEM_PULLREQUEST_TARGETBRANCH") {
        let fork = around.get("SYSTEM_PULLREQUEST_ISFORK").map(|_| around.says("SYSTEM_PULLREQUEST_ISFORK"));
        review.event = Event::Request { fork };
        let source = around.commit("SYSTEM_PULLREQUEST_SOURCECOMMITID");
        review.head = heads([(source, "SYSTEM_PULLREQUEST_SOURCECOMMITID"), of_job]);
        review.base = vec![Base::named(branch(&onto), "SYSTEM_PULLREQUEST_TARGETBRANCH")];
        return review;
    }
    review.event = if around.get("BUILD_REASON").as_deref() == Some("Schedule") { Event::Whole } else { Event::Push };
    review.head = heads([of_job, (None, "")]);
    if review.event == Event::Whole {
        review.base.clear();
    } else {
        // Nothing tells what was there before a push to the default branch.
        review.base.push(Base::guess(BaseAt::FirstParent, "first parent, for want of anything better"));
    }
    review
}

/// <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>.
fn bitbucket(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Bitbucket);
    review.actor = around.get("BITBUCKET_STEP_TRIGGERER_UUID");
    review.head = heads([(around.commit("BITBUCKET_COMMIT"), "BITBUCKET_COMMIT"), (None, "")]);
    let onto = around.get("BITBUCKET_PR_DESTINATION_BRANCH");
    if around.get("BITBUCKET_PR_ID").is_none() && onto.is_none() {
        review.event = Event::Push;
        return review;
    }
    // Requests from forks do not run with a repository's variables, and nothing tells one.
    review.event = Event::Request { fork: None };
    review.base.clear();
    let named = around.commit("BITBUCKET_PR_DESTINATION_COMMIT");
    review.base.extend(
        named.map(|id| Base {
            also: onto.clone(),
            ..Base::named(BaseAt::Revision(id), "BITBUCKET_PR_DESTINATION_COMMIT")
        }),
    );
    review.base.extend(onto.map(|name| Base::named(branch(&name), "BITBUCKET_PR_DESTINATION_BRANCH")));
    review
}

/// <https://buildkite.com/docs/pipelines/configure/environment-variables>.
fn buildkite(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Buildkite);
    review.actor = around.get("BUILDKITE_BUILD_CREATOR_EMAIL").or_else(|| around.get("BUILDKITE_BUILD_CREATOR"));
    // `HEAD` where the build was asked for without a commit: what is checked out is meant.
    let head = around.commit("BUILDKITE_COMMIT").filter(|id| id != "HEAD");
    review.head = heads([(head, "BUILDKITE_COMMIT"), (None, "")]);
    if let Some(id) = around.commit("BUILDKITE_MERGE_QUEUE_BASE_COMMIT") {
        review.event = Event::Queue;
        review.base = vec![Base::named(BaseAt::Revision(id), "BUILDKITE_MERGE_QUEUE_BASE_COMMIT")];
        return review;
    }
    let onto = around.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH");
    if let (true, Some(onto)) = (around.says("BUILDKITE_PULL_REQUEST"), onto) {
        let (ours, theirs) = (around.get("BUILDKITE_REPO"), around.get("BUILDKITE_PULL_REQUEST_REPO"));
        let place = |url: String| {
            let url = url.trim_end_matches('/').trim_end_matches(".git").replace(':', "/").to_lowercase();
            let parts: Vec<&str> = url.rsplitn(3, '/').take(2).collect();
            parts.join("/")
        };
        review.event = Event::Request { fork: ours.zip(theirs).map(|(ours, theirs)| place(ours) != place(theirs)) };
        review.base = vec![Base::named(branch(&onto), "BUILDKITE_PULL_REQUEST_BASE_BRANCH")];
        return review;
    }
    review.event = match around.get("BUILDKITE_SOURCE").as_deref() {
        Some("schedule") => Event::Whole,
        _ => Event::Push,
    };
    review.base = match around.get("BUILDKITE_PIPELINE_DEFAULT_BRANCH") {
        _ if review.event == Event::Whole => Vec::new(),
        Some(name) => vec![Base::guess(branch(&name), "BUILDKITE_PIPELINE_DEFAULT_BRANCH")],
        None => vec![default_branch()],
    };
    review
}

/// <https://docs.travis-ci.com/user/environment-variables/>.
fn travis(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Travis);
    let of_job = (around.commit("TRAVIS_COMMIT"), "TRAVIS_COMMIT");
    if around.says("TRAVIS_PULL_REQUEST") {
        let (ours, theirs) = (around.get("TRAVIS_REPO_SLUG"), around.get("TRAVIS_PULL_REQUEST_SLUG"));
        review.event = Event::Request { fork: ours.zip(theirs).map(|(ours, theirs)| ours != theirs) };
        review.head = heads([(around.commit("TRAVIS_PULL_REQUEST_SHA"), "TRAVIS_PULL_REQUEST_SHA"), of_job]);
        let onto = around.get("TRAVIS_BRANCH");
        review.base = onto.map(|name| Base::named(branch(&name), "TRAVIS_BRANCH")).into_iter().collect();
        return review;
    }
    review.event = Event::Push;
    review.head = heads([of_job, (None, "")]);
    match around.get("TRAVIS_EVENT_TYPE").as_deref() {
        Some("cron" | "api") => {
            review.event = Event::Whole;
            review.base.clear();
        }
        _ => {
            let range = around.get("TRAVIS_COMMIT_RANGE").as_deref().and_then(ends);
            let named = range.map(|(base, _)| Base::named(BaseAt::Revision(base), "TRAVIS_COMMIT_RANGE"));
            review.base.splice(0..0, named);
        }
    }
    review
}

/// <https://docs.drone.io/pipeline/environment/reference/>.
fn drone(around: &Surroundings<'_>, _: &Payload) -> Review {
    let mut review = blank(System::Drone);
    review.actor = around.get("DRONE_COMMIT_AUTHOR");
    review.head = heads([
        (around.commit("DRONE_COMMIT_SHA"), "DRONE_COMMIT_SHA"),
        (around.commit("DRONE_COMMIT"), "DRONE_COMMIT"),
    ]);
    match around.get("DRONE_BUILD_EVENT").as_deref() {
        Some("pull_request") => {
            review.event = Event::Request { fork: around.get("DRONE_FORK").map(|_| around.says("DRONE_FORK")) };
            let onto = around.get("DRONE_TARGET_BRANCH");
            review.base = onto.map(|name| Base::named(branch(&name), "DRONE_TARGET_BRANCH")).into_iter().collect();
        }
        Some("cron" | "custom" | "promote" | "rollback") => {
            review.event = Event::Whole;
            review.base.clear();
        }
        _ => {
            review.event = Event::Push;
            let before = around.commit("DRONE_COMMIT_BEFORE");
            review.base.splice(0..0, before.map(|id| Base::named(BaseAt::Revision(id), "DRONE_COMMIT_BEFORE")));
        }
    }
    review
}

/// The ends of `A...B` or `A..B`.
fn ends(range: &str) -> Option<(String, String)> {
    let (base, head) = range.split_once("...").or_else(|| range.split_once(".."))?;
    let is_id = |text: &str| text.len() >= 7 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) && !is_null(text);
    (is_id(base) && is_id(head)).then(|| (base.to_owned(), head.to_owned()))
}

/// The ends of the range that a compare page's address names.
fn compared(address: &str) -> Option<(String, String)> {
    ends(address.rsplit('/').next()?)
}
