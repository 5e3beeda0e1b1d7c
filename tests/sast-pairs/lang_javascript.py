"""JavaScript: Express and Koa handlers, as people write them."""

from generate import Part as C, indented, join

CWE = {
    "command": [78, 77], "sql": [89], "nosql": [943], "path": [22], "xss": [79], "code": [94, 95], "ssrf": [918], "redirect": [601],
    "template": [1336, 94], "deserialise": [502], "regex": [1333, 730], "prototype": [1321, 915], "header": [113], "log": [117],
    "hash": [327, 328], "cipher": [327], "random": [330, 338], "cookie": [614, 1004], "xxe": [611], "tls": [295], "jwt": [347],
    "cors": [942, 346], "iv": [329, 321, 798], "key": [326], "dom": [79],
}

EXPRESS = '''req.query.q
req.body.q
req.params.q
req.headers["x-q"]
req.cookies.q
req.get("X-Q")
req.query["q"]
req.body.user.name
req.param("q")'''.splitlines()


def whole(turn, sink, parts):
    """A module with one handler: the source, what carries it, the sink."""
    imports, tops, body = [], [], []
    for part, which in parts:
        more, top, _ = part.side(which)
        imports.append(more)
        tops.append(top)
        body.append(part.safe if which else part.unsafe)
    imports.append(sink.imports)
    tops.append(sink.top)
    koa = turn % 4 == 3 and "res." not in sink.unsafe and "req." not in sink.unsafe and all("res." not in line for line in body)
    lines = "\n".join(body + [sink.unsafe])
    if "window" in sink.name:
        source = ["location.hash.slice(1)", "new URLSearchParams(window.location.search).get('q')", "document.referrer", "decodeURIComponent(location.search)"][turn % 4]
        return join(*imports) + "\n" + "\n\n".join(tops) + f"\n\nfunction show() {{\n  let param = {source};\n" + indented(lines, "  ") + "\n}\n\nshow();\n"
    if koa:
        head = 'const Koa = require("koa");\nconst Router = require("@koa/router");'
        begin = "const router = new Router();"
        source = ["ctx.query.q", "ctx.request.body.q", "ctx.params.q"][turn % 3]
        view = f'router.get("/do", async (ctx) => {{\n  let param = {source};\n'
        done = "\n});\n"
    else:
        source = EXPRESS[turn % len(EXPRESS)]
        head = 'const express = require("express");' if turn % 2 else 'import express from "express";'
        begin = "const app = express();"
        if turn % 5 == 2 and "." in source and "[" not in source and "(" not in source:
            holder, name = source.rsplit(".", 1)
            take = f"  let {{ {name}: param }} = {holder};\n"
        else:
            take = f"  let param = {source};\n"
        open_view = ['app.get("/do", (req, res) => {', 'app.post("/do", async function (req, res, next) {', 'router.get("/do", async (request, response) => {', "exports.handle = async (req, res) => {"][turn % 4]
        if "request, response" in open_view:
            open_view = 'express.Router().put("/do", async (req, res) => {'
        view = open_view + "\n" + take
        done = "\n};\n" if open_view.startswith("exports") else "\n});\n"
    top = "\n\n".join(text.strip("\n") for text in tops if text)
    return join(head, *imports) + "\n\n" + begin + "\n" + top + "\n\n" + view + indented(lines, "  ") + done


CARRIERS = [
    C("direct", "const bar = param;", 'const bar = "fixed";'),
    C("overwrite", 'let bar = "fixed";\nbar = param;', 'let bar = param;\nbar = "fixed";'),
    C("sum", 'const bar = "a" + param + "b";', 'const bar = "a" + "param" + "b";'),
    C("template", "const bar = `a${param}b`;", 'const name = "x";\nconst bar = `a${name}b`;'),
    C("concat", 'const bar = "a".concat(param);', 'const bar = "a".concat("b");'),
    C("join", 'const bar = ["a", param].join(" ");', 'const bar = ["a", "b"].join(" ");'),
    C("augmented", 'let bar = "a";\nbar += param;', 'let bar = "a";\nbar += "b";'),
    C("object", 'const values = { a: "fixed", b: param };\nconst bar = values.b;', 'const values = { a: "fixed", b: param };\nconst bar = values.a;'),
    C("object-key", 'const values = {};\nvalues["a"] = "fixed";\nvalues["b"] = param;\nconst bar = values["b"];', 'const values = {};\nvalues["a"] = "fixed";\nvalues["b"] = param;\nconst bar = values["a"];'),
    C("object-nested", 'const values = { a: { b: param, c: "x" } };\nconst bar = values.a.b;', 'const values = { a: { b: param, c: "x" } };\nconst bar = values.a.c;'),
    C("spread", 'const first = { a: param };\nconst all = { ...first, b: "x" };\nconst bar = all.a;', 'const first = { a: param };\nconst all = { ...first, b: "x" };\nconst bar = all.b;'),
    C("assign", 'const all = Object.assign({}, { a: param });\nconst bar = all.a;', 'const all = Object.assign({}, { a: "x" });\nconst bar = all.a;'),
    C("destructure", 'const { a, b } = { a: "x", b: param };\nconst bar = b;', 'const { a, b } = { a: "x", b: param };\nconst bar = a;'),
    C("destructure-list", 'const [, bar] = ["a", param];', 'const [bar] = ["a", param];'),
    C("list", 'const values = ["a"];\nvalues.push(param);\nvalues.push("c");\nvalues.shift();\nconst bar = values[0];', 'const values = ["a"];\nvalues.push(param);\nvalues.push("c");\nvalues.shift();\nconst bar = values[1];'),
    C("unshift", 'const values = ["a"];\nvalues.unshift(param);\nconst bar = values[0];', 'const values = ["a"];\nvalues.unshift(param);\nconst bar = values[1];'),
    C("map", 'const values = new Map();\nvalues.set("a", "fixed");\nvalues.set("b", param);\nconst bar = values.get("b");', 'const values = new Map();\nvalues.set("a", "fixed");\nvalues.set("b", param);\nconst bar = values.get("a");'),
    C("condition", 'const size = 9;\nlet bar;\nif (size * 3 > 20) {\n  bar = param;\n} else {\n  bar = "fixed";\n}', 'const size = 9;\nlet bar;\nif (size * 3 > 30) {\n  bar = param;\n} else {\n  bar = "fixed";\n}'),
    C("ternary", 'const size = 4;\nconst bar = size + 1 === 5 ? param : "fixed";', 'const size = 4;\nconst bar = size + 1 === 6 ? param : "fixed";'),
    C("switch", 'let bar;\nswitch ("pqr"[2]) {\n  case "p":\n    bar = "one";\n    break;\n  case "q":\n  case "r":\n    bar = param;\n    break;\n  default:\n    bar = "x";\n}', 'let bar;\nswitch ("pqr"[0]) {\n  case "p":\n    bar = "one";\n    break;\n  case "q":\n  case "r":\n    bar = param;\n    break;\n  default:\n    bar = "x";\n}'),
    C("else-if", 'const level = 2;\nlet bar = "";\nif (level === 1) {\n  bar = "one";\n} else if (level === 2) {\n  bar = param;\n}', 'const level = 3;\nlet bar = "";\nif (level === 1) {\n  bar = "one";\n} else if (level === 2) {\n  bar = param;\n}'),
    C("loop", 'let bar = "";\nfor (const part of param.split(",")) {\n  bar += part;\n}', 'let bar = "";\nfor (const part of "a,b".split(",")) {\n  bar += part;\n}'),
    C("for-each", 'let bar = "";\n[param, "x"].forEach((part) => {\n  bar += part;\n});', 'let bar = "";\n["y", "x"].forEach((part) => {\n  bar += part;\n});'),
    C("while", 'let bar = "";\nlet count = 0;\nwhile (count < 2) {\n  bar = param;\n  count++;\n}', 'let bar = "";\nlet count = 0;\nwhile (count < 2) {\n  bar = "x";\n  count++;\n}'),
    C("function", "const bar = pick(param);", "const bar = pick(param);", top=("function pick(value) {\n  return value.trim();\n}", 'function pick(value) {\n  return "fixed";\n}')),
    C("function-two", 'const bar = pick("x", param);', 'const bar = pick(param, "x");', top="function pick(first, second) {\n  return second;\n}"),
    C("function-options", 'const bar = pick({ first: "x", second: param });', 'const bar = pick({ first: param, second: "x" });', top="const pick = ({ first, second }) => second;"),
    C("function-default", "const bar = pick(param);", "const bar = pick();", top='const pick = (value = "fixed") => value;'),
    C("class-static", "const bar = Helper.pick(param);", "const bar = Helper.pick(param);", top=("class Helper {\n  static pick(value) {\n    return value;\n  }\n}", 'class Helper {\n  static pick(value) {\n    return "fixed";\n  }\n}')),
    C("class-field", "const box = new Box(param);\nconst bar = box.value;", "const box = new Box(param);\nconst bar = box.label;", top='class Box {\n  constructor(value) {\n    this.value = value;\n    this.label = "fixed";\n  }\n}'),
    C("class-method", "const box = new Box();\nbox.put(param);\nconst bar = box.take();", "const box = new Box();\nbox.put(param);\nconst bar = box.name();", top='class Box {\n  put(value) {\n    this.held = value;\n  }\n\n  take() {\n    return this.held;\n  }\n\n  name() {\n    return "box";\n  }\n}'),
    C("subclass", "const bar = new Plain().both(param);", "const bar = new Plain().both(param);", top=('class Base {\n  both(value) {\n    return "a" + this.pick(value);\n  }\n}\n\nclass Plain extends Base {\n  pick(value) {\n    return value;\n  }\n}', 'class Base {\n  both(value) {\n    return "a" + this.pick(value);\n  }\n}\n\nclass Plain extends Base {\n  pick(value) {\n    return "fixed";\n  }\n}')),
    C("getter", "const bar = new Box(param).text;", "const bar = new Box(param).text;", top=("class Box {\n  constructor(value) {\n    this.v = value;\n  }\n\n  get text() {\n    return this.v;\n  }\n}", 'class Box {\n  constructor(value) {\n    this.v = value;\n  }\n\n  get text() {\n    return "fixed";\n  }\n}')),
    C("arrow", "const pick = (value) => value;\nconst bar = pick(param);", 'const pick = (value) => "fixed";\nconst bar = pick(param);'),
    C("closure", "const inner = () => param;\nconst bar = inner();", 'const inner = () => "fixed";\nconst bar = inner();'),
    C("closure-write", 'let bar = "x";\nfunction set() {\n  bar = param;\n}\nset();', 'let bar = "x";\nfunction set() {\n  bar = "y";\n}\nset();'),
    C("await", "const bar = await load(param);", "const bar = await load(param);", top=("async function load(value) {\n  return value;\n}", 'async function load(value) {\n  return "fixed";\n}')),
    C("promise", "const bar = await Promise.resolve(param);", 'const bar = await Promise.resolve("x");'),
    C("map-elements", 'const bar = [param].map((part) => part.trim()).join("");', 'const bar = [param].map((part) => "x").join("");'),
    C("filter", 'const bar = ["a", param].filter((part) => part.length > 0)[1];', 'const bar = ["a", "b"].filter((part) => part.length > 0)[1];'),
    C("reduce", 'const bar = param.split(",").reduce((all, part) => all + part, "");', 'const bar = ["a", "b"].reduce((all, part) => all + part, "");'),
    C("try", 'let bar;\ntry {\n  bar = param;\n} finally {\n  console.log("done");\n}', 'let bar;\ntry {\n  bar = "fixed";\n} finally {\n  console.log("done");\n}'),
    C("or", 'const bar = param || "fixed";', 'const bar = "fixed" || param;'),
    C("optional", 'const bar = { a: param }?.a ?? "x";', 'const bar = { a: "y" }?.a ?? "x";'),
    C("base64", 'const bar = Buffer.from(param, "base64").toString();', 'const bar = Buffer.from("YQ==", "base64").toString();'),
    C("decode", "const bar = decodeURIComponent(param);", 'const bar = decodeURIComponent("a%20b");'),
    C("slice", 'const bar = param.slice(1).replace("a", "b").toLowerCase();', 'const bar = "abc".slice(1).replace("a", "b").toLowerCase();'),
    C("json", "const bar = JSON.parse(JSON.stringify({ a: param })).a;", 'const bar = JSON.parse(JSON.stringify({ a: "x" })).a;'),
    C("rest", 'const bar = pick("x", param);', 'const bar = pick(param, "x");', top="function pick(...values) {\n  return values[1];\n}"),
    C("table", 'const table = { a: (v) => v, b: () => "x" };\nconst bar = table.a(param);', 'const table = { a: (v) => v, b: () => "x" };\nconst bar = table.b(param);'),
    C("generator", "const bar = [...each(param)][0];", "const bar = [...each(param)][0];", top=("function* each(value) {\n  yield value;\n}", 'function* each(value) {\n  yield "fixed";\n}')),
    C("two-branches", 'let bar;\nif (param.length > 3) {\n  bar = param;\n} else {\n  bar = "short";\n}', 'let bar;\nif (param.length > 3) {\n  bar = "long";\n} else {\n  bar = "short";\n}'),
]

SINKS = {
    "command": [
        C("exec", 'exec("ls " + bar, (err, out) => {});', imports='const { exec } = require("child_process");'),
        C("execSync", "const out = cp.execSync(`ping ${bar}`);", imports='const cp = require("child_process");'),
        C("spawn-shell", 'spawn("sh", ["-c", "ls " + bar]);', imports='import { spawn } from "node:child_process";'),
        C("spawn-option", 'cp.spawn("ls " + bar, { shell: true });', imports='import * as cp from "child_process";'),
    ],
    "sql": [
        C("mysql", 'db.query("SELECT * FROM users WHERE name = \'" + bar + "\'", (err, rows) => {});', imports='const mysql = require("mysql");', top="const db = mysql.createConnection({});"),
        C("pg", "const rows = await pool.query(`SELECT * FROM users WHERE name = '${bar}'`);", imports='const { Pool } = require("pg");', top="const pool = new Pool();"),
        C("sqlite", 'db.all("SELECT * FROM t WHERE a = \'" + bar + "\'", cb);', imports='const sqlite3 = require("sqlite3");', top='const db = new sqlite3.Database("a.db");'),
        C("knex", 'knex("users").whereRaw("name = \'" + bar + "\'");', imports='const knex = require("knex")({});'),
        C("sequelize", "await sequelize.query(`UPDATE t SET a = '${bar}'`);", imports='const { Sequelize } = require("sequelize");', top='const sequelize = new Sequelize("sqlite::memory:");'),
    ],
    "nosql": [C("where", 'users.find({ $where: "this.name == \'" + bar + "\'" });', imports='const { MongoClient } = require("mongodb");', top='const users = new MongoClient("").db("a").collection("users");')],
    "path": [
        C("readFile", 'fs.readFile("/srv/data/" + bar, cb);', imports='const fs = require("fs");'),
        C("join", 'const name = path.join("/srv/data", bar);\nconst text = fs.readFileSync(name, "utf8");', imports='const fs = require("fs");\nconst path = require("path");'),
        C("sendFile", 'res.sendFile("/srv/data/" + bar);'),
        C("promises", "await fs.promises.unlink(`/srv/${bar}`);", imports='const fs = require("fs");'),
        C("stream", 'fs.createReadStream("/srv/" + bar).pipe(res);', imports='import fs from "fs";'),
    ],
    "xss": [
        C("send", 'res.send("<p>" + bar + "</p>");'),
        C("write", 'res.write(`<b>${bar}</b>`);\nres.end();'),
        C("status", 'res.status(200).send("<i>" + bar);'),
    ],
    "dom": [
        C("window-innerHTML", 'document.getElementById("x").innerHTML = "<p>" + bar;'),
        C("window-write", 'document.write("<b>" + bar + "</b>");'),
        C("window-jquery", '$("#x").html(bar);', imports='import $ from "jquery";'),
    ],
    "code": [
        C("eval", "const value = eval(bar);"),
        C("function", 'const run = new Function("a", "return " + bar);'),
        C("vm", "vm.runInNewContext(bar, {});", imports='const vm = require("vm");'),
    ],
    "ssrf": [
        C("axios", "const answer = await axios.get(bar);", imports='const axios = require("axios");'),
        C("fetch", 'const answer = await fetch("http://" + bar);'),
        C("http", "http.get(bar, (answer) => {});", imports='const http = require("http");'),
        C("got", "const answer = await got(`https://${bar}/api`);", imports='import got from "got";'),
    ],
    "redirect": [
        C("redirect", "res.redirect(bar);"),
        C("status", 'res.redirect(302, "http://" + bar);'),
        C("header", 'res.writeHead(302, { Location: bar });\nres.end();'),
    ],
    "template": [
        C("pug", 'const page = pug.render("p " + bar);', imports='const pug = require("pug");'),
        C("handlebars", 'const page = Handlebars.compile("<p>" + bar)({});', imports='const Handlebars = require("handlebars");'),
    ],
    "deserialise": [C("node-serialize", "const value = serialize.unserialize(bar);", imports='const serialize = require("node-serialize");')],
    "regex": [C("regexp", 'const found = new RegExp(bar).test("text");')],
    "prototype": [C("key", 'const table = {};\ntable[bar] = { a: 1 };')],
    "log": [C("console", 'console.log("user " + bar);')],
    "header": [C("set", 'res.setHeader("X-Name", bar);')],
}

CLEANERS = {
    "*": [
        C("number", "const bar = String(param);", "const bar = Number(param);"),
        C("parse-int", "const bar = param.trim();", "const bar = parseInt(param, 10);"),
        C("includes", 'if (!["a", "b"].includes(param)) {\n  console.log("odd");\n}\nconst bar = param;', 'if (!["a", "b"].includes(param)) {\n  return;\n}\nconst bar = param;'),
        C("set", 'const bar = param ? param : "a";', 'const bar = ALLOWED.has(param) ? param : "a";', top='const ALLOWED = new Set(["a", "b"]);'),
        C("test", "if (!/.*/.test(param)) {\n  return;\n}\nconst bar = param;", "if (!/^[a-z0-9]+$/.test(param)) {\n  return;\n}\nconst bar = param;"),
        C("lookup", "const bar = TABLE[param] || param;", 'const bar = TABLE[param] || "x";', top='const TABLE = { a: "one", b: "two" };'),
        C("equal", 'const bar = param !== "admin" ? param : "x";', 'const bar = param === "admin" ? param : "x";'),
        C("switch", 'let bar;\nswitch (param) {\n  case "a":\n    bar = "one";\n    break;\n  default:\n    bar = param;\n}', 'let bar;\nswitch (param) {\n  case "a":\n    bar = param;\n    break;\n  default:\n    bar = "two";\n}'),
        C("check-function", "if (!good(param)) {\n  return;\n}\nconst bar = param;", "if (!good(param)) {\n  return;\n}\nconst bar = param;", top=("const good = (value) => value.length > 3;", 'const good = (value) => value === "left" || value === "right";')),
        C("strip", 'const bar = param.replace(/x/g, "");', 'const bar = param.replace(/[^a-z0-9]/gi, "");'),
    ],
    "path": [
        C("basename", "const bar = path.normalize(param);", "const bar = path.basename(param);", imports='const path = require("path");'),
        C("resolve", 'const full = path.resolve("/srv/data", param);\nconst bar = full;', 'const full = path.resolve("/srv/data", param);\nif (!full.startsWith("/srv/data/")) {\n  return;\n}\nconst bar = full;', imports='const path = require("path");'),
        C("dots", 'if (param.includes("..")) {\n  console.log("odd");\n}\nconst bar = param;', 'if (param.includes("..")) {\n  return;\n}\nconst bar = param;'),
    ],
    "xss": [
        C("escape-html", "const bar = param.trim();", "const bar = escapeHtml(param);", imports='const escapeHtml = require("escape-html");'),
        C("he", "const bar = he.decode(param);", "const bar = he.encode(param);", imports='const he = require("he");'),
        C("replace-all", 'const bar = param.replace(/</g, "[");', 'const bar = param.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");'),
    ],
    "dom": [C("dompurify", "const bar = param.trim();", "const bar = DOMPurify.sanitize(param);", imports='import DOMPurify from "dompurify";')],
    "ssrf": [C("host", "const url = new URL(param);\nconst bar = param;", 'const url = new URL(param);\nif (!["a.example"].includes(url.hostname)) {\n  return;\n}\nconst bar = url.href;')],
    "redirect": [C("own", "const bar = param;", 'if (!param.startsWith("/") || param.startsWith("//")) {\n  return;\n}\nconst bar = param;')],
    "regex": [C("escape", "const bar = param.trim();", "const bar = _.escapeRegExp(param);", imports='const _ = require("lodash");')],
}

TWINS = {
    "sql": [
        C("parameter", 'db.query("SELECT * FROM t WHERE a = \'" + bar + "\'", cb);', 'db.query("SELECT * FROM t WHERE a = ?", [bar], cb);', imports='const mysql = require("mysql");', top="const db = mysql.createConnection({});"),
        C("dollar", "await pool.query(`SELECT * FROM t WHERE a = '${bar}'`);", 'await pool.query("SELECT * FROM t WHERE a = $1", [bar]);', imports='const { Pool } = require("pg");', top="const pool = new Pool();"),
        C("tagged", "await prisma.$queryRawUnsafe(`SELECT * FROM t WHERE a = '${bar}'`);", "await prisma.$queryRaw`SELECT * FROM t WHERE a = ${bar}`;", imports='import { PrismaClient } from "@prisma/client";', top="const prisma = new PrismaClient();"),
        C("builder", 'knex("t").whereRaw("a = " + bar);', 'knex("t").where("a", bar);', imports='const knex = require("knex")({});'),
    ],
    "command": [C("execFile", 'cp.exec("ls " + bar);', 'cp.execFile("ls", ["--", bar]);', imports='const cp = require("child_process");')],
    "xss": [C("json", 'res.send("<p>" + bar);', "res.json({ name: bar });"), C("render", 'res.send("<p>" + bar);', 'res.render("page", { name: bar });')],
    "dom": [C("window-text", 'document.getElementById("x").innerHTML = bar;', 'document.getElementById("x").textContent = bar;')],
    "ssrf": [C("query", 'await fetch("http://" + bar + "/x");', "await fetch(`https://api.example/find?q=${encodeURIComponent(bar)}`);")],
    "template": [C("data", 'pug.render("p " + bar);', 'pug.render("p= name", { name: bar });', imports='const pug = require("pug");')],
    "redirect": [C("query", 'res.redirect("http://" + bar);', 'res.redirect("/next?page=" + encodeURIComponent(bar));')],
}

WAYS = [
    ("direct", lambda value: ("", value)),
    ("variable", lambda value: (f"const name = {value};\n", "name")),
    ("condition", lambda value: (f"const size = 4;\nlet name;\nif (size > 2) {{\n  name = {value};\n}}\n", "name")),
    ("object", lambda value: (f"const table = {{ a: {value} }};\n", "table.a")),
    ("function", lambda value: (f"function choose() {{\n  return {value};\n}}\n", "choose()")),
    ("default", lambda value: (f"const choose = (name = {value}) => name;\n", "choose()")),
]
PLAIN = [
    ("hash", "createHash", 'const crypto = require("crypto");\n', '"md5"', '"sha256"', 'crypto.createHash({0}).update(data).digest("hex");'),
    ("cipher", "createCipheriv", 'const crypto = require("crypto");\n', '"des-ede3-cbc"', '"aes-256-gcm"', "crypto.createCipheriv({0}, key, iv);"),
    ("key", "rsa", 'const crypto = require("crypto");\n', "1024", "3072", 'crypto.generateKeyPairSync("rsa", {{ modulusLength: {0} }});'),
    ("tls", "agent", 'const https = require("https");\n', "false", "true", "const agent = new https.Agent({{ rejectUnauthorized: {0} }});"),
    ("cookie", "secure", 'const express = require("express");\n', "false", "true", 'express().get("/", (req, res) => {{ res.cookie("a", v, {{ httpOnly: true, secure: {0} }}); }});'),
    ("cookie", "httpOnly", 'const express = require("express");\n', "false", "true", 'express().get("/", (req, res) => {{ res.cookie("a", v, {{ secure: true, httpOnly: {0} }}); }});'),
    ("cors", "origin", 'const cors = require("cors");\n', '"*"', '"https://a.example"', "app.use(cors({{ origin: {0}, credentials: true }}));"),
    ("xxe", "noent", 'const libxml = require("libxmljs");\n', "true", "false", "libxml.parseXml(text, {{ noent: {0} }});"),
    ("jwt", "algorithm", 'const jwt = require("jsonwebtoken");\n', '"none"', '"RS256"', "jwt.verify(token, key, {{ algorithms: [{0}] }});"),
]
PAIRED = [
    ("random", "token", "const token = Math.random().toString(36).slice(2);\n", 'const token = require("crypto").randomBytes(16).toString("hex");\n'),
    ("iv", "fixed", 'const crypto = require("crypto");\ncrypto.createCipheriv("aes-256-cbc", key, "0123456789abcdef");\n', 'const crypto = require("crypto");\ncrypto.createCipheriv("aes-256-cbc", key, crypto.randomBytes(16));\n'),
    ("regex", "slow", "const r = /^(a+)+$/;\n", "const r = /^a+$/;\n"),
    ("tls", "env", 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";\n', 'process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1";\n'),
]


def plain():
    for category, name, imports, bad, good, use in PLAIN:
        for way, make in WAYS:
            codes = []
            for value in (bad, good):
                before, expression = make(value)
                codes.append(imports + before + use.format(expression) + "\n")
            yield category, f"{name}-{way}", codes[0], codes[1]
    yield from PAIRED
