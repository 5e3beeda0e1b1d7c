//! `gatehook report`: our JSON reports in other formats, many of them as one, and the record.

mod record;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use gatehook::finding::{self, Exit};
use gatehook::policy::{self, Part};
use gatehook::report::{self, Format};

use crate::args::{Merge, ReportCommand, Reports};
use crate::out::{self, To};
use crate::say::{fail, say};

pub(crate) fn run(command: &ReportCommand) -> Exit {
    match command {
        ReportCommand::Convert(args) => match open(&args.file) {
            Ok(report) => out::emit(&report, &args.reports, To::Stdout),
            Err(exit) => exit,
        },
        ReportCommand::Html(args) => match open(&args.file) {
            Ok(report) if out::is_stdout(&args.out) => {
                let reports = Reports { format: Format::Html, ..Reports::default() };
                out::emit(&report, &reports, To::Stdout)
            }
            Ok(report) => {
                let written = out::to_file(&report, Format::Html, &args.out);
                if written != Exit::Clean {
                    return report.exit().or(written);
                }
                report.exit().or(say(&format!("{}\n", args.out.display())))
            }
            Err(exit) => exit,
        },
        ReportCommand::Merge(args) => merge(args),
        ReportCommand::Record(args) => record::sum_up(args),
    }
}

fn merge(args: &Merge) -> Exit {
    let parts = args.shards.iter().map(|path| {
        let name = path.display().to_string();
        Part {
            name,
            report: read(path).map_err(|error| gatehook::text::escape(error.to_string().as_bytes()).to_string()),
        }
    });
    let parts: Vec<Part> = parts.collect();
    for part in &parts {
        if let Err(reason) = &part.report {
            fail(&io::Error::other(format!("report `{}`: {reason}", part.name)), None, Exit::NotScanned);
        }
    }
    match policy::merge(parts) {
        Some(report) => out::emit(&report, &args.reports, To::Stdout),
        None => Exit::NotScanned,
    }
}

/// One report alone. The verdict is made anew: a report says no more than what it tells of.
fn open(path: &Path) -> Result<finding::Report, Exit> {
    let mut report = read(path).map_err(|error| {
        let name = if out::is_stdout(path) { "standard input".to_owned() } else { format!("`{}`", path.display()) };
        let error = io::Error::other(format!("report {name}: {error}"));
        fail(&error, Some("`--report json=FILE` writes one"), Exit::NotScanned)
    })?;
    let said = report.exit();
    policy::decide_anew(&mut report);
    report.end_with(said);
    Ok(report)
}

fn read(path: &Path) -> Result<finding::Report, Box<dyn std::error::Error>> {
    let mut bytes = Vec::new();
    let source: Box<dyn Read> =
        if out::is_stdout(path) { Box::new(io::stdin().lock()) } else { Box::new(File::open(path)?) };
    source.take(report::MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > report::MOST {
        return Err(format!("it is larger than {} bytes", report::MOST).into());
    }
    Ok(report::read(&bytes)?)
}
