// Makes the heads of tables buttons that sort by their column: numbers from
// the largest, texts from A, and the other way round when pressed again.
"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort")
        ? head.getAttribute("aria-sort") === "ascending"
        : head.classList.contains("num");
      heads.forEach((h) => h.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const numeric = head.classList.contains("num");
      const value = (row) => {
        const cell = row.cells[column];
        return numeric ? Number(cell.dataset.n ?? -Infinity) : cell.textContent;
      };
      const order = (a, b) => numeric ? a - b : a.localeCompare(b);
      const body = table.tBodies[0];
      const rows = [...body.rows].sort((a, b) => order(value(a), value(b)) || 0);
      body.append(...(down ? rows.reverse() : rows));
    });
  });
}
