(function () {
  "use strict";
  var root = document.documentElement;
  function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }

  // What only works with this script is shown by it.
  all("#theme, #switches, .hint[hidden]").forEach(function (element) { element.hidden = false; });

  // Light, dark, or as the system has it.
  all("#theme input").forEach(function (input) {
    input.addEventListener("change", function () {
      if (input.value) { root.setAttribute("data-theme", input.value); } else { root.removeAttribute("data-theme"); }
    });
  });

  // Tables: a click on a heading sorts, a second one turns round. What has no number comes last.
  function key(row, column, numeric) {
    var cell = row.cells[column];
    if (!numeric) { return cell.textContent.trim().toLowerCase(); }
    return cell.hasAttribute("data-value") ? parseFloat(cell.getAttribute("data-value")) : null;
  }
  function compare(a, b, up) {
    if (a === null || b === null) { return a === b ? 0 : a === null ? 1 : -1; }
    var order = typeof a === "number" ? a - b : a < b ? -1 : a > b ? 1 : 0;
    return up ? order : -order;
  }
  function sort(table, column) {
    var headings = all("thead th", table), body = table.tBodies[0];
    var up = headings[column].getAttribute("aria-sort") !== "ascending";
    headings.forEach(function (heading) { heading.setAttribute("aria-sort", "none"); });
    headings[column].setAttribute("aria-sort", up ? "ascending" : "descending");
    var rows = all("tr", body);
    var numeric = rows.some(function (row) { return row.cells[column].hasAttribute("data-value"); });
    rows.map(function (row, index) { return { row: row, key: key(row, column, numeric), index: index }; })
      .sort(function (a, b) { return compare(a.key, b.key, up) || a.index - b.index; })
      .forEach(function (entry) { body.appendChild(entry.row); });
  }
  all("table.sortable").forEach(function (table) {
    all("thead button", table).forEach(function (button, column) {
      button.addEventListener("click", function () { sort(table, column); });
    });
  });

  // Figures: the nearest value is told where one points, and by the arrow keys.
  var tip = document.getElementById("tip");
  function place(x, y) {
    var box = tip.getBoundingClientRect();
    tip.style.left = Math.max(8, Math.min(x + 14, window.innerWidth - box.width - 8)) + "px";
    tip.style.top = (y + 20 + box.height > window.innerHeight ? Math.max(8, y - box.height - 12) : y + 20) + "px";
  }
  function hide() {
    tip.hidden = true;
    all(".spots .on").forEach(function (spot) { spot.classList.remove("on"); });
  }
  function tell(spot, x, y) {
    if (!spot.classList.contains("on") || tip.hidden) {
      hide();
      spot.classList.add("on");
      tip.textContent = spot.getAttribute("aria-label");
      tip.hidden = false;
    }
    place(x, y);
  }
  function shown(spots) { return spots.filter(function (spot) { return !spot.classList.contains("off"); }); }
  function box(spot) {
    var n = function (name) { return parseFloat(spot.getAttribute(name)); };
    return { x: n("x"), y: n("y"), w: n("width"), h: n("height") };
  }
  function middle(spot) { var b = box(spot); return { x: b.x + b.w / 2, y: b.y + b.h / 2 }; }
  // From a place to a spot, in the figure's units: to its edge, and from there to its middle.
  function distance(spot, x, y) {
    var b = box(spot), m = middle(spot);
    var dx = Math.max(b.x - x, 0, x - b.x - b.w), dy = Math.max(b.y - y, 0, y - b.y - b.h);
    return Math.sqrt(dx * dx + dy * dy) + 0.001 * Math.sqrt((m.x - x) * (m.x - x) + (m.y - y) * (m.y - y));
  }
  var REACH = 60;
  function nearest(spots, x, y) {
    var best = null, least = REACH;
    shown(spots).forEach(function (spot) {
      var d = distance(spot, x, y);
      if (d < least) { least = d; best = spot; }
    });
    return best;
  }
  // The next spot to one side: near in that direction, and not far off it.
  function beside(spots, from, dx, dy) {
    var at = middle(from), best = null, least = Infinity;
    shown(spots).forEach(function (spot) {
      var m = middle(spot), along = (m.x - at.x) * dx + (m.y - at.y) * dy;
      var across = Math.abs((m.x - at.x) * dy) + Math.abs((m.y - at.y) * dx);
      if (spot !== from && along > 0.5 && along + 2 * across < least) { least = along + 2 * across; best = spot; }
    });
    return best;
  }
  function reachable(spots, one) {
    spots.forEach(function (spot) { spot.setAttribute("tabindex", spot === one ? "0" : "-1"); });
  }
  var ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  var figures = all("figure svg").map(function (svg) {
    var spots = all(".spots rect", svg);
    spots.forEach(function (spot) {
      var title = spot.querySelector("title");
      spot.setAttribute("aria-label", title.textContent);
      spot.removeChild(title);
      spot.addEventListener("focus", function () {
        var at = spot.getBoundingClientRect();
        tell(spot, (at.left + at.right) / 2, (at.top + at.bottom) / 2);
        reachable(spots, spot);
      });
      spot.addEventListener("blur", hide);
      spot.addEventListener("keydown", function (event) {
        var way = ARROWS[event.key], next = null;
        if (event.key === "Escape") { hide(); return; }
        if (event.key === "Home") { next = shown(spots)[0]; }
        if (event.key === "End") { next = shown(spots).pop(); }
        if (way) { next = beside(spots, spot, way[0], way[1]); }
        if (way || next) { event.preventDefault(); }
        if (next) { next.focus(); }
      });
    });
    reachable(spots, spots[0]);
    svg.addEventListener("pointermove", function (event) {
      var matrix = svg.getScreenCTM();
      if (!matrix) { return; }
      var at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
      var spot = nearest(spots, at.x, at.y);
      if (spot) { tell(spot, event.clientX, event.clientY); } else { hide(); }
    });
    svg.addEventListener("pointerleave", hide);
    return spots;
  });
  window.addEventListener("scroll", function () { if (!document.activeElement.closest(".spots")) { hide(); } }, { passive: true });

  // Cases are switched on and off, in figures, tables and bills alike.
  var switches = all("#switches input");
  function show() {
    hide();
    switches.forEach(function (input) {
      all('[data-case="' + input.value + '"]').forEach(function (part) { part.classList.toggle("off", !input.checked); });
    });
    figures.forEach(function (spots) {
      var current = spots.filter(function (spot) { return spot.getAttribute("tabindex") === "0"; })[0];
      if (!current || current.classList.contains("off")) { reachable(spots, shown(spots)[0]); }
    });
  }
  function set(on) { switches.forEach(function (input) { input.checked = on; }); show(); }
  switches.forEach(function (input) { input.addEventListener("change", show); });
  all("#all-cases").forEach(function (button) { button.addEventListener("click", function () { set(true); }); });
  all("#no-cases").forEach(function (button) { button.addEventListener("click", function () { set(false); }); });

  // On paper everything is open.
  var opened = [];
  window.addEventListener("beforeprint", function () {
    opened = all("details:not([open])");
    opened.forEach(function (details) { details.open = true; });
  });
  window.addEventListener("afterprint", function () { opened.forEach(function (details) { details.open = false; }); });
})();
