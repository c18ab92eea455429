//! Where the customer picks cores and memory: what can be paired with what.

use super::size::Size;
use crate::document::{Diagnostics, Node, Table, Value, bytes, number, positive, positive_count};
use crate::units::{Bytes, Cores};

/// Where the customer picks cores and memory, or memory alone.
#[derive(Clone, Debug)]
pub struct SizeRange {
    /// What can be paired: a size is orderable where one of these holds it.
    pairs: Vec<Pairs>,
    /// The memory that comes with a whole core, where cores follow the memory.
    core: Option<Bytes>,
}

/// Cores that go with memory, each with each.
#[derive(Clone, Debug)]
struct Pairs {
    /// In millionths of a core.
    cpu: Amounts,
    /// In bytes.
    memory: Amounts,
    /// The most requests inside one instance at once.
    most_concurrency: Option<u32>,
}

/// Amounts that can be ordered.
#[derive(Clone, Debug)]
enum Amounts {
    /// From the least to the most in steps.
    Steps { min: u64, max: u64, step: u64 },
    /// These, from the least to the most.
    Listed(Vec<u64>),
}

impl Amounts {
    fn least(&self) -> u64 {
        match self {
            Amounts::Steps { min, .. } => *min,
            Amounts::Listed(list) => list.first().copied().unwrap_or(0),
        }
    }

    fn most(&self) -> u64 {
        match self {
            Amounts::Steps { min, max, step } => min + (max - min) / step * step,
            Amounts::Listed(list) => list.last().copied().unwrap_or(0),
        }
    }

    /// The least that is no less.
    fn at_least(&self, amount: u64) -> Option<u64> {
        match self {
            Amounts::Steps { min, step, .. } => {
                let found = min + amount.saturating_sub(*min).div_ceil(*step).saturating_mul(*step);
                (found <= self.most()).then_some(found)
            }
            Amounts::Listed(list) => list.iter().copied().find(|listed| *listed >= amount),
        }
    }

    fn nearest(&self, amount: u64) -> u64 {
        self.at_least(amount).unwrap_or_else(|| self.most())
    }

    /// Some to choose from: all of a list, and of steps each about twice the one before.
    fn some(&self, from: u64) -> Vec<u64> {
        let Amounts::Steps { .. } = self else {
            let Amounts::Listed(list) = self else { return Vec::new() };
            return list.iter().copied().filter(|listed| *listed >= from).collect();
        };
        let mut found: Vec<u64> = self.at_least(from).into_iter().collect();
        while let Some(next) = found.last().and_then(|last| self.at_least((last * 2).max(1)))
            && found.last() != Some(&next)
        {
            found.push(next);
        }
        if !found.is_empty() && found.last() != Some(&self.most()) {
            found.push(self.most());
        }
        found
    }

    /// Reads one amount, a list of them, or `{ min, max, step }`.
    fn read(
        node: &Node,
        d: &mut Diagnostics,
        finest: u64,
        amount: &dyn Fn(&Node, &mut Diagnostics) -> Option<u64>,
    ) -> Option<Amounts> {
        if let Value::Array(items) = &node.value {
            let mut list: Vec<u64> = items.iter().filter_map(|item| amount(item, d)).collect();
            list.sort_unstable();
            if list.is_empty() {
                d.error(
                    node.at,
                    "there is nothing to order here",
                    "at least one amount, such as [\"1 GiB\", \"2 GiB\"]",
                );
                return None;
            }
            return Some(Amounts::Listed(list));
        }
        if node.as_table().is_none() {
            return amount(node, d).map(|one| Amounts::Listed(vec![one]));
        }
        let mut table = Table::of(node, d)?;
        let min = table.required("min", d, amount);
        let max = table.required("max", d, amount);
        let step = table.default("step", finest, d, amount);
        table.finish(d);
        let (min, max) = (min?, max?);
        if max < min || step == 0 {
            d.error(node.at, "nothing lies in this range", "`max` is no less than `min`, and `step` is above zero");
            return None;
        }
        Some(Amounts::Steps { min, max, step })
    }
}

impl Pairs {
    /// Reads `cpu`, `memory` and `most-concurrency`.
    fn read(node: &Node, d: &mut Diagnostics) -> Option<Pairs> {
        let mut table = Table::of(node, d)?;
        let cpu = table.required("cpu", d, cores_amounts);
        let memory = table.required("memory", d, memory_amounts);
        let most_concurrency = table.optional("most-concurrency", d, positive_count).map(super::count32);
        table.finish(d);
        Some(Pairs { cpu: cpu?, memory: memory?, most_concurrency })
    }

    /// Whether this very pair can be ordered.
    fn holds(&self, cpu: Cores, memory: Bytes) -> bool {
        self.cpu.at_least(cpu.0) == Some(cpu.0) && self.memory.at_least(memory.0) == Some(memory.0)
    }
}

fn cores_amounts(node: &Node, d: &mut Diagnostics) -> Option<Amounts> {
    Amounts::read(node, d, 1, &|node, d| positive(node, d).map(|cores| Cores::from_f64(cores).0))
}

fn memory_amounts(node: &Node, d: &mut Diagnostics) -> Option<Amounts> {
    Amounts::read(node, d, 1, &|node, d| bytes(node, d).map(|bytes| bytes.0))
}

/// To a thousandth of a core, as the catalogue's own sizes are written.
fn cores_of(memory: Bytes, core: Bytes) -> Cores {
    Cores::from_f64((memory.0 as f64 / core.0 as f64 * 1000.0).round() / 1000.0)
}

impl SizeRange {
    /// Reads `pairs = [{ cpu, memory }, …]`; or one such pair of ranges; or `memory` alone with the memory of a
    /// `core`, where cores follow it.
    pub fn read(node: &Node, diagnostics: &mut Diagnostics) -> Option<SizeRange> {
        let mut table = Table::of(node, diagnostics)?;
        for described in ["source", "confidence"] {
            table.node(described);
        }
        if let Some(list) = table.node("pairs") {
            let pairs = crate::document::list(list, diagnostics, Pairs::read);
            table.finish(diagnostics);
            return pairs.filter(|pairs| !pairs.is_empty()).map(|pairs| SizeRange { pairs, core: None });
        }
        let core = table.optional("core", diagnostics, bytes).filter(|core| core.0 > 0);
        let cpu = if core.is_none() { table.required("cpu", diagnostics, cores_amounts) } else { None };
        let memory = table.required("memory", diagnostics, memory_amounts);
        table.finish(diagnostics);
        let memory = memory?;
        let followed = core.map(|core| Amounts::Steps {
            min: cores_of(Bytes(memory.least()), core).0,
            max: cores_of(Bytes(memory.most()), core).0,
            step: 1,
        });
        Some(SizeRange { pairs: vec![Pairs { cpu: cpu.or(followed)?, memory, most_concurrency: None }], core })
    }

    /// The size that a customer picks with `{ cpu, memory }`; where it cannot be ordered, the nearest is named.
    pub fn pick(&self, node: &Node, diagnostics: &mut Diagnostics) -> Option<Size> {
        let mut table = Table::of(node, diagnostics)?;
        let memory = table.required("memory", diagnostics, bytes);
        let cpu = match self.core {
            Some(core) => memory.map(|memory| cores_of(memory, core)),
            None => table.required("cpu", diagnostics, number).map(Cores::from_f64),
        };
        table.finish(diagnostics);
        let (cpu, memory) = (cpu?, memory?);
        let Some(pairs) = self.pairs.iter().find(|pairs| pairs.holds(cpu, memory)) else {
            let message = format!("{cpu} cores with {memory} cannot be ordered");
            diagnostics.error(node.at, message, format!("the nearest that can: {}", self.nearest(cpu, memory)));
            return None;
        };
        Some(pairs.size(cpu, memory))
    }

    /// Whether a size of the range can be ordered.
    pub fn holds(&self, cpu: Cores, memory: Bytes) -> bool {
        self.pairs.iter().any(|pairs| pairs.holds(cpu, memory))
    }

    /// The orderable size that comes nearest, as a scenario writes it: one that has no less, where there is one.
    fn nearest(&self, cpu: Cores, memory: Bytes) -> String {
        let ratio = |found: u64, asked: u64| {
            let ratio = libm::log(found.max(1) as f64 / asked.max(1) as f64);
            if ratio < 0.0 { -8.0 * ratio } else { ratio }
        };
        let pair = |pairs: &Pairs| {
            let (cores, bytes) = (pairs.cpu.nearest(cpu.0), pairs.memory.nearest(memory.0));
            (ratio(cores, cpu.0) + ratio(bytes, memory.0), Cores(cores), Bytes(bytes))
        };
        let nearest = self.pairs.iter().map(pair).min_by(|a, b| a.0.total_cmp(&b.0));
        nearest.map_or_else(String::new, |(_, cores, bytes)| match self.core {
            Some(_) => format!("{{ memory = \"{bytes}\" }}"),
            None => format!("{{ cpu = {cores}, memory = \"{bytes}\" }}"),
        })
    }

    /// Sizes of the range to choose from, for an app of so much memory: with each number of cores (some, of a
    /// range) the least memory that goes with it and holds the app; where cores follow the memory, the least that
    /// holds it and about twice as much each.
    pub fn choices(&self, memory: Bytes) -> Vec<Size> {
        if let Some(core) = self.core {
            let sizes = self.pairs.iter().flat_map(|pairs| pairs.memory.some(memory.0));
            return sizes.map(|bytes| Size::plain(cores_of(Bytes(bytes), core), Bytes(bytes))).collect();
        }
        let of_pairs = |pairs: &Pairs| {
            let least = pairs.memory.at_least(memory.0);
            let cores = least.map_or(Vec::new(), |_| pairs.cpu.some(0));
            let size = |cpu: u64| least.map(|bytes| pairs.size(Cores(cpu), Bytes(bytes)));
            cores.into_iter().filter_map(size).collect::<Vec<Size>>()
        };
        self.pairs.iter().flat_map(of_pairs).collect()
    }

    /// The size with the least memory, and of these the fewest cores.
    pub fn smallest(&self) -> Option<Size> {
        self.choices(Bytes(0)).into_iter().min_by_key(|size| (size.fixed_memory(), size.fixed_cores()))
    }

    /// The size of that name, such as "1000mb", where cores follow the memory.
    pub fn named(&self, name: &str) -> Option<Size> {
        let core = self.core?;
        let memory = Bytes(name.strip_suffix("mb")?.parse::<u64>().ok()?.checked_mul(1 << 20)?);
        let offered = self.pairs.iter().any(|pairs| pairs.memory.at_least(memory.0) == Some(memory.0));
        offered.then(|| Size { name: name.to_string(), ..Size::plain(cores_of(memory, core), memory) })
    }
}

impl Pairs {
    fn size(&self, cpu: Cores, memory: Bytes) -> Size {
        Size { most_concurrency: self.most_concurrency, ..Size::plain(cpu, memory) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(text: &str) -> SizeRange {
        let mut d = Diagnostics::default();
        let source = d.sources.add("range.toml", text);
        let range = SizeRange::read(&Node::parse(source, &mut d), &mut d);
        assert!(d.is_empty(), "{}", d.render(false));
        range.unwrap()
    }

    fn picked(range: &SizeRange, text: &str) -> Result<String, String> {
        let mut d = Diagnostics::default();
        let source = d.sources.add("size.toml", text);
        let size = range.pick(&Node::parse(source, &mut d), &mut d);
        size.map(|size| size.name).ok_or_else(|| d.render(false))
    }

    #[test]
    fn what_cannot_be_paired_is_refused_with_the_nearest_that_can() {
        let range = range(
            "pairs = [{ cpu = 0.25, memory = [\"512 MiB\", \"1 GiB\", \"2 GiB\"] },\n\
             { cpu = 4, memory = { min = \"8 GiB\", max = \"30 GiB\", step = \"1 GiB\" } }]",
        );
        assert_eq!(picked(&range, "cpu = 4\nmemory = \"9 GiB\"").unwrap(), "4 cpu, 9 GiB");
        for (asked, nearest) in [
            ("cpu = 4\nmemory = \"512 MiB\"", "{ cpu = 4, memory = \"8 GiB\" }"),
            ("cpu = 1.37\nmemory = \"512 MiB\"", "{ cpu = 4, memory = \"8 GiB\" }"),
            ("cpu = 0.25\nmemory = \"1500 MiB\"", "{ cpu = 0.25, memory = \"2 GiB\" }"),
            ("cpu = 4\nmemory = \"40 GiB\"", "{ cpu = 4, memory = \"30 GiB\" }"),
        ] {
            let said = picked(&range, asked).unwrap_err();
            assert!(said.contains(nearest), "{asked}: {said}");
        }
    }

    #[test]
    fn what_is_offered_to_choose_from_can_be_ordered() {
        let range = range(
            "pairs = [{ cpu = { min = 0.08, max = 0.999, step = 0.001 }, memory = { min = \"128 MiB\", max = \"1 GiB\", \
             step = \"1 MiB\" }, most-concurrency = 1 }, { cpu = [1, 2], memory = { min = \"128 MiB\", max = \"4 GiB\", \
             step = \"1 MiB\" } }]",
        );
        for mebibytes in [1, 128, 129, 1000, 3000, 5000] {
            for size in range.choices(Bytes(mebibytes << 20)) {
                assert!(range.holds(size.fixed_cores(), size.fixed_memory()), "{}", size.name);
                assert!(size.fixed_memory() >= Bytes(mebibytes << 20));
                assert_eq!(size.most_concurrency.is_some(), size.fixed_cores() < Cores::ONE);
            }
        }
        assert!(range.choices(Bytes(5000 << 20)).is_empty());
        assert_eq!(range.choices(Bytes(0)).len(), 7);
    }

    #[test]
    fn cores_that_follow_the_memory_are_never_chosen_apart_from_it() {
        let range = range("memory = { min = \"128 MiB\", max = \"10240 MiB\", step = \"1 MiB\" }\ncore = \"1769 MiB\"");
        let sizes = range.choices(Bytes(200 << 20));
        assert_eq!((sizes[0].fixed_memory(), sizes[0].fixed_cores()), (Bytes(200 << 20), Cores::from_f64(0.113)));
        assert_eq!(sizes.last().unwrap().fixed_memory(), Bytes(10240 << 20));
        assert_eq!(range.named("1769mb").unwrap().fixed_cores(), Cores::ONE);
    }
}
