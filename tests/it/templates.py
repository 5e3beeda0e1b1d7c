"""Prints the scripts of a template of hooks/ci as JSON: [{"env": {}, "script": ""}], in their order, as the system would
hand them to its shell. Usage: templates.py FILE"""

import json
import os
import re
import sys

import yaml


def text(value):
    return "" if value is None else str(value)


def github(document):
    inputs = {name: text(one.get("default")) for name, one in document["inputs"].items()}
    fill = lambda value: re.sub(r"\$\{\{ *inputs\.([\w-]+) *\}\}", lambda found: inputs[found[1]], text(value))
    for step in document["runs"]["steps"]:
        assert "${{" not in step["run"], "an expression in a script is code that somebody else writes"
        yield {name: fill(value) for name, value in step.get("env", {}).items()}, step["run"]


def gitlab(document):
    job = document["gatehook"]
    env = {name: text(value) for name, value in job["variables"].items()}
    # GitLab joins all lines into one script.
    yield env, "\n".join(job["before_script"] + job["script"])


def circleci(document):
    command = document["commands"]["gatehook"]
    values = {name: text(one.get("default")) for name, one in command["parameters"].items()}
    fill = lambda value: re.sub(r"<< *parameters\.([\w-]+) *>>", lambda found: values[found[1]], text(value))
    for step in command["steps"]:
        if "run" in step:
            run = step["run"]
            yield {name: fill(value) for name, value in run.get("environment", {}).items()}, fill(run["command"])


def azure(document):
    env = {name: text(value) for name, value in document["variables"].items()}
    for step in document["steps"]:
        if "bash" in step:
            yield env, step["bash"]


def bitbucket(document):
    step = document["pipelines"]["pull-requests"]["**"][0]["step"]
    yield {}, "\n".join(step["script"])


def buildkite(document):
    step = document["steps"][0]
    # Buildkite reads `$$` as a dollar sign when the pipeline is uploaded.
    yield {name: text(value) for name, value in step["env"].items()}, step["command"].replace("$$", "$")


def jenkins(source):
    env = dict(re.findall(r"(GATEHOOK_\w+) = '([^']*)'", source))
    for script in re.findall(r"sh '''\n(.*?)'''", source, flags=re.S):
        yield env, script


def main(path):
    with open(path, encoding="utf-8") as file:
        source = file.read()
    name = os.path.basename(path)
    readers = {
        "action.yml": github,
        "gitlab.yml": gitlab,
        "circleci.yml": circleci,
        "azure-pipelines.yml": azure,
        "bitbucket-pipelines.yml": bitbucket,
        "buildkite.yml": buildkite,
    }
    steps = jenkins(source) if name == "Jenkinsfile" else readers[name](yaml.safe_load(source))
    print(json.dumps([{"env": env, "script": script} for env, script in steps]))


main(sys.argv[1])
