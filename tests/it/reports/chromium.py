"""Opens pages in a headless Chromium and looks at them as their readers do. Usage: chromium.py PLAN

PLAN is a JSON list of {"page": FILE, "findings": N, "texts": [...]}. Speaks the DevTools protocol over a pipe, so it needs
nothing but Python and the browser. Prints what is wrong. With GATEHOOK_SHOTS=DIR it leaves pictures there.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BROWSER = os.environ.get("CHROMIUM", "chromium")
SHOTS = os.environ.get("GATEHOOK_SHOTS")

# Contrast after WCAG 2.1: 4.5 for text. Reads the colours that the browser computed.
CONTRAST = """(() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
  const ground = (node) => { for (; node; node = node.parentElement) { const c = parse(getComputedStyle(node).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const bad = [];
  for (const node of document.querySelectorAll("body *")) {
    if (![...node.childNodes].some((child) => child.nodeType === 3 && child.textContent.trim())) continue;
    if (!node.checkVisibility() || node.matches("script, style, option")) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((x, y) => y - x);
    const ratio = (a + .05) / (b + .05);
    if (ratio < 4.5) bad.push(`${node.tagName}.${node.className}: ${ratio.toFixed(2)}`);
  }
  return [...new Set(bad)];
})()"""

ACCESS = """(() => {
  const bad = [];
  if (document.documentElement.lang !== "en") bad.push("no language");
  if (document.querySelectorAll("h1").length !== 1) bad.push("not one h1");
  let last = 1;
  for (const h of document.querySelectorAll("h1, h2, h3")) { const own = +h.tagName[1]; if (own > last + 1) bad.push(`${h.tagName} after h${last}`); last = own; }
  for (const field of document.querySelectorAll("input, select")) if (!field.labels.length) bad.push(`${field.name} has no label`);
  for (const id of [...document.querySelectorAll("[id]")].map((node) => node.id)) if (document.querySelectorAll(`#${CSS.escape(id)}`).length > 1) bad.push(`id ${id} twice`);
  for (const cell of document.querySelectorAll("th")) if (!cell.scope) bad.push("a th without scope");
  return [...new Set(bad)];
})()"""


class Browser:
    def __init__(self, profile):
        ours_in, theirs_out = os.pipe()
        theirs_in, ours_out = os.pipe()

        def hand_over():
            # Chromium reads commands from 3 and answers on 4. The pipes' own numbers may be among these.
            read, write = os.dup(theirs_in), os.dup(theirs_out)
            read, write = os.fdopen(read, "rb", closefd=False).fileno(), os.fdopen(write, "wb", closefd=False).fileno()
            high = [os.dup2(read, 103), os.dup2(write, 104)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)

        self.process = subprocess.Popen(
            [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe",
             "--no-first-run", "--disable-extensions", "--disable-background-networking", "--hide-scrollbars",
             f"--user-data-dir={profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=hand_over,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.read, self.write = os.fdopen(ours_in, "rb"), os.fdopen(ours_out, "wb")
        self.number, self.events, self.rest = 0, [], b""

    def message(self):
        while b"\0" not in self.rest:
            more = os.read(self.read.fileno(), 1 << 16)
            if not more:
                raise EOFError("the browser is gone")
            self.rest += more
        text, self.rest = self.rest.split(b"\0", 1)
        return json.loads(text)

    def call(self, method, session=None, **params):
        self.number += 1
        command = {"id": self.number, "method": method, "params": params}
        if session:
            command["sessionId"] = session
        self.write.write(json.dumps(command).encode() + b"\0")
        self.write.flush()
        while True:
            message = self.message()
            if message.get("id") == self.number:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']}")
                return message["result"]
            self.events.append(message)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.message())


class Page:
    def __init__(self, browser, scripts=True):
        self.browser = browser
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        self.target = target
        self.session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self(f"{domain}.enable")
        if not scripts:
            self("Emulation.setScriptExecutionDisabled", value=True)

    def __call__(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def size(self, width, height=900):
        self("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def look(self, scheme, media=""):
        self("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, url):
        self.browser.events.clear()
        self("Page.navigate", url=url)
        self.browser.wait("Page.loadEventFired")

    def run(self, code):
        result = self("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def shot(self, name, full=False):
        if SHOTS:
            data = self("Page.captureScreenshot", format="png", captureBeyondViewport=full)["data"]
            pathlib.Path(SHOTS, name).write_bytes(base64.b64decode(data))

    def close(self):
        self.browser.call("Target.closeTarget", targetId=self.target)


def told(browser):
    """Requests beyond the page itself, and what the browser complained about."""
    bad = []
    for event in browser.events:
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent" and not (params["type"] == "Document" and params["request"]["url"].startswith("file:")):
            bad.append(f"a request to {params['request']['url'][:100]}")
        if method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            bad.append(f"the log says {params['entry']['text'][:300]}")
        if method in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening", "Page.windowOpen"):
            bad.append(f"{method}: {json.dumps(params)[:300]}")
    return bad


VISIBLE = "[...document.querySelectorAll('.finding')].filter((f) => f.checkVisibility()).length"


def choose(page, name, value):
    page.run(f"""(() => {{ const field = document.querySelector('.filter').elements[{json.dumps(name)}];
      field.value = {json.dumps(value)}; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()""")


def check(browser, job, thorough):
    url = pathlib.Path(job["page"]).resolve().as_uri()
    name = pathlib.Path(job["page"]).stem
    bad = []

    def expect(what, is_so):
        if not is_so:
            bad.append(what)

    page = Page(browser)
    page.size(1280)
    page.look("light")
    page.open(url)
    title = page.run("document.title")
    expect(f"the title is {title}", title == job["title"])
    expect("not all findings are there", page.run(VISIBLE) == job["findings"])
    ours = page.run("[...document.querySelectorAll('script, style, link, img, iframe, object, embed, svg, base, video, audio')].map((n) => n.tagName).join()")
    expect(f"elements: {ours}", ours == "STYLE,SCRIPT")
    links = page.run("[...document.querySelectorAll('a')].map((a) => a.getAttribute('href')).filter((h) => !/^(https?:\\/\\/|#findings$)/.test(h))")
    expect(f"links: {links}", not links)
    handlers = page.run("[...document.querySelectorAll('*')].flatMap((n) => [...n.attributes]).map((a) => a.name).filter((n) => /^(on|style$|src|action)/.test(n))")
    expect(f"attributes: {handlers}", not handlers)
    bad += told(browser)
    if thorough:
        expect("the filter is hidden", page.run("document.querySelector('.filter').checkVisibility()"))
        for step in job["filters"]:
            choose(page, step["name"], step["value"])
            count = page.run(VISIBLE)
            expect(f"{step}: {count} shown", count == step["shown"])
            status = page.run("document.querySelector('.shown').textContent")
            expect(f"{step}: `{status}`", status.startswith(f"{count} of ") if count != job["findings"] else status == "")
            address = page.run("location.hash")
            if step["value"]:
                again = Page(browser)
                again.open(url + address)
                expect(f"{address} does not lead back", again.run(VISIBLE) == step["shown"])
                again.close()
            page.run("document.querySelector('.filter').reset()")
            page.run("new Promise((done) => setTimeout(done, 20))")
            expect("reset does not show all", page.run(VISIBLE) == job["findings"])
        for fault in page.run(ACCESS):
            expect(f"access: {fault}", False)
        page.run("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        for scheme in ("light", "dark"):
            page.look(scheme)
            for fault in page.run(CONTRAST):
                expect(f"contrast, {scheme}: {fault}", False)
        page.run("document.querySelectorAll('details').forEach((part) => { part.open = false; })")
        for scheme in ("light", "dark"):
            page.look(scheme)
            page.shot(f"{name}-{scheme}.png")
        page.look("light")
        page.run("document.querySelector('details').open = true; document.querySelector('details').scrollIntoView({ block: 'center' })")
        page.shot(f"{name}-open.png")
        page.run("document.querySelector('details').open = false; scrollTo(0, document.body.scrollHeight)")
        page.shot(f"{name}-end.png")
    page.run("scrollTo(0, 0)")
    page.size(360, 800)
    width = page.run("document.scrollingElement.scrollWidth")
    expect(f"360 columns become {width}", width <= 360)
    page.shot(f"{name}-narrow.png")
    page.look("light", media="print")
    page.size(800, 1100)
    if thorough:
        heights = page.run("[...document.querySelectorAll('.finding dl')].filter((l) => l.getBoundingClientRect().height === 0).length")
        expect(f"{heights} parts would not be printed", heights == 0)
        page.shot(f"{name}-print.png")
    page.close()

    # Without scripts all is there, and the filter, which would do nothing, is not.
    still = Page(browser, scripts=False)
    # As tall as the page, and drawn once: parts out of sight are not laid out.
    still.size(1280, 20000)
    still.open(url)
    still("Page.captureScreenshot", format="jpeg", quality=1)
    snapshot = browser.call("DOMSnapshot.captureSnapshot", still.session, computedStyles=[])
    strings, laid_out = snapshot["strings"], snapshot["documents"][0]["layout"]
    text = "".join(strings[at] for at in laid_out["text"] if at >= 0)
    for part in job["texts"]:
        expect(f"without scripts `{part[:80]}` is not shown", "".join(part.split()) in "".join(text.replace("`", "").split()))
    if job["findings"]:
        expect("without scripts the filter is shown", "abovehigh and above" not in text)
    bad += told(browser)
    still.close()
    return [f"{name}: {fault}" for fault in bad]


def main():
    plan = json.loads(pathlib.Path(sys.argv[1]).read_text())
    with tempfile.TemporaryDirectory(prefix="gatehook-chromium-", ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            faults = [fault for job in plan for fault in check(browser, job, "filters" in job)]
        finally:
            browser.process.terminate()
            browser.process.wait()
    print("\n".join(faults[:30]))
    print(f"{len(plan)} pages, {len(faults)} faults")
    sys.exit(bool(faults))


main()
