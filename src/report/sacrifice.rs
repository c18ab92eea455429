//! What an order gives up against the others, as far as the noise lets one tell: a difference that
//! the interval of the paired replications covers is none.

use super::advice::orders;
use super::figure::pareto;
use super::format;
use crate::experiment::advise::{Advice, Offer};
use crate::metrics::Estimate;

/// What an order gives up against the others.
#[derive(Clone, Debug, PartialEq)]
pub enum Sacrifice {
    /// It is the cheapest, and none is told to be faster.
    Nothing,
    /// It is the cheapest; so many seconds of p99 that the fastest saves.
    Speed(f64),
    /// None is cheaper and faster: dearer by so many dollars a month than the next cheaper order
    /// of the front (`None`: the noise covers it), and faster by so many seconds.
    Money {
        /// The next cheaper order of the front.
        than: usize,
        /// Dollars a month.
        dearer: Option<f64>,
        /// Seconds of p99.
        faster: f64,
    },
    /// Another order is both cheaper and as fast.
    Both {
        /// The cheapest of those.
        than: usize,
        /// Dollars a month; `None` where the noise covers it.
        dearer: Option<f64>,
        /// Seconds of p99; `None` where the noise covers it.
        slower: Option<f64>,
    },
}

/// The offers that none beats in both cost and p99, the cheapest first: one that is faster by less
/// than can be told is not on it.
pub fn front(advice: &Advice) -> Vec<usize> {
    let mut front: Vec<usize> = Vec::new();
    for index in pareto::front(&orders(advice)) {
        let faster = |last: &usize| slower(&advice.offers[*last], &advice.offers[index]).is_some();
        if front.last().is_none_or(faster) {
            front.push(index);
        }
    }
    front
}

/// What every offer gives up, in their order.
pub fn sacrifices(advice: &Advice) -> Vec<Sacrifice> {
    let front = front(advice);
    (0..advice.offers.len()).map(|index| of(advice, &front, index)).collect()
}

fn of(advice: &Advice, front: &[usize], index: usize) -> Sacrifice {
    let own = &advice.offers[index];
    let offer = |at: usize| &advice.offers[at];
    match front.iter().position(|at| *at == index) {
        Some(0) => {
            let saved = front[1..].last().and_then(|fastest| slower(own, offer(*fastest)));
            saved.map_or(Sacrifice::Nothing, Sacrifice::Speed)
        }
        Some(place) => {
            let than = front[place - 1];
            let faster = slower(offer(than), own).unwrap_or(0.0);
            Sacrifice::Money { than, dearer: dearer(own, offer(than)), faster }
        }
        None => {
            let beats = |at: &usize| *at < index && slower(offer(*at), own).is_none_or(|seconds| seconds <= 0.0);
            let than = front.iter().copied().find(beats).or(front.first().copied()).unwrap_or(index);
            Sacrifice::Both { than, dearer: dearer(own, offer(than)), slower: slower(own, offer(than)) }
        }
    }
}

/// By how many seconds of p99 an offer is slower than another; `None` where the noise covers it.
fn slower(offer: &Offer, other: &Offer) -> Option<f64> {
    told(offer, other, &["latency_s", "p99"])
}

fn dearer(offer: &Offer, other: &Offer) -> Option<f64> {
    told(offer, other, &["tco_usd"])
}

/// A paired difference, where it can be told from none.
fn told(offer: &Offer, other: &Offer, path: &[&str]) -> Option<f64> {
    let more = Estimate::paired_difference(&offer.point.values(path), &other.point.values(path));
    more.mean.filter(|mean| *mean != 0.0 && !more.straddles(0.0))
}

/// A sacrifice in words.
pub fn in_words(advice: &Advice, sacrifice: &Sacrifice) -> String {
    let name = |index: usize| advice.offers[index].hosting.as_str();
    match *sacrifice {
        Sacrifice::Nothing => "nothing: the cheapest, and none is faster".into(),
        Sacrifice::Speed(slower) => {
            format!("the cheapest; the p99 of the fastest is {} shorter", format::duration(slower))
        }
        Sacrifice::Money { than, dearer, faster } => {
            let cost = cost_in_words(dearer, name(than));
            format!("{cost}, for a p99 {} shorter", format::duration(faster))
        }
        Sacrifice::Both { than, dearer, slower } => {
            let cost = cost_in_words(dearer, name(than));
            match slower {
                None => format!("{cost}, and no faster"),
                Some(slower) if slower < 0.0 => format!("{cost}, for a p99 {} shorter", format::duration(-slower)),
                Some(slower) => format!("{cost}, and its p99 is {} longer", format::duration(slower)),
            }
        }
    }
}

/// "$3.20 dearer than linode-2017"; amounts that no bill could show are none.
fn cost_in_words(dearer: Option<f64>, than: &str) -> String {
    match dearer.filter(|dollars| dollars.abs() >= 0.005) {
        Some(dollars) if dollars < 0.0 => format!("{} cheaper than {than}", format::money(-dollars)),
        Some(dollars) => format!("{} dearer than {than}", format::money(dollars)),
        None => format!("as cheap as {than}"),
    }
}
