//! Sizes: what a customer of a model can order.

use crate::document::{
    Diagnostics, Node, Table, boolean, bytes, non_negative, positive, positive_count, positive_span, power, price, span,
};
use crate::hosting::credits::CreditRule;
use crate::units::{Bytes, Cores, Exact, Span};

/// An amount of a resource: its own, the whole server's, or the app's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allotment<T> {
    /// So much.
    Fixed(T),
    /// All that the server has.
    Server,
    /// What one copy of the app needs.
    App,
}

/// One size.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// Its name.
    pub name: String,
    /// Its cores.
    pub cpu: Allotment<Cores>,
    /// The cores that it reserves, where they are not those that it has.
    pub reserve_cpu: Option<Cores>,
    /// Its memory.
    pub memory: Allotment<Bytes>,
    /// Its disk.
    pub disk: Bytes,
    /// Its clock share, billed by GHz-seconds.
    pub ghz: Option<Exact>,
    /// Rack units that it takes.
    pub rack_units: u32,
    /// The power that comes with a rack unit, in watts: a server that may draw more rents more units.
    pub watts_per_rack_unit: Option<f64>,
    /// After how long without a request it sleeps.
    pub sleep: Option<Span>,
    /// Its CPU credits.
    pub credits: Option<CreditRule>,
    /// How many requests can compute at full speed at once; `None`: as many as it has cores, the last one whole.
    pub threads: Option<f64>,
    /// How often its share of those is given anew; `None`: as its model says.
    pub cpu_period: Option<Span>,
    /// By which clock it is looked at whether it is used up; `None`: as its model says.
    pub cpu_tick: Option<Span>,
    /// What one busy thread does, that of the reference core being 1; `None`: as the server has it.
    pub speed: Option<f64>,
    /// What is left of that for each of two busy threads of one core; 1 where a virtual CPU is a core of its own.
    pub thread: f64,
    /// The requests inside one instance at once, where they differ by size.
    pub concurrency: Option<u32>,
    /// The most that may be asked for.
    pub most_concurrency: Option<u32>,
    /// The most that one app can order.
    pub most: Option<u32>,
    /// The fewest that can be ordered.
    pub least: Option<u32>,
}

impl Size {
    /// Reads one size.
    pub fn read(name: &str, node: &Node, diagnostics: &mut Diagnostics) -> Option<Size> {
        let mut table = Table::of(node, diagnostics)?;
        if let Some(suspect) = table.node("cpu").is_none().then(|| unquoted(name, node)).flatten() {
            diagnostics.error(node.key, suspect, "");
            return None;
        }
        let cpu = table.required("cpu", diagnostics, cores_allotment);
        let memory = table.required("memory", diagnostics, memory_allotment);
        let reserve_cpu = table.optional("reserve-cpu", diagnostics, non_negative).map(Cores::from_f64);
        let disk = table.default("disk", Bytes(0), diagnostics, bytes);
        let ghz = table.optional("ghz", diagnostics, price);
        let rack_units = table.default("rack-units", 1.0, diagnostics, non_negative) as u32;
        let watts_per_rack_unit = table.optional("power-per-rack-unit", diagnostics, positive_power);
        let sleep = table.optional("sleep", diagnostics, positive_span);
        let credits = table.optional("credits", diagnostics, read_credits);
        let threads = table.optional("threads", diagnostics, positive_count).map(|threads| threads as f64);
        let cpu_period = table.optional("cpu-period", diagnostics, span);
        let cpu_tick = table.optional("cpu-tick", diagnostics, span);
        let speed = table.optional("speed", diagnostics, positive);
        let thread = table.default("thread", 1.0, diagnostics, thread_share);
        let concurrency = table.optional("concurrency", diagnostics, positive_count).map(super::count32);
        let most_concurrency = table.optional("most-concurrency", diagnostics, positive_count).map(super::count32);
        let most = table.optional("most", diagnostics, positive_count).map(super::count32);
        let least = table.optional("least", diagnostics, positive_count).map(super::count32);
        for described in ["bandwidth", "power", "transfer", "source", "confidence"] {
            table.node(described);
        }
        table.finish(diagnostics);
        Some(Size {
            name: name.into(),
            cpu: cpu?,
            reserve_cpu,
            memory: memory?,
            disk,
            ghz,
            rack_units,
            watts_per_rack_unit,
            sleep,
            credits,
            threads,
            cpu_period,
            cpu_tick,
            speed,
            thread,
            concurrency,
            most_concurrency,
            most,
            least,
        })
    }
}

impl Size {
    /// The rack units that a server of this height and peak power rents: as many as it fills, and as many as it
    /// takes for the circuits to carry it.
    pub fn rented_units(&self, height: u32, peak_watts: f64) -> u32 {
        let carried = self.watts_per_rack_unit.map_or(0.0, |watts| (peak_watts / watts).ceil());
        height.max(carried as u32)
    }
}

/// Two threads of a core do no less than one, and no more than two.
pub(super) fn thread_share(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let share = positive(node, diagnostics)?;
    if !(0.5..=1.0).contains(&share) {
        diagnostics.error(node.at, format!("{share} is no share of a busy core's thread"), "expected 0.5 to 1");
        return None;
    }
    Some(share)
}

fn positive_power(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let watts = power(node, diagnostics)?;
    if watts <= 0.0 {
        diagnostics.error(node.at, "expected a power above zero", "such as \"240 W\"");
        return None;
    }
    Some(watts)
}

impl Size {
    /// A size that is picked from a range, which its name says.
    pub fn plain(cpu: Cores, memory: Bytes) -> Size {
        Size {
            name: format!("{cpu} cpu, {memory}"),
            cpu: Allotment::Fixed(cpu),
            reserve_cpu: None,
            memory: Allotment::Fixed(memory),
            disk: Bytes(0),
            ghz: None,
            rack_units: 1,
            watts_per_rack_unit: None,
            sleep: None,
            credits: None,
            threads: None,
            cpu_period: None,
            cpu_tick: None,
            speed: None,
            thread: 1.0,
            concurrency: None,
            most_concurrency: None,
            most: None,
            least: None,
        }
    }

    /// Its cores; none where they are the server's or the app's.
    pub fn fixed_cores(&self) -> Cores {
        if let Allotment::Fixed(cores) = self.cpu { cores } else { Cores::default() }
    }

    /// Its memory; none where it is the server's or the app's.
    pub fn fixed_memory(&self) -> Bytes {
        if let Allotment::Fixed(memory) = self.memory { memory } else { Bytes::default() }
    }
}

/// Reads `{ per-hour = 3, most = 72, at-launch = 30, unlimited = false }`, or the same by the share of cores
/// and lengths of CPU time: `{ share = 0.05, most = "72 min", at-launch = "30 min" }`.
fn read_credits(node: &Node, diagnostics: &mut Diagnostics) -> Option<CreditRule> {
    let mut table = Table::of(node, diagnostics)?;
    let share = table.optional("share", diagnostics, positive).map(|share| share * CREDITS_PER_CORE_HOUR);
    let per_hour = match (share, table.node("share").is_some()) {
        (Some(share), _) => Some(share),
        (None, true) => None,
        (None, false) => table.required("per-hour", diagnostics, positive),
    };
    let most = table.required("most", diagnostics, read_saved);
    let at_launch = table.default("at-launch", 0.0, diagnostics, read_saved);
    let period = table.default("period", Span(0), diagnostics, span);
    let tick_node = table.node("tick");
    let tick = tick_node.and_then(|node| span(node, diagnostics)).unwrap_or(Span(0));
    if let Some(node) = tick_node.filter(|_| tick.0 > 0 && period.0 == 0) {
        diagnostics.error(
            node.at,
            "a `tick` without a `period`",
            "say how often the baseline is given anew: `period = \"100 ms\"`",
        );
    }
    let unlimited = table.default("unlimited", false, diagnostics, boolean);
    table.finish(diagnostics);
    Some(CreditRule { per_hour: per_hour?, most: most?, at_launch, unlimited, period, tick, at_beginning: 0.0 })
}

/// A credit is a whole core for a minute.
const CREDITS_PER_CORE_HOUR: f64 = 60.0;

/// Credits, or the CPU time that they are.
pub fn read_saved(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    match node.as_str() {
        Some(_) => span(node, diagnostics).map(|time| time.seconds() / 60.0),
        None => non_negative(node, diagnostics),
    }
}

/// The commonest slip with size names: `[size.t2.micro]` is a table `micro` in a table `t2`.
fn unquoted(name: &str, node: &Node) -> Option<String> {
    let (inner, child) = node.as_table()?.first()?;
    let looks_like_a_size = child.get("cpu").is_some() || child.get("memory").is_some();
    looks_like_a_size.then(|| format!("a size's name with a dot wants quotes: write [size.\"{name}.{inner}\"]"))
}

fn cores_allotment(node: &Node, diagnostics: &mut Diagnostics) -> Option<Allotment<Cores>> {
    if node.as_str() == Some("server") {
        return Some(Allotment::Server);
    }
    let cores = positive(node, diagnostics)?;
    if !(1e-6..=1e6).contains(&cores) {
        diagnostics.error(node.at, format!("{cores} cores cannot be computed with"), "expected 0.000001 to 1000000");
        return None;
    }
    Some(Allotment::Fixed(Cores::from_f64(cores)))
}

fn memory_allotment(node: &Node, diagnostics: &mut Diagnostics) -> Option<Allotment<Bytes>> {
    match node.as_str() {
        Some("server") => Some(Allotment::Server),
        Some("app") => Some(Allotment::App),
        _ => bytes(node, diagnostics).map(Allotment::Fixed),
    }
}
