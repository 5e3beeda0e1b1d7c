"""Python: Flask, Django and FastAPI, as people write views."""

from generate import Part, indented, join

CWE = {
    "command": [78, 77], "sql": [89], "path": [22], "xss": [79], "ldap": [90], "xpath": [643], "code": [94, 95], "ssrf": [918],
    "redirect": [601], "template": [1336, 94], "deserialise": [502], "trust": [501], "log": [117], "header": [113], "nosql": [943],
    "hash": [327, 328], "cipher": [327], "random": [330, 338], "cookie": [614, 1004], "xxe": [611], "tls": [295], "temp": [377, 379],
    "permissions": [732], "jwt": [347], "iv": [329, 321], "debug": [489], "regex": [1333, 730], "zip": [22],
}

FLASK = '''request.args.get("q", "")
request.form["q"]
request.values.get("q")
request.cookies.get("q")
request.headers.get("X-Q", "")
request.get_json()["q"]
request.args.getlist("q")[0]
request.json.get("q")
request.query_string.decode("utf-8")'''.splitlines()
DJANGO = '''request.GET.get("q", "")
request.POST["q"]
request.COOKIES.get("q")
request.META.get("HTTP_X_Q")
request.body.decode()
request.GET.getlist("q")[0]
request.headers["X-Q"]'''.splitlines()


def whole(turn, sink, parts):
    """A module with one view: the source, what carries it, the sink."""
    imports, tops, body = [], [], []
    for part, which in parts:
        more, top, _ = part.side(which)
        imports.append(more)
        tops.append(top)
        body.append(part.safe if which else part.unsafe)
    imports.append(sink.imports)
    tops.append(sink.top)
    frame = ["flask", "django", "fastapi"][turn % 3]
    code = sink.unsafe
    if "$" in code:
        code = code.replace("$response", {"flask": "make_response", "django": "HttpResponse", "fastapi": "HTMLResponse"}[frame])
        code = code.replace("$redirect", {"flask": "redirect", "django": "HttpResponseRedirect", "fastapi": "RedirectResponse"}[frame])
        code = code.replace("$session", {"flask": "session", "django": "request.session", "fastapi": "request.session"}[frame])
    done = '' if code.lstrip().startswith("return") or "\nreturn" in code else '\nreturn {"ok": True}' if frame == "fastapi" else '\nreturn $ok'
    done = done.replace("$ok", '"ok"' if frame == "flask" else 'HttpResponse("ok")')
    source = FLASK[turn % len(FLASK)] if frame == "flask" else DJANGO[turn % len(DJANGO)]
    if frame == "flask":
        head = "from flask import Flask, request, make_response, redirect, session"
        begin = 'app = Flask(__name__)'
        if turn % 5 == 4:
            view = '@app.route("/do/<param>", methods=["GET", "POST"])\ndef view(param):\n'
        else:
            view = f'@app.route("/do", methods=["GET", "POST"])\ndef view():\n    param = {source}\n'
    elif frame == "django":
        head, begin = "from django.http import HttpResponse, HttpResponseRedirect", ""
        view = f'def view(request):\n    param = {source}\n'
    else:
        head = "from fastapi import FastAPI, Request\nfrom fastapi.responses import HTMLResponse, RedirectResponse"
        begin = 'app = FastAPI()'
        view = '@app.get("/do")\ndef view(request: Request, q: str = ""):\n    param = q\n'
    body = indented("\n".join(body + [code + done]), "    ")
    top = "\n\n".join(text.strip("\n") for text in tops if text)
    return join(*imports, head) + "\n\n" + begin + "\n\n" + top + "\n\n" + view + body + "\n"


C = Part
CARRIERS = [
    C("direct", "bar = param", 'bar = "fixed"'),
    C("overwrite", 'bar = "fixed"\nbar = param', 'bar = param\nbar = "fixed"'),
    C("sum", 'bar = "a" + param + "b"', 'bar = "a" + "param" + "b"'),
    C("f-string", 'bar = f"a{param}b"', 'name = "x"\nbar = f"a{name}b"'),
    C("percent", 'bar = "a %s b" % param', 'bar = "a %s b" % "param"'),
    C("percent-tuple", 'bar = "%s-%s" % ("a", param)', 'bar = "%s-%s" % ("a", "b")'),
    C("percent-names", 'bar = "%(v)s" % {"v": param}', 'bar = "%(v)s" % {"v": "x", "w": param}'),
    C("format", 'bar = "a {} b".format(param)', 'bar = "a {} b".format("param")'),
    C("format-names", 'bar = "{v}".format(v=param)', 'bar = "{v}".format(v="x")'),
    C("join", 'bar = " ".join(["a", param])', 'bar = " ".join(["a", "b"])'),
    C("augmented", 'bar = "a"\nbar += param', 'bar = "a"\nbar += "b"'),
    C("dict", 'values = {"a": "fixed", "b": param}\nbar = values["b"]', 'values = {"a": "fixed", "b": param}\nbar = values["a"]'),
    C("dict-set", 'values = {}\nvalues["a"] = "fixed"\nvalues["b"] = param\nbar = values.get("b")', 'values = {}\nvalues["a"] = "fixed"\nvalues["b"] = param\nbar = values.get("a")'),
    C("dict-update", 'values = {"a": "fixed"}\nvalues.update({"b": param})\nbar = values["b"]', 'values = {"a": "fixed"}\nvalues.update({"b": param})\nbar = values["a"]'),
    C("dict-pop", 'values = dict(a="fixed", b=param)\nbar = values.pop("b")', 'values = dict(a="fixed", b=param)\nbar = values.pop("a")'),
    C("dict-items", 'values = {"a": param}\nbar = ""\nfor key, value in values.items():\n    bar += value', 'values = {"a": "x"}\nbar = ""\nfor key, value in values.items():\n    bar += value'),
    C("list", 'values = ["a"]\nvalues.append(param)\nvalues.append("c")\nvalues.pop(0)\nbar = values[0]', 'values = ["a"]\nvalues.append(param)\nvalues.append("c")\nvalues.pop(0)\nbar = values[1]'),
    C("list-last", 'values = ["a", param]\nbar = values[-1]', 'values = [param, "a"]\nbar = values[-1]'),
    C("list-insert", 'values = ["a", "b"]\nvalues.insert(0, param)\nbar = values[0]', 'values = ["a", "b"]\nvalues.insert(0, param)\nbar = values[2]'),
    C("tuple", '_, bar = "a", param', 'bar, _ = "a", param'),
    C("condition", 'size = 12\nif size * 4 > 40:\n    bar = param\nelse:\n    bar = "fixed"', 'size = 12\nif size * 4 > 50:\n    bar = param\nelse:\n    bar = "fixed"'),
    C("ternary", 'size = 3\nbar = param if size + 2 == 5 else "fixed"', 'size = 3\nbar = "fixed" if size + 2 == 5 else param'),
    C("match", 'kind = "pqr"[2]\nmatch kind:\n    case "p":\n        bar = "fixed"\n    case "q" | "s":\n        bar = "other"\n    case _:\n        bar = param', 'kind = "pqr"[1]\nmatch kind:\n    case "p":\n        bar = param\n    case "q" | "s":\n        bar = "other"\n    case _:\n        bar = param'),
    C("else-if", 'level = 2\nif level == 1:\n    bar = "one"\nelif level == 2:\n    bar = param\nelse:\n    bar = "many"', 'level = 3\nif level == 1:\n    bar = "one"\nelif level == 2:\n    bar = param\nelse:\n    bar = "many"'),
    C("loop", 'bar = ""\nfor part in param.split(","):\n    bar += part', 'bar = ""\nfor part in "a,b".split(","):\n    bar += part'),
    C("while", 'bar = ""\ncount = 0\nwhile count < 2:\n    bar = param\n    count += 1', 'bar = ""\ncount = 0\nwhile count < 2:\n    bar = "x"\n    count += 1'),
    C("function", 'bar = pick(param)', 'bar = pick(param)', top=('def pick(value):\n    return value.strip()', 'def pick(value):\n    return "fixed"')),
    C("function-two", 'bar = pick("x", param)', 'bar = pick(param, "x")', top='def pick(first, second):\n    return second'),
    C("function-keyword", 'bar = pick(first="x", second=param)', 'bar = pick(second="x", first=param)', top='def pick(first, second):\n    return second'),
    C("function-default", 'bar = pick(param)', 'bar = pick()', top='def pick(value="fixed"):\n    return value'),
    C("class-static", 'bar = Helper.pick(param)', 'bar = Helper.pick(param)', top=('class Helper:\n    @staticmethod\n    def pick(value):\n        return value', 'class Helper:\n    @staticmethod\n    def pick(value):\n        return "fixed"')),
    C("object-field", 'box = Box(param)\nbar = box.value', 'box = Box(param)\nbar = box.label', top='class Box:\n    def __init__(self, value):\n        self.value = value\n        self.label = "fixed"'),
    C("object-method", 'box = Box()\nbox.put(param)\nbar = box.take()', 'box = Box()\nbox.put(param)\nbar = box.name()', top='class Box:\n    def __init__(self):\n        self.held = ""\n\n    def put(self, value):\n        self.held = value\n\n    def take(self):\n        return self.held\n\n    def name(self):\n        return "box"'),
    C("subclass", 'bar = make().pick(param)', 'bar = make().pick(param)', top=('class Base:\n    def pick(self, value):\n        raise NotImplementedError\n\n\nclass Other(Base):\n    def pick(self, value):\n        return value\n\n\ndef make():\n    return Other()', 'class Base:\n    def pick(self, value):\n        raise NotImplementedError\n\n\nclass Other(Base):\n    def pick(self, value):\n        return "fixed"\n\n\ndef make():\n    return Other()')),
    C("property", 'bar = Box(param).text', 'bar = Box(param).text', top=('class Box:\n    def __init__(self, value):\n        self._value = value\n\n    @property\n    def text(self):\n        return self._value', 'class Box:\n    def __init__(self, value):\n        self._value = value\n\n    @property\n    def text(self):\n        return "fixed"')),
    C("dataclass", 'item = Item("x", param)\nbar = item.text', 'item = Item("x", param)\nbar = item.name', top='@dataclass\nclass Item:\n    name: str\n    text: str', imports="from dataclasses import dataclass"),
    C("namedtuple", 'item = Item(name="x", text=param)\nbar = item.text', 'item = Item(name="x", text=param)\nbar = item.name', top='Item = namedtuple("Item", ["name", "text"])', imports="from collections import namedtuple"),
    C("lambda", 'pick = lambda value: value\nbar = pick(param)', 'pick = lambda value: "fixed"\nbar = pick(param)'),
    C("closure", 'def inner():\n    return param\nbar = inner()', 'def inner():\n    return "fixed"\nbar = inner()'),
    C("nonlocal", 'bar = "x"\ndef inner():\n    nonlocal bar\n    bar = param\ninner()', 'bar = "x"\ndef inner():\n    nonlocal bar\n    bar = "y"\ninner()'),
    C("try", 'try:\n    bar = param\nfinally:\n    count = 1', 'try:\n    bar = "fixed"\nfinally:\n    count = 1'),
    C("except", 'try:\n    number = int("x")\n    bar = "fixed"\nexcept ValueError:\n    bar = param', 'try:\n    number = int(param)\n    bar = "fixed"\nexcept ValueError:\n    bar = "other"'),
    C("with", 'with io.StringIO() as out:\n    out.write("a")\n    out.write(param)\n    bar = out.getvalue()', 'with io.StringIO() as out:\n    out.write("a")\n    out.write("b")\n    bar = out.getvalue()', imports="import io"),
    C("comprehension", 'bar = "".join([part for part in param.split(" ")])', 'bar = "".join([part for part in ["a", "b"]])'),
    C("base64", 'bar = base64.b64decode(base64.b64encode(param.encode("utf-8"))).decode("utf-8")', 'bar = base64.b64decode(base64.b64encode(b"fixed")).decode("utf-8")', imports="import base64"),
    C("unquote", 'bar = urllib.parse.unquote(param)', 'bar = urllib.parse.unquote("a%20b")', imports="import urllib.parse"),
    C("slice", 'bar = param[1:30].replace("a", "b").lower()', 'bar = "fixed"[1:30].replace("a", "b").lower()'),
    C("or", 'bar = param or "fixed"', 'bar = "fixed" or param'),
    C("get-else", 'bar = ""\nif param:\n    bar = param', 'bar = ""\nif param:\n    bar = "given"'),
    C("walrus", 'if (text := param) is not None:\n    bar = text\nelse:\n    bar = ""', 'if (text := param) is not None:\n    bar = "some"\nelse:\n    bar = ""'),
    C("rest", 'bar = pick(1, param)', 'bar = pick(param, "x")', top='def pick(*values):\n    return values[1]'),
    C("keywords", 'bar = pick(a="x", b=param)', 'bar = pick(a=param, b="x")', top='def pick(**values):\n    return values["b"]'),
    C("table-of-functions", 'table = {"a": lambda v: v, "b": lambda v: "x"}\nbar = table["a"](param)', 'table = {"a": lambda v: v, "b": lambda v: "x"}\nbar = table["b"](param)'),
    C("configparser", 'conf = configparser.ConfigParser()\nconf.add_section("s")\nconf.set("s", "a", "fixed")\nconf.set("s", "b", param)\nbar = conf.get("s", "b")', 'conf = configparser.ConfigParser()\nconf.add_section("s")\nconf.set("s", "a", "fixed")\nconf.set("s", "b", param)\nbar = conf.get("s", "a")', imports="import configparser"),
    C("global", 'bar = PREFIX + param', 'bar = PREFIX + "x"', top='PREFIX = "pre"'),
    C("generator", 'bar = next(each(param))', 'bar = next(each(param))', top=('def each(value):\n    yield value', 'def each(value):\n    yield "fixed"')),
    C("decorated", 'bar = pick(param)', 'bar = pick(param)', imports="import functools", top=('@functools.lru_cache\ndef pick(value):\n    return value', '@functools.lru_cache\ndef pick(value):\n    return "fixed"')),
    C("json", 'bar = json.loads(json.dumps({"a": param}))["a"]', 'bar = json.loads(json.dumps({"a": "x"}))["a"]', imports="import json"),
    C("deque", 'queue = collections.deque()\nqueue.append(param)\nbar = queue.popleft()', 'queue = collections.deque()\nqueue.append("x")\nbar = queue.popleft()', imports="import collections"),
    C("two-branches", 'if len(param) > 3:\n    bar = param\nelse:\n    bar = "short"', 'if len(param) > 3:\n    bar = "long"\nelse:\n    bar = "short"'),
]

SINKS = {
    "command": [
        C("os.system", 'os.system("echo " + bar)', imports="import os"),
        C("subprocess-shell", 'subprocess.run(f"ls {bar}", shell=True, check=False)', imports="import subprocess"),
        C("sh -c", 'subprocess.Popen(["sh", "-c", "ls " + bar], stdout=subprocess.PIPE)', imports="import subprocess"),
        C("popen", 'out = os.popen("echo %s" % bar).read()', imports="import os"),
        C("check_output", 'from subprocess import check_output\nout = check_output("id " + bar, shell=True)'),
    ],
    "sql": [
        C("sqlite", 'db = sqlite3.connect("app.db")\ncur = db.cursor()\ncur.execute("SELECT id FROM users WHERE name = \'" + bar + "\'")\nrows = cur.fetchall()', imports="import sqlite3"),
        C("sqlalchemy", 'with engine.connect() as conn:\n    rows = conn.execute(text(f"SELECT * FROM t WHERE a = \'{bar}\'"))', imports="from sqlalchemy import create_engine, text", top='engine = create_engine("sqlite://")'),
        C("psycopg2", 'conn = psycopg2.connect("dbname=a")\nwith conn.cursor() as cur:\n    sql = "UPDATE t SET a = \'%s\'" % bar\n    cur.execute(sql)', imports="import psycopg2"),
        C("django-raw", 'rows = User.objects.raw("SELECT * FROM auth_user WHERE name = \'%s\'" % bar)', imports="from django.contrib.auth.models import User"),
        C("django-cursor", 'with connection.cursor() as cursor:\n    cursor.execute("DELETE FROM t WHERE n = \'" + bar + "\'")', imports="from django.db import connection"),
    ],
    "path": [
        C("open", 'with open("/srv/data/" + bar) as file:\n    content = file.read()'),
        C("os.path.join", 'name = os.path.join(BASE, bar)\nwith open(name, "rb") as file:\n    content = file.read()', imports="import os", top='BASE = "/srv/data"'),
        C("pathlib", 'content = (pathlib.Path("/srv/data") / bar).read_text()', imports="import pathlib"),
        C("remove", 'os.remove(f"/srv/data/{bar}")', imports="import os"),
        C("send_file", 'return send_file("/srv/data/" + bar)', imports="from flask import send_file"),
        C("codecs", 'file = codecs.open("/srv/" + bar, "r", "utf-8")\ncontent = file.read()', imports="import codecs"),
    ],
    "xss": [
        C("response", 'return $response("<p>Hello " + bar + "</p>")'),
        C("f-string", 'return $response(f"<b>{bar}</b>")'),
        C("built-up", 'page = "<html>"\npage += "<body>" + bar\npage += "</body>"\nreturn $response(page)'),
    ],
    "ldap": [
        C("search_s", 'conn = ldap.initialize("ldap://localhost")\nfound = conn.search_s("ou=users,dc=a", ldap.SCOPE_SUBTREE, "(&(objectClass=person)(uid=" + bar + "))")', imports="import ldap"),
        C("ldap3", 'server = ldap3.Server("localhost")\nconn = ldap3.Connection(server, auto_bind=True)\nconn.search("ou=users,dc=a", f"(uid={bar})", attributes=["cn"])', imports="import ldap3"),
    ],
    "xpath": [
        C("lxml", 'root = lxml.etree.parse("users.xml")\nfound = root.xpath("/users/user[@name=\'" + bar + "\']")', imports="import lxml.etree"),
        C("element-tree", 'tree = ET.parse("users.xml")\nfound = tree.getroot().findall(f".//user[@id=\'{bar}\']")', imports="import xml.etree.ElementTree as ET"),
        C("elementpath", 'root = ET.parse("users.xml")\nfound = elementpath.select(root, "/users/user[name=\'" + bar + "\']")', imports="import elementpath\nimport xml.etree.ElementTree as ET"),
    ],
    "code": [
        C("eval", 'value = eval(bar)'),
        C("exec", 'exec("x = " + bar)'),
        C("import", 'module = importlib.import_module(bar)', imports="import importlib"),
    ],
    "ssrf": [
        C("requests", 'answer = requests.get("http://" + bar, timeout=3)', imports="import requests"),
        C("urlopen", 'answer = urllib.request.urlopen(bar).read()', imports="import urllib.request"),
        C("httpx", 'with httpx.Client() as client:\n    answer = client.get(bar)', imports="import httpx"),
        C("http.client", 'conn = http.client.HTTPSConnection(bar)\nconn.request("GET", "/")', imports="import http.client"),
    ],
    "redirect": [
        C("redirect", 'return $redirect(bar)'),
        C("redirect-sum", 'return $redirect("http://" + bar)'),
    ],
    "template": [
        C("render_template_string", 'return render_template_string("<p>" + bar + "</p>")', imports="from flask import render_template_string"),
        C("jinja2", 'page = jinja2.Template("Hello " + bar).render()', imports="import jinja2"),
        C("environment", 'env = jinja2.Environment(autoescape=True)\npage = env.from_string(bar).render(name="x")', imports="import jinja2"),
    ],
    "deserialise": [
        C("pickle", 'value = pickle.loads(base64.b64decode(bar))', imports="import pickle\nimport base64"),
        C("yaml", 'value = yaml.load(bar, Loader=yaml.Loader)', imports="import yaml"),
        C("jsonpickle", 'value = jsonpickle.decode(bar)', imports="import jsonpickle"),
    ],
    "trust": [
        C("session", '$session["user"] = bar'),
        C("session-key", '$session[bar] = "1"'),
    ],
    "log": [
        C("logging", 'logging.info("user " + bar)', imports="import logging"),
        C("logger", 'logger.warning(f"user {bar}")', imports="import logging", top="logger = logging.getLogger(__name__)"),
    ],
    "regex": [
        C("re", 'found = re.search(bar, "some text")', imports="import re"),
    ],
}

CLEANERS = {
    "*": [
        C("int", 'bar = str(param)', 'bar = str(int(param))'),
        C("allow-tuple", 'if param not in ("a", "b"):\n    print("odd")\nbar = param', 'if param not in ("a", "b"):\n    return "no"\nbar = param'),
        C("allow-global", 'bar = param if param else "a"', 'bar = param if param in ALLOWED else "a"', top='ALLOWED = {"a", "b", "c"}'),
        C("fullmatch", 'if not re.match(".*", param):\n    return "no"\nbar = param', 'if not re.fullmatch("[a-z0-9]+", param):\n    return "no"\nbar = param', imports="import re"),
        C("isalnum", 'if not len(param):\n    return "no"\nbar = param', 'if not param.isalnum():\n    return "no"\nbar = param'),
        C("lookup", 'bar = TABLE.get(param, param)', 'bar = TABLE.get(param, "other")', top='TABLE = {"1": "one", "2": "two"}'),
        C("equal", 'if param != "admin":\n    bar = param\nelse:\n    bar = "x"', 'if param == "admin":\n    bar = param\nelse:\n    bar = "x"'),
        C("check-function", 'if not good(param):\n    return "no"\nbar = param', 'if not good(param):\n    return "no"\nbar = param', top=('def good(value):\n    return len(value) > 3', 'def good(value):\n    return value in ("left", "right")')),
        C("check-raises", 'check(param)\nbar = param', 'check(param)\nbar = param', top=('def check(value):\n    if value == "":\n        raise ValueError("empty")', 'def check(value):\n    if value not in ["left", "right"]:\n        raise ValueError("odd")')),
        C("uuid", 'bar = str(param)', 'bar = str(uuid.UUID(param))', imports="import uuid"),
        C("clean-function", 'bar = tidy(param)', 'bar = tidy(param)', imports="import re", top=('def tidy(value):\n    return value.strip()', 'def tidy(value):\n    return re.sub(r"[^a-z0-9]", "", value)')),
    ],
    "command": [C("shlex.quote", 'bar = param.strip()', 'bar = shlex.quote(param)', imports="import shlex")],
    "path": [
        C("basename", 'bar = os.path.normpath(param)', 'bar = os.path.basename(param)', imports="import os"),
        C("secure_filename", 'bar = param.strip()', 'bar = secure_filename(param)', imports="from werkzeug.utils import secure_filename"),
        C("dots", 'if ".." in param:\n    print("odd")\nbar = param', 'if ".." in param or param.startswith("/"):\n    return "no"\nbar = param'),
        C("realpath", 'full = os.path.join("/srv/data", param)\nif not full.startswith("/srv/data"):\n    return "no"\nbar = full', 'full = os.path.realpath(os.path.join("/srv/data", param))\nif not full.startswith("/srv/data/"):\n    return "no"\nbar = full', imports="import os"),
        C("commonpath", 'full = os.path.join("/srv/data", param)\nbar = full', 'full = os.path.abspath(os.path.join("/srv/data", param))\nif os.path.commonpath([full, "/srv/data"]) != "/srv/data":\n    return "no"\nbar = full', imports="import os"),
        C("is_relative_to", 'full = (pathlib.Path("/srv") / param).resolve()\nbar = str(full)', 'full = (pathlib.Path("/srv") / param).resolve()\nif not full.is_relative_to("/srv"):\n    return "no"\nbar = str(full)', imports="import pathlib"),
    ],
    "xss": [
        C("html.escape", 'bar = html.unescape(param)', 'bar = html.escape(param)', imports="import html"),
        C("markupsafe", 'bar = str(param)', 'bar = str(markupsafe.escape(param))', imports="import markupsafe"),
        C("bleach", 'bar = param.strip()', 'bar = bleach.clean(param)', imports="import bleach"),
    ],
    "ldap": [C("escape_filter_chars", 'bar = param.strip()', 'bar = ldap.filter.escape_filter_chars(param)', imports="import ldap.filter")],
    "ssrf": [
        C("host", 'host = urllib.parse.urlparse(param).hostname\nprint(host)\nbar = param', 'host = urllib.parse.urlparse(param).hostname\nif host not in ("a.example", "b.example"):\n    return "no"\nbar = param', imports="import urllib.parse"),
    ],
    "redirect": [
        C("own-site", 'bar = param', 'if not url_has_allowed_host_and_scheme(param, allowed_hosts=None):\n    return "no"\nbar = param', imports="from django.utils.http import url_has_allowed_host_and_scheme"),
        C("netloc", 'target = urlparse(param)\nbar = param', 'target = urlparse(param)\nif target.netloc or target.scheme:\n    return "no"\nbar = param', imports="from urllib.parse import urlparse"),
        C("netloc-not", 'target = urlparse(param)\nif not target.path:\n    return "no"\nbar = param', 'target = urlparse(param)\nif target.netloc not in ["a.example"]:\n    return "no"\nbar = param', imports="from urllib.parse import urlparse"),
    ],
    "log": [C("line-breaks", 'bar = param.replace("a", "b")', 'bar = param.replace("\\n", "").replace("\\r", "")')],
    "regex": [C("re.escape", 'bar = param.strip()', 'bar = re.escape(param)', imports="import re")],
}

TWINS = {
    "command": [C("list", 'subprocess.run("ls " + bar, shell=True)', 'subprocess.run(["ls", "--", bar])', imports="import subprocess")],
    "sql": [
        C("parameter", 'cur.execute("SELECT * FROM t WHERE a = \'" + bar + "\'")', 'cur.execute("SELECT * FROM t WHERE a = ?", (bar,))', top='import sqlite3\ncur = sqlite3.connect("a.db").cursor()'),
        C("named", 'db.execute(text("SELECT * FROM t WHERE a = \'" + bar + "\'"))', 'db.execute(text("SELECT * FROM t WHERE a = :a"), {"a": bar})', imports="from sqlalchemy import create_engine, text", top='db = create_engine("sqlite://").connect()'),
        C("sql.Identifier", 'cur.execute("SELECT * FROM %s" % bar)', 'cur.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(bar)))', imports="from psycopg2 import sql", top='import psycopg2\ncur = psycopg2.connect("").cursor()'),
        C("orm", 'rows = User.objects.extra(where=["name = \'" + bar + "\'"])', 'rows = User.objects.filter(name=bar)', imports="from django.contrib.auth.models import User"),
        C("table-constant", 'cur.execute("SELECT * FROM t WHERE a = \'" + bar + "\'")', 'cur.execute("SELECT * FROM " + TABLE + " WHERE a = %s", [bar])', top='import psycopg2\nTABLE = "users"\ncur = psycopg2.connect("").cursor()'),
        C("holes", 'cur.execute("SELECT * FROM t WHERE a IN (\'" + bar + "\')")', 'ids = bar.split(",")\nholes = ",".join(["?"] * len(ids))\ncur.execute(f"SELECT * FROM t WHERE a IN ({holes})", ids)', top='import sqlite3\ncur = sqlite3.connect("a.db").cursor()'),
    ],
    "xss": [
        C("json", 'return $response("<p>" + bar)', 'return jsonify({"name": bar})', imports="from flask import jsonify"),
        C("template", 'return $response("<p>" + bar)', 'return render_template("page.html", name=bar)', imports="from flask import render_template"),
    ],
    "xpath": [C("variable", 'found = root.xpath("//u[@n=\'" + bar + "\']")', 'found = root.xpath("//u[@n=$n]", n=bar)', imports="import lxml.etree", top='root = lxml.etree.parse("u.xml")')],
    "template": [C("variable", 'page = jinja2.Template("Hello " + bar).render()', 'page = jinja2.Template("Hello {{ name }}").render(name=bar)', imports="import jinja2")],
    "code": [C("literal_eval", 'value = eval(bar)', 'value = ast.literal_eval(bar)', imports="import ast")],
    "deserialise": [
        C("json", 'value = pickle.loads(bar.encode())', 'value = json.loads(bar)', imports="import pickle\nimport json"),
        C("safe_load", 'value = yaml.load(bar, Loader=yaml.UnsafeLoader)', 'value = yaml.safe_load(bar)', imports="import yaml"),
        C("safe-loader", 'value = yaml.unsafe_load(bar)', 'value = yaml.load(bar, Loader=yaml.SafeLoader)', imports="import yaml"),
    ],
    "path": [C("send_from_directory", 'return send_file(os.path.join("/srv", bar))', 'return send_from_directory("/srv", bar)', imports="import os\nfrom flask import send_file, send_from_directory")],
    "redirect": [C("query", 'return $redirect(bar)', 'return $redirect("/next?page=" + quote(bar))', imports="from urllib.parse import quote")],
    "ssrf": [C("query", 'requests.get("http://" + bar + "/api", timeout=5)', 'requests.get("https://api.example/find", params={"q": bar}, timeout=5)', imports="import requests")],
    "log": [C("number", 'logging.info("len " + bar)', 'logging.info("len %d", len(bar))', imports="import logging")],
}


# What needs no source: a constant by several ways.
WAYS = [
    ("direct", "{use}", lambda value: ("", value)),
    ("variable", "name = {value}\n", lambda value: (f"name = {value}\n", "name")),
    ("condition", "", lambda value: (f'size = 4\nif size > 2:\n    name = {value}\nelse:\n    name = None\n', "name")),
    ("dict", "", lambda value: (f'table = {{"a": {value}}}\n', 'table["a"]')),
    ("function", "", lambda value: (f"def choose():\n    return {value}\n", "choose()")),
    ("default", "", lambda value: (f"def choose(name={value}):\n    return name\n", "choose()")),
]

PLAIN = [
    ("hash", "hashlib.new", "import hashlib\n", '"md5"', '"sha256"', "hashlib.new({0}, data).hexdigest()"),
    ("hash", "hashlib.new-upper", "import hashlib\n", '"SHA1"', '"SHA512"', "h = hashlib.new({0})\nh.update(data)"),
    ("hash", "hashlib", "import hashlib\n", "hashlib.md5", "hashlib.sha256", "{0}(data).hexdigest()"),
    ("hash", "hmac", "import hashlib\nimport hmac\n", "hashlib.sha1", "hashlib.sha384", "hmac.new(key, data, {0})"),
    ("cipher", "mode", "from Crypto.Cipher import AES\n", "AES.MODE_ECB", "AES.MODE_GCM", "AES.new(key, {0})"),
    ("cipher", "algorithm", "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes\n", "algorithms.TripleDES", "algorithms.AES", "Cipher({0}(key), modes.GCM(nonce))"),
    ("cookie", "secure", "from flask import make_response\n", "False", "True", 'r = make_response("x")\nr.set_cookie("s", value, httponly=True, secure={0})'),
    ("cookie", "httponly", "from flask import make_response\n", "False", "True", 'r = make_response("x")\nr.set_cookie("s", value, secure=True, httponly={0})'),
    ("tls", "requests", "import requests\n", "False", "True", 'requests.get("https://a.example", verify={0}, timeout=3)'),
    ("tls", "aiohttp", "import aiohttp\n", "False", "True", 'aiohttp.TCPConnector(ssl={0})'),
    ("tls", "context", "import ssl\n", "ssl.CERT_NONE", "ssl.CERT_REQUIRED", 'c = ssl.create_default_context()\nc.verify_mode = {0}'),
    ("permissions", "chmod", "import os\n", "0o777", "0o600", 'os.chmod("/srv/file", {0})'),
    ("xxe", "lxml", "from lxml import etree\n", "True", "False", 'parser = etree.XMLParser(resolve_entities={0}, no_network=True)\netree.parse(source, parser)'),
    ("debug", "flask", "from flask import Flask\napp = Flask(__name__)\n", "True", "False", "app.run(debug={0})"),
    ("jwt", "algorithm", "import jwt\n", "False", "True", 'jwt.decode(token, key, algorithms=["HS256"], options={{"verify_signature": {0}}})'),
]

PAIRED = [
    ("random", "token", "import random\ntoken = random.random()\n", "import secrets\ntoken = secrets.token_hex(16)\n"),
    ("random", "choice", "import random\npin = ''.join(random.choice('0123456789') for _ in range(6))\n", "import random\npin = ''.join(random.SystemRandom().choice('0123456789') for _ in range(6))\n"),
    ("random", "getrandbits", "from random import getrandbits\nsession_id = str(getrandbits(64))\n", "import os\nsession_id = os.urandom(16).hex()\n"),
    ("random", "randbytes", "import random\nkey = random.randbytes(16)\n", "from secrets import token_bytes\nkey = token_bytes(16)\n"),
    ("random", "normal", "import random\nkey = str(random.normalvariate())[2:]\n", "import secrets\nkey = str(secrets.randbelow(10**9))\n"),
    ("temp", "mktemp", "import tempfile\nname = tempfile.mktemp()\nopen(name, 'w').write('x')\n", "import tempfile\nwith tempfile.NamedTemporaryFile() as file:\n    file.write(b'x')\n"),
    ("iv", "fixed", "from Crypto.Cipher import AES\ndef go(key, data):\n    return AES.new(key, AES.MODE_CBC, b'0123456789abcdef').encrypt(data)\n", "import os\nfrom Crypto.Cipher import AES\ndef go(key, data):\n    return AES.new(key, AES.MODE_CBC, os.urandom(16)).encrypt(data)\n"),
    ("zip", "extractall", "import tarfile\ndef go(name):\n    with tarfile.open(name) as tar:\n        tar.extractall('/srv')\n", "import tarfile\ndef go(name):\n    with tarfile.open(name) as tar:\n        tar.extractall('/srv', filter='data')\n"),
    ("xxe", "sax", "import xml.sax\nfrom xml.sax.handler import feature_external_ges\nparser = xml.sax.make_parser()\nparser.setFeature(feature_external_ges, True)\nparser.parse('x')\n", "import xml.sax\nfrom xml.sax.handler import feature_external_ges\nparser = xml.sax.make_parser()\nparser.setFeature(feature_external_ges, False)\nparser.parse('x')\n"),
    ("xxe", "etree", "from lxml import etree\nroot = etree.fromstring(data, etree.XMLParser())\n", "from lxml import etree\nroot = etree.fromstring(data, etree.XMLParser(resolve_entities=False))\n"),
    ("hash", "not-for-security", "import hashlib\nhashlib.md5(b'x')\n", "import hashlib\nhashlib.md5(b'x', usedforsecurity=False)\n"),
    ("cookie", "attribute", "from flask import make_response\nr = make_response('x')\nr.set_cookie('a', 'b', samesite='Lax')\n", "from flask import make_response\nr = make_response('x')\nr.set_cookie('a', 'b', samesite='Lax', secure=True, httponly=True)\n"),
    ("cookie", "options", "from flask import make_response\noptions = {'secure': False, 'httponly': True}\nr = make_response('x')\nr.set_cookie('a', 'b', **options)\n", "from flask import make_response\noptions = {'secure': True, 'httponly': True}\nr = make_response('x')\nr.set_cookie('a', 'b', **options)\n"),
]


def plain():
    for category, name, imports, bad, good, use in PLAIN:
        for way, _, make in WAYS:
            codes = []
            for value in (bad, good):
                before, expression = make(value)
                codes.append(imports + before + use.format(expression) + "\n")
            yield category, f"{name}-{way}", codes[0], codes[1]
    yield from PAIRED
