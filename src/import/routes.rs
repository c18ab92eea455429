//! How often each route was asked for.

use indexmap::IndexMap;

/// The most routes that are told apart; what comes later is counted as folded, then together.
const MOST: usize = 20_000;
/// The longest name of a route.
const LONGEST: usize = 200;

/// Requests of each route ("METHOD path").
#[derive(Clone, Debug, Default)]
pub struct Routes {
    counts: IndexMap<Box<[u8]>, f64>,
    name: Vec<u8>,
    /// Requests whose route is not kept by its own name: there were too many.
    pub together: u64,
}

impl Routes {
    /// Counts requests of a method and a target: query, fragment, scheme and host are cut off.
    pub fn count(&mut self, method: &[u8], target: &[u8], times: f64) {
        let path = path_of(target);
        self.name.clear();
        self.name.extend_from_slice(method);
        if !method.is_empty() && !path.is_empty() {
            self.name.push(b' ');
        }
        self.name.extend_from_slice(&path[..path.len().min(LONGEST)]);
        if let Some(count) = self.counts.get_mut(self.name.as_slice()) {
            *count += times;
        } else if self.counts.len() < MOST {
            self.counts.insert(self.name.clone().into_boxed_slice(), times);
        } else {
            self.together += times as u64;
        }
    }

    /// Sets a route's count.
    pub fn set(&mut self, name: &str, times: f64) {
        self.counts.insert(name.as_bytes().into(), times);
    }

    /// Every route with its requests, by name.
    pub fn sorted(&self) -> Vec<(String, f64)> {
        let mut all: Vec<(String, f64)> =
            self.counts.iter().map(|(name, count)| (String::from_utf8_lossy(name).into_owned(), *count)).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.counts.is_empty()
    }
}

/// The path of a request's target: `/a` of `/a?b`, of `http://host:80/a` and of `//host/a` as it stands.
pub(super) fn path_of(target: &[u8]) -> &[u8] {
    let mut path = target;
    if !path.starts_with(b"/")
        && let Some(at) = memchr::memmem::find(path, b"://")
        && at < 8
    {
        let rest = &path[at + 3..];
        path = match rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')) {
            Some(slash) if rest[slash] == b'/' => &rest[slash..],
            _ => b"/",
        };
    }
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    &path[..end]
}

/// A route whose ids are folded: `/user/123` is `/user/*`. An id is a number, a word of hexadecimal digits with a
/// digit in it of eight letters or more, a UUID, or a part of 24 letters or more that has digits.
pub fn folded(route: &str) -> String {
    let is_id = |part: &str| {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        let hexadecimal = part.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
        digits > 0 && (digits == part.len() || hexadecimal && part.len() >= 8 || part.len() >= 24)
    };
    route.split('/').map(|part| if is_id(part) { "*" } else { part }).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::{folded, path_of};

    #[test]
    fn paths_and_ids() {
        assert_eq!(path_of(b"/a?b=c"), b"/a");
        assert_eq!(path_of(b"http://host/c"), b"/c");
        assert_eq!(path_of(b"https://host:443?x"), b"/");
        assert_eq!(path_of(b"/go?to=http://x/y"), b"/go");
        assert_eq!(path_of(b"/go/http://x/y"), b"/go/http://x/y");
        assert_eq!(folded("GET /user/123/photo"), "GET /user/*/photo");
        assert_eq!(folded("GET /o/8601b555-6a83-4c12-8269-97c8e32cdb22"), "GET /o/*");
        assert_eq!(folded("GET /api/v2/feedface"), "GET /api/v2/feedface");
    }
}
