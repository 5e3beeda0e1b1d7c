//! How wide the terminal is that standard output or standard error is.

/// Its columns; 0 where it does not say, or where there is none.
#[cfg(unix)]
pub fn columns(of_errors: bool) -> usize {
    let size = if of_errors {
        rustix::termios::tcgetwinsize(std::io::stderr())
    } else {
        rustix::termios::tcgetwinsize(std::io::stdout())
    };
    size.map_or(0, |size| usize::from(size.ws_col))
}

/// The same.
#[cfg(not(unix))]
pub const fn columns(_of_errors: bool) -> usize {
    0
}
