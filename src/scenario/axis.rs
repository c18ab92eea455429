//! An axis of a sweep or a map: a dotted path of keys, and values put there.

use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Origin, Value, suggest};
use indexmap::IndexMap;

/// What a sweep or a map varies: a key of the scenario.
#[derive(Clone, Debug)]
pub struct Axis {
    /// The path as it is written, the header of its column.
    pub name: String,
    /// Its keys.
    pub path: Vec<String>,
    /// Where it is written.
    pub key: Origin,
}

/// Tables whose entries the user names: an axis may change one, and not make one, or a typo would
/// be a new app.
const NAMED: [(&str, &str); 4] = [("app", "app"), ("case", "case"), ("model", "model"), ("trace", "trace")];

impl Axis {
    /// Reads a path such as `case.web.size` or `model.mine.size."t2.micro".cpu`.
    pub fn read(name: &str, key: Origin, d: &mut Diagnostics) -> Option<Axis> {
        let path = split(name);
        let sound = path.as_ref().is_some_and(|path| path.iter().all(|key| !key.is_empty()));
        if !sound || name.is_empty() {
            d.error(key, format!("`{name}` is not a path of keys"), "such as \"app.api.memory\"");
            return None;
        }
        let path = path?;
        if matches!(path[0].as_str(), "sweep" | "map" | "schema") {
            d.error(key, format!("`{}` cannot be an axis", path[0]), "");
            return None;
        }
        Some(Axis { name: name.to_string(), path, key })
    }

    /// Whether the key is one of accounts by its place: prices, wages and objectives. What happens
    /// in a simulation does not depend on it, so that points which differ in such axes alone
    /// belong together: in one shard, and in one task where something is to be right-sized. (That
    /// one simulation does for several is decided by [`crate::experiment::Trial::fingerprint`].)
    pub fn is_of_accounts(&self) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        matches!(
            path[..],
            ["title" | "labour" | "provider" | "currency" | "expect" | "curve" | "map" | "advise", ..]
                | ["run", "month"]
                | ["app", _, "slo" | "exists", ..]
                | ["fleet" | "case", .., "server", "price" | "life" | "power" | "rack-units"]
                | ["case", _, "labour" | "provider" | "charge", ..]
                | ["case", _, "with" | "allowances"]
                | ["case", _, "app", _, "with" | "allowances"]
                | ["model", _, "charge" | "labour" | "commitment" | "rounding" | "currency", ..]
        )
    }

    /// Puts a value at the path; what is made on the way stands where the axis does, so that
    /// errors point there.
    ///
    /// # Errors
    /// What is wrong with the path, and what to do.
    pub fn put(&self, root: &mut Node, value: &Node) -> Result<(), (String, String)> {
        let Some((last, way)) = self.path.split_last() else { return Ok(()) };
        self.begin_charge(root);
        let mut node = root;
        for (depth, key) in self.path.iter().enumerate() {
            if depth == 1 {
                known(node, &self.path[0], key)?;
            }
            if depth < way.len() {
                node = self.enter(node, key, depth)?;
            }
        }
        let value = Node { value: value.value.clone(), at: value.at, key: self.key };
        table_of(node, &self.path, way.len())?.insert(last.clone(), value);
        Ok(())
    }

    /// What stands at the path, where something does.
    pub fn find<'n>(&self, root: &'n Node) -> Option<&'n Node> {
        self.path.iter().try_fold(root, |node, key| match &node.value {
            Value::Array(items) => items.get(place_of(items, key)?),
            _ => node.get(key),
        })
    }

    /// What is wrong with an axis over a charge that neither a model nor the one that it extends
    /// has, which would else be a new charge without a meter.
    pub fn unknown_charge(&self, root: &Node, catalogue: &Catalogue) -> Option<(String, String)> {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let ["model", model, "charge", charge, ..] = path[..] else { return None };
        let own = root.get("model")?.get(model)?;
        let extends = own.get("extends")?;
        let base = catalogue.resolve(extends.as_str()?, extends.at, &mut Diagnostics::default())?;
        let charges = [own, &base].into_iter().filter_map(|tree| tree.get("charge"));
        let known: Vec<&str> = charges.flat_map(charge_names).collect();
        let message = format!("`{}`: there is no charge `{charge}`", self.name);
        (!known.contains(&charge)).then(|| (message, suggest(charge, known.iter().copied())))
    }

    /// Makes room for a key of a charge (`model.mine.charge.compute.price`) that a model does not
    /// write itself and may have from the one that it extends: charges merge by name.
    fn begin_charge(&self, root: &mut Node) {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        let ["model", model, "charge", charge, _, ..] = path[..] else { return };
        let Some(model) = inner(root, "model").and_then(|models| inner(models, model)) else { return };
        let extends = model.get("extends").is_some();
        let Value::Table(entries) = &mut model.value else { return };
        let list = || Node { value: Value::Array(Vec::new()), at: self.key, key: self.key };
        let charges = entries.entry("charge".into());
        let Value::Array(charges) = &mut charges.or_insert_with(list).value else { return };
        if extends && !charges.iter().any(|known| name_of(known) == charge) {
            let mut own = Node::empty_table(self.key);
            own.set_path(&["name".into()], Node::synthetic(Value::String(charge.into()), self.key));
            charges.push(own);
        }
    }

    fn enter<'n>(&self, node: &'n mut Node, key: &str, depth: usize) -> Result<&'n mut Node, (String, String)> {
        if matches!(node.value, Value::Array(_)) {
            let help = entries_of(node, key);
            let Value::Array(items) = &mut node.value else { unreachable!("it was a list just now") };
            let found = place_of(items, key).and_then(|place| items.get_mut(place));
            return found.ok_or_else(|| (format!("there is no `{key}` in this list"), help));
        }
        let entries = table_of(node, &self.path, depth)?;
        Ok(entries.entry(key.to_string()).or_insert_with(|| Node::empty_table(self.key)))
    }
}

fn charge_names(charges: &Node) -> Vec<&str> {
    let Value::Array(charges) = &charges.value else { return Vec::new() };
    charges.iter().map(name_of).filter(|name| !name.is_empty()).collect()
}

/// What stands under a key of a table.
fn inner<'n>(node: &'n mut Node, key: &str) -> Option<&'n mut Node> {
    if let Value::Table(entries) = &mut node.value { entries.get_mut(key) } else { None }
}

/// What an entry of a list is called: a charge by its name, a part of a start by its phase.
fn name_of(item: &Node) -> &str {
    item.get("name").or_else(|| item.get("phase")).and_then(Node::as_str).unwrap_or("")
}

/// Where an entry of a list stands: one that has no name is called by its number, from 1.
fn place_of(items: &[Node], key: &str) -> Option<usize> {
    let named = || items.iter().position(|item| !key.is_empty() && name_of(item) == key);
    let numbered = || {
        key.parse::<usize>()
            .ok()?
            .checked_sub(1)
            .filter(|at| items.get(*at).is_some_and(|item| name_of(item).is_empty()))
    };
    named().or_else(numbered)
}

/// What the entries of a list are called, for one who named another.
fn entries_of(list: &Node, key: &str) -> String {
    let Value::Array(items) = &list.value else { return String::new() };
    match items.iter().filter(|item| name_of(item).is_empty()).count() {
        0 => suggest(key, items.iter().map(name_of)),
        _ => format!("its entries have no names: write the number of one, 1 to {}", items.len()),
    }
}

fn table_of<'n>(
    node: &'n mut Node,
    path: &[String],
    depth: usize,
) -> Result<&'n mut IndexMap<String, Node>, (String, String)> {
    match &mut node.value {
        Value::Table(entries) => Ok(entries),
        other => {
            let so_far = path[..depth].join(".");
            let message =
                format!("`{so_far}` is {} in this scenario: it has no key `{}`", other.describe(), path[depth]);
            Err((message, format!("write `{so_far}` as a table, or vary it whole")))
        }
    }
}

/// Whether an entry that a user names is there.
fn known(node: &Node, table: &str, key: &str) -> Result<(), (String, String)> {
    let Some((_, what)) = NAMED.iter().find(|(name, _)| *name == table) else { return Ok(()) };
    match node.as_table() {
        Some(entries) if !entries.contains_key(key) => {
            let help = suggest(key, entries.keys().map(String::as_str));
            Err((format!("the scenario has no {what} `{key}`"), help))
        }
        _ => Ok(()),
    }
}

/// The keys of a dotted path, in which a key may stand in double quotes; `None` where a quote is
/// left open.
fn split(text: &str) -> Option<Vec<String>> {
    let (mut keys, mut key, mut quoted) = (Vec::new(), String::new(), false);
    for character in text.trim().chars() {
        match character {
            '"' => quoted = !quoted,
            '.' if !quoted => keys.push(std::mem::take(&mut key)),
            other => key.push(other),
        }
    }
    keys.push(key);
    (!quoted).then_some(keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(text: &str, path: &str) -> Result<String, String> {
        let mut d = Diagnostics::default();
        let source = d.sources.add("test.toml", text);
        let mut root = Node::parse(source, &mut d);
        let axis = Axis::read(path, root.at, &mut d).ok_or("not a path")?;
        let value = Node::synthetic(Value::Integer(Some(7)), root.at);
        axis.put(&mut root, &value).map_err(|(message, help)| format!("{message}; {help}"))?;
        Ok(root.to_toml())
    }

    #[test]
    fn a_value_is_put_where_the_path_leads() {
        let put = |text, path| put(text, path).unwrap();
        assert_eq!(put("a = { b = 1, c = 2 }", "a.b"), "{ a = { b = 7, c = 2 } }");
        assert_eq!(put("a = 1", "run.seed"), "{ a = 1, run = { seed = 7 } }");
        assert_eq!(put("m = {}", "m.size.\"t2.micro\".cpu"), "{ m = { size = { \"t2.micro\" = { cpu = 7 } } } }");
        let list = put("charge = [{ name = \"a\" }, { name = \"b\", price = 1 }]", "charge.b.price");
        assert_eq!(list, "{ charge = [{ name = \"a\" }, { name = \"b\", price = 7 }] }");
        let phase = put("start = [{ phase = \"boot\" }, { phase = \"copy\", time = 1 }]", "start.copy.time");
        assert_eq!(phase, "{ start = [{ phase = \"boot\" }, { phase = \"copy\", time = 7 }] }");
        let second = put("part = [{ from = 1 }, { from = 2 }]", "part.2.from");
        assert_eq!(second, "{ part = [{ from = 1 }, { from = 7 }] }");
        let begun = put("model.m.extends = \"base\"", "model.m.charge.compute.free");
        assert_eq!(begun, "{ model = { m = { extends = \"base\", charge = [{ name = \"compute\", free = 7 }] } } }");
    }

    #[test]
    fn axes_of_accounts_are_told_from_others() {
        let is = |path: &str| {
            let mut d = Diagnostics::default();
            let source = d.sources.add("test.toml", "");
            Axis::read(path, Node::parse(source, &mut d).at, &mut d).unwrap().is_of_accounts()
        };
        for path in ["labour.wage", "case.a.labour.salaries", "model.m.charge.compute.price", "app.api.slo.p99"] {
            assert!(is(path), "{path}");
        }
        for path in ["app.api.memory", "run.seed", "case.a.size", "model.m.size.small.cpu", "fleet.server.cores"] {
            assert!(!is(path), "{path}");
        }
    }

    #[test]
    fn a_typo_is_found_out() {
        let wrong = |text, path| put(text, path).unwrap_err();
        assert!(wrong("app.api = {}", "app.apj.memory").contains("did you mean `api`?"));
        assert!(wrong("fleet.server = \"big\"", "fleet.server.memory").contains("`fleet.server` is a string"));
        assert!(wrong("c = [{ name = \"gateway\" }]", "c.gatewy.price").contains("did you mean `gateway`?"));
        for path in ["", "a..b", "a.\"b", "sweep.grid", "map.x", "schema"] {
            assert_eq!(wrong("a = 1", path), "not a path");
        }
    }
}
