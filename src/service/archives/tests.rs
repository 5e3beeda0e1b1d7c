//! Against a server on this machine: what it is asked, and what is made of its answers.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, channel};

use super::*;

/// Answers one request after the other, and tells what was asked.
fn server(answers: Vec<String>) -> (String, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let mut reader = BufReader::new(stream);
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                if line.trim().is_empty() {
                    break;
                }
                lines.push(line.trim().to_ascii_lowercase());
            }
            tell.send(lines).unwrap();
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
        }
    });
    (url, told)
}

fn fetched(client: &impl Archives, tag: &str) -> Result<Answer, ServiceError> {
    client.fetch("Rocky Linux", tag, &mut |_, _| {})
}

#[test]
fn only_what_changed_is_downloaded_and_a_stopped_download_goes_on() {
    let whole = "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 9\r\nx-goog-hash: crc32c=4waSgw==\r\nConnection: close\r\n\r\n123456789";
    let (url, told) = server(vec![
        whole.to_owned(),
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nETag: \"two\"\r\nContent-Length: 9\r\nConnection: close\r\n\r\n1234".to_owned(),
        "HTTP/1.1 206 Partial Content\r\nETag: \"two\"\r\nContent-Length: 5\r\nConnection: close\r\n\r\n56789"
            .to_owned(),
        whole.replace("123456789", "123456780"),
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
    ]);
    let dir = tempfile::tempdir().unwrap();
    let client = https(&url, None, dir.path()).unwrap();
    let Answer::New { bytes, tag } = fetched(&client, "").unwrap() else { panic!("nothing new") };
    assert_eq!((bytes.as_slice(), tag.as_str()), (&b"123456789"[..], "\"one\""));
    assert_eq!(told.recv().unwrap()[0], "get /rocky%20linux/all.zip http/1.1");
    assert!(matches!(fetched(&client, "\"one\"").unwrap(), Answer::Unchanged));
    assert!(told.recv().unwrap().contains(&"if-none-match: \"one\"".to_owned()));
    assert!(fetched(&client, "\"one\"").is_err());
    told.recv().unwrap();
    let Answer::New { bytes, .. } = fetched(&client, "\"one\"").unwrap() else { panic!("nothing new") };
    assert_eq!(bytes, b"123456789");
    let asked = told.recv().unwrap();
    assert!(
        asked.contains(&"range: bytes=4-".to_owned()) && asked.contains(&"if-range: \"two\"".to_owned()),
        "{asked:?}"
    );
    assert!(matches!(fetched(&client, "").unwrap_err(), ServiceError::Damaged { .. }));
    assert!(matches!(fetched(&client, "").unwrap_err(), ServiceError::Status { status: 404, .. }));
}

#[test]
fn certificates_that_are_none_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    assert!(https("https://example.org", Some(b"nothing"), dir.path()).is_err());
}
