//! Cost against p99: every order as a point, and the front of those that none beats in both.

use super::axis::Scale;
use super::drawing::{Drawing, Point, Text};
use super::frame::{self, HEAD};
use super::measure::Measure;
use super::names::{Extent, Names, around};
use super::style::{INK, PAPER, SMALL, SOFT, WIDTH, circle, look};
use super::time_axis;
use crate::report::format;

const HEIGHT: f64 = 1000.0;
const LEFT: f64 = 170.0;
const RIGHT: f64 = WIDTH - 60.0;
const BOTTOM: f64 = HEIGHT - 130.0;

/// The figure's data.
#[derive(Clone, Debug, PartialEq)]
pub struct ParetoFigure {
    /// The question.
    pub title: String,
    /// What is shown.
    pub subtitle: String,
    /// The orders.
    pub orders: Vec<Order>,
    /// Those that none beats in both, by index, the cheapest first.
    pub front: Vec<usize>,
    /// The objective of the p99 in seconds, where there is one.
    pub objective: Option<f64>,
}

/// One way to host: its name, what it costs, how fast it answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// The name.
    pub name: String,
    /// Dollars per month.
    pub cost: f64,
    /// The p99 in seconds.
    pub p99: f64,
}

/// The indices of the orders that none beats in both cost and p99, the cheapest first. Of equal
/// ones the first counts.
pub fn front(orders: &[Order]) -> Vec<usize> {
    let mut indices: Vec<usize> =
        (0..orders.len()).filter(|i| orders[*i].cost.is_finite() && orders[*i].p99.is_finite()).collect();
    indices.sort_by(|a, b| {
        let (a, b) = (&orders[*a], &orders[*b]);
        a.cost.total_cmp(&b.cost).then(a.p99.total_cmp(&b.p99))
    });
    let mut fastest = f64::INFINITY;
    indices.retain(|i| {
        let better = orders[*i].p99 < fastest;
        fastest = fastest.min(orders[*i].p99);
        better
    });
    indices
}

/// The figure.
pub fn draw(figure: &ParetoFigure) -> Drawing {
    let mut drawing = frame::head(HEIGHT, &figure.title, &figure.subtitle);
    let latency = time_axis::range(figure.orders.iter().map(|o| o.p99).chain(figure.objective));
    let costs = figure.orders.iter().map(|o| o.cost).filter(|cost| cost.is_finite());
    let up = Measure::Money.scale(costs, (BOTTOM, HEAD));
    let (Some(latency), Some(up)) = (latency.filter(|_| !figure.orders.is_empty()), up) else {
        frame::foot(&mut drawing, "There is nothing to draw.");
        return drawing;
    };
    let across = Scale::logarithmic(latency, (LEFT, RIGHT));
    frame::y_axis(&mut drawing, &up, &up.ticks(8), (LEFT, RIGHT), format::short_money);
    frame::x_axis(&mut drawing, &across, &time_axis::ticks(&across, 8), (HEAD, BOTTOM), time_axis::show);
    frame::x_title(&mut drawing, (LEFT, RIGHT), BOTTOM + 64.0, "p99 latency");
    frame::y_title(&mut drawing, (HEAD, BOTTOM), "total cost of ownership, US dollars per month");
    objective(&mut drawing, figure, &across);
    let place = |order: &Order| (across.place(order.p99), up.place(order.cost));
    let best: Vec<usize> = figure.front.iter().copied().filter(|i| *i < figure.orders.len()).collect();
    let taken = steps(&mut drawing, best.iter().map(|i| place(&figure.orders[*i])).collect());
    let without = points(&mut drawing, &figure.orders, &best, taken, place);
    for (index, order) in figure.orders.iter().enumerate().filter(|(_, o)| o.cost.is_finite() && o.p99.is_finite()) {
        let (cost, p99) = (format::money(order.cost), format::duration(order.p99));
        drawing.spot_at(
            Some(index),
            place(order),
            format::printable(&format!("{}: {cost} a month, p99 {p99}", order.name)),
        );
    }
    frame::foot_in_two(
        &mut drawing,
        &format!("The line, and names in bold: no order is both cheaper and faster. {}", unnamed(figure, &without)),
    );
    drawing
}

/// A line at the objective, with its words.
fn objective(drawing: &mut Drawing, figure: &ParetoFigure, across: &Scale) {
    let Some(bound) = figure.objective else { return };
    let x = across.place(bound);
    drawing.line(vec![(x, HEAD), (x, BOTTOM)], INK, 2.5, &[8.0, 6.0]);
    let words =
        Text::new((x - 10.0, HEAD + 16.0), SMALL, format!("objective: p99 of at most {}", format::duration(bound)));
    frame::on_paper(drawing, words.end());
}

/// The front as steps: from each order, one goes up to the cost of the next faster one. Answers
/// where the steps lie.
fn steps(drawing: &mut Drawing, places: Vec<Point>) -> Vec<Extent> {
    let mut line: Vec<Point> = Vec::new();
    for place in places {
        if let Some(last) = line.last().copied() {
            line.push((last.0, place.1));
        }
        line.push(place);
    }
    drawing.line(line.clone(), SOFT, 3.0, &[]);
    line.windows(2).map(|pair| between(pair[0], pair[1])).collect()
}

/// The box about two points.
fn between(a: Point, b: Point) -> Extent {
    (a.0.min(b.0) - 2.0, a.1.min(b.1) - 2.0, a.0.max(b.0) + 2.0, a.1.max(b.1) + 2.0)
}

fn points(
    drawing: &mut Drawing,
    orders: &[Order],
    best: &[usize],
    mut taken: Vec<Extent>,
    place: impl Fn(&Order) -> Point,
) -> Vec<usize> {
    for (index, order) in orders.iter().enumerate().filter(|(_, o)| o.cost.is_finite() && o.p99.is_finite()) {
        let (look, at) = (look(index), place(order));
        drawing.of_case(index, |drawing| match best.contains(&index) {
            true => {
                drawing.area(circle(at, 16.0), INK, 1.0);
                drawing.area(circle(at, 13.5), PAPER, 1.0);
                look.mark.draw(drawing, at, 8.0, look.colour);
            }
            false => look.mark.draw(drawing, at, 7.0, look.colour),
        });
    }
    // The front is named first, so that its names have the room.
    let others = (0..orders.len()).filter(|i| !best.contains(i));
    taken.extend(orders.iter().map(|o| around(place(o), 9.0, 9.0)));
    taken.extend(best.iter().map(|index| around(place(&orders[*index]), 16.0, 16.0)));
    let mut names = Names { room: (LEFT, HEAD - 12.0, WIDTH - 20.0, BOTTOM), taken };
    let mut without = Vec::new();
    for index in best.iter().copied().chain(others) {
        let order = &orders[index];
        if !order.cost.is_finite() || !order.p99.is_finite() {
            continue;
        }
        let front = best.contains(&index);
        let mut named = false;
        drawing.of_case(index, |drawing| {
            let words = [format::printable(&order.name), (index + 1).to_string()];
            named = words.into_iter().any(|words| {
                let colour = if front { INK } else { SOFT };
                let text = Text { bold: front, ..Text::new(place(order), SMALL, words).colour(colour) };
                names.put(drawing, text, place(order))
            });
        });
        if !named {
            without.push(index);
        }
    }
    without
}

/// How many points have no room for a name.
fn unnamed(figure: &ParetoFigure, without: &[usize]) -> String {
    let numbers = if figure.orders.len() > 1 { "A number is a rank in the table." } else { "" };
    match without.len() {
        0 => format!("{numbers} Left is faster, below is cheaper."),
        count => format!("{numbers} {count} of the points could not be named for want of room; the table has all."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(name: &str, cost: f64, p99: f64) -> Order {
        Order { name: name.into(), cost, p99 }
    }

    #[test]
    fn the_front_holds_what_none_beats() {
        let orders = [
            order("dear", 9.0, 0.1),
            order("beaten", 9.5, 0.2),
            order("cheap", 1.0, 2.0),
            order("middle", 4.0, 0.5),
            order("same", 4.0, 0.5),
            order("late", 0.5, f64::INFINITY),
        ];
        assert_eq!(front(&orders), [2, 3, 0]);
    }

    #[test]
    fn the_fronts_names_are_shown() {
        let orders: Vec<Order> = (0..30)
            .map(|i| order(&format!("order {i}"), 5.0 + f64::from(i % 7), 0.1 + f64::from(i % 5) * 0.01))
            .collect();
        let best = front(&orders);
        let figure = ParetoFigure {
            title: "t".into(),
            subtitle: String::new(),
            orders: orders.clone(),
            front: best.clone(),
            objective: None,
        };
        let drawing = draw(&figure);
        super::super::tests::assert_tidy(&drawing);
        for index in best {
            assert!(drawing.texts().any(|t| t.text == orders[index].name), "{index}");
        }
    }
}
