//! Whether the project's code names what an advisory says holds the flaw. A hint and no proof: a name may stand in code that never
//! runs, and what is called by way of another package is not named.

use super::Ecosystem;
use super::check::Tree;

/// Bytes of code that are read for one project, at most.
const MOST: usize = 32 << 20;
/// Files, at most.
const MOST_FILES: usize = 20_000;

/// The code of a project, read once.
pub(super) struct Code {
    files: Vec<(String, Vec<u8>)>,
    is_whole: bool,
}

/// What the code says of the symbols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// It names one of them: which, in which file and line.
    At(String, String, u32),
    /// It names none.
    Not,
    /// Not all of it was looked at, and the rest names none.
    Unknown,
}

impl Code {
    /// Reads the code under a folder.
    pub(super) fn read(ecosystem: Ecosystem, folder: &str, tree: &dyn Tree) -> Self {
        let end = if ecosystem == Ecosystem::Go { ".go" } else { ".rs" };
        let mut code = Self { files: Vec::new(), is_whole: true };
        let Ok(paths) = tree.under(folder) else { return Self { is_whole: false, ..code } };
        let apart = |path: &str| path.split('/').any(|part| matches!(part, "vendor" | "testdata" | "target"));
        let mut size = 0;
        for path in paths.into_iter().filter(|path| path.ends_with(end) && !apart(path)) {
            if code.files.len() >= MOST_FILES || size > MOST {
                code.is_whole = false;
                break;
            }
            match tree.read(&path) {
                Ok(Some(bytes)) if bytes.len() <= MOST => {
                    size += bytes.len();
                    code.files.push((path, bytes));
                }
                Ok(None) => {}
                _ => code.is_whole = false,
            }
        }
        code
    }

    /// Looks for symbols, as records name them: `crate::module::function`, `example.org/module/package#Type.Method`.
    pub(super) fn names(&self, ecosystem: Ecosystem, package: &str, symbols: &[String]) -> Named {
        for symbol in symbols {
            let (holder, name) = if ecosystem == Ecosystem::Go {
                let (import, name) = symbol.split_once('#').unwrap_or((symbol, ""));
                (format!("\"{import}\""), name.rsplit('.').next().unwrap_or(name))
            } else {
                let name = symbol.rsplit("::").next().unwrap_or(symbol);
                (package.replace('-', "_"), name)
            };
            for (path, bytes) in &self.files {
                if memchr::memmem::find(bytes, holder.as_bytes()).is_none() {
                    continue;
                }
                let word = if name.is_empty() { holder.as_str() } else { name };
                if let Some(line) = line_of_word(bytes, word) {
                    return Named::At(symbol.clone(), path.clone(), line);
                }
            }
        }
        if self.is_whole { Named::Not } else { Named::Unknown }
    }
}

/// The first line with the word that is no comment as a whole.
fn line_of_word(bytes: &[u8], word: &str) -> Option<u32> {
    let is_part = |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    memchr::memmem::find_iter(bytes, word.as_bytes()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|at| bytes.get(at));
        if !word.starts_with('"') && (is_part(before) || is_part(bytes.get(at + word.len()))) {
            return None;
        }
        let start = memchr::memrchr(b'\n', &bytes[..at]).map_or(0, |at| at + 1);
        if bytes[start..at].trim_ascii_start().starts_with(b"//") {
            return None;
        }
        Some(super::document::line_of(bytes, at))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_is_named_where_its_package_is() {
        let code = Code {
            files: vec![
                ("a.rs".to_owned(), b"// tiny_http::danger\nfn not_danger() {}\n".to_vec()),
                ("b.rs".to_owned(), b"use tiny_http::Server;\n\nfn x() { Server::danger(); }\n".to_vec()),
                (
                    "c.go".to_owned(),
                    b"import (\n\t\"golang.org/x/text/language\"\n)\nvar x = language.Parse(y)\n".to_vec(),
                ),
            ],
            is_whole: true,
        };
        let rust = |symbol: &str| code.names(Ecosystem::CratesIo, "tiny-http", &[symbol.to_owned()]);
        assert_eq!(rust("tiny_http::Server::danger"), Named::At("tiny_http::Server::danger".into(), "b.rs".into(), 3));
        assert_eq!(rust("tiny_http::Server::other"), Named::Not);
        assert_eq!(code.names(Ecosystem::CratesIo, "hyper", &["hyper::danger".to_owned()]), Named::Not);
        let go = |symbol: &str| code.names(Ecosystem::Go, "golang.org/x/text", &[symbol.to_owned()]);
        assert_eq!(
            go("golang.org/x/text/language#Tag.Parse"),
            Named::At("golang.org/x/text/language#Tag.Parse".into(), "c.go".into(), 4)
        );
        assert!(matches!(go("golang.org/x/text/language"), Named::At(_, _, 2)));
        assert_eq!(go("golang.org/x/text/cases#Parse"), Named::Not);
    }
}
