"""Go: net/http and Gin handlers, as people write them."""

from generate import Part as C, indented, join

CWE = {
    "command": [78, 77], "sql": [89], "path": [22], "xss": [79], "ssrf": [918], "redirect": [601], "template": [1336, 94], "xpath": [643, 90],
    "log": [117], "trust": [501], "hash": [327, 328], "cipher": [327], "random": [330, 338], "cookie": [614, 1004], "tls": [295, 327],
    "key": [326], "iv": [329, 1204], "permissions": [732, 276], "cors": [942], "zip": [22],
}

HTTP = '''r.URL.Query().Get("q")
r.FormValue("q")
r.PostFormValue("q")
r.Header.Get("X-Q")
r.URL.Query()["q"][0]
r.Form.Get("q")
mux.Vars(r)["q"]
r.UserAgent()'''.splitlines()


def whole(turn, sink, parts):
    """A package with one handler: the source, what carries it, the sink."""
    imports, tops, body = ['"net/http"'], [], []
    for part, which in parts:
        more, top, _ = part.side(which)
        imports += more.split()
        tops.append(top)
        body.append(part.safe if which else part.unsafe)
    imports += sink.imports.split()
    tops.append(sink.top)
    code = "\n".join(body + [sink.unsafe])
    if turn % 5 == 3 and "w," not in sink.unsafe and "w." not in sink.unsafe and "r," not in sink.unsafe:
        imports.append('"github.com/gin-gonic/gin"')
        source = ['c.Query("q")', 'c.PostForm("q")', 'c.Param("q")'][turn % 3]
        view = f"func do(c *gin.Context) {{\n\tparam := {source}\n"
    else:
        source = HTTP[turn % len(HTTP)]
        if "mux" in source:
            imports.append('"github.com/gorilla/mux"')
        view = f"func do(w http.ResponseWriter, r *http.Request) {{\n\tparam := {source}\n"
    head = "package main\n\nimport (\n" + join(*["\t" + one for one in imports]) + "\n)\n"
    return head + "\n" + "\n\n".join(text for text in tops if text) + "\n\n" + view + indented(code, "\t") + "\n}\n"


CARRIERS = [
    C("direct", "bar := param", 'bar := "fixed"\n_ = param'),
    C("overwrite", 'bar := "fixed"\nbar = param', 'bar := param\nbar = "fixed"'),
    C("sum", 'bar := "a" + param + "b"', 'bar := "a" + "param" + "b"'),
    C("sprintf", 'bar := fmt.Sprintf("a %s b", param)', 'bar := fmt.Sprintf("a %s b", "param")', imports='"fmt"'),
    C("sprint", 'bar := fmt.Sprint("a", param)', 'bar := fmt.Sprint("a", "b")', imports='"fmt"'),
    C("join", 'bar := strings.Join([]string{"a", param}, " ")', 'bar := strings.Join([]string{"a", "b"}, " ")', imports='"strings"'),
    C("builder", 'var text strings.Builder\ntext.WriteString("a")\ntext.WriteString(param)\nbar := text.String()', 'var text strings.Builder\ntext.WriteString("a")\ntext.WriteString("b")\nbar := text.String()', imports='"strings"'),
    C("buffer", 'var text bytes.Buffer\ntext.WriteString(param)\nbar := text.String()', 'var text bytes.Buffer\ntext.WriteString("b")\nbar := text.String()', imports='"bytes"'),
    C("augmented", 'bar := "a"\nbar += param', 'bar := "a"\nbar += "b"'),
    C("map", 'values := map[string]string{"a": "fixed", "b": param}\nbar := values["b"]', 'values := map[string]string{"a": "fixed", "b": param}\nbar := values["a"]'),
    C("map-make", 'values := make(map[string]string)\nvalues["a"] = "fixed"\nvalues["b"] = param\nbar := values["b"]', 'values := make(map[string]string)\nvalues["a"] = "fixed"\nvalues["b"] = param\nbar := values["a"]'),
    C("slice", 'values := []string{"a", param}\nbar := values[1]', 'values := []string{"a", param}\nbar := values[0]'),
    C("append", 'values := []string{"a"}\nvalues = append(values, param)\nbar := values[1]', 'values := []string{"a"}\nvalues = append(values, param)\nbar := values[0]'),
    C("struct", 'item := Item{Name: "x", Text: param}\nbar := item.Text', 'item := Item{Name: "x", Text: param}\nbar := item.Name', top="type Item struct {\n\tName string\n\tText string\n}"),
    C("struct-pointer", 'item := &Item{}\nitem.Name = "x"\nitem.Text = param\nbar := item.Text', 'item := &Item{}\nitem.Name = "x"\nitem.Text = param\nbar := item.Name', top="type Item struct {\n\tName string\n\tText string\n}"),
    C("method", "item := Item{text: param}\nbar := item.Take()", "item := Item{text: param}\nbar := item.Take()", top=("type Item struct {\n\ttext string\n}\n\nfunc (i Item) Take() string {\n\treturn i.text\n}", 'type Item struct {\n\ttext string\n}\n\nfunc (i Item) Take() string {\n\treturn "fixed"\n}')),
    C("condition", 'size := 7\nvar bar string\nif size*3 > 20 {\n\tbar = param\n} else {\n\tbar = "fixed"\n}', 'size := 7\nvar bar string\nif size*3 > 30 {\n\tbar = param\n} else {\n\tbar = "fixed"\n}'),
    C("switch", 'level := 2\nvar bar string\nswitch level {\ncase 1:\n\tbar = "one"\ncase 2:\n\tbar = param\ndefault:\n\tbar = "many"\n}', 'level := 1\nvar bar string\nswitch level {\ncase 1:\n\tbar = "one"\ncase 2:\n\tbar = param\ndefault:\n\tbar = "many"\n}'),
    C("loop", 'bar := ""\nfor _, part := range strings.Split(param, ",") {\n\tbar += part\n}', 'bar := ""\nfor _, part := range strings.Split("a,b", ",") {\n\tbar += part\n}', imports='"strings"'),
    C("loop-counted", 'bar := ""\nfor i := 0; i < 3; i++ {\n\tbar += param\n}', 'bar := ""\nfor i := 0; i < 3; i++ {\n\tbar += "x"\n}'),
    C("function", "bar := pick(param)", "bar := pick(param)", top=("func pick(value string) string {\n\treturn value\n}", 'func pick(value string) string {\n\treturn "fixed"\n}')),
    C("function-two", 'bar := pick("x", param)', 'bar := pick(param, "x")', top="func pick(first, second string) string {\n\treturn second\n}"),
    C("function-error", "bar, err := pick(param)\nif err != nil {\n\treturn\n}", "bar, err := pick(param)\nif err != nil {\n\treturn\n}", top=("func pick(value string) (string, error) {\n\treturn value, nil\n}", 'func pick(value string) (string, error) {\n\treturn "fixed", nil\n}')),
    C("variadic", 'bar := pick("x", param)', 'bar := pick(param, "x")', top="func pick(values ...string) string {\n\treturn values[1]\n}"),
    C("closure", "inner := func() string { return param }\nbar := inner()", 'inner := func() string { return "fixed" }\nbar := inner()'),
    C("closure-write", 'bar := "x"\nset := func() { bar = param }\nset()', 'bar := "x"\nset := func() { bar = "y" }\nset()'),
    C("interface", "var picker Picker = Plain{}\nbar := picker.Pick(param)", "var picker Picker = Plain{}\nbar := picker.Pick(param)", top=("type Picker interface {\n\tPick(value string) string\n}\n\ntype Plain struct{}\n\nfunc (p Plain) Pick(value string) string {\n\treturn value\n}", 'type Picker interface {\n\tPick(value string) string\n}\n\ntype Plain struct{}\n\nfunc (p Plain) Pick(value string) string {\n\treturn "fixed"\n}')),
    C("bytes", "bytes := []byte(param)\nbar := string(bytes)", 'bytes := []byte("x")\nbar := string(bytes)'),
    C("base64", 'data, _ := base64.StdEncoding.DecodeString(param)\nbar := string(data)', 'data, _ := base64.StdEncoding.DecodeString("YQ==")\nbar := string(data)', imports='"encoding/base64"'),
    C("trim", 'bar := strings.ToLower(strings.TrimSpace(param))', 'bar := strings.ToLower(strings.TrimSpace("X"))', imports='"strings"'),
    C("unescape", "bar, _ := url.QueryUnescape(param)", 'bar, _ := url.QueryUnescape("a%20b")', imports='"net/url"'),
    C("channel", "each := make(chan string, 1)\neach <- param\nbar := <-each", 'each := make(chan string, 1)\neach <- "x"\nbar := <-each'),
    C("pointer", "at := &param\nbar := *at", 'value := "x"\nat := &value\nbar := *at'),
    C("defer", 'defer func() { recover() }()\nbar := param', 'defer func() { recover() }()\nbar := "x"'),
    C("constant", "bar := prefix + param", 'bar := prefix + "x"', top='const prefix = "pre"'),
    C("two-branches", 'bar := "short"\nif len(param) > 3 {\n\tbar = param\n}', 'bar := "short"\nif len(param) > 3 {\n\tbar = "long"\n}'),
    C("json", 'var item struct{ Text string }\njson.Unmarshal([]byte(param), &item)\nbar := item.Text', 'var item struct{ Text string }\njson.Unmarshal([]byte("{}"), &item)\nbar := item.Text', imports='"encoding/json"'),
]

SINKS = {
    "command": [
        C("sh", 'exec.Command("sh", "-c", "ls "+bar).Run()', imports='"os/exec"'),
        C("program", "cmd := exec.Command(bar)\ncmd.Run()", imports='"os/exec"'),
        C("context", 'exec.CommandContext(r.Context(), "bash", "-c", bar).Output()', imports='"os/exec"'),
    ],
    "sql": [
        C("query", 'db.Query("SELECT * FROM users WHERE name = \'" + bar + "\'")', imports='"database/sql"', top="var db *sql.DB"),
        C("exec", 'sql := fmt.Sprintf("DELETE FROM t WHERE a = \'%s\'", bar)\ndb.Exec(sql)', imports='"database/sql" "fmt"', top="var db *sql.DB"),
        C("row", 'db.QueryRowContext(r.Context(), "SELECT a FROM t WHERE b = \'"+bar+"\'")', imports='"database/sql"', top="var db *sql.DB"),
        C("gorm", 'db.Where("name = \'" + bar + "\'").Find(&users)', imports='"gorm.io/gorm"', top="var db *gorm.DB"),
    ],
    "path": [
        C("read", 'os.ReadFile("/srv/data/" + bar)', imports='"os"'),
        C("join", 'os.Open(filepath.Join("/srv/data", bar))', imports='"os" "path/filepath"'),
        C("serve", 'http.ServeFile(w, r, "/srv/"+bar)'),
        C("remove", 'os.Remove("/srv/" + bar)', imports='"os"'),
    ],
    "xss": [
        C("write", 'w.Write([]byte("<p>" + bar + "</p>"))'),
        C("fprintf", 'fmt.Fprintf(w, "<b>%s</b>", bar)', imports='"fmt"'),
        C("string", 'io.WriteString(w, "<i>"+bar)', imports='"io"'),
        C("template", 'template.HTML("<i>" + bar)', imports='"html/template"'),
    ],
    "ssrf": [
        C("get", "http.Get(bar)"),
        C("request", 'req, _ := http.NewRequest("GET", "http://"+bar, nil)\nhttp.DefaultClient.Do(req)'),
        C("client", "client := &http.Client{}\nclient.Get(bar)"),
    ],
    "redirect": [C("redirect", "http.Redirect(w, r, bar, http.StatusFound)"), C("header", 'w.Header().Set("Location", bar)\nw.WriteHeader(302)')],
    "template": [C("parse", 'template.New("x").Parse("Hello " + bar)', imports='"text/template"')],
    "xpath": [C("find", 'xmlquery.Find(doc, "//user[@name=\'"+bar+"\']")', imports='"github.com/antchfx/xmlquery"', top="var doc *xmlquery.Node")],
    "log": [C("printf", 'log.Printf("user %s", bar)', imports='"log"')],
    "trust": [C("session", 'session, _ := store.Get(r, "s")\nsession.Values["user"] = bar', imports='"github.com/gorilla/sessions"', top="var store = sessions.NewCookieStore(key)")],
}

CLEANERS = {
    "*": [
        C("atoi", "bar := param", "number, err := strconv.Atoi(param)\nif err != nil {\n\treturn\n}\nbar := strconv.Itoa(number)", imports='"strconv"'),
        C("equal", 'bar := "x"\nif param != "admin" {\n\tbar = param\n}', 'bar := "x"\nif param == "admin" {\n\tbar = param\n}'),
        C("switch", 'bar := "x"\nswitch param {\ncase "a", "b":\n\tbar = "one"\ndefault:\n\tbar = param\n}', 'bar := "x"\nswitch param {\ncase "a", "b":\n\tbar = param\ndefault:\n\tbar = "two"\n}'),
        C("map-test", "bar := param", "if !allowed[param] {\n\treturn\n}\nbar := param", top='var allowed = map[string]bool{"a": true}'),
        C("map-ok", "bar := param", "if _, ok := allowed[param]; !ok {\n\treturn\n}\nbar := param", top='var allowed = map[string]bool{"a": true}'),
        C("lookup", "bar := table[param] + param", "bar := table[param]", top='var table = map[string]string{"a": "one"}'),
        C("contains", "bar := param", "if !slices.Contains(names, param) {\n\treturn\n}\nbar := param", imports='"slices"', top='var names = []string{"a", "b"}'),
        C("regexp", "bar := param", "if !safe.MatchString(param) {\n\treturn\n}\nbar := param", imports='"regexp"', top='var safe = regexp.MustCompile("^[a-z]+$")'),
        C("check-function", "if !good(param) {\n\treturn\n}\nbar := param", "if !good(param) {\n\treturn\n}\nbar := param", top=("func good(value string) bool {\n\treturn len(value) > 3\n}", 'func good(value string) bool {\n\treturn value == "left" || value == "right"\n}')),
        C("uuid", "bar := param", "id, err := uuid.Parse(param)\nif err != nil {\n\treturn\n}\nbar := id.String()", imports='"github.com/google/uuid"'),
    ],
    "path": [
        C("base", "bar := filepath.Clean(param)", "bar := filepath.Base(param)", imports='"path/filepath"'),
        C("prefix", 'full := filepath.Join("/srv/data", param)\nbar := full', 'full := filepath.Join("/srv/data", param)\nif !strings.HasPrefix(full, "/srv/data/") {\n\treturn\n}\nbar := full', imports='"path/filepath" "strings"'),
        C("local", "bar := param", "if !filepath.IsLocal(param) {\n\treturn\n}\nbar := param", imports='"path/filepath"'),
        C("dots", "bar := param", 'if strings.Contains(param, "..") {\n\treturn\n}\nbar := param', imports='"strings"'),
    ],
    "xss": [C("escape", "bar := html.UnescapeString(param)", "bar := html.EscapeString(param)", imports='"html"'), C("template-escape", "bar := param", "bar := template.HTMLEscapeString(param)", imports='"html/template"')],
    "ssrf": [C("host", "u, _ := url.Parse(param)\nbar := u.String()", 'u, _ := url.Parse(param)\nif u.Host != "a.example" {\n\treturn\n}\nbar := u.String()', imports='"net/url"')],
    "redirect": [C("own", "bar := param", 'if !strings.HasPrefix(param, "/") || strings.HasPrefix(param, "//") {\n\treturn\n}\nbar := param', imports='"strings"')],
    "log": [C("quote", "bar := param", "bar := strconv.Quote(param)", imports='"strconv"')],
}

TWINS = {
    "sql": [
        C("parameter", 'db.Query("SELECT * FROM t WHERE a = \'" + bar + "\'")', 'db.Query("SELECT * FROM t WHERE a = ?", bar)', imports='"database/sql"', top="var db *sql.DB"),
        C("prepare", 'db.Prepare("SELECT * FROM t WHERE a = \'" + bar + "\'")', 'st, _ := db.Prepare("SELECT * FROM t WHERE a = $1")\nst.Query(bar)', imports='"database/sql"', top="var db *sql.DB"),
        C("gorm", 'db.Where("a = \'" + bar + "\'").First(&one)', 'db.Where("a = ?", bar).First(&one)', imports='"gorm.io/gorm"', top="var db *gorm.DB"),
    ],
    "command": [C("arguments", 'exec.Command("sh", "-c", "cat "+bar).Run()', 'exec.Command("cat", "--", bar).Run()', imports='"os/exec"')],
    "ssrf": [C("query", 'http.Get("http://" + bar + "/x")', 'http.Get("https://api.example/find?q=" + url.QueryEscape(bar))', imports='"net/url"')],
    "redirect": [C("path", "http.Redirect(w, r, bar, 302)", 'http.Redirect(w, r, "/next?page="+url.QueryEscape(bar), 302)', imports='"net/url"')],
}

WAYS = [
    ("direct", lambda kind, value: ("", "", value)),
    ("variable", lambda kind, value: ("", f"name := {value}\n", "name")),
    ("constant", lambda kind, value: (f"const name = {value}", "", "name")),
    ("condition", lambda kind, value: ("", f"size := 4\nvar name {kind}\nif size > 2 {{\n\tname = {value}\n}}\n", "name")),
    ("function", lambda kind, value: (f"func choose() {kind} {{\n\treturn {value}\n}}", "", "choose()")),
]
PLAIN = [
    ("tls", "skip", "bool", '"crypto/tls"', "true", "false", "_ = &tls.Config{{InsecureSkipVerify: {0}, MinVersion: tls.VersionTLS12}}"),
    ("key", "rsa", "int", '"crypto/rand" "crypto/rsa"', "1024", "3072", "rsa.GenerateKey(rand.Reader, {0})"),
    ("permissions", "chmod", "os.FileMode", '"os"', "0777", "0600", 'os.Chmod("/srv/x", {0})'),
    ("cookie", "secure", "bool", '"net/http"', "false", "true", 'http.SetCookie(w, &http.Cookie{{Name: "a", HttpOnly: true, Secure: {0}}})'),
    ("cors", "origin", "string", '"net/http"', '"*"', '"https://a.example"', 'w.Header().Set("Access-Control-Allow-Origin", {0})'),
]
PAIRED = [
    ("hash", "md5", '"crypto/md5"', "md5.Sum(data)", '"crypto/sha256"', "sha256.Sum256(data)"),
    ("hash", "sha1", '"crypto/sha1"', "h := sha1.New()\nh.Write(data)", '"crypto/sha512"', "h := sha512.New()\nh.Write(data)"),
    ("cipher", "des", '"crypto/des"', "des.NewCipher(data)", '"crypto/aes"', "aes.NewCipher(data)"),
    ("cipher", "rc4", '"crypto/rc4"', "rc4.NewCipher(data)", '"crypto/aes"', "aes.NewCipher(data)"),
    ("random", "int", '"math/rand"', "n := rand.Intn(99)\n_ = n", '"crypto/rand"', "rand.Read(data)"),
    ("iv", "fixed", '"crypto/cipher"', 'cipher.NewCBCEncrypter(block, []byte("0123456789abcdef"))', '"crypto/cipher" "crypto/rand"', "iv := make([]byte, 16)\nrand.Read(iv)\ncipher.NewCBCEncrypter(block, iv)"),
    ("zip", "entry", '"archive/zip" "os" "path/filepath"', 'reader, _ := zip.OpenReader("a.zip")\nfor _, f := range reader.File {\n\tos.Create(filepath.Join("/srv", f.Name))\n}', '"archive/zip" "os" "path/filepath"', 'reader, _ := zip.OpenReader("a.zip")\nfor _, f := range reader.File {\n\tif !filepath.IsLocal(f.Name) {\n\t\tcontinue\n\t}\n\tos.Create(filepath.Join("/srv", f.Name))\n}'),
]


def shell(imports, top, code):
    head = "package main\n\nimport (\n" + "\n".join("\t" + one for one in sorted(set(imports.split()) | {'"net/http"'})) + "\n)\n\n" + top
    return head + "\n\nfunc do(w http.ResponseWriter, r *http.Request, data []byte) {\n" + indented(code, "\t") + "\n}\n"


def plain():
    for category, name, kind, imports, bad, good, use in PLAIN:
        for way, make in WAYS:
            codes = []
            for value in (bad, good):
                top, before, expression = make(kind, value)
                codes.append(shell(imports, top, before + use.format(expression)))
            yield category, f"{name}-{way}", codes[0], codes[1]
    for category, name, bad_imports, bad, good_imports, good in PAIRED:
        yield category, name, shell(bad_imports, "", bad), shell(good_imports, "", good)
