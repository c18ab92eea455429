//! Sizes: what a customer of a model can order.

use crate::document::{
    Diagnostics, Node, Table, boolean, bytes, non_negative, number, positive, positive_count, positive_span, power,
    price, span,
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
#[derive(Clone, Debug)]
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
}

/// Where the customer picks cores and memory, or memory alone.
#[derive(Clone, Debug)]
pub struct SizeRange {
    /// Least and most cores.
    pub cpu: (Cores, Cores),
    /// The memory that comes with a whole core, where cores follow the memory.
    pub core: Option<Bytes>,
    /// Least and most memory.
    pub memory: (Bytes, Bytes),
    /// The granularity of memory.
    pub step: Bytes,
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

fn positive_power(node: &Node, diagnostics: &mut Diagnostics) -> Option<f64> {
    let watts = power(node, diagnostics)?;
    if watts <= 0.0 {
        diagnostics.error(node.at, "expected a power above zero", "such as \"240 W\"");
        return None;
    }
    Some(watts)
}

/// To a thousandth of a core, as the catalogue's own sizes are written.
fn cores_of(memory: Bytes, core: Bytes) -> Cores {
    Cores::from_f64((memory.0 as f64 / core.0 as f64 * 1000.0).round() / 1000.0)
}

fn plain(name: String, cpu: Cores, memory: Bytes) -> Size {
    Size {
        name,
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
    let unlimited = table.default("unlimited", false, diagnostics, boolean);
    table.finish(diagnostics);
    Some(CreditRule { per_hour: per_hour?, most: most?, at_launch, unlimited, period, at_beginning: 0.0 })
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

impl SizeRange {
    /// Reads `cpu = { min, max }, memory = { min, max, step }`.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<SizeRange> {
        let mut table = Table::of(node, diagnostics)?;
        let core = table.optional("core", diagnostics, bytes).filter(|core| core.0 > 0);
        let picked = |node: &Node, diagnostics: &mut Diagnostics| {
            let mut range = Table::of(node, diagnostics)?;
            let min = range.required("min", diagnostics, positive);
            let max = range.required("max", diagnostics, positive);
            for described in ["step", "values"] {
                range.node(described);
            }
            range.finish(diagnostics);
            Some((Cores::from_f64(min?), Cores::from_f64(max?)))
        };
        let cpu = if core.is_none() { table.required("cpu", diagnostics, picked) } else { None };
        let memory = table.required("memory", diagnostics, |node, diagnostics| {
            let mut range = Table::of(node, diagnostics)?;
            let min = range.required("min", diagnostics, bytes);
            let max = range.required("max", diagnostics, bytes);
            let step = range.default("step", Bytes(1), diagnostics, bytes);
            range.finish(diagnostics);
            Some((min?, max?, step))
        });
        for described in ["source", "confidence"] {
            table.node(described);
        }
        table.finish(diagnostics);
        let (min, max, step) = memory?;
        let followed = core.map(|core| (cores_of(min, core), cores_of(max, core)));
        Some(SizeRange { cpu: cpu.or(followed)?, core, memory: (min, max), step: Bytes(step.0.max(1)) })
    }

    /// The size that a customer picks with `{ cpu, memory }`; notes where it is out of range.
    pub fn pick(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Size> {
        let mut table = Table::of(node, diagnostics)?;
        let memory = table.required("memory", diagnostics, bytes);
        let cpu = match self.core {
            Some(core) => memory.map(|memory| cores_of(memory, core)),
            None => table.required("cpu", diagnostics, number).map(Cores::from_f64),
        };
        table.finish(diagnostics);
        let (cpu, memory) = (cpu?, memory?);
        if cpu < self.cpu.0 || cpu > self.cpu.1 || memory < self.memory.0 || memory > self.memory.1 {
            let range = format!("{} to {} cores, {} to {}", self.cpu.0, self.cpu.1, self.memory.0, self.memory.1);
            diagnostics.error(node.at, "this size is out of the model's range", format!("expected {range}"));
            return None;
        }
        Some(self.of(cpu, memory))
    }

    /// Sizes of the range to choose from, for an app of so much memory: the least that holds it,
    /// with cores from the fewest to the most in steps that double.
    pub fn choices(&self, memory: Bytes) -> Vec<Size> {
        let memory = memory.max(self.memory.0);
        let mut cores = vec![self.cpu.0];
        while let Some(last) = cores.last()
            && last.0.saturating_mul(2) <= self.cpu.1.0
        {
            cores.push(Cores(last.0 * 2));
        }
        if cores.last() != Some(&self.cpu.1) {
            cores.push(self.cpu.1);
        }
        if memory > self.memory.1 { Vec::new() } else { cores.into_iter().map(|cpu| self.of(cpu, memory)).collect() }
    }

    fn of(&self, cpu: Cores, memory: Bytes) -> Size {
        let memory = Bytes(memory.0.div_ceil(self.step.0) * self.step.0);
        plain(format!("{cpu} cpu, {memory}"), cpu, memory)
    }

    /// The size of that name, such as "1000mb", where cores follow the memory.
    pub fn named(&self, name: &str) -> Option<Size> {
        let core = self.core?;
        let memory = Bytes(name.strip_suffix("mb")?.parse::<u64>().ok()?.checked_mul(1 << 20)?);
        let offered = (self.memory.0..=self.memory.1).contains(&memory) && memory.0.is_multiple_of(self.step.0);
        offered.then(|| plain(name.to_string(), cores_of(memory, core), memory))
    }
}
