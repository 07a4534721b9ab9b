// Sorting, filtering, and tables of all operators. Everything else works without it. Text only
// becomes content through textContent: names come from files.
"use strict";
window.onerror = function (message, source, line) {
  const box = document.getElementById("script-errors");
  box.textContent += message + " (line " + line + ")\n";
};

(function () {
  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  // A cell's number, or its text; what is not known comes last in both directions.
  function keyOf(cell) {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    return cell.classList.contains("number") ? null : cell.textContent;
  }
  function compare(a, b, direction) {
    if (a === null || b === null) return (a === null) - (b === null);
    const order = typeof a === "number" && typeof b === "number" ? a - b
        : String(a).localeCompare(String(b));
    return order * direction;
  }

  function makeSortable(table) {
    const headings = Array.from(table.tHead.rows[0].cells);
    headings.forEach(function (heading, column) {
      const button = element("button", heading.textContent);
      button.type = "button";
      heading.replaceChildren(button);
      button.addEventListener("click", function () {
        // Numbers begin with the largest.
        const first = heading.classList.contains("number") && column > 0 ? -1 : 1;
        const now = heading.getAttribute("aria-sort");
        const was = now === "ascending" ? 1 : now === "descending" ? -1 : 0;
        const direction = was ? -was : first;
        headings.forEach(function (other) { other.removeAttribute("aria-sort"); });
        heading.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending");
        const body = table.tBodies[0];
        const rows = Array.from(body.rows).map(function (row) {
          return [keyOf(row.cells[column]), row];
        });
        rows.sort(function (a, b) { return compare(a[0], b[0], direction); });
        body.append.apply(body, rows.map(function (pair) { return pair[1]; }));
      });
    });
  }

  function number(value, digits) {
    if (value === null) return "";
    return value >= 1000 ? value.toFixed(0) : value.toPrecision(digits);
  }
  function percent(share) {
    return share === null ? "" : (share * 100).toFixed(share < 0.0995 ? 1 : 0) + " %";
  }
  function numberCell(content, value) {
    const cell = element("td", undefined, "number");
    cell.append(content);
    if (value !== null) cell.dataset.value = value;
    return cell;
  }
  function shareBar(share, largest) {
    const box = element("span", undefined, "share");
    const track = element("span", undefined, "track");
    track.setAttribute("aria-hidden", "true");
    const bar = element("span", undefined, "bar");
    bar.style.width = (largest > 0 ? Math.min(1, share / largest) * 100 : 0) + "%";
    track.append(bar);
    box.append(track, percent(share));
    return box;
  }

  // The JSON beside the table has all operators, by falling time:
  // [label, index, microseconds, share, share of the ceiling, delegate, output]
  function showOperators(box) {
    const data = JSON.parse(box.querySelector("script").textContent);
    const table = box.querySelector("table");
    const largest = data.length ? data[0][3] : 0;
    const rows = data.map(function (op) {
      const row = element("tr");
      const label = element("th", op[0], "number");
      label.scope = "row";
      label.dataset.value = op[1];
      row.append(label, numberCell(number(op[2], 4), op[2]),
                 numberCell(shareBar(op[3], largest), op[3]), numberCell(percent(op[4]), op[4]),
                 element("td", op[5]), element("td", op[6]));
      return row;
    });
    const body = table.tBodies[0];
    body.replaceChildren.apply(body, rows);
    const caption = data.length + (data.length === 1 ? " operator" : " operators");
    table.caption.firstChild.textContent = caption;
    box.querySelector(".scroll").setAttribute("aria-label", caption);
    if (data.length < 20) return;
    const input = element("input");
    input.type = "search";
    const field = element("label", "Show operators that have ");
    field.append(input);
    const line = element("p", undefined, "filter");
    line.append(field);
    box.prepend(line);
    input.addEventListener("input", function () {
      const wanted = input.value.toLowerCase();
      rows.forEach(function (row) {
        row.hidden = !row.textContent.toLowerCase().includes(wanted);
      });
    });
  }

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("details.row").forEach(function (details) {
    function show() {
      const box = details.querySelector(".operators:not([data-shown])");
      if (!details.open || !box) return;
      box.dataset.shown = "yes";
      showOperators(box);
    }
    details.addEventListener("toggle", show);
    show();
  });

  const filter = document.getElementById("filter");
  if (filter) {
    const sections = Array.from(document.querySelectorAll("section.model"));
    const lines = Array.from(document.querySelectorAll("#overview tbody tr"));
    filter.closest("p").hidden = false;
    filter.addEventListener("input", function () {
      const wanted = filter.value.toLowerCase();
      let shown = 0;
      sections.forEach(function (section) {
        section.hidden = !section.dataset.name.toLowerCase().includes(wanted);
        shown += section.hidden ? 0 : 1;
      });
      lines.forEach(function (line) {
        line.hidden = !line.cells[0].textContent.toLowerCase().includes(wanted);
      });
      document.getElementById("filter-count").textContent =
          wanted ? shown + " of " + sections.length : "";
    });
  }

  // For tests: the page fits its window, and the script came this far.
  const root = document.documentElement;
  root.dataset.width = window.innerWidth;
  root.dataset.fits = root.scrollWidth <= window.innerWidth ? "yes" : "no";
  root.dataset.ready = "yes";
})();
