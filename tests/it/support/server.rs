//! A file server on loopback: what a release page is to install.sh.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

/// Serves a directory until the test's process ends.
pub(crate) struct Server {
    /// `http://127.0.0.1:PORT`
    pub(crate) url: String,
}

impl Server {
    /// Serves the files under `dir`, each whole.
    pub(crate) fn of(dir: &Path) -> Self {
        Self::start(dir.to_owned(), usize::MAX)
    }

    /// Promises each file's whole length, and hangs up after `limit` bytes of it.
    pub(crate) fn that_hangs_up(dir: &Path, limit: usize) -> Self {
        Self::start(dir.to_owned(), limit)
    }

    fn start(dir: PathBuf, limit: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that is gone is not the server's business.
                let _ = answer(stream, &dir, limit);
            }
        });
        Self { url }
    }
}

fn answer(mut stream: TcpStream, dir: &Path, limit: usize) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    match std::fs::read(dir.join(path)) {
        Ok(body) => {
            write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
            stream.write_all(&body[..body.len().min(limit)])
        }
        Err(_) => stream.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
    }
}
