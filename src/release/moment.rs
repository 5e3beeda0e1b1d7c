//! Times in reports and statements, as seconds.

use crate::config::Day;

/// Seconds by which the clocks of two machines may differ.
pub(super) const SKEW: u64 = 300;

/// The second since 1970 of a time such as `2026-11-24T08:00:00Z`; `None` where it is no such time.
pub fn second(text: &str) -> Option<u64> {
    let (day, time) = text.strip_suffix('Z')?.split_once('T')?;
    let day = u64::try_from(Day::parse(day)?.since_epoch()).ok()?;
    let mut parts = time.split(':').map(|part| {
        let fits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| part.parse::<u64>().ok()).flatten()
    });
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    is_time.then_some(((day * 24 + hour) * 60 + minute) * 60 + second)
}

/// So many seconds as people say it.
pub(super) fn span(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        7200..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::second;

    #[test]
    fn only_whole_times_in_utc_are_read() {
        assert_eq!(second("1970-01-01T00:00:00Z"), Some(0));
        assert_eq!(second("2026-11-24T08:00:01Z"), Some(1_795_507_201));
        for wrong in [
            "",
            "2026-11-24",
            "2026-11-24T08:00:00",
            "2026-11-24T24:00:00Z",
            "2026-13-24T08:00:00Z",
            "2026-11-24T08:00:00+01:00",
            "2026-11-24T08:00Z",
            "2026-11-24T8:00:00Z",
            "1969-12-31T23:59:59Z",
        ] {
            assert_eq!(second(wrong), None, "{wrong}");
        }
    }
}
