"""Feeds reports to the programs that read them. Usage: consumers.py SCHEMAS DIR

DIR holds NAME.junit, NAME.checkstyle, NAME.markdown, NAME.github-summary and NAME.counts.json. Each file goes through
a real reader: the XSD through xmlschema, JUnit through junitparser, Markdown through cmarkgfm, which is GitHub's own
cmark. Prints what they do not take, and how many files they took.
"""

import html.parser
import json
import pathlib
import re
import sys
import xml.etree.ElementTree as tree

import cmarkgfm
import junitparser
import xmlschema
from cmarkgfm.cmark import Options

schemas, directory = map(pathlib.Path, sys.argv[1:])
faults = []


def junit(path, counts, schema):
    schema.validate(str(path))
    suites = junitparser.JUnitXml.fromfile(str(path))
    cases = [case for suite in suites for case in suite]
    kinds = [type(result).__name__ for case in cases for result in case.result]
    told = {
        "tests": len(cases), "failures": kinds.count("Failure"), "errors": kinds.count("Error"), "skipped": kinds.count("Skipped"),
    }
    for suite in suites:
        own = {"tests": suite.tests, "failures": suite.failures, "errors": suite.errors, "skipped": suite.skipped}
        assert own == told, f"the suite says {own}, its tests are {told}"
    assert told["tests"] > 0, "no test reads as green"
    assert told["failures"] == counts["blocks"], f"{told['failures']} failures, {counts['blocks']} block"
    assert (told["errors"] > 0) == (not counts["whole"]), f"{told['errors']} errors, whole: {counts['whole']}"


def checkstyle(path, counts, schema):
    schema.validate(str(path))
    errors = tree.parse(path).getroot().findall("file/error")
    grave = [error for error in errors if error.get("severity") == "error" and not error.get("source").endswith("could-not-look")]
    assert len(grave) == counts["blocks"], f"{len(grave)} errors, {counts['blocks']} block"


class Page(html.parser.HTMLParser):
    """Refuses every element that our Markdown does not write itself, and every mention outside of code."""

    ours = {"h3", "h4", "p", "ul", "li", "code", "pre", "strong", "br"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.items = 0

    def handle_starttag(self, tag, attributes):
        assert tag in self.ours, f"<{tag}> {attributes}"
        assert not [name for name, _ in attributes if name not in ("class", "lang")], f"<{tag}> {attributes}"
        if tag != "br":
            self.open.append(tag)
        self.items += tag == "li" and self.open.count("li") == 1

    def handle_endtag(self, tag):
        if tag in self.open:
            self.open.remove(tag)

    def handle_comment(self, text):
        assert text == " gatehook report ", text

    def handle_data(self, text):
        if "code" not in self.open:
            assert not re.search(r"@\w|(?<![\w&])#\w|(https?|ftp)://|\bwww\.|!\[", text), text


def markdown(path, counts, _):
    text = path.read_bytes().decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), "a control character"
    page = Page()
    page.feed(cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    assert page.items == counts["items"], f"{page.items} entries, {counts['items']} findings and lacks"


readers = {
    ".junit": (junit, xmlschema.XMLSchema(str(schemas / "junit.xsd"))),
    ".checkstyle": (checkstyle, xmlschema.XMLSchema(str(schemas / "checkstyle.xsd"))),
    ".markdown": (markdown, None),
    ".github-summary": (markdown, None),
}
taken = 0
for path in sorted(directory.iterdir()):
    if path.suffix in readers:
        read, schema = readers[path.suffix]
        try:
            read(path, json.loads((directory / f"{path.stem}.counts.json").read_text()), schema)
            taken += 1
        except Exception as fault:
            faults.append(f"{path.name}: {type(fault).__name__}: {fault}")
print("\n".join(faults[:20]))
print(f"{taken} taken, {len(faults)} refused")
sys.exit(bool(faults))
