//! The values of a result's figures, by replication.

use super::Estimate;
use super::figure::FIGURES;
use super::path::{Path, flat_name};
use indexmap::IndexMap;

/// Every figure of one case: a value for every replication, by path. `None` is an undefined
/// value: the latency of a replication without requests.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures {
    values: IndexMap<Path, Vec<Option<f64>>>,
    replications: usize,
}

impl Figures {
    /// No figures, no replications.
    pub fn new() -> Figures {
        Figures::default()
    }

    /// Adds a replication: all its figures, in any order. A figure that some replications have
    /// and others lack (an invoice line that came to nothing) is undefined in the others.
    pub fn push<'p>(&mut self, replication: impl IntoIterator<Item = (&'p [&'p str], Option<f64>)>) {
        for (path, value) in replication {
            let path: Path = path.iter().map(|key| key.to_string()).collect();
            self.push_owned(path, value);
        }
        self.finish_replication();
    }

    /// As [`Figures::push`], with paths that were made at run time.
    pub fn push_paths(&mut self, replication: impl IntoIterator<Item = (Path, Option<f64>)>) {
        replication.into_iter().for_each(|(path, value)| self.push_owned(path, value));
        self.finish_replication();
    }

    fn push_owned(&mut self, path: Path, value: Option<f64>) {
        let values = self.values.entry(path).or_default();
        values.resize(self.replications, None);
        values.push(value.filter(|v| v.is_finite()));
    }

    fn finish_replication(&mut self) {
        self.replications += 1;
        let replications = self.replications;
        self.values.values_mut().for_each(|values| values.resize(replications, None));
        self.sort();
    }

    /// Puts the figures into the order of the JSON: those of the case, then app by app. The sort
    /// is stable, so that lines and apps stay in the order in which they were first met.
    fn sort(&mut self) {
        let apps: Vec<String> = self.names_under(&["apps"]).map(String::from).collect();
        let mut first_met: IndexMap<&str, usize> = IndexMap::new();
        apps.iter().enumerate().for_each(|(index, name)| {
            first_met.entry(name).or_insert(index + 1);
        });
        self.values.sort_by_cached_key(|path, _| match path.as_slice() {
            [apps, name, rest @ ..] if apps == "apps" => (first_met[name.as_str()], order(rest)),
            path => (0, order(path)),
        });
    }

    /// How many replications there are.
    pub fn replications(&self) -> usize {
        self.replications
    }

    /// The paths and the replications' values, in the order of the result's JSON; lines, slices
    /// and apps in the order in which they were first met.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, &[Option<f64>])> {
        self.values.iter().map(|(path, values)| (path, values.as_slice()))
    }

    /// The replications' values of the figure at a path; `None` where there is no such figure.
    pub fn values(&self, path: &[&str]) -> Option<&[Option<f64>]> {
        let path: Path = path.iter().map(|key| key.to_string()).collect();
        self.values.get(&path).map(Vec::as_slice)
    }

    /// The replications' values of the figure with a flat name.
    pub fn values_of_flat(&self, name: &str) -> Option<&[Option<f64>]> {
        self.iter().find(|(path, _)| flat_name(path) == name).map(|(_, values)| values)
    }

    /// The estimate of the figure at a path; undefined where there is no such figure.
    pub fn estimate(&self, path: &[&str]) -> Estimate {
        self.values(path).map(Estimate::of).unwrap_or_default()
    }

    /// The keys that stand directly under a path and lead to a figure: the names of the invoice's
    /// lines under `["invoice_usd", "lines"]`.
    pub fn names_under<'f>(&'f self, path: &'f [&str]) -> impl Iterator<Item = &'f str> {
        let under = move |p: &&Path| p.len() > path.len() && p.iter().zip(path).all(|(a, b)| a == b);
        let mut last = None;
        self.values.keys().filter(under).filter_map(move |p| {
            let name = p[path.len()].as_str();
            (last.replace(name) != Some(name)).then_some(name)
        })
    }

    /// All flat names, in order.
    pub fn flat_names(&self) -> impl Iterator<Item = String> {
        self.values.keys().map(|path| flat_name(path))
    }
}

/// Where a path stands in the order of the JSON: the place of its group, and of its key in the group; unknown ones
/// last, users' names in the order in which they were met.
fn order(path: &[String]) -> (usize, usize) {
    let Some(first) = path.first() else { return (0, 0) };
    let first_of =
        |stands: &dyn Fn(&[&str]) -> bool| FIGURES.iter().position(|figure| stands(figure.path)).unwrap_or(usize::MAX);
    let key =
        path.get(1).map_or(0, |second| first_of(&|path| path[0] == first && path.get(1) == Some(&second.as_str())));
    (first_of(&|path| path[0] == first), key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_stand_in_the_order_of_the_document_whatever_the_order_of_arrival() {
        let mut figures = Figures::new();
        figures.push([
            (&["apps", "b", "latency_s", "p99"][..], Some(1.0)),
            (&["tco_usd"], Some(2.0)),
            (&["invoice_usd", "lines", "compute"], Some(0.4)),
            (&["invoice_usd", "total"], Some(0.5)),
            (&["requests", "arrived"], Some(3.0)),
        ]);
        let names: Vec<_> = figures.flat_names().collect();
        assert_eq!(
            names,
            ["requests_arrived", "invoice_usd", "invoice_compute_usd", "tco_usd", "apps_b_latency_p99_s"]
        );
    }

    #[test]
    fn a_figure_missing_from_a_replication_is_undefined_there() {
        let mut figures = Figures::new();
        figures.push([(&["tco_usd"][..], Some(1.0))]);
        figures.push([(&["owned_usd"][..], Some(2.0)), (&["tco_usd"], Some(f64::NAN))]);
        assert_eq!(figures.values(&["owned_usd"]), Some(&[None, Some(2.0)][..]));
        assert_eq!(figures.values_of_flat("tco_usd"), Some(&[Some(1.0), None][..]));
        assert_eq!(figures.estimate(&["owned_usd"]), Estimate::default());
        assert_eq!(figures.replications(), 2);
    }

    #[test]
    fn names_under_a_path() {
        let mut figures = Figures::new();
        figures.push([
            (&["invoice_usd", "lines", "a"][..], None),
            (&["invoice_usd", "lines", "b"], None),
            (&["apps", "x", "latency_s", "mean"], None),
            (&["apps", "x", "latency_s", "p99"], None),
        ]);
        assert_eq!(figures.names_under(&["invoice_usd", "lines"]).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(figures.names_under(&["apps"]).collect::<Vec<_>>(), ["x"]);
    }
}
