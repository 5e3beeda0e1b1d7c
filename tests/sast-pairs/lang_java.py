"""Java: servlets and Spring controllers, as people write them."""

from generate import Part, indented, join

CWE = {
    "command": [78, 77], "sql": [89], "path": [22], "xss": [79], "ldap": [90], "xpath": [643], "code": [94, 95, 917], "ssrf": [918],
    "redirect": [601], "template": [1336, 94], "deserialise": [502], "trust": [501], "log": [117], "header": [113],
    "hash": [327, 328], "cipher": [327], "random": [330, 338], "cookie": [614, 1004], "xxe": [611], "tls": [295], "temp": [377, 379],
    "permissions": [732], "iv": [329, 321], "csrf": [352], "cors": [942], "key": [326], "regex": [1333, 730], "zip": [22],
}

SERVLET = '''request.getParameter("q")
request.getHeader("X-Q")
request.getParameterValues("q")[0]
request.getQueryString()
request.getParameterMap().get("q")[0]
URLDecoder.decode(request.getHeader("Referer"), StandardCharsets.UTF_8)
request.getCookies()[0].getValue()
request.getHeaders("X-Q").nextElement()
request.getParameterNames().nextElement()
request.getReader().readLine()'''.splitlines()


def whole(turn, sink, parts):
    """A class with one handler: the source, what carries it, the sink."""
    imports, members, tops, body = [], [], [], []
    for part, which in parts:
        more, top, member = part.side(which)
        imports.append(more)
        tops.append(top)
        members.append(member)
        body.append(part.safe if which else part.unsafe)
    imports.append(sink.imports)
    members.append(sink.members)
    head = "package org.shop.web;\n\nimport java.io.*;\nimport java.net.*;\nimport java.nio.charset.StandardCharsets;\nimport java.util.*;"
    if turn % 4 == 3 and "request" not in sink.unsafe and "response" not in sink.unsafe:
        source = '@RequestParam("q") String param' if turn % 8 == 3 else '@PathVariable String param'
        more = "import org.springframework.web.bind.annotation.*;"
        begin = "@RestController\npublic class ShopController {"
        view = f'@GetMapping("/do/{{param}}")\npublic String go({source}) throws Exception {{\n'
        done = '    return "ok";\n}'
    else:
        package = "jakarta" if turn % 5 == 0 else "javax"
        more = f"import {package}.servlet.*;\nimport {package}.servlet.http.*;"
        begin = "public class ShopServlet extends HttpServlet {"
        method = "doGet" if turn % 2 else "doPost"
        view = f"@Override\nprotected void {method}(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException {{\n"
        if turn % 3 == 2:
            view += '    String param = "";\n    if (' + SERVLET[turn % len(SERVLET)] + ' != null) {\n        param = ' + SERVLET[turn % len(SERVLET)] + ';\n    }\n'
        elif turn % 11 == 4:
            view += '    String param = null;\n    for (Cookie cookie : request.getCookies()) {\n        if (cookie.getName().equals("q")) {\n            param = cookie.getValue();\n            break;\n        }\n    }\n'
        else:
            view += f"    String param = {SERVLET[turn % len(SERVLET)]};\n"
        done = "}"
    code = "\n".join(body + [sink.unsafe])
    if turn % 7 == 6:
        code = "try {\n" + indented(code, "    ") + '\n} catch (Exception e) {\n    throw new IllegalStateException(e);\n}'
    inside = "\n\n".join(text.strip("\n") for text in members if text)
    out = join(head, more, *imports) + "\n\n" + begin + "\n"
    out += indented(inside, "    ") + "\n\n" + indented(view + indented(code, "    ") + "\n" + done, "    ") + "\n}\n"
    return out + "\n\n" + "\n\n".join(text.strip("\n") for text in tops if text) + "\n"


def C(name, unsafe, safe=None, **more):
    return Part(name, unsafe, safe, **more)


CARRIERS = [
    C("direct", 'String bar = param;', 'String bar = "fixed";'),
    C("overwrite", 'String bar = "fixed";\nbar = param;', 'String bar = param;\nbar = "fixed";'),
    C("sum", 'String bar = "a" + param + "b";', 'String bar = "a" + "param" + "b";'),
    C("concat", 'String bar = "a".concat(param);', 'String bar = "a".concat("b");'),
    C("format", 'String bar = String.format("a %s b", param);', 'String bar = String.format("a %s b", "param");'),
    C("join", 'String bar = String.join(" ", "a", param);', 'String bar = String.join(" ", "a", "b");'),
    C("builder", 'StringBuilder text = new StringBuilder("a");\ntext.append(param).append("b");\nString bar = text.toString();', 'StringBuilder text = new StringBuilder("a");\ntext.append("x").append("b");\nString bar = text.toString();'),
    C("builder-chain", 'String bar = new StringBuilder().append("a").append(param).toString();', 'String bar = new StringBuilder().append("a").append("b").toString();'),
    C("builder-of", 'StringBuilder text = new StringBuilder(param);\nString bar = text.append("-end").toString();', 'StringBuilder text = new StringBuilder("x");\nString bar = text.append("-end").toString();'),
    C("buffer-insert", 'StringBuffer text = new StringBuffer("ab");\ntext.insert(1, param);\nString bar = text.toString();', 'StringBuffer text = new StringBuffer("ab");\ntext.insert(1, "x");\nString bar = text.toString();'),
    C("builder-replace", 'StringBuilder text = new StringBuilder(param);\ntext.replace(0, 1, "x");\nString bar = text.toString();', 'StringBuilder text = new StringBuilder("abc");\ntext.replace(0, 1, "x");\nString bar = text.toString();'),
    C("augmented", 'String bar = "a";\nbar += param;', 'String bar = "a";\nbar += "b";'),
    C("map", 'Map<String, String> values = new HashMap<>();\nvalues.put("a", "fixed");\nvalues.put("b", param);\nString bar = values.get("b");', 'Map<String, String> values = new HashMap<>();\nvalues.put("a", "fixed");\nvalues.put("b", param);\nString bar = values.get("a");'),
    C("map-object", 'HashMap<String, Object> values = new HashMap<String, Object>();\nvalues.put("n", 7);\nvalues.put("b", param);\nString bar = (String) values.get("b");', 'HashMap<String, Object> values = new HashMap<String, Object>();\nvalues.put("n", "seven");\nvalues.put("b", param);\nString bar = (String) values.get("b");\nbar = (String) values.get("n");'),
    C("map-of", 'Map<String, String> values = Map.of("a", "fixed", "b", param);\nString bar = values.get("b");', 'Map<String, String> values = Map.of("a", "fixed", "b", param);\nString bar = values.get("a");'),
    C("map-else", 'Map<String, String> values = new TreeMap<>();\nString bar = values.getOrDefault("a", param);', 'Map<String, String> values = new TreeMap<>();\nvalues.put("b", param);\nString bar = values.getOrDefault("a", "x");'),
    C("map-entries", 'Map<String, String> values = new LinkedHashMap<>();\nvalues.put("a", param);\nString bar = "";\nfor (Map.Entry<String, String> entry : values.entrySet()) {\n    bar += entry.getValue();\n}', 'Map<String, String> values = new LinkedHashMap<>();\nvalues.put("a", "x");\nString bar = "";\nfor (Map.Entry<String, String> entry : values.entrySet()) {\n    bar += entry.getValue();\n}'),
    C("list", 'List<String> values = new ArrayList<>();\nvalues.add("a");\nvalues.add(param);\nvalues.add("c");\nvalues.remove(0);\nString bar = values.get(0);', 'List<String> values = new ArrayList<>();\nvalues.add("a");\nvalues.add(param);\nvalues.add("c");\nvalues.remove(0);\nString bar = values.get(1);'),
    C("list-linked", 'LinkedList<String> values = new LinkedList<>();\nvalues.addFirst("a");\nvalues.addFirst(param);\nString bar = values.getFirst();', 'LinkedList<String> values = new LinkedList<>();\nvalues.addFirst(param);\nvalues.addFirst("a");\nString bar = values.getFirst();'),
    C("list-of", 'List<String> values = Arrays.asList("a", param);\nString bar = values.get(1);', 'List<String> values = Arrays.asList("a", param);\nString bar = values.get(0);'),
    C("array", 'String[] values = {"a", param};\nString bar = values[1];', 'String[] values = {"a", param};\nString bar = values[0];'),
    C("array-set", 'String[] values = new String[3];\nvalues[0] = param;\nvalues[1] = "a";\nString bar = values[0];', 'String[] values = new String[3];\nvalues[0] = param;\nvalues[1] = "a";\nString bar = values[1];'),
    C("condition", 'int size = 31;\nString bar;\nif (size * 2 > 60) {\n    bar = param;\n} else {\n    bar = "fixed";\n}', 'int size = 31;\nString bar;\nif (size * 2 > 70) {\n    bar = param;\n} else {\n    bar = "fixed";\n}'),
    C("ternary", 'int size = 5;\nString bar = (3 * size) - 4 == 11 ? param : "fixed";', 'int size = 5;\nString bar = (3 * size) - 4 == 12 ? param : "fixed";'),
    C("switch", 'String bar;\nchar kind = "pqr".charAt(2);\nswitch (kind) {\n    case \'p\':\n        bar = "one";\n        break;\n    case \'q\':\n    case \'r\':\n        bar = param;\n        break;\n    default:\n        bar = "other";\n        break;\n}', 'String bar;\nchar kind = "pqr".charAt(0);\nswitch (kind) {\n    case \'p\':\n        bar = "one";\n        break;\n    case \'q\':\n    case \'r\':\n        bar = param;\n        break;\n    default:\n        bar = "other";\n        break;\n}'),
    C("switch-arrow", 'int level = 2;\nString bar = switch (level) {\n    case 1 -> "one";\n    case 2 -> param;\n    default -> "many";\n};', 'int level = 1;\nString bar = switch (level) {\n    case 1 -> "one";\n    case 2 -> param;\n    default -> "many";\n};'),
    C("else-if", 'int level = 2;\nString bar = "";\nif (level == 1) {\n    bar = "one";\n} else if (level == 2) {\n    bar = param;\n}', 'int level = 3;\nString bar = "";\nif (level == 1) {\n    bar = "one";\n} else if (level == 2) {\n    bar = param;\n}'),
    C("loop", 'String bar = "";\nfor (String part : param.split(",")) {\n    bar += part;\n}', 'String bar = "";\nfor (String part : "a,b".split(",")) {\n    bar += part;\n}'),
    C("loop-counted", 'StringBuilder text = new StringBuilder();\nfor (int i = 0; i < 3; i++) {\n    text.append(param);\n}\nString bar = text.toString();', 'StringBuilder text = new StringBuilder();\nfor (int i = 0; i < 3; i++) {\n    text.append("x");\n}\nString bar = text.toString();'),
    C("while", 'String bar = "";\nint count = 0;\nwhile (count < 2) {\n    bar = param;\n    count++;\n}', 'String bar = "";\nint count = 0;\nwhile (count < 2) {\n    bar = "x";\n    count++;\n}'),
    C("method", 'String bar = pick(param);', 'String bar = pick(param);', members=('private String pick(String value) {\n    return value.trim();\n}', 'private String pick(String value) {\n    return "fixed";\n}')),
    C("method-static", 'String bar = pick("x", param);', 'String bar = pick(param, "x");', members='private static String pick(String first, String second) {\n    return second;\n}'),
    C("overload", 'String bar = pick(param, 1);', 'String bar = pick(param);', members='static String pick(String value) {\n    return "fixed";\n}\n\nstatic String pick(String value, int count) {\n    return value;\n}'),
    C("varargs", 'String bar = pick("x", param);', 'String bar = pick("x", "y");', members='static String pick(String... values) {\n    return values[1];\n}'),
    C("class-inner", 'String bar = new Picker().pick(param);', 'String bar = new Picker().pick(param);', members=('private class Picker {\n    String pick(String value) {\n        return value;\n    }\n}', 'private class Picker {\n    String pick(String value) {\n        String kept = "fixed";\n        return kept;\n    }\n}')),
    C("class-other", 'String bar = Texts.pick(param);', 'String bar = Texts.pick(param);', top=('class Texts {\n    static String pick(String value) {\n        return value;\n    }\n}', 'class Texts {\n    static String pick(String value) {\n        return "fixed";\n    }\n}')),
    C("interface", 'Picker picker = make();\nString bar = picker.pick(param);', 'Picker picker = make();\nString bar = picker.pick(param);', members='static Picker make() {\n    return new Plain();\n}', top=('interface Picker {\n    String pick(String value);\n}\n\nclass Plain implements Picker {\n    public String pick(String value) {\n        return value;\n    }\n}', 'interface Picker {\n    String pick(String value);\n}\n\nclass Plain implements Picker {\n    public String pick(String value) {\n        return "fixed";\n    }\n}')),
    C("abstract", 'Base base = new Plain();\nString bar = base.both(param);', 'Base base = new Plain();\nString bar = base.both(param);', top=('abstract class Base {\n    abstract String pick(String value);\n\n    String both(String value) {\n        return "a" + pick(value);\n    }\n}\n\nclass Plain extends Base {\n    String pick(String value) {\n        return value;\n    }\n}', 'abstract class Base {\n    abstract String pick(String value);\n\n    String both(String value) {\n        return "a" + pick(value);\n    }\n}\n\nclass Plain extends Base {\n    String pick(String value) {\n        return "fixed";\n    }\n}')),
    C("field", 'Box box = new Box(param);\nString bar = box.getValue();', 'Box box = new Box(param);\nString bar = box.getLabel();', top='class Box {\n    private final String value;\n    private final String label = "fixed";\n\n    Box(String value) {\n        this.value = value;\n    }\n\n    String getValue() {\n        return value;\n    }\n\n    String getLabel() {\n        return label;\n    }\n}'),
    C("setter", 'Box box = new Box();\nbox.setValue(param);\nString bar = box.value;', 'Box box = new Box();\nbox.setValue(param);\nbox.setValue("x");\nString bar = box.value;', top='class Box {\n    String value;\n\n    void setValue(String value) {\n        this.value = value;\n    }\n}'),
    C("record", 'Item item = new Item("x", param);\nString bar = item.text();', 'Item item = new Item("x", param);\nString bar = item.name();', top='record Item(String name, String text) {}'),
    C("lambda", 'java.util.function.Function<String, String> pick = value -> value;\nString bar = pick.apply(param);', 'java.util.function.Function<String, String> pick = value -> "x";\nString bar = pick.apply(param);'),
    C("supplier", 'java.util.function.Supplier<String> pick = () -> param;\nString bar = pick.get();', 'java.util.function.Supplier<String> pick = () -> "x";\nString bar = pick.get();'),
    C("anonymous", 'Picker picker = new Picker() {\n    public String pick(String value) {\n        return value;\n    }\n};\nString bar = picker.pick(param);', 'Picker picker = new Picker() {\n    public String pick(String value) {\n        return "fixed";\n    }\n};\nString bar = picker.pick(param);', members='interface Picker {\n    String pick(String value);\n}'),
    C("stream", 'String bar = List.of("a", param).stream().map(String::trim).collect(java.util.stream.Collectors.joining(","));', 'String bar = List.of("a", "b").stream().map(String::trim).collect(java.util.stream.Collectors.joining(","));'),
    C("optional", 'String bar = Optional.ofNullable(param).orElse("x");', 'String bar = Optional.ofNullable("x").orElse("y");'),
    C("try", 'String bar;\ntry {\n    bar = param;\n} finally {\n    System.gc();\n}', 'String bar;\ntry {\n    bar = "fixed";\n} finally {\n    System.gc();\n}'),
    C("catch", 'String bar = "";\ntry {\n    Integer.parseInt("x");\n} catch (NumberFormatException e) {\n    bar = param;\n}', 'String bar = "";\ntry {\n    Integer.parseInt(param);\n} catch (NumberFormatException e) {\n    bar = "x";\n}'),
    C("base64", 'String bar = new String(Base64.getDecoder().decode(Base64.getEncoder().encode(param.getBytes())));', 'String bar = new String(Base64.getDecoder().decode(Base64.getEncoder().encode("x".getBytes())));'),
    C("decode", 'String bar = URLDecoder.decode(param, StandardCharsets.UTF_8);', 'String bar = URLDecoder.decode("a%20b", StandardCharsets.UTF_8);'),
    C("substring", 'String bar = param.substring(0, 1) + param.substring(1).toLowerCase();', 'String bar = "abc".substring(0, 1) + "abc".substring(1).toLowerCase();'),
    C("chars", 'char[] letters = param.toCharArray();\nString bar = new String(letters);', 'char[] letters = "abc".toCharArray();\nString bar = new String(letters);'),
    C("null-check", 'String bar = "";\nif (param != null) {\n    bar = param;\n}', 'String bar = "";\nif (param != null) {\n    bar = "given";\n}'),
    C("deque", 'Deque<String> stack = new ArrayDeque<>();\nstack.push("a");\nstack.push(param);\nString bar = stack.pop();', 'Deque<String> stack = new ArrayDeque<>();\nstack.push(param);\nstack.push("a");\nString bar = stack.pop();'),
    C("iterator", 'List<String> values = new ArrayList<>();\nvalues.add(param);\nIterator<String> each = values.iterator();\nString bar = each.next();', 'List<String> values = new ArrayList<>();\nvalues.add("x");\nIterator<String> each = values.iterator();\nString bar = each.next();'),
    C("static-field", 'String bar = PREFIX + param;', 'String bar = PREFIX + "x";', members='private static final String PREFIX = "pre";'),
    C("two-branches", 'String bar;\nif (param.length() > 3) {\n    bar = param;\n} else {\n    bar = "short";\n}', 'String bar;\nif (param.length() > 3) {\n    bar = "long";\n} else {\n    bar = "short";\n}'),
    C("object-array", 'Object[] values = {"a", param};\nString bar = (String) values[1];', 'Object[] values = {"a", param};\nString bar = (String) values[0];'),
    C("properties", 'Properties values = new Properties();\nvalues.setProperty("a", "fixed");\nvalues.setProperty("b", param);\nString bar = values.getProperty("b");', 'Properties values = new Properties();\nvalues.setProperty("a", "fixed");\nvalues.setProperty("b", param);\nString bar = values.getProperty("a");'),
]

CONN = 'Connection conn = DriverManager.getConnection("jdbc:h2:mem:a");\n'
SQL = "import java.sql.*;"
SINKS = {
    "command": [
        C("exec", 'Runtime.getRuntime().exec("ls " + bar);'),
        C("exec-array", 'Runtime runtime = Runtime.getRuntime();\nString[] line = {"sh", "-c", "ls " + bar};\nProcess p = runtime.exec(line);'),
        C("process-builder", 'ProcessBuilder builder = new ProcessBuilder("bash", "-c", bar);\nbuilder.start();'),
        C("process-list", 'List<String> line = new ArrayList<>();\nline.add("sh");\nline.add("-c");\nline.add("echo " + bar);\nProcessBuilder builder = new ProcessBuilder();\nbuilder.command(line);\nbuilder.start();'),
    ],
    "sql": [
        C("statement", CONN + 'Statement st = conn.createStatement();\nResultSet rows = st.executeQuery("SELECT * FROM users WHERE name = \'" + bar + "\'");', imports=SQL),
        C("prepare", CONN + 'String sql = "SELECT * FROM users WHERE name = \'" + bar + "\'";\ntry (PreparedStatement st = conn.prepareStatement(sql)) {\n    st.execute();\n}', imports=SQL),
        C("execute", 'try (Connection conn = source.getConnection(); Statement st = conn.createStatement()) {\n    st.execute("DELETE FROM t WHERE a = \'" + bar + "\'");\n}', imports=SQL, members="private javax.sql.DataSource source;"),
        C("jdbc-template", 'jdbc.queryForList("SELECT * FROM t WHERE a = \'" + bar + "\'");', imports="import org.springframework.jdbc.core.JdbcTemplate;", members="private JdbcTemplate jdbc;"),
        C("jdbc-update", 'this.template.update("UPDATE t SET a = \'" + bar + "\'");', imports="import org.springframework.jdbc.core.JdbcTemplate;", members="private JdbcTemplate template;"),
        C("jpa", 'em.createQuery("FROM User u WHERE u.name = \'" + bar + "\'").getResultList();', imports="import javax.persistence.*;", members="@PersistenceContext\nprivate EntityManager em;"),
        C("call", CONN + 'CallableStatement call = conn.prepareCall("{call find(\'" + bar + "\')}");\ncall.executeQuery();', imports=SQL),
        C("batch", CONN + 'Statement st = conn.createStatement();\nst.addBatch("INSERT INTO t VALUES (\'" + bar + "\')");\nst.executeBatch();', imports=SQL),
    ],
    "path": [
        C("stream", 'FileInputStream in = new FileInputStream("/srv/data/" + bar);'),
        C("file", 'File file = new File("/srv/data", bar);\nFileReader reader = new FileReader(file);'),
        C("nio", 'byte[] all = java.nio.file.Files.readAllBytes(java.nio.file.Paths.get("/srv/data", bar));'),
        C("path-of", 'java.nio.file.Path path = java.nio.file.Path.of("/srv").resolve(bar);\njava.nio.file.Files.delete(path);'),
        C("out", 'try (FileOutputStream out = new FileOutputStream(new File("/srv/" + bar), true)) {\n    out.write(1);\n}'),
        C("exists", 'File file = new File(bar);\nif (file.exists()) {\n    file.delete();\n}'),
    ],
    "xss": [
        C("println", 'response.setContentType("text/html");\nresponse.getWriter().println("<p>" + bar + "</p>");'),
        C("writer", 'response.setContentType("text/html;charset=UTF-8");\nPrintWriter out = response.getWriter();\nout.write("<b>");\nout.write(bar);'),
        C("printf", 'response.getWriter().printf("<p>%s</p>", bar);'),
        C("stream", 'response.getOutputStream().print("<i>" + bar + "</i>");'),
        C("bytes", 'response.getOutputStream().write(("<i>" + bar).getBytes());'),
        C("format", 'Object[] all = {"a", bar};\nresponse.getWriter().format("<p>%s %s</p>", all);'),
    ],
    "ldap": [
        C("search", 'DirContext ctx = new InitialDirContext(env);\nctx.search("ou=users", "(uid=" + bar + ")", new SearchControls());', imports="import javax.naming.directory.*;", members="private Hashtable<String, String> env = new Hashtable<>();"),
        C("filter", 'InitialDirContext ctx = new InitialDirContext();\nString filter = "(&(objectclass=person)(uid=" + bar + "))";\nNamingEnumeration<SearchResult> found = ctx.search("ou=a", filter, new SearchControls());', imports="import javax.naming.*;\nimport javax.naming.directory.*;"),
        C("template", 'ldap.search("ou=a", "(uid=" + bar + ")", mapper);', imports="import org.springframework.ldap.core.LdapTemplate;", members="private LdapTemplate ldap;\nprivate Object mapper;"),
    ],
    "xpath": [
        C("evaluate", 'XPath xpath = XPathFactory.newInstance().newXPath();\nString found = xpath.evaluate("/users/user[@name=\'" + bar + "\']", doc);', imports="import javax.xml.xpath.*;", members="private org.w3c.dom.Document doc;"),
        C("compile", 'XPathFactory factory = XPathFactory.newInstance();\nXPath xp = factory.newXPath();\nXPathExpression each = xp.compile("//user[name=\'" + bar + "\']");', imports="import javax.xml.xpath.*;"),
    ],
    "code": [
        C("script", 'ScriptEngine engine = new ScriptEngineManager().getEngineByName("js");\nengine.eval("var a = " + bar);', imports="import javax.script.*;"),
        C("spel", 'ExpressionParser parser = new SpelExpressionParser();\nObject value = parser.parseExpression(bar).getValue();', imports="import org.springframework.expression.*;\nimport org.springframework.expression.spel.standard.*;"),
        C("groovy", 'new GroovyShell().evaluate(bar);', imports="import groovy.lang.GroovyShell;"),
    ],
    "ssrf": [
        C("url", 'URL url = new URL("http://" + bar);\nInputStream in = url.openStream();'),
        C("connection", 'HttpURLConnection conn = (HttpURLConnection) new URL(bar).openConnection();\nconn.getInputStream();'),
        C("client", 'HttpClient client = HttpClient.newHttpClient();\nHttpRequest call = HttpRequest.newBuilder(URI.create(bar)).build();\nclient.send(call, HttpResponse.BodyHandlers.ofString());', imports="import java.net.http.*;"),
        C("rest", 'String answer = rest.getForObject("http://" + bar + "/api", String.class);', imports="import org.springframework.web.client.RestTemplate;", members="private final RestTemplate rest = new RestTemplate();"),
    ],
    "redirect": [
        C("redirect", 'response.sendRedirect(bar);'),
        C("header", 'response.setStatus(302);\nresponse.setHeader("Location", bar);'),
    ],
    "deserialise": [
        C("stream", 'ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(bar)));\nObject value = in.readObject();'),
        C("xml", 'java.beans.XMLDecoder decoder = new java.beans.XMLDecoder(new ByteArrayInputStream(bar.getBytes()));\nObject value = decoder.readObject();'),
    ],
    "trust": [
        C("attribute", 'request.getSession().setAttribute("user", bar);'),
        C("name", 'HttpSession session = request.getSession(true);\nsession.setAttribute(bar, "10");'),
        C("put", 'request.getSession().putValue("user", bar);'),
    ],
    "log": [
        C("slf4j", 'LOG.info("user " + bar);', imports="import org.slf4j.*;", members="private static final Logger LOG = LoggerFactory.getLogger(\"shop\");"),
        C("jul", 'Logger.getLogger("shop").warning("user " + bar);', imports="import java.util.logging.Logger;"),
    ],
    "header": [C("header", 'response.addHeader("X-Name", bar);')],
    "regex": [C("compile", 'java.util.regex.Pattern pattern = java.util.regex.Pattern.compile(bar);')],
}

CLEANERS = {
    "*": [
        C("parse-int", 'String bar = String.valueOf(param);', 'String bar = String.valueOf(Integer.parseInt(param));'),
        C("allow-list", 'if (!Arrays.asList("a", "b").contains(param)) {\n    System.out.println("odd");\n}\nString bar = param;', 'if (!Arrays.asList("a", "b").contains(param)) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;'),
        C("allow-field", 'String bar = param.isEmpty() ? "a" : param;', 'String bar = ALLOWED.contains(param) ? param : "a";', members='private static final Set<String> ALLOWED = Set.of("a", "b");'),
        C("matches", 'if (!param.matches(".*")) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;', 'if (!param.matches("[a-z0-9]+")) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;'),
        C("pattern", 'String bar = param;', 'if (!SAFE.matcher(param).matches()) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;', members='private static final java.util.regex.Pattern SAFE = java.util.regex.Pattern.compile("^[A-Za-z]{1,20}$");'),
        C("lookup", 'String bar = TABLE.getOrDefault(param, param);', 'String bar = TABLE.getOrDefault(param, "x");', members='private static final Map<String, String> TABLE = Map.of("1", "one");'),
        C("equal", 'String bar = "x";\nif (!"admin".equals(param)) {\n    bar = param;\n}', 'String bar = "x";\nif ("admin".equals(param)) {\n    bar = param;\n}'),
        C("switch", 'String bar;\nswitch (param) {\n    case "a":\n        bar = "one";\n        break;\n    default:\n        bar = param;\n}', 'String bar;\nswitch (param) {\n    case "a":\n        bar = param;\n        break;\n    default:\n        bar = "two";\n}'),
        C("check-method", 'if (!good(param)) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;', 'if (!good(param)) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;', members=('private boolean good(String value) {\n    return value.length() > 3;\n}', 'private boolean good(String value) {\n    return value.equals("left") || value.equals("right");\n}')),
        C("uuid", 'String bar = param.trim();', 'String bar = UUID.fromString(param).toString();'),
        C("enum", 'String bar = param.toUpperCase();', 'String bar = Kind.valueOf(param).name();', top="enum Kind { A, B }"),
        C("strip", 'String bar = param.replaceAll("x", "");', 'String bar = param.replaceAll("[^a-zA-Z0-9]", "");'),
    ],
    "xss": [
        C("encoder", 'String bar = param.trim();', 'String bar = org.owasp.encoder.Encode.forHtml(param);'),
        C("commons", 'String bar = StringEscapeUtils.unescapeHtml4(param);', 'String bar = StringEscapeUtils.escapeHtml4(param);', imports="import org.apache.commons.text.StringEscapeUtils;"),
        C("spring", 'String bar = HtmlUtils.htmlUnescape(param);', 'String bar = HtmlUtils.htmlEscape(param);', imports="import org.springframework.web.util.HtmlUtils;"),
        C("esapi", 'String bar = ESAPI.encoder().canonicalize(param);', 'String bar = ESAPI.encoder().encodeForHTML(param);', imports="import org.owasp.esapi.ESAPI;"),
    ],
    "path": [
        C("getName", 'String bar = new File(param).getPath();', 'String bar = new File(param).getName();'),
        C("filename-utils", 'String bar = FilenameUtils.normalize(param);', 'String bar = FilenameUtils.getName(param);', imports="import org.apache.commons.io.FilenameUtils;"),
        C("dots", 'if (param.contains("..")) {\n    System.out.println("odd");\n}\nString bar = param;', 'if (param.contains("..")) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;'),
        C("canonical", 'File base = new File("/srv/data");\nFile full = new File(base, param);\nString bar = full.getPath();', 'File base = new File("/srv/data");\nFile full = new File(base, param);\nif (!full.getCanonicalPath().startsWith(base.getCanonicalPath() + File.separator)) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = full.getPath();'),
        C("normalize", 'java.nio.file.Path base = java.nio.file.Paths.get("/srv/data");\njava.nio.file.Path full = base.resolve(param);\nString bar = full.toString();', 'java.nio.file.Path base = java.nio.file.Paths.get("/srv/data");\njava.nio.file.Path full = base.resolve(param).normalize();\nif (!full.startsWith(base)) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = full.toString();'),
    ],
    "ldap": [C("encodeForLDAP", 'String bar = param.trim();', 'String bar = ESAPI.encoder().encodeForLDAP(param);', imports="import org.owasp.esapi.ESAPI;")],
    "log": [C("line-breaks", 'String bar = param.replace(\'a\', \'b\');', 'String bar = param.replace(\'\\n\', \'_\').replace(\'\\r\', \'_\');')],
    "regex": [C("quote", 'String bar = param.trim();', 'String bar = java.util.regex.Pattern.quote(param);')],
    "redirect": [C("own", 'String bar = param;', 'if (!param.startsWith("/") || param.startsWith("//")) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;')],
    "ssrf": [C("host", 'String bar = param;', 'if (!HOSTS.contains(URI.create(param).getHost())) {\n    throw new IllegalArgumentException("odd");\n}\nString bar = param;', members='private static final List<String> HOSTS = List.of("a.example");')],
}

TWINS = {
    "sql": [
        C("parameter", CONN + 'PreparedStatement st = conn.prepareStatement("SELECT * FROM t WHERE a = \'" + bar + "\'");\nst.executeQuery();', CONN + 'PreparedStatement st = conn.prepareStatement("SELECT * FROM t WHERE a = ?");\nst.setString(1, bar);\nst.executeQuery();', imports=SQL),
        C("template", 'jdbc.queryForObject("SELECT a FROM t WHERE b = \'" + bar + "\'", String.class);', 'jdbc.queryForObject("SELECT a FROM t WHERE b = ?", String.class, bar);', imports="import org.springframework.jdbc.core.JdbcTemplate;\nimport java.sql.*;"),
        C("jpa", 'em.createQuery("FROM U u WHERE u.n = \'" + bar + "\'").getResultList();', 'em.createQuery("FROM U u WHERE u.n = :n").setParameter("n", bar).getResultList();', imports="import javax.persistence.*;"),
    ],
    "xss": [
        C("plain-json", 'response.setContentType("text/html");\nresponse.getWriter().print(bar);', 'response.setContentType("application/json");\nresponse.getWriter().print(mapper.writeValueAsString(bar));'),
        C("attribute", 'response.getWriter().print(bar);', 'request.setAttribute("name", bar);\nrequest.getRequestDispatcher("/page.jsp").forward(request, response);'),
        C("escaped", 'response.getWriter().print("<p>" + bar);', 'response.getWriter().print("<p>" + org.owasp.encoder.Encode.forHtml(bar));'),
    ],
    "ldap": [C("argument", 'ctx.search("ou=a", "(uid=" + bar + ")", new SearchControls());', 'ctx.search("ou=a", "(uid={0})", new Object[] {bar}, new SearchControls());', imports="import javax.naming.directory.*;", members="private DirContext ctx;")],
    "command": [C("fixed-program", 'new ProcessBuilder("sh", "-c", "cat " + bar).start();', 'Process p = new ProcessBuilder("sh", "-c", "cat").start();\np.getOutputStream().write(bar.getBytes());')],
    "deserialise": [C("json", 'new ObjectInputStream(new ByteArrayInputStream(bar.getBytes())).readObject();', 'new com.fasterxml.jackson.databind.ObjectMapper().readValue(bar, Map.class);')],
    "ssrf": [C("query", 'new URL("http://" + bar + "/x").openStream();', 'new URL("https://api.example/find?q=" + URLEncoder.encode(bar, "UTF-8")).openStream();')],
}

WAYS = [
    ("direct", lambda kind, value: ("", "", value)),
    ("variable", lambda kind, value: ("", f"{kind} name = {value};\n", "name")),
    ("final", lambda kind, value: (f"private static final {kind} NAME = {value};", "", "NAME")),
    ("condition", lambda kind, value: ("", f"int size = 4;\n{kind} name;\nif (size > 2) {{\n    name = {value};\n}} else {{\n    name = other();\n}}\n", "name")),
    ("method", lambda kind, value: (f"private static {kind} choose() {{\n    return {value};\n}}", "", "choose()")),
    ("map", lambda kind, value: ("", f'Map<String, {"Boolean" if kind == "boolean" else "Integer" if kind == "int" else kind}> table = new HashMap<>();\ntable.put("a", {value});\n', 'table.get("a")')),
]

PLAIN = [
    ("hash", "digest", "String", '"MD5"', '"SHA-256"', "java.security.MessageDigest md = java.security.MessageDigest.getInstance({0});\nmd.update(data);\nbyte[] out = md.digest();"),
    ("hash", "digest-provider", "String", '"SHA1"', '"SHA-512"', 'java.security.MessageDigest md = java.security.MessageDigest.getInstance({0}, "SUN");'),
    ("cipher", "algorithm", "String", '"DES/CBC/PKCS5Padding"', '"AES/GCM/NoPadding"', "javax.crypto.Cipher c = javax.crypto.Cipher.getInstance({0});"),
    ("cipher", "mode", "String", '"AES/ECB/PKCS5Padding"', '"AES/GCM/NoPadding"', 'javax.crypto.Cipher c = javax.crypto.Cipher.getInstance({0}, "SunJCE");'),
    ("cipher", "key", "String", '"DESede"', '"AES"', "javax.crypto.KeyGenerator k = javax.crypto.KeyGenerator.getInstance({0});"),
    ("key", "rsa", "int", "1024", "3072", 'java.security.KeyPairGenerator g = java.security.KeyPairGenerator.getInstance("RSA");\ng.initialize({0});'),
    ("tls", "context", "String", '"SSLv3"', '"TLSv1.3"', "javax.net.ssl.SSLContext c = javax.net.ssl.SSLContext.getInstance({0});"),
    ("cookie", "secure", "boolean", "false", "true", 'Cookie c = new Cookie("a", value);\nc.setHttpOnly(true);\nc.setSecure({0});\nresponse.addCookie(c);'),
    ("cookie", "httponly", "boolean", "false", "true", 'javax.servlet.http.Cookie cookie = new javax.servlet.http.Cookie("a", value);\ncookie.setSecure(true);\ncookie.setHttpOnly({0});\nresponse.addCookie(cookie);'),
    ("xxe", "feature", "boolean", "false", "true", 'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();\nf.setFeature("http://apache.org/xml/features/disallow-doctype-decl", {0});\nf.newDocumentBuilder().parse(in);'),
    ("cors", "origin", "String", '"*"', '"https://a.example"', 'response.setHeader("Access-Control-Allow-Origin", {0});'),
    ("permissions", "posix", "String", '"rwxrwxrwx"', '"rw-------"', 'java.nio.file.Files.setPosixFilePermissions(path, java.nio.file.attribute.PosixFilePermissions.fromString({0}));'),
]

PAIRED = [
    ("random", "Random", "int n = new Random().nextInt(99999);", "int n = new java.security.SecureRandom().nextInt(99999);"),
    ("random", "Math", "String token = Double.toString(Math.random());", 'String token = Double.toString(java.security.SecureRandom.getInstance("SHA1PRNG").nextDouble());'),
    ("random", "field", "java.util.Random numbers = new java.util.Random();\nlong n = numbers.nextLong();", "java.util.Random numbers = new java.security.SecureRandom();\nlong n = numbers.nextLong();"),
    ("random", "thread", "int n = java.util.concurrent.ThreadLocalRandom.current().nextInt();", "byte[] n = new byte[16];\nnew java.security.SecureRandom().nextBytes(n);"),
    ("random", "gaussian", "String key = Double.toString(new java.util.Random().nextGaussian()).substring(2);", "String key = Double.toString(new java.security.SecureRandom().nextGaussian()).substring(2);"),
    ("iv", "fixed", 'javax.crypto.spec.IvParameterSpec iv = new javax.crypto.spec.IvParameterSpec("0123456789abcdef".getBytes());', "byte[] bytes = new byte[16];\nnew java.security.SecureRandom().nextBytes(bytes);\njavax.crypto.spec.IvParameterSpec iv = new javax.crypto.spec.IvParameterSpec(bytes);"),
    ("iv", "zeros", "byte[] bytes = new byte[16];\njavax.crypto.spec.IvParameterSpec iv = new javax.crypto.spec.IvParameterSpec(bytes);", "byte[] bytes = new byte[16];\nnew java.security.SecureRandom().nextBytes(bytes);\njavax.crypto.spec.IvParameterSpec iv = new javax.crypto.spec.IvParameterSpec(bytes);"),
    ("hash", "utils", "String h = org.apache.commons.codec.digest.DigestUtils.md5Hex(data);", "String h = org.apache.commons.codec.digest.DigestUtils.sha256Hex(data);"),
    ("xxe", "default", "DocumentBuilder b = DocumentBuilderFactory.newInstance().newDocumentBuilder();\nb.parse(in);", 'DocumentBuilderFactory f = DocumentBuilderFactory.newInstance();\nf.setFeature(javax.xml.XMLConstants.FEATURE_SECURE_PROCESSING, true);\nf.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);\nf.newDocumentBuilder().parse(in);'),
    ("xxe", "sax", "SAXParser p = SAXParserFactory.newInstance().newSAXParser();\np.parse(in, handler);", 'SAXParserFactory f = SAXParserFactory.newInstance();\nf.setFeature("http://xml.org/sax/features/external-general-entities", false);\nf.setFeature("http://xml.org/sax/features/external-parameter-entities", false);\nf.newSAXParser().parse(in, handler);'),
    ("xxe", "stax", "XMLInputFactory f = XMLInputFactory.newInstance();\nf.createXMLStreamReader(in);", "XMLInputFactory f = XMLInputFactory.newInstance();\nf.setProperty(XMLInputFactory.SUPPORT_DTD, false);\nf.createXMLStreamReader(in);"),
    ("xxe", "transformer", "TransformerFactory f = TransformerFactory.newInstance();\nf.newTransformer(new StreamSource(in));", 'TransformerFactory f = TransformerFactory.newInstance();\nf.setAttribute(javax.xml.XMLConstants.ACCESS_EXTERNAL_DTD, "");\nf.setAttribute(javax.xml.XMLConstants.ACCESS_EXTERNAL_STYLESHEET, "");\nf.newTransformer(new StreamSource(in));'),
    ("xxe", "reader", "XMLReader r = XMLReaderFactory.createXMLReader();\nr.parse(source);", 'XMLReader r = XMLReaderFactory.createXMLReader();\nr.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);\nr.parse(source);'),
    ("xxe", "schema", "javax.xml.validation.SchemaFactory f = javax.xml.validation.SchemaFactory.newInstance(javax.xml.XMLConstants.W3C_XML_SCHEMA_NS_URI);\nf.newSchema(source);", 'javax.xml.validation.SchemaFactory f = javax.xml.validation.SchemaFactory.newInstance(javax.xml.XMLConstants.W3C_XML_SCHEMA_NS_URI);\nf.setProperty(javax.xml.XMLConstants.ACCESS_EXTERNAL_DTD, "");\nf.newSchema(source);'),
    ("csrf", "disable", "http.csrf().disable();", "http.csrf().and().headers();"),
    ("csrf", "lambda", "http.csrf(c -> c.disable());", "http.csrf(c -> c.ignoringRequestMatchers(x));"),
    ("csrf", "reference", "http.csrf(AbstractHttpConfigurer::disable);", "http.csrf(Customizer.withDefaults());"),
    ("temp", "temp-file", 'File f = new File("/tmp/shop.tmp");\nf.createNewFile();', 'java.nio.file.Path f = java.nio.file.Files.createTempFile("shop", ".tmp");'),
    ("tls", "hostname", "conn.setHostnameVerifier((host, session) -> true);", "conn.setHostnameVerifier((host, session) -> host.equals(session.getPeerHost()));"),
    ("zip", "entry", "ZipEntry entry = in.getNextEntry();\nFile out = new File(dir, entry.getName());\nnew FileOutputStream(out);", 'ZipEntry entry = in.getNextEntry();\nFile out = new File(dir, entry.getName());\nif (!out.getCanonicalPath().startsWith(dir.getCanonicalPath() + File.separator)) {\n    throw new IOException("odd");\n}\nnew FileOutputStream(out);'),
]


def shell(member, code):
    head = "package org.shop;\n\nimport java.io.*;\nimport java.util.*;\nimport java.util.zip.*;\nimport javax.servlet.http.*;\nimport javax.xml.parsers.*;\nimport javax.xml.stream.*;\nimport javax.xml.transform.*;\nimport javax.xml.transform.stream.*;\nimport org.xml.sax.*;\nimport org.xml.sax.helpers.*;\n\npublic class Shop {\n"
    head += indented(member, "    ") + "\n\n    void go(HttpServletResponse response, HttpSecurity http, byte[] data, String value, InputStream input, InputSource source, ZipInputStream in, File dir, HttpsURLConnection conn, java.nio.file.Path path) throws Exception {\n"
    return head + indented(code, "        ") + "\n    }\n}\n"


def plain():
    for category, name, kind, bad, good, use in PLAIN:
        for way, make in WAYS:
            codes = []
            for value in (bad, good):
                member, before, expression = make(kind, value)
                codes.append(shell(member, before + use.format(expression)))
            yield category, f"{name}-{way}", codes[0], codes[1]
    for category, name, bad, good in PAIRED:
        yield category, name, shell("", bad), shell("", good)
