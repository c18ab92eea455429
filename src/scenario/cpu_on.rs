//! `cpu-on`: the machine on which an app's CPU time was measured.

use crate::catalogue::Catalogue;
use crate::document::{Diagnostics, Node, Table, text};

/// What a thread of that machine does, that of the reference core being 1: `"m7g.large"`, or
/// `{ hosting = "aws-ec2-now", size = "m7g.large" }`.
pub fn read(node: &Node, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<f64> {
    if node.as_table().is_none() {
        return anywhere(&text(node, d)?, node, catalogue, d);
    }
    let mut table = Table::of(node, d)?;
    let hosting = table.required("hosting", d, text);
    let size_node = table.node("size");
    let size = table.required("size", d, text);
    table.finish(d);
    let model = catalogue.model(&hosting?, node.get("hosting").map_or(node.at, |node| node.at), d)?;
    let size = model.size(&size?, size_node.unwrap_or(node), d)?;
    if size.speed.is_none() {
        let message = format!("no speed is known of the cores of `{}` on `{}`", size.name, model.name);
        d.error(node.at, message, "`hostsim models --cores` lists those that are known");
    }
    size.speed
}

/// The size of that name, of whichever model has it: today's first.
fn anywhere(name: &str, node: &Node, catalogue: &Catalogue, d: &mut Diagnostics) -> Option<f64> {
    let mut names: Vec<&str> = catalogue.models().map(|(name, _)| name).collect();
    names.sort_by_key(|name| !name.ends_with("-now"));
    let mut found: Vec<(String, f64)> = Vec::new();
    for model in names {
        let mut apart = Diagnostics::default();
        let Some(model) = catalogue.model(model, node.at, &mut apart) else { continue };
        let speed = model.sizes.get(name).and_then(|size| size.speed);
        found.extend(speed.map(|speed| (model.name.clone(), speed)));
    }
    let today = found.iter().any(|(model, _)| model.ends_with("-now"));
    found.retain(|(model, _)| !today || model.ends_with("-now"));
    let Some((model, speed)) = found.first() else {
        let help = "`hostsim models --cores` lists the machines whose speed is known";
        d.error(node.at, format!("no machine of a known speed is called `{name}`"), help);
        return None;
    };
    if let Some((other, _)) = found.iter().find(|(_, other)| other != speed) {
        let help = format!("say which: cpu-on = {{ hosting = \"{model}\", size = \"{name}\" }}");
        d.error(node.at, format!("`{model}` and `{other}` have each a `{name}`, of unlike speeds"), help);
        return None;
    }
    Some(*speed)
}
