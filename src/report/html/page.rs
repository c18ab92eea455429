//! What a page says, before it becomes HTML. All texts are plain: the templates escape them.

use crate::report::figure::drawing::Drawing;
use crate::report::grid::Grid;
use serde::Serialize;

/// A page: the question, the answer, and what the answer rests on, in this order.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// What kind of report it is: "Run", "Curve".
    pub kind: String,
    /// The question.
    pub question: String,
    /// The answer in one sentence.
    pub answer: String,
    /// How the numbers came about: replications, seed.
    pub remark: String,
    /// What can be switched on and off in tables and figures. Rows, parts of figures and bills
    /// name them by their index.
    pub cases: Vec<Case>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The figures, each with its heading.
    pub figures: Vec<(Drawing, String)>,
    /// All that follows.
    pub sections: Vec<Section>,
}

/// A case that can be switched on and off.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What it is hosted on.
    pub hosting: String,
}

/// A part of the page under a heading.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Section {
    /// A word for addresses within the page: "invoices". Small letters only, unique.
    pub id: String,
    /// The heading.
    pub title: String,
    /// A sentence below it; may be empty.
    pub intro: String,
    /// What it holds.
    pub blocks: Vec<Block>,
}

/// What a section holds.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", content = "body", rename_all = "lowercase")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A list of sentences.
    List(Vec<String>),
    /// Pairs of a word and a value.
    Facts(Vec<(String, String)>),
    /// A table.
    Table(Table),
    /// Bills, side by side where there is room.
    Bills(Vec<Bill>),
    /// A figure, with its heading.
    Figure(Box<super::svg::Figure>),
    /// A claim with its verdict.
    Claim(Box<Claim>),
    /// A heading and a text as it was written, in letters of one width.
    Verbatim(String, String),
}

/// A claim of the article with its verdict.
#[derive(Clone, Debug, Serialize)]
pub struct Claim {
    /// The word by which the page's own links find it.
    pub id: String,
    /// What it says, with its number.
    pub heading: String,
    /// The verdict.
    pub verdict: String,
    /// The word that colours it.
    pub tone: String,
    /// What the verdict rests on, in a word.
    pub badge: String,
    /// The number that decides.
    pub number: String,
    /// What that number is.
    pub number_is: String,
    /// What the article says of it.
    pub article: String,
    /// Its figure.
    pub figure: super::svg::Figure,
    /// The inputs that were typed in: where each stands, its value, what is known of it, and the page's place that has it.
    pub assumed: Vec<Input>,
    /// What would change the verdict.
    pub changes: String,
    /// The command that makes its number again.
    pub command: String,
    /// The scenario's name and its text.
    pub scenario: (String, String),
}

/// An input that was typed in.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Input {
    /// Where it stands.
    pub path: String,
    /// The place of the page that shows it; may be empty.
    pub link: String,
    /// What is known of it.
    pub known: String,
}

/// A table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Table {
    /// What it holds, said above it.
    pub title: String,
    /// Whether a reader may sort it.
    pub sortable: bool,
    /// The columns; the first one names the row.
    pub columns: Vec<Column>,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Column {
    /// Its heading.
    pub heading: String,
    /// Whether it holds numbers, which stand at the right.
    pub numeric: bool,
}

/// A row of a table.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Row {
    /// The case that it is about, if it is about one.
    pub case: Option<usize>,
    /// Whether it is a sum of rows above it.
    pub sum: bool,
    /// A cell for every column.
    pub cells: Vec<Cell>,
}

/// A cell of a table.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// The half-width of the interval, or what else is said in smaller letters beside it.
    pub beside: String,
    /// What is said in smaller letters below it.
    pub below: String,
    /// What the row is sorted by, where that is a number; without one the text is.
    pub value: Option<f64>,
    /// A word that colours it: "good", "bad", or a degree of confidence.
    pub tone: String,
    /// The word of the place of the page that it leads to; may be empty.
    pub link: String,
}

/// What a case costs, line by line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Bill {
    /// The case.
    pub case: usize,
    /// Its name.
    pub name: String,
    /// What it is hosted on.
    pub hosting: String,
    /// The lines and their sums.
    pub table: Table,
    /// Below the lines: how the provider's invoice counts.
    pub accounts: Vec<Table>,
    /// A sentence at the end; may be empty.
    pub remark: String,
}

impl Table {
    /// A table of texts as it stands on a terminal; `cases` are the names by which its rows, which begin with one, are
    /// switched on and off.
    pub fn of_grid(title: &str, grid: &Grid, cases: &[&str]) -> Table {
        let column = |(heading, numeric): &(String, bool)| Column { heading: heading.clone(), numeric: *numeric };
        let mut case = None;
        let mut row = |texts: &Vec<String>| {
            let named = texts.first().and_then(|name| cases.iter().position(|case| case == name));
            case = named.or(case);
            Row { case, sum: false, cells: texts.iter().map(|text| Cell::of_lines(text)).collect() }
        };
        Table {
            title: title.into(),
            sortable: false,
            columns: grid.heads().iter().map(column).collect(),
            rows: grid.rows().iter().map(&mut row).collect(),
        }
    }
}

impl Column {
    /// A column of words.
    pub fn of_words(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), numeric: false }
    }

    /// A column of numbers.
    pub fn of_numbers(heading: impl Into<String>) -> Column {
        Column { heading: heading.into(), numeric: true }
    }
}

impl Cell {
    /// A word.
    pub fn word(text: impl Into<String>) -> Cell {
        Cell { text: text.into(), ..Cell::default() }
    }

    /// A text of one line or more: those after the first stand below it.
    pub fn of_lines(text: &str) -> Cell {
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        Cell::word(first).below(rest.replace('\n', ", "))
    }

    /// A number and how it is written; what is not finite sorts last.
    pub fn number(text: impl Into<String>, value: Option<f64>) -> Cell {
        Cell { text: text.into(), value: value.filter(|v| v.is_finite()), ..Cell::default() }
    }

    /// The same with smaller letters beside it.
    pub fn beside(self, beside: impl Into<String>) -> Cell {
        Cell { beside: beside.into(), ..self }
    }

    /// The same with smaller letters below it.
    pub fn below(self, below: impl Into<String>) -> Cell {
        Cell { below: below.into(), ..self }
    }

    /// The same as a link to a place of the page.
    pub fn link(self, link: impl Into<String>) -> Cell {
        Cell { link: link.into(), ..self }
    }

    /// The same in the colour of a word.
    pub fn tone(self, tone: impl Into<String>) -> Cell {
        Cell { tone: tone.into(), ..self }
    }
}
