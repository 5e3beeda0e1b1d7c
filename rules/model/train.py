#!/usr/bin/env python3
"""Train the decision on generic values and write rules/model/weights.tsv and rules/model/figures.md.

  cargo build --profile quick --example candidates
  rules/model/train.py --candidates target/quick/examples/candidates --clean DIR... [--labelled DIR]
  rules/model/train.py --candidates target/quick/examples/candidates --clean DIR... --keys

Leaks are made here (nothing of them is kept): values as people and generators choose them, in the files where they
leave them. What is no leak comes from published packages (`--clean`: the tree of tests/clean-code, unpacked wheels and
npm packages), whose few real values are outnumbered. `--labelled` is a folder of corpora with truth.jsonl files.
A quarter of the packages and a tenth of what was made are held back for the figures. Needs numpy.
"""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import tempfile

import numpy

HERE = pathlib.Path(__file__).resolve().parent
LETTERS = "abcdefghijklmnopqrstuvwxyz"
ALNUM = LETTERS + LETTERS.upper() + "0123456789"
LEET = str.maketrans("aeios", "4310$")


def password(draw, words):
    """A password as people choose them, or as a generator makes them."""
    word, other = draw.choice(words), draw.choice(words)
    cased = draw.choice([word, word, word.title(), word.title(), word.upper()])
    year = str(draw.randint(1960, 2026))
    few = str(draw.randint(0, 999))
    sign = draw.choice("!@#$%&*?.-_+")
    return draw.choices([
        lambda: cased + few, lambda: cased + year, lambda: cased + sign + few, lambda: cased + few + sign,
        lambda: cased + year + sign, lambda: cased + sign + year, lambda: word.title() + other.title() + few,
        lambda: word + other, lambda: word, lambda: word.translate(LEET) + few, lambda: cased.translate(LEET) + sign,
        lambda: word + few + other, lambda: cased + draw.choice("_-.") + other + few, lambda: few + cased,
        lambda: "".join(draw.choices(ALNUM, k=draw.randint(6, 12))),
        lambda: "".join(draw.choices(ALNUM + "!@#%^*_-+=", k=draw.randint(8, 20))),
        lambda: "".join(draw.choices(LETTERS, k=draw.randint(8, 16))),
        lambda: "".join(draw.choices(LETTERS + "0123456789", k=draw.randint(8, 16))),
        lambda: "".join(draw.choices("0123456789abcdef", k=draw.choice([16, 32]))),
    ], weights=[5, 5, 4, 4, 3, 3, 3, 2, 3, 2, 2, 2, 2, 1, 4, 4, 3, 4, 2])[0]()


def token(draw, words):
    """A key, token or secret."""
    of = lambda alphabet, *lengths: "".join(draw.choices(alphabet, k=draw.choice(lengths)))
    digits = "0123456789abcdef"
    return draw.choices([
        lambda: of(digits, 32, 40, 64), lambda: of(ALNUM, 16, 20, 24, 32, 40, 48, 64),
        lambda: of(ALNUM + "-_", 22, 32, 43, 64), lambda: of(ALNUM + "+/", 43, 62, 87)[:-1] + "=",
        lambda: of(LETTERS + "0123456789", 16, 20, 24, 32), lambda: of(LETTERS.upper() + "0123456789", 16, 20, 32),
        lambda: f"{of(digits, 8)}-{of(digits, 4)}-4{of(digits, 3)}-a{of(digits, 3)}-{of(digits, 12)}",
        lambda: draw.choice(["ak", "live", "prod", "sec", "key"]) + "_" + of(ALNUM, 16, 24, 32),
        lambda: of(LETTERS, 16, 24, 32, 40), lambda: of(digits, 64, 128),
        lambda: of(ALNUM + "!@#$%^&*()_+-=", 24, 32, 50).replace('"', ""),
    ], weights=[5, 6, 3, 3, 3, 1, 2, 2, 1, 1, 2])[0]()


PASSWORDS = ["PASSWORD"] * 14 + ["PASS", "PASSWD", "PWD", "PASSPHRASE", "USER_PASSWORD", "USERPASS"] + [
    "DB_PASSWORD", "DB_PASSWORD", "DATABASE_PASSWORD", "MYSQL_PASSWORD", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "SMTP_PASSWORD",
    "MAIL_PASSWORD", "ADMIN_PASSWORD", "ROOT_PASSWORD", "FTP_PASSWORD", "APP_PASSWORD", "DB_PASS", "EMAIL_HOST_PASSWORD",
    "LDAP_BIND_PASSWORD", "KEYSTORE_PASSWORD", "MQTT_PASSWD", "SUDO_PASS", "WIFI_PASSWORD", "PROXY_PASSWORD",
    "GRAFANA_PASSWORD", "BOT_PASSWORD", "SA_PASSWORD", "ORACLE_PWD", "MONGO_PASS", "BACKUP_PASSWORD", "IMAP_PASSWORD",
    "SHOP_PASSWORD", "PORTAL_PASS", "ZIP_PASSWORD", "CERT_PASSWORD", "VPN_PASSPHRASE"]
SECRETS = ["API_KEY", "SECRET_KEY", "CLIENT_SECRET", "ACCESS_TOKEN", "JWT_SECRET", "SESSION_SECRET", "AUTH_TOKEN",
           "APP_SECRET", "WEBHOOK_SECRET", "ENCRYPTION_KEY", "TWITTER_CONSUMER_SECRET", "WEATHER_API_KEY", "REFRESH_TOKEN",
           "BOT_TOKEN", "PASSWORD_SALT", "HASH_SALT", "SALT", "SALT", "CREDENTIAL", "CREDENTIAL_VALUE", "MAPS_API_KEY", "SIGNING_KEY", "SECRET", "TOKEN", "OAUTH_CLIENT_SECRET", "PAYMENT_API_KEY",
           "STORAGE_ACCOUNT_KEY", "PRIVATE_KEY", "API_TOKEN", "SERVICE_TOKEN"]


def camel(name):
    first, *rest = name.lower().split("_")
    return first + "".join(part.title() for part in rest)


# Path, text; N is the name in capitals, L in small letters, C and P with humps, D with dots; V the value; U a user, in some.
FORMS = [
    (6, ".env", "{U}{N}={V}\n"), (2, "deploy/prod.env", "{U}{N}='{V}'\n"), (2, ".env.production", "{U}export {N}=\"{V}\"\n"),
    (3, "docker-compose.yml", "    environment:\n      {U}{N}: {V}\n"), (3, "docker-compose.yml", "    environment:\n      - {N}={V}\n"),
    (2, "compose.yaml", "      {N}: \"{V}\"\n"),
    (4, "application.properties", "{U}app.{D}={V}\n"), (2, "conf/db.properties", "{D} = {V}\n"),
    (3, "config.ini", "[db]\n{U}{L} = {V}\n"), (1, "etc/app.conf", "{L}={V}\n"), (2, "config.toml", "{U}{L} = \"{V}\"\n"),
    (4, "config/database.yml", "production:\n  {U}{L}: {V}\n"), (2, "application.yml", "  {U}{L}: '{V}'\n"),
    (2, "group_vars/all.yml", "{U}{L}: \"{V}\"\n"), (2, "values.yaml", "  {C}: \"{V}\"\n"),
    (2, "k8s/app.yaml", "kind: Pod\napiVersion: v1\n        - name: {N}\n          value: \"{V}\"\n"),
    (4, "config.json", "{\n  {U}\"{C}\": \"{V}\"\n}\n"), (2, "appsettings.json", "{ {U}\"{P}\": \"{V}\" }\n"),
    (2, "config/prod.json", "{\n    {U}\"{L}\": \"{V}\",\n}\n"), (2, "web.config", "<add key=\"{P}\" value=\"{V}\" />\n"),
    (1, "config.xml", "{U}<{C}>{V}</{C}>\n"),
    (4, "app/settings.py", "{U}{N} = \"{V}\"\n"), (2, "app/db.py", "    {U}{L} = '{V}'\n"), (2, "app/client.py", "connect(host=\"x\", {L}=\"{V}\")\n"),
    (2, "src/index.js", "{U}const {C} = '{V}';\n"), (2, "src/db.ts", "  user: 'shop',\n  {C}: '{V}',\n"), (1, "config.js", "  {U}{C}: \"{V}\",\n"),
    (2, "src/Db.java", "    private static final String {N} = \"{V}\";\n"), (1, "src/Mail.java", "    String {C} = \"{V}\";\n"),
    (2, "config.php", "$user = 'shop';\n${L} = '{V}';\n"), (1, "config/mail.php", "    {U}'{L}' => '{V}',\n"), (1, "inc/config.php", "define('{N}', '{V}');\n"),
    (2, "src/Mail.java", "props.put(\"{D}\", \"{V}\");\n"), (1, "src/Conf.java", "c.setProperty(\"{D}\", \"{V}\");\n"),
    (2, "config/initializers/app.rb", "config.{L} = '{V}'\n"), (1, "app/conf.py", "app.config['{N}'] = '{V}'\n"), (1, "src/app.js", "config.{C} = '{V}';\n"),
    (1, "Conf.m", "#define k{P} @\"{V}\"\n"), (1, "src/conf.h", "#define {N} \"{V}\"\n"), (1, "src/login.py", "login('anna', {L}='{V}')\n"),
    (1, "db.go", "\t{P}: \"{V}\",\n"), (1, "main.go", "const {C} = \"{V}\"\n"), (1, "Db.cs", "    string {C} = \"{V}\";\n"),
    (1, "config/app.rb", "{U}{L} = '{V}'\n"), (3, "deploy.sh", "{U}{N}={V}\n"), (1, "run.sh", "export {N}='{V}'\n"),
    (1, "Dockerfile", "ENV {N}={V}\n"), (1, "main.tf", "  {U}{L} = \"{V}\"\n"), (1, "terraform.tfvars", "{L} = \"{V}\"\n"),
    (2, "init.sql", "CREATE ROLE shop WITH PASSWORD '{V}';\n"), (2, "setup.sql", "ALTER USER shop WITH PASSWORD '{V}';\n"),
    (1, "notes", "{U}{L}: {V}\n"), (1, "README.md", "    export {N}={V}\n"), (1, "docs/setup.md", "    {L}: {V}\n"),
    (1, "#tests/test_api.py", "    {U}{L} = \"{V}\"\n"), (1, "#spec/users_spec.rb", "      {U}{L}: '{V}'\n"), (1, "#test/fixtures/users.json", "  \"{C}\": \"{V}\",\n"),
]
def leaks(draw, count):
    """Made leaks: path, text."""
    words = (HERE / "words.txt").read_text().split()
    weights = [form[0] for form in FORMS]
    for _ in range(count):
        _, path, text = draw.choices(FORMS, weights)[0]
        is_password = draw.random() < 0.6
        name = draw.choice(PASSWORDS if is_password else SECRETS)
        # In a test only what was drawn at random counts.
        value = password(draw, words) if is_password and not path.startswith("#") else token(draw, words)
        yield path.lstrip("#"), filled(text, name, value, user(path.lstrip("#"), text) if draw.random() < 0.5 else "")


def user(path, text):
    """What says whose the value is, in the way of its file."""
    if path.endswith("json"):
        return '"username": "shop", '
    if path.endswith((".yml", ".yaml", "notes")):
        return "username: shop\n  "
    if path.endswith((".py", ".rb", ".sh", ".env", ".ini", ".tf", ".properties", ".toml")) or ".env" in path:
        return "user = 'shop'\n" if path.endswith((".py", ".rb", ".tf", ".toml")) else "USER=shop\n"
    return "/* user: shop */ "


def filled(text, name, value, user):
    humps = camel(name)
    parts = {"U": user, "N": name, "L": name.lower(), "C": humps, "P": humps[0].upper() + humps[1:],
             "D": name.lower().replace("_", "."), "V": value}
    for mark, part in parts.items():
        text = text.replace("{" + mark + "}", part)
    return text


STANDS = """true false none null disabled enabled required optional plain cleartext bcrypt md5 scram-sha-256 trust prompt ask
never always auto inherit default vault env file kubernetes aws-ssm sealed external generated random
secretsmanager mysql_native_password caching_sha2_password basic-auth digest-md5 password_v2 db_password main_db_pw
app.password.default shop-db-secret db-credentials postgres-credentials prod/db/main root-password-key mailer-pass
mandatory hidden visible reset forgot change update validate login.password.hint form-control input-password
PasswordField passwordInput UserPassword NewPassword ConfirmPassword Passwort Kennwort contrasena wachtwoord
x-api-key authorization bearer jwt oauth2 session-key user.id sort-key primary partition cache:users v2/token
string varchar text number array object integer boolean uri date-time secure-string SecureString""".split()


def stand_ins(draw, count):
    """Made look-alikes in files of settings, of which packages hold few: path, text."""
    for _ in range(count):
        _, path, text = draw.choice(FORMS)
        name = draw.choice(PASSWORDS + SECRETS)
        value = draw.choice(STANDS)
        value = value + draw.choice(["", "", "", "1", "2", "-v2"])
        yield path.lstrip("#"), filled(text, name, value, "")


def candidates(binary, lines):
    """Label, path and features of each value in the files that `lines` name."""
    done = subprocess.run([binary], input="\n".join(lines), capture_output=True, text=True, errors="replace", check=True)
    for line in done.stdout.splitlines():
        label, path, number, _, features = line.split("\t")
        yield label, path, int(number), features.split()


def package(path, roots):
    for root in roots:
        if path.startswith(str(root)):
            return "/".join(path[len(str(root)) + 1:].split("/")[:3])
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--candidates", required=True)
    parser.add_argument("--clean", nargs="+", required=True, type=pathlib.Path)
    parser.add_argument("--labelled", type=pathlib.Path)
    parser.add_argument("--made", type=int, default=12000)
    parser.add_argument("--block", type=float, default=0.16, help="values per 100,000 lines of clean code that may block (0.16)")
    parser.add_argument("--rounds", type=int, default=8, help="times that pairs of features are added (8)")
    parser.add_argument("--pairs", type=int, default=8, help="pairs of features a time (8)")
    parser.add_argument("--warn", type=float, default=0.45, help="the same for blocks and warnings together (0.45)")
    parser.add_argument("--keys", action="store_true", help="write rules/secrets/published-keys.txt and nothing else")
    args = parser.parse_args()
    if args.keys:
        files = [f"clean\t{path}" for root in args.clean for path in root.rglob("*") if path.is_file() and not path.is_symlink()]
        found = subprocess.run([args.candidates, "--keys"], input="\n".join(files), capture_output=True, text=True, check=True)
        (HERE.parent / "secrets/published-keys.txt").write_text("".join(f"{key}\n" for key in sorted(set(found.stdout.split()))))
        return
    draw = random.Random(14)
    rows = []  # label, weight, held back, features
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for label, made in (("leak", leaks(draw, args.made)), ("stand-in", stand_ins(draw, args.made // 4))):
            for at, (path, text) in enumerate(made):
                file = pathlib.Path(folder, f"{label}-{at}")
                file.write_text(text)
                lines.append(f"{label}\t{file}\t{path}")
        for label, path, _, features in candidates(args.candidates, lines):
            rows.append((label == "leak", 1.0, draw.random() < 0.1, features, label))
    files = [f"clean\t{path}" for root in args.clean for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink() and path.stat().st_size < 2_000_000]
    lines = sum(pathlib.Path(file.split("\t")[1]).read_bytes().count(b"\n") for file in files)
    held = {}
    seen = collections.Counter()
    for label, path, _, features in candidates(args.candidates, files):
        name = package(path, args.clean)
        held.setdefault(name, draw.random() < 0.25)
        key = (name, tuple(features))
        seen[key] += 1
        # The same example over and over counts a few times.
        if seen[key] <= 5:
            rows.append((False, 1.0, held[name], features, label))
    if args.labelled:
        for truth in sorted(args.labelled.glob("*/truth.jsonl")):
            wanted = {}
            for line in truth.read_text().splitlines():
                case = json.loads(line)
                wanted[str(truth.parent / "files" / case["file"]), case["line"]] = case["label"]
            files = sorted({path for path, _ in wanted})
            base = str(truth.parent / "files") + "/"
            for label, path, number, features in candidates(args.candidates, [f"labelled\t{path}\t{path[len(base):]}" for path in files]):
                known = wanted.get((path, number))
                if known in ("positive", "negative"):
                    rows.append((known == "positive", 0.5, False, features, label))
    labels = sorted({feature for row in rows for feature in row[3]})
    index = {label: at for at, label in enumerate(labels)}
    matrix = numpy.zeros((len(rows), len(labels)), dtype=numpy.float32)
    for at, row in enumerate(rows):
        matrix[at, [index[feature] for feature in row[3]]] = 1
    truth = numpy.array([row[0] for row in rows], dtype=numpy.float32)
    weight = numpy.array([row[1] for row in rows], dtype=numpy.float32)
    back = numpy.array([row[2] for row in rows])
    joined = []
    for _ in range(args.rounds):
        weights, bias = fit(matrix[~back], truth[~back], weight[~back])
        chosen = pairs(matrix[~back], labels, truth[~back], weight[~back], weights, bias, args.pairs)
        for one, other in chosen:
            joined.append((one, other))
            labels.append(f"{labels[one]}&{labels[other]}")
            matrix = numpy.hstack([matrix, (matrix[:, one] * matrix[:, other])[:, None]])
    weights, bias = fit(matrix[~back], truth[~back], weight[~back])
    write(labels, weights, bias, matrix, truth, back, rows, lines, args)


def pairs(matrix, labels, truth, weight, weights, bias, count):
    """The pairs of features that would better the fit most, by the score test."""
    base = sum("&" not in label for label in labels)
    part = matrix[:, :base].astype(numpy.float64)
    likely = 1 / (1 + numpy.exp(-(matrix @ weights + bias)))
    pull = part.T @ (part * (weight * (truth - likely))[:, None])
    curve = part.T @ (part * (weight * likely * (1 - likely))[:, None])
    support = part.T @ part
    gain = numpy.where(support >= 25, pull ** 2 / (curve + 2.0), 0)
    own = numpy.diag(support)
    gain[(support == own[:, None]) | (support == own[None, :])] = 0
    order = numpy.dstack(numpy.unravel_index(numpy.argsort(-gain, axis=None), gain.shape))[0]
    chosen = [(int(one), int(other)) for one, other in order if one < other and f"{labels[one]}&{labels[other]}" not in labels]
    return chosen[:count]


def fit(matrix, truth, weight, ridge=2.0, rounds=60):
    """Logistic regression by Newton's method."""
    rows = numpy.hstack([matrix, numpy.ones((len(matrix), 1), dtype=numpy.float32)]).astype(numpy.float64)
    beta = numpy.zeros(rows.shape[1])
    for _ in range(rounds):
        likely = 1 / (1 + numpy.exp(-rows @ beta))
        gradient = rows.T @ (weight * (likely - truth)) + ridge * numpy.append(beta[:-1], 0)
        curve = (rows * (weight * likely * (1 - likely))[:, None]).T @ rows
        curve += numpy.diag(numpy.append(numpy.full(len(beta) - 1, ridge), 1e-6))
        step = numpy.linalg.solve(curve, gradient)
        beta -= step
        if numpy.abs(step).max() < 1e-4:
            break
    return beta[:-1], beta[-1]


def write(labels, weights, bias, matrix, truth, back, rows, lines, args):
    score = matrix @ weights + bias
    clean = numpy.array([row[4] == "clean" for row in rows])
    made = numpy.array([row[4] == "leak" for row in rows])
    # The bars. Tests and documents never block; a warning there needs a bar of its own.
    quiet = numpy.array([bool({"place.test", "place.prose", "place.compared", "place.locale"} & set(row[3])) for row in rows])
    bar = lambda which, rate: float(numpy.sort(score[which])[::-1][int(rate * lines / 100_000)])
    block = bar(clean & ~quiet, args.block)
    warn = bar(clean & ~quiet, args.block + (args.warn - args.block) / 2)
    apart = bar(clean & quiet, (args.warn - args.block) / 2)
    known = [line.split('"')[1] for line in (HERE.parent.parent / "src/engine/validate/features.rs").read_text().splitlines() if line.startswith("    ") and ' = "' in line and '", "' in line]
    out = ["# Made by rules/model/train.py; do not edit. Hundredths; `block`, `warn` and `apart` (tests, documents) are the bars."]
    out += [f"bias\t{round(bias * 100)}", f"block\t{round(block * 100)}", f"warn\t{round(warn * 100)}", f"apart\t{round(apart * 100)}"]
    out += [f"{label}\t{round(weights[labels.index(label)] * 100) if label in labels else 0}" for label in known]
    out += [f"{label}\t{round(float(weights[at]) * 100)}" for at, label in enumerate(labels) if "&" in label]
    (HERE / "weights.tsv").write_text("\n".join(out) + "\n")
    report = ["# Figures of the model", "", "Written by `rules/model/train.py`; do not edit.", "",
             f"{int(made.sum())} made leaks, {int(clean.sum())} values in {lines:,} lines of clean code, {len(labels)} features; a tenth of the leaks and a quarter of the packages are held back.", "",
             "| values | held back | all | over `block` | over `warn` |", "|---|---|---:|---:|---:|"]
    kinds = [("leak", made), ("clean", clean), ("stand-in", numpy.array([row[4] == "stand-in" for row in rows])),
             ("labelled, secret", numpy.array([row[4] == "labelled" and row[0] for row in rows])),
             ("labelled, none", numpy.array([row[4] == "labelled" and not row[0] for row in rows]))]
    for name, which in kinds:
        for word, part in (("no", which & ~back), ("yes", which & back)):
            if part.sum():
                over = lambda bar: f"{100 * float((score[part] >= bar).mean()):.2f} %"
                report.append(f"| {name} | {word} | {int(part.sum())} | {over(block)} | {over(warn)} |")
    (HERE / "figures.md").write_text("\n".join(report) + "\n")
    print("\n".join(report))


if __name__ == "__main__":
    main()
