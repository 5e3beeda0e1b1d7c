//! Elixir: `mix.lock`, one Elixir map of tuples (<https://hexdocs.pm/mix/Mix.Tasks.Deps.html>), and of it only what a lock file holds.

use std::collections::HashMap;

use super::{Input, Lock, Package, Source};
use crate::sca::Ecosystem;
use crate::sca::document::{Fault, line_of, utf8};

/// Deepest nesting that is followed.
const DEEPEST: usize = 32;

#[derive(Debug)]
enum Term {
    Text(String),
    Atom(String),
    Many(Vec<Self>),
}

impl Term {
    fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Atom(text) => text,
            Self::Many(_) => "",
        }
    }

    fn many(&self) -> &[Self] {
        match self {
            Self::Many(terms) => terms,
            _ => &[],
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn fault(&self, what: &str) -> Fault {
        Fault::at(line_of(self.text.as_bytes(), self.at), format!("is not a mix.lock: {what}"))
    }

    fn blank(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n', ',']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with('#') {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn eat(&mut self, sign: &str) -> bool {
        self.blank();
        let there = self.text[self.at..].starts_with(sign);
        if there {
            self.at += sign.len();
        }
        there
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '?' | '!' | '@' | '.' | '-')))
            .unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn string(&mut self) -> Result<String, Fault> {
        let mut out = String::new();
        let mut characters = self.text[self.at..].char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.at += at + 1;
                    return Ok(out);
                }
                '\\' => out.extend(characters.next().map(|(_, character)| character)),
                character => out.push(character),
            }
        }
        Err(self.fault("a string has no end"))
    }

    fn term(&mut self, depth: usize) -> Result<Term, Fault> {
        if depth > DEEPEST {
            return Err(self.fault("it is nested too deep"));
        }
        for (open, close) in [("%{", "}"), ("{", "}"), ("[", "]")] {
            if self.eat(open) {
                let mut terms = Vec::new();
                while !self.eat(close) {
                    terms.push(self.term(depth + 1)?);
                    self.eat("=>");
                }
                return Ok(Term::Many(terms));
            }
        }
        if self.eat("\"") {
            let text = self.string()?;
            if self.text[self.at..].starts_with(':') {
                self.at += 1;
            }
            return Ok(Term::Text(text));
        }
        if self.eat(":") {
            let text = if self.eat("\"") { self.string()? } else { self.word() };
            return Ok(Term::Atom(text));
        }
        let word = self.word();
        if word.is_empty() {
            return Err(self.fault("a term is expected"));
        }
        // The key of a keyword list: `only: :test`.
        if self.text[self.at..].starts_with(':') {
            self.at += 1;
        }
        Ok(Term::Atom(word))
    }
}

pub(super) fn read(input: &Input<'_>) -> Result<Lock, Fault> {
    let mut reader = Reader { text: utf8(input.bytes)?, at: 0 };
    if !reader.eat("%{") {
        return Err(reader.fault("a map is expected"));
    }
    let mut lock = Lock { scopes_by_manifest: true, ..Lock::default() };
    let mut places: HashMap<String, u32> = HashMap::new();
    let mut wants: Vec<(u32, String)> = Vec::new();
    while !reader.eat("}") {
        let line = line_of(reader.text.as_bytes(), reader.at);
        if !reader.eat("\"") {
            return Err(reader.fault("a name is expected"));
        }
        let name = reader.string()?;
        if !reader.eat(":") && !reader.eat("=>") {
            return Err(reader.fault("a colon is expected"));
        }
        let term = reader.term(0)?;
        let terms = term.many();
        let text = |at: usize| terms.get(at).map_or("", Term::text);
        let mut package = match text(0) {
            "hex" => {
                let mut package = Package::new(Ecosystem::Hex, text(1), text(2), line);
                package.source = Source::Registry(format!("https://repo.hex.pm#{}", text(6)));
                package.integrity = if text(7).is_empty() { text(3) } else { text(7) }.to_owned();
                package
            }
            "git" => {
                let mut package = Package::new(Ecosystem::Hex, name.as_str(), "", line);
                package.source = Source::Git(text(1).to_owned());
                package.integrity = text(2).to_owned();
                package
            }
            other => {
                return Err(Fault::at(
                    line,
                    format!("takes a package from `{}`, which is unknown", crate::sca::shown(other)),
                ));
            }
        };
        if text(0) == "hex" && (package.version.is_empty() || package.name.is_empty()) {
            return Err(Fault::at(line, "names a package without name or version"));
        }
        package.direct = None;
        let place = lock.push(package);
        places.insert(name, place);
        let required = terms.get(5).map_or(&[][..], Term::many);
        wants.extend(required.iter().filter_map(|one| Some((place, one.many().first()?.text().to_owned()))));
    }
    for (from, want) in wants {
        if let Some(to) = places.get(&want) {
            lock.edge(from, *to);
        }
    }
    Ok(lock)
}
